"""Classify redirect targets: home pages, parent folders, forms to sign in or consent, sessions."""

from __future__ import annotations

import re
from urllib.parse import unquote

from yarl import URL

from newsletter.links.tracking import strip_tracking, tracking_parameters
from newsletter.links.tracking_parameters import is_tracking

# A language, a country, or both: `/en`, `/pt-br/`, `/zh-Hans`, `/us/en/`.
_LOCALE = r"(?:[a-z]{2}(?:[-_][a-z]{2,4})?(?:/|$)){0,2}"
_INDEX = (
    r"(?:(?:index|default|home|home-?page|homepage|start|main|welcome|front|startseite|accueil|inicio"
    r"|portada|hjem|forside|etusivu)(?:\.\w+)?/?)"
)
_HOME = re.compile(rf"/{_LOCALE}{_INDEX}?", re.IGNORECASE)
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
    "msg message status x".split()
)
_SIGN_IN = re.compile(
    r"(?:user|account|member|session|my)?s?[-_]?(?:sign|log)[-_]?(?:in|on)(?:\.\w+)?|auth(?:orize|enticate)?"
    r"|oauth2?|sso|saml2?|cas|adfs|idp|servicelogin|authwall|wp-login\.php|(?:pay|login|registration"
    r"|subscription)[-_]?wall|subscribe[-_]?to[-_]?read|members?[-_]?only|anmelden|einloggen|connexion"
    r"|se[-_]connecter|iniciar[-_]sesi[oó]n|inloggen|logga[-_]in|log[-_]ind|logg[-_]inn",
    re.IGNORECASE,
)
# These too, at the end of a path: elsewhere they are sections of a site.
_SIGN_IN_AT_END = re.compile(
    r"(?:sessions?|users?)(?:/new)?|register(?:\.\w+)?|registration|sign[-_]?up|join(?:[-_]us)?"
    r"|subscri(?:be|ption)s?|members?(?:hip)?|premium|(?:my[-_]?)?account|checkpoint(?:/challenge)?"
    r"|anmeldung|registrier(?:en|ung)|inscription|acceder|registro|entrar|accedi|registrati|abo"
    r"|abonnement|abonneren",
    re.IGNORECASE,
)
_SIGN_IN_HOST = re.compile(
    r"(?:[\w-]+\.)?(?:login|log-in|signin|auth|oauth|sso|accounts?|idp?|identity|secure-login|passport)\.",
    re.IGNORECASE,
)
# Forms and notices before a page: consent to cookies, age, region, terms, browser.
_CONSENT = re.compile(
    r"(?:(?:cookies?|privacy|gdpr|tcf)[-_]?)?(?:consent|collectconsent|cmp|privacygate|privacywall)s?"
    r"(?:[-_]?(?:page|wall|gate|confirm|management))?(?:\.\w+)?"
    r"|privacy[-_]?(?:gate|wall)(?:[-_]\w+)?|cookie[-_]?(?:wall|absent|check|test|gate|notice|settings"
    r"|not[-_]?supported|required|detect)(?:\.\w+)?|(?:no|enable|accept|set)[-_]?cookies?(?:\.\w+)?"
    r"|age[-_]?(?:gate|check|verification|verify|confirm)(?:\.\w+)?|agegate|adult[-_]?check"
    r"|(?:accept|agree)[-_](?:terms|tos)|terms[-_]accept"
    r"|(?:select[-_])?(?:region|country|location)[-_]?(?:select|selector|selection|gate|choice)"
    r"|(?:un|not[-_]?)supported[-_]?browser|browser[-_]?(?:upgrade|not[-_]?supported|check)|upgrade[-_]browser"
    r"|geo[-_]?(?:block|blocked|restricted|restriction)|(?:not[-_]?|un)available[-_]in[-_]your[-_](?:region|country)",
    re.IGNORECASE,
)
_CONSENT_AT_END = re.compile(
    r"(?:access[-_]?denied|blocked|forbidden|(?:region|country)[-_]not[-_]available|(?:un|not[-_]?)available[-_]in\w*"
    r"|cookies?|cookies/accept|gdpr|tcf|dsgvo|rgpd|zustimmung|einwilligung|cookie[-_]policy"
    r"|datenschutz[-_]?einstellungen|disclaimer|interstitial|splash|gate(?:way)?)(?:\.\w+)?",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(
    r"(?:[\w-]+\.)?(?:consent|guce|myprivacy|privacy-gate|cmp)\.", re.IGNORECASE
)
# A parameter with which a form sends the visitor back to the page.
_RETURN = re.compile(
    r"(?:return|redirect|continue|next|dest|destination|goto|go|back|forward|target|callback|from|origin|orig"
    r"|referr?er|service|success|after)(?:[-_]?(?:to|url|uri|path|page|link|address))?|u|url|uri|relaystate|wctx",
    re.IGNORECASE,
)
# Pages at which a site collects the links that it lost.
_COLLECTION = re.compile(
    r"(?:search|suche|recherche|buscar|ricerca|zoeken|find|results|site-?map|archives?|archiv)(?:\.\w+)?",
    re.IGNORECASE,
)
# The same, as the only part of a path besides a language; or followed by one name.
_SECTION = re.compile(
    r"news|blog|articles?|stories|posts?|press|press-releases|aktuelles|nachrichten|actualit(?:e|%c3%a9)s?"
    r"|noticias|notizie|nieuws|nyheter|all|latest",
    re.IGNORECASE,
)
_TAXONOMY = re.compile(
    r"categor(?:y|ies)|tags?|topics?|themen?|rubri[ck]s?|kategorien?", re.IGNORECASE
)
# Hosts of identifiers that are made to outlive the pages: DOI, Handle, PURL, ARK, w3id, URN.
_PERSISTENT = re.compile(
    r"(?:www\.|dx\.)?doi\.org|hdl\.handle\.net|purl\.(?:org|oclc\.org)|n2t\.net|w3id\.org|identifiers\.org"
    r"|nbn-resolving\.(?:org|de)|ark\.\w+(?:\.\w+)*|handle\.net|perma\.cc",
    re.IGNORECASE,
)
_ROLLING = frozenset("latest stable current today now newest head".split())
_MOBILE_HOST = re.compile(r"(?:m|mobile|amp|touch)\.", re.IGNORECASE)
_VARIANTS = frozenset("amp outputtype mobile m view_mode noredirect".split())
_LOCALES = frozenset("lang language locale hl country region geo loc l cc".split())
# Sessions in a path: Java (`;jsessionid=`), ASP.NET (`(S(…))`). In queries: PHP, ColdFusion etc.
_SESSION_PATH = re.compile(r";(?:jsessionid|sid|phpsessid)=|/\([A-Z]\([^)]*\)\)", re.IGNORECASE)
_SESSION = re.compile(
    r"_?(?:php|asp|j)?sess(?:ion)?_?(?:id\w*)?|sid|s_id|cfid|cftoken|osid|zenid|oscsid|__cf_chl_\w+|nonce|state"
    r"|ticket|(?:request|visitor|correlation|trace|transaction|client|device)[-_]?(?:id)?|csrf\w*|xsrf\w*"
    r"|cookies?|cookie[-_]?\w+|_|rnd|rand|random|cb|cachebuster|nocache|ts|timestamp",
    re.IGNORECASE,
)
# Signed URLs expire after minutes or hours: Amazon, Google, Azure, CloudFront, Akamai, and plain
# tokens.
_SIGNATURE = re.compile(
    r"x-(?:amz|goog|ms)-(?:signature|credential|security-token|date|expires)|awsaccesskeyid|googleaccessid|signature|sig"
    r"|key-pair-id|policy|expires?|expiry|exp|\w*token|auth|hdnea|hdnts|__gda__|__token__|hmac|st|se|sv|sp|hash"
    r"|jwt|code|cookieset|verify|validuntil|md5|sha\d*|(?:api|access)?_?key",
    re.IGNORECASE,
)
# Values that are made for one visit: times in seconds or milliseconds, UUIDs, web tokens, digests.
_ONE_VISIT = re.compile(
    r"1[5-9]\d{8}(?:\d{3})?|0\.\d{4,}|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}"
    r"|eyj[\w-]+\.[\w-]+\.?[\w-]*|(?=[a-z\d_-]*\d)(?=\d*[a-z])[a-z\d_-]{20,}=*",
    re.IGNORECASE,
)
_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*")


def leads_home(requested: URL, final: URL, *, permanent: bool) -> bool:
    """Return whether a link to a page ends at a home page.

    On another host this may be intended for a short URL (`bit.ly/letters`) or a counted click. A
    long URL that moved there permanently was lost with the rest of its site.
    """
    if not _HOME.fullmatch(final.raw_path.removesuffix("?")) or _names_page(final):
        return False
    if _HOME.fullmatch(requested.raw_path):
        lost = not _PAGE_PARAMETERS.isdisjoint(map(str.lower, requested.query))
        return lost and _same_site(requested, final)
    return _same_site(requested, final) or (len(_parts(requested)) > 1 and permanent)


def leads_to_parent(requested: URL, final: URL) -> bool:
    """Return whether a link to a page ends at a folder above it: `/news/2019/ports` at `/news/`.

    A language that was added and the name of the folder's index file do not matter; the same path
    without the parameter that named the page counts too.
    """
    if _names_page(final):
        return False
    above, below = _folder_parts(final), _parts(requested)
    if above == below and not _same_query(requested, final):
        return _asks_for_page(requested)
    candidates = [above, above[1:] if above and _is_locale(above[0]) else above]
    if not any(len(parts) < len(below) and below[: len(parts)] == parts for parts in candidates):
        return False
    shorter = min(candidates, key=len)
    return not _SAME_PAGE.fullmatch("/".join(below[len(shorter) :]))


def _asks_for_page(url: URL) -> bool:
    """Return whether a query names a page; the first one of a list is the list itself."""
    names = {name.lower() for name, value in url.query.items() if (name, value) != ("page", "1")}
    return not _PAGE_PARAMETERS.isdisjoint(names)


def leads_to_collection(requested: URL, final: URL) -> bool:
    """Return whether a link to a page ends at a search form, an archive, a list or a site map."""
    parts, before = _folder_parts(final), _parts(requested)
    if not parts or parts[-1] in before:
        return False
    if _COLLECTION.fullmatch(parts[-1]):
        return True
    own = parts[1:] if len(parts) > 1 and _is_locale(parts[0]) else parts
    is_page = len(before) > 1 or (bool(before) and before[-1].count("-") > 1)
    if not is_page or any(map(_TAXONOMY.fullmatch, before)) or _names_page(final):
        return False
    is_section = len(own) == 1 and bool(_SECTION.fullmatch(own[0]))
    return is_section or (len(own) == 2 and bool(_TAXONOMY.fullmatch(own[0])))


def keeps_old_address(requested: URL, final: URL) -> bool:
    """Return whether an editor keeps the link although it redirects permanently.

    That is a persistent identifier, an address of the latest version, a variant of the page for
    phones, and a page elsewhere that carries the link in its own URL.
    """
    if _PERSISTENT.fullmatch(requested.raw_host or "") or final.user:
        return True
    rolling = {part.lower() for part in _parts(requested)} & _ROLLING
    if rolling and not rolling & {part.lower() for part in _parts(final)}:
        return True
    plain = str(requested).partition("://")[2]
    if len(requested.raw_path) > 1 and plain in unquote(final.raw_path_qs):
        return requested.host != final.host
    return _same_site(requested, final) and _is_variant(requested, final)


def _is_variant(requested: URL, final: URL) -> bool:
    """Return whether a page is the same one for phones: on `m.`, as `/amp`, or with `?amp=1`."""
    if _parts(final) == _parts(requested):
        added = {name.lower() for name in final.query} - {name.lower() for name in requested.query}
        is_mobile = _MOBILE_HOST.match(final.raw_host or "")
        was_mobile = _MOBILE_HOST.match(requested.raw_host or "")
        return bool(added & _VARIANTS) or bool(is_mobile and not was_mobile)
    return _parts(final) == [*_parts(requested), "amp"]


def is_localized(requested: URL, final: URL) -> bool:
    """Return whether a redirect only adds a language or country, which may be the machine's own."""
    added = {name.lower() for name in final.query} - {name.lower() for name in requested.query}
    parts = _parts(final)
    while parts and _is_locale(parts[0]) and parts != _parts(requested):
        parts = parts[1:]
    is_same_page = _same_site(requested, final) and parts == _parts(requested)
    return is_same_page and (parts != _parts(final) or bool(added & _LOCALES))


def leads_to_sign_in(requested: URL, final: URL) -> bool:
    """Return whether a page whose URL suggests no sign-in now requires an account."""
    return _signs_in(final) and not _signs_in(requested)


def leads_to_consent(requested: URL, final: URL) -> bool:
    """Return whether a form or notice is shown before the page: consent, age, region."""
    if _consents(requested):
        return False
    return _consents(final) or _leads_back(requested, final)


def _leads_back(requested: URL, final: URL) -> bool:
    """Return whether a query contains the link itself, as the address to go to afterwards."""
    if len(requested.raw_path) < len("/a/b"):
        return False
    return any(
        _RETURN.fullmatch(name) and requested.path in unquote(value)
        for name, value in final.query.items()
    )


def is_for_one_visit(requested: URL, final: URL) -> bool:
    """Return whether a URL has a session or signature, unlike the link, and so will expire."""
    path = unquote(final.raw_path)
    if _SESSION_PATH.search(path) or _WEB_TOKEN.search(path):
        return True
    before = {name.lower() for name in requested.query}
    added = [(name, value) for name, value in final.query.items() if name.lower() not in before]
    return any(
        _SESSION.fullmatch(name) or _SIGNATURE.fullmatch(name) or _ONE_VISIT.fullmatch(value)
        for name, value in added
        if not is_tracking(name, final.host or "")
    )


def without_added_tracking(requested: URL, goal: str) -> str:
    """Return a URL without the tracking parameters that a redirect added."""
    added = set(tracking_parameters(goal)) - set(tracking_parameters(str(requested)))
    return strip_tracking(goal) if added else goal


def _names_page(url: URL) -> bool:
    """Return whether a query may identify a page, so that the path alone does not."""
    host = url.host or ""
    return any(name.lower() not in _ASIDE for name in url.query if not is_tracking(name, host))


def _same_site(one: URL, other: URL) -> bool:
    """Return whether two hosts are one site's: equal but for `www` and the like, or one below the other."""
    first, second = sorted((_site(one), _site(other)), key=len)
    return first == second or (first.count(".") > 0 and second.endswith(f".{first}"))


def _site(url: URL) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", url.raw_host or "")


def _parts(url: URL) -> list[str]:
    return [part for part in url.raw_path.removesuffix("?").split("/") if part]


def _folder_parts(url: URL) -> list[str]:
    """Return the parts of a path without the name of an index file."""
    parts = _parts(url)
    return parts[:-1] if parts and re.fullmatch(_INDEX, parts[-1], re.IGNORECASE) else parts


def _is_locale(part: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{2}(?:[-_][a-z]{2,4})?", part, re.IGNORECASE))


def _same_query(one: URL, other: URL) -> bool:
    return set(one.query) <= set(other.query)


def _signs_in(url: URL) -> bool:
    if _SIGN_IN_HOST.match(url.raw_host or ""):
        return True
    return _is_gate(url, _SIGN_IN, _SIGN_IN_AT_END)


def _consents(url: URL) -> bool:
    if _CONSENT_HOST.match(url.raw_host or ""):
        return True
    return _is_gate(url, _CONSENT, _CONSENT_AT_END)


def _is_gate(url: URL, anywhere: re.Pattern[str], at_end: re.Pattern[str]) -> bool:
    """Return whether a path names a form, in any of its parts or in the last one or two."""
    parts = [part for part in unquote(url.raw_path).removesuffix("?").split("/") if part]
    if any(map(anywhere.fullmatch, parts)):
        return True
    return any(at_end.fullmatch("/".join(parts[-count:])) for count in (1, 2))
