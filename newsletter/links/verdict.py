"""From what servers said to a verdict and a phrase."""

from __future__ import annotations

from http import HTTPStatus

from msgspec import Struct
from yarl import URL

from newsletter.links.fetch import HttpReply
from newsletter.links.heuristics import led_home, led_to_sign_in, walled
from newsletter.links.result import Verdict
from newsletter.links.soft_404 import says_missing

PERMANENT = (301, 308)
# A person may pass where a program is turned away: signed in (401, 407), paid (402), trusted (403; 406 is what Apache's
# mod_security says), less hasty (429), elsewhere (451); 511 is said by the network we are in, 999 by LinkedIn.
BLOCKED = (401, 402, 403, 406, 407, 429, 451, 511, 999)
# Those from 520 on are Cloudflare's own, where the server behind it is silent, away or confused.
TRY_AGAIN = (429, 500, 502, 503, 504, 520, 521, 522, 523, 524)


class Classification(Struct, frozen=True):
    """What is thought of a page; `moved_to` where it is fine at an address that is there to stay."""

    verdict: Verdict
    why: str
    moved_to: str | None = None


def judge(asked: URL, reply: HttpReply, hops: tuple[int, ...], fragment: str) -> Classification:
    """Judge the reply at the end of a chain of redirects: `hops` are their statuses, `fragment` is what they named."""
    if walled(reply.headers, reply.page):
        return Classification(
            "blocked", f"{named(reply.status)}: a wall against programs; a person must look"
        )
    if not 200 <= reply.status < 300:
        return _refused(reply)
    permanent = bool(hops) and all(status in PERMANENT for status in hops)
    if why := says_missing(asked, reply.url, reply.page):
        return Classification("suspect", why)
    if hops and not fragment and led_home(asked, reply.url, permanent=permanent):
        return Classification("suspect", f"it leads to the home page, {reply.url}")
    if hops and led_to_sign_in(asked, reply.url):
        return Classification("blocked", f"it leads to {reply.url.raw_host}, where one signs in")
    if permanent and reply.url != asked:
        goal = f"{reply.url}#{fragment}" if fragment else str(reply.url)
        return Classification("moved", f"it moved to {goal}", goal)
    return Classification("ok", named(reply.status))


def _refused(reply: HttpReply) -> Classification:
    said = named(reply.status)
    if reply.status in BLOCKED:
        return Classification(
            "blocked", f"{said}: the host turns programs away; a person must look"
        )
    if reply.status == 408:
        return Classification("timeout", said)
    if reply.status == 300:  # a page of choices
        return Classification("ok", said)
    if 300 <= reply.status < 400:
        return Classification("broken", f"{said}, and no address to go on to")
    return Classification("broken", said)


def named(status: int) -> str:
    """Return a status with its name, from the registry: servers write there what they like."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
