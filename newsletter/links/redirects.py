"""Classify redirect targets: home pages, parent folders, forms to sign in or consent, sessions."""

from __future__ import annotations

import re
from urllib.parse import unquote

from yarl import URL

from newsletter.links.tracking import strip_tracking, tracking_parameters
from newsletter.links.tracking_parameters import is_tracking

_HOME = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?(?:(?:index|default|home|homepage|start)(?:\.\w+)?/?)?",
    re.IGNORECASE,
)
# The last part of a path that names the folder itself, or another form of the same page.
_SAME_PAGE = re.compile(
    r"(?:index|default|home)(?:\.\w+)?|amp|print|1|page/1|all|view|overview", re.IGNORECASE
)
# Parameters with which WordPress, Joomla, Drupal and others identify a page at the root.
_PAGE_PARAMETERS = frozenset(
    "p id page page_id pageid post article story item view node attachment_id aid nid".split()
)
# Parameters that identify how a visitor arrived, not which page is requested.
_ASIDE = frozenset(
    "lang language locale hl ref from source src redirect redirected redirect_from error err notfound not_found 404 "
    "msg message status".split()
)
_SIGN_IN = re.compile(
    r"(?:sign|log)[-_]?(?:in|on)(?:\.\w+)?|auth|oauth2?|sso|saml2?|servicelogin|authwall|wp-login\.php"
    r"|subscribe[-_]?to[-_]?read|paywall|members?[-_]?only",
    re.IGNORECASE,
)
_SIGN_IN_HOST = re.compile(r"(?:login|signin|auth|sso|accounts|idp)\.", re.IGNORECASE)
_CONSENT = re.compile(
    r"(?:cookie|privacy|gdpr)?[-_]?(?:consent|collectconsent|cmp|privacygate)(?:[-_]?(?:page|wall|gate))?(?:\.\w+)?",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"(?:\w+\.)?(?:consent|guce|myprivacy|cmp)\.", re.IGNORECASE)
# Sessions in a path: Java (`;jsessionid=`), ASP.NET (`(S(…))`). In queries: PHP, ColdFusion etc.
_SESSION_PATH = re.compile(r";(?:jsessionid|sid|phpsessid)=|/\([A-Z]\([^)]*\)\)", re.IGNORECASE)
_SESSION = re.compile(
    r"(?:php|asp|j)?sess(?:ion)?_?(?:id)?|sid|s_id|cfid|cftoken|osid|zenid|oscsid|__cf_chl_\w+|nonce|state|ticket"
    r"|request_?id|visitor_?id",
    re.IGNORECASE,
)
# Signed URLs expire after minutes or hours: Amazon, Google, Azure, CloudFront, Akamai, and plain
# tokens.
_SIGNATURE = re.compile(
    r"x-(?:amz|goog|ms)-(?:signature|credential|security-token|date|expires)|awsaccesskeyid|googleaccessid|signature|sig"
    r"|key-pair-id|policy|expires|exp|token|access_token|auth|hdnea|hdnts|hmac|st|se|sv|sp|hash|jwt|code|cookieset",
    re.IGNORECASE,
)


def leads_home(requested: URL, final: URL, *, permanent: bool) -> bool:
    """Return whether a link to a page ends at a home page.

    On another host this may be intended for a short URL (`bit.ly/letters`) or a counted click. A
    long URL that moved there permanently was lost with the rest of its site.
    """
    if not _HOME.fullmatch(final.raw_path) or _names_page(final):
        return False
    if _HOME.fullmatch(requested.raw_path):
        lost = not _PAGE_PARAMETERS.isdisjoint(map(str.lower, requested.query))
        return lost and _same_site(requested, final)
    return _same_site(requested, final) or (len(_parts(requested)) > 1 and permanent)


def leads_to_parent(requested: URL, final: URL) -> bool:
    """Return whether a link to a page ends at a folder above it: `/news/2019/ports` at `/news/`."""
    above, below = _parts(final), _parts(requested)
    if len(above) >= len(below) or below[: len(above)] != above or _names_page(final):
        return False
    return not _SAME_PAGE.fullmatch("/".join(below[len(above) :]))


def leads_to_sign_in(requested: URL, final: URL) -> bool:
    """Return whether a page whose URL suggests no sign-in now requires an account."""
    return _signs_in(final) and not _signs_in(requested)


def leads_to_consent(requested: URL, final: URL) -> bool:
    """Return whether a consent form is shown before the page."""
    return _consents(final) and not _consents(requested)


def is_for_one_visit(requested: URL, final: URL) -> bool:
    """Return whether a URL has a session or signature, unlike the link, and so will expire."""
    if _SESSION_PATH.search(unquote(final.raw_path)):
        return True
    added = {name.lower() for name in final.query} - {name.lower() for name in requested.query}
    return any(_SESSION.fullmatch(name) or _SIGNATURE.fullmatch(name) for name in added)


def without_added_tracking(requested: URL, goal: str) -> str:
    """Return a URL without the tracking parameters that a redirect added."""
    added = set(tracking_parameters(goal)) - set(tracking_parameters(str(requested)))
    return strip_tracking(goal) if added else goal


def _names_page(url: URL) -> bool:
    """Return whether a query may identify a page, so that the path alone does not."""
    return any(name.lower() not in _ASIDE for name in url.query if not is_tracking(name))


def _same_site(one: URL, other: URL) -> bool:
    return _without_www(one) == _without_www(other)


def _without_www(url: URL) -> str:
    return (url.raw_host or "").removeprefix("www.")


def _parts(url: URL) -> list[str]:
    return [part for part in url.raw_path.removesuffix("?").split("/") if part]


def _signs_in(url: URL) -> bool:
    parts = unquote(url.raw_path).split("/")
    return any(map(_SIGN_IN.fullmatch, parts)) or bool(_SIGN_IN_HOST.match(url.raw_host or ""))


def _consents(url: URL) -> bool:
    parts = unquote(url.raw_path).split("/")
    return any(map(_CONSENT.fullmatch, parts)) or bool(_CONSENT_HOST.match(url.raw_host or ""))
