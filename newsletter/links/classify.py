"""Classify a response: its verdict and the reason."""

from __future__ import annotations

import re
from http import HTTPStatus

from msgspec import Struct
from yarl import URL

from newsletter.links.bot_wall import is_bot_wall
from newsletter.links.display import shortened
from newsletter.links.fetch import HttpReply
from newsletter.links.gates import (
    gate_kind,
    is_backstage,
    leads_to_action,
    leads_to_error,
    leads_to_parking,
    resembles_gate,
)
from newsletter.links.one_visit import added_parameters, is_for_one_visit
from newsletter.links.redirects import (
    is_detour,
    is_localized,
    is_unrelated,
    keeps_old_address,
    leads_home,
    leads_to_collection,
    leads_to_parent,
    unusable_goal,
    without_added_tracking,
)
from newsletter.links.result import Verdict
from newsletter.links.soft_404 import missing_page_reason
from newsletter.links.tracking_parameters import is_doubtful_parameter

PERMANENT = (301, 308)
# RFC 9110 and the IANA registry, except 418 ("unused"). Servers that respond with any other 4xx
# reject a client, not a URL: 420, 430, 444, 463, 499.
_REGISTERED = frozenset((*range(400, 418), *range(421, 427), 428, 429, 431, 451))
# A person may succeed where automated requests fail: signed in (401, 407), paid (402), trusted
# (403; 406 is Apache's mod_security), with other headers (409, 412, 423, 425, 426, 428, 431), later
# (429), elsewhere (451); 511 is from the network of this machine, 999 from LinkedIn.
BLOCKED = frozenset((401, 402, 403, 406, 407, 409, 412, 423, 425, 426, 428, 429, 431, 451, 511))
# No statuses from 512 on are registered. Cloudflare's 520 to 527 and 530 mean that it cannot reach the
# site, as 502 and 504 do; others are a proxy's or firewall's own, for requests that it refuses.
TRY_AGAIN = (429, 500, 502, 503, 504, 520, 521, 522, 523, 524)
_SERVER_ERRORS = frozenset((*range(500, 509), 510, 511, *range(520, 528), 530))
_MAINTENANCE = re.compile(
    r"\b(?:scheduled |under )?maintenance\b|wartungsarbeiten|maintenance en cours", re.IGNORECASE
)


class Classification(Struct, frozen=True):
    """The verdict on a page; `moved_to` if it opens at a new permanent address."""

    verdict: Verdict
    reason: str
    moved_to: str | None = None
    fixable: bool = True  # False: a person decides whether to use `moved_to`


def classify(
    requested: URL, reply: HttpReply, hops: tuple[int, ...], fragment: str
) -> Classification:
    """Classify the response at the end of a chain of redirects.

    `hops` are the statuses of the chain, `fragment` the last one that a redirect named.
    """
    status = status_name(reply.status)
    if is_bot_wall(reply.status, reply.headers, reply.page):
        return Classification("blocked", f"{status}: a page that blocks automated requests")
    if hops and (kind := gate_kind(requested, reply.url)):  # with any status: forms reject GETs
        return Classification("blocked", f"redirects to a {kind} page at {reply.url.raw_host}")
    if not 200 <= reply.status < 300:
        return _refused(reply)
    if reason := missing_page_reason(requested, reply.url, reply.page):
        return Classification("suspect", reason)
    if not hops:
        return Classification("ok", status)
    return _redirected(requested, reply, hops, fragment)


def _redirected(
    requested: URL, reply: HttpReply, hops: tuple[int, ...], fragment: str
) -> Classification:
    final = reply.url
    permanent = all(status in PERMANENT for status in hops)
    if reason := _lost(requested, final):
        return Classification("suspect", reason)
    if is_detour(requested, final):
        return Classification("ok", status_name(reply.status))
    if not fragment and leads_home(requested, final, permanent=permanent):
        return Classification("suspect", f"redirects to the home page, {shortened(str(final))}")
    if permanent and not fragment and leads_to_parent(requested, final):
        return Classification("suspect", f"redirects to a parent folder, {shortened(str(final))}")
    if permanent and leads_to_collection(requested, final):
        return Classification("suspect", f"redirects to a list or search, {shortened(str(final))}")
    if permanent:
        return _moved(requested, reply, fragment)
    return Classification("ok", status_name(reply.status))


def _lost(requested: URL, final: URL) -> str:
    """Return why the page at the end of a redirect is not the one requested, however it looks."""
    if leads_to_parking(requested, final):
        return f"redirects to a page of a domain's seller or host, {shortened(str(final))}"
    if leads_to_error(requested, final):
        return f"leads to {shortened(final.raw_path_qs)}, an error page"
    if leads_to_action(requested, final):
        return f"redirects to a page that unsubscribes or signs out, {shortened(str(final))}"
    return ""


def _moved(requested: URL, reply: HttpReply, fragment: str) -> Classification:
    """Return `moved` with the URL to use instead, or `ok` if it equals the old one."""
    goal = f"{reply.url}#{fragment}" if fragment else str(reply.url)
    goal = without_added_tracking(requested, goal)
    if goal == str(requested) or _is_no_better(requested, reply.url, goal):
        return Classification("ok", status_name(reply.status))
    if problem := unusable_goal(requested, goal):
        return Classification("suspect", f"redirects to {problem}, {shortened(goal)}")
    fixable = not _is_doubtful(requested, reply.url)
    return Classification("moved", f"moved to {goal}", goal, fixable=fixable)


def _is_doubtful(requested: URL, final: URL) -> bool:
    """Return whether a person should decide whether to use an address instead of the link."""
    if _is_downgraded(requested, final) or is_localized(requested, final):
        return True
    if is_backstage(requested, final) or is_unrelated(requested, final):
        return True
    added = added_parameters(requested, final)
    return resembles_gate(requested, final) or any(map(is_doubtful_parameter, added))


def _is_no_better(requested: URL, final: URL, goal: str) -> bool:
    """Return whether an editor keeps the link, although its page opens at another address."""
    if keeps_old_address(requested, final):
        return True
    only_scheme = goal.partition(":")[2] == str(requested).partition(":")[2]
    return is_for_one_visit(requested, final) or (_is_downgraded(requested, final) and only_scheme)


def _is_downgraded(requested: URL, final: URL) -> bool:
    return requested.scheme == "https" and final.scheme == "http"


def _refused(reply: HttpReply) -> Classification:
    status = status_name(reply.status)
    if 500 <= reply.status < 600 and not _is_registered(reply.status):
        reason = f"{status}: a proxy or firewall responded instead of the site"
        return Classification("blocked", reason)
    if reply.status in BLOCKED or not _is_registered(reply.status):
        return Classification("blocked", f"{status}: the server refuses automated requests")
    if reply.status == 408:
        return Classification("timeout", status)
    if reply.status in (300, 304):  # a page of choices; "unchanged", of a cache that says so to all
        return Classification("ok", status)
    if reply.status < 400:
        return Classification("broken", f"{status} without an address to go to")
    if reply.status == 503 and _MAINTENANCE.search(f"{reply.page.title} {reply.page.words[:1000]}"):
        return Classification("timeout", f"{status}: maintenance")
    return Classification("broken", status)


def _is_registered(status: int) -> bool:
    return status < 400 or status in _REGISTERED or status in _SERVER_ERRORS


def status_name(status: int) -> str:
    """Return a status with its registered name, since servers send other reason phrases."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
