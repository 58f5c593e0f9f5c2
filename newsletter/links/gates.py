"""Pages that a server shows in place of the one requested: forms, tests, queues, errors, parking."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct
from yarl import URL

from newsletter.links.page_text import PageText
from newsletter.links.redirect_words import (
    comparable_part,
    is_locale,
    listed_words,
    own_parts,
    part_words,
    path_parts,
    path_tokens,
    table_words,
)
from newsletter.links.soft_404 import missing_page_reason

GateKind = Literal["challenge", "queue", "sign-in", "consent"]

# What stands before and behind the name of a form: `user-login`, `login-page`, `memberlogin.php`.
_BEFORE = re.compile(
    r"(?:user|account|member|session|customer|client|subscriber|web|site|wp|my|please|auto|pre|re)s?(?=\w{4})"
)
_BEHIND = re.compile(
    r"(?<=\w\w\w\w)(?:page|form|required|needed|first|prompt|wall|gate|confirm|check|seite|pagina|sida|siden|side)$"
)
# Words between those of a notice: `gestion-des-cookies`.
_JOINED = re.compile(
    r"(?:de[srl]?|di?|del|delle|dei|für|fur|for|à|aux?|y|e|et|und|and|d[oa]s?|the|of|om|or|oder|ou|и|или|або|та|[oszn])"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
# A parameter with which a form sends the visitor back to the page.
_RETURN = re.compile(
    r"(?:return|redirect|continue|next|dest|destination|goto|go|back|forward|target|callback|from|origin|orig"
    r"|referr?er|service|success|after)(?:[-_]?(?:to|url|uri|path|page|link|address))?|u|url|uri|relaystate|wctx",
    re.IGNORECASE,
)
# Parameters of a request to sign in: SAML, WS-Federation, OpenID, OAuth.
_SIGN_IN_PARAMETERS = frozenset(
    "samlrequest samlresponse relaystate wtrealm wctx wresult openid.mode openid.ns response_type client_id".split()
)
_PARKED_PATH = re.compile(
    r"/(?:lander|(?:forsale|buy-domain)(?:/.*)?|domain[-_]?(?:for[-_]?sale|parking|expired|suspended|not[-_]?found)|parking(?:[-_]page)?(?:\.\w+)?"
    r"|cgi-sys/(?:suspendedpage|defaultwebpage)\.cgi|suspended(?:[-_]?(?:page|domain|account|site))?(?:\.\w+)?"
    r"|account[-_]?suspended(?:\.\w+)?|buy[-_]?(?:this[-_]?)?domain)/?",
    re.IGNORECASE,
)
_PARKED_HOST = re.compile(r"ww\d\d\.|parking\.|parked\.|forsale\.|suspended(?:page|domain)?\.")
LONGEST = 60  # letters of a part of a path that may say that a page is missing
_ERROR_NUMBER = re.compile(r"^(?:4\d\d|5\d\d)(?=\D)|(?<=\D)(?:4\d\d|5\d\d)$")
_ERROR_CHILD = re.compile(r"\w*(?:error|fehler|erreur|notfound|fault|exception)\w*")
_IP_ADDRESS = re.compile(r"[\d.]+|[\da-f:.]*:[\da-f:.]*")
_TRANSLATOR = re.compile(
    r"translate\.google\.|(?:www\.)?deepl\.com$|cc\.bingj\.com$|translator\.bing\.com$"
)


class Gate(Struct, frozen=True):
    """How the URLs of one kind of page are recognized."""

    kind: GateKind
    anywhere: tuple[str, ...]  # kinds of words that count wherever they stand in a path
    topics: tuple[str, ...]  # and those that count if the whole path is made of such words


_GATES = (
    Gate("challenge", ("challenge",), ("challenge_topic",)),
    Gate("queue", ("queue",), ("queue_topic",)),
    Gate("sign-in", ("sign_in",), ("account",)),
    Gate("consent", ("notice",), ("notice_topic", "consent")),
)


def gate_kind(requested: URL, final: URL) -> GateKind | None:
    """Return which form or notice stands in front of a page; `None` for none.

    A link to such a page, or to a page whose URL has the same words, leads where it should.
    """
    returns = leads_back(requested, final)
    for gate in _GATES:
        if _is_gate_host(gate, requested) or _gate_part(gate, requested):
            continue
        if _is_gate_host(gate, final) and not _is_named_host(requested, final):
            return gate.kind
        part = _gate_part(gate, final)
        if part and (returns or not _mentions(requested, part)):
            return gate.kind
    if _requests_sign_in(final) and not _requests_sign_in(requested):
        return "sign-in"
    is_page = bool(own_parts(final)) and not leads_to_error(requested, final)
    return "consent" if returns and is_page else None


def resembles_gate(requested: URL, final: URL) -> bool:
    """Return whether a path ends in the name of a form or standing page that the link lacks."""
    parts = path_parts(final)
    before = path_parts(requested)
    if not parts or comparable_part(parts[-1]) in set(map(comparable_part, before)):
        return False
    if not _names_form(parts[-1]) or any(map(_names_form, before[-1:])):  # `/about`, `/about-us`
        return False
    return len(own_parts(final)) == 1 or not _mentions(requested, parts[-1])


def _names_form(part: str) -> bool:
    """Return whether a part of a path may name a form, an error, or a page that every site has."""
    if comparable_part(part) in table_words("standing", "error", "acting"):
        return True
    return any(_names_gate(gate, part, topics=True) for gate in _GATES)


def leads_back(requested: URL, final: URL) -> bool:
    """Return whether a query contains the link itself, as the address to go to afterwards."""
    if len(requested.raw_path) < len("/a/b"):
        return False
    return any(
        _RETURN.fullmatch(name) and requested.path in unquote(value)
        for name, value in final.query.items()
    )


def leads_to_parking(requested: URL, final: URL) -> bool:
    """Return whether a domain's registrar or seller shows its own page."""
    if requested.raw_host == final.raw_host:
        parked = _PARKED_PATH.fullmatch(final.raw_path)
        return bool(parked) and not _PARKED_PATH.fullmatch(requested.raw_path)
    if _is_of_service("parked", requested):
        return False
    host = final.raw_host or ""
    return bool(
        _is_of_service("parked", final)
        or _PARKED_HOST.match(host)
        or _PARKED_PATH.fullmatch(final.raw_path)
    )


def leads_to_action(requested: URL, final: URL) -> bool:
    """Return whether a page ends a subscription or a session of the reader who opens it."""
    if _is_in_section(path_parts(final)):
        return False
    words = table_words("acting")
    acting = [part for part in path_parts(final) if comparable_part(part) in words]
    return any(not _mentions(requested, part) for part in acting)


def leads_to_error(requested: URL, final: URL) -> bool:
    """Return whether a path, or a query at the root, names an error instead of the page."""
    parts = own_parts(final)
    if not parts:
        return any(is_error_value(value) for value in final.query.values())
    if _mentions(requested, parts[-1]):
        return False
    return _is_error_path(parts) or _reads_missing(parts[-1])


def _is_error_path(parts: list[str]) -> bool:
    """Return whether a path is `/fehler-404`, `/p/deleted` or `/errors/GeneralError.aspx`."""
    errors, neutral = table_words("error"), table_words("neutral")
    words = list(map(comparable_part, parts))
    if len(words) > 1 and words[-1] in table_words("home"):  # `/error/index`
        words.pop()
    *around, last = words
    if not all(word in errors or word in neutral for word in around):
        return False
    if last in errors or _ERROR_NUMBER.sub("", last) in errors:
        return True
    return not errors.isdisjoint(around) and bool(_ERROR_CHILD.fullmatch(last))


def is_error_value(value: str) -> bool:
    """Return whether the value of a parameter names an error: `?page=notfound`."""
    return not value.isdigit() and comparable_part(value) in table_words("error") | {"404"}


def is_copy(requested: URL, final: URL) -> bool:
    """Return whether a page is a copy by a translator, cache, archive or a library's proxy."""
    if _is_of_service("copies", final):
        return not _is_of_service("copies", requested)
    own, host = requested.raw_host or "", final.raw_host or ""
    dashed = f"{own.replace('.', '-')}."  # `a-example.proxy.example`
    return "." in own and (host.startswith((f"{own}.", dashed)) or bool(_TRANSLATOR.match(host)))


def is_backstage(requested: URL, final: URL) -> bool:
    """Return whether a host is rather for those who run the site: `admin.`, a port, an address."""
    host, labels = final.raw_host or "", (final.raw_host or "").split(".")
    has_port = requested.explicit_port is None and final.explicit_port is not None
    if host == requested.raw_host:
        return has_port
    is_odd = has_port or bool(_IP_ADDRESS.fullmatch(host))
    dashed = {word for label in labels[:-1] if "-" in label for word in label.split("-")}
    names = {*labels[:-2], *dashed}
    names -= set((requested.raw_host or "").split("."))
    doubtful = listed_words("hosts", "backstage")
    return is_odd or bool(names & doubtful) or _is_of_service("backstage", final)


def _reads_missing(part: str) -> bool:
    """Return whether a part of a path reads like the title of a missing page."""
    words = re.sub(r"[-_+~\s]+", " ", unquote(part).partition(".")[0]).strip()
    if (words.isascii() and " " not in words) or len(words) > LONGEST:
        return False
    nowhere = URL("https://nowhere.invalid/a")
    page = PageText(f"<title>{words}</title>".encode(), "text/html; charset=utf-8")
    return missing_page_reason(nowhere, nowhere, page) is not None


# --- parts of a URL -------------------------------------------------------------------------------


def _mentions(requested: URL, part: str) -> bool:
    """Return whether the link has the words of a part of a path: then its page is about them."""
    tokens = path_tokens(part)
    return bool(tokens) and tokens <= path_tokens(requested.raw_path)


def _gate_part(gate: Gate, url: URL) -> str:
    """Return the part of a path that names a form, or an empty string."""
    parts = own_parts(url) or path_parts(url)
    if gate.kind == "sign-in" or not _is_in_section(parts):
        for part in parts:
            if _names_gate(gate, part, topics=False):
                return part
    systems = listed_words("systems", gate.kind.replace("-", "_"))
    if parts and comparable_part(parts[0]) in systems:
        return parts[0]
    neutral = table_words("neutral")
    if gate.kind == "consent":
        neutral |= table_words("cookie")
    topics = [part for part in parts if _names_gate(gate, part, topics=True)]
    rest = [part for part in parts if part not in topics and not is_locale(part)]
    if topics and all(comparable_part(part) in neutral for part in rest):
        return topics[-1]
    return ""


def _is_in_section(parts: list[str]) -> bool:
    """Return whether the last part is that of an article: below a section or a year."""
    sections = table_words("section")
    return any(_YEAR.fullmatch(part) or comparable_part(part) in sections for part in parts[:-1])


def _names_gate(gate: Gate, part: str, *, topics: bool) -> bool:
    word = comparable_part(part)
    if gate.kind == "consent" and _is_cookie_notice(part):
        return True
    words = table_words(*gate.anywhere, *gate.topics) if topics else table_words(*gate.anywhere)
    shorter = (_BEFORE.sub("", word, count=1), _BEHIND.sub("", word))
    candidates = {word, *shorter, _BEHIND.sub("", shorter[0])}
    if topics:
        candidates.add(word.removesuffix("s"))
    if not candidates.isdisjoint(words):
        return True
    left = [each for each in part_words(part) if not _JOINED.fullmatch(each)]
    return topics and len(left) > 1 and words.issuperset(left)  # `login-and-register`


def _is_cookie_notice(part: str) -> bool:
    """Return whether a part of a path is made of `cookie` or `privacy` and consent or settings."""
    cookies = table_words("cookie")
    others = table_words("consent", "settings")
    left = [word for word in part_words(part) if not _JOINED.fullmatch(word)]
    if len(left) > 1 and not cookies.isdisjoint(left) and not others.isdisjoint(left):
        return cookies | others >= set(left)
    compound = _BEHIND.sub("", comparable_part(part))
    return any(
        (compound.startswith(word) and compound.removeprefix(word) in others)
        or (compound.endswith(word) and compound.removesuffix(word) in others)
        for word in cookies
    )


def _is_gate_host(gate: Gate, url: URL) -> bool:
    kind = gate.kind.replace("-", "_")
    labels = (url.raw_host or "").split(".")
    leading = labels[1:2] if labels[0] in ("www", "web", "my", "secure") else labels[:1]
    if len(labels) > 2 and not listed_words("hosts", kind).isdisjoint((*labels[:1], *leading)):
        return True
    return _is_of_service(kind, url)


def _is_of_service(kind: str, url: URL) -> bool:
    """Return whether a host belongs to a service of a kind; its own site, at `www.`, may not."""
    host = url.raw_host or ""
    is_any_page = kind in ("parked", "copies", "backstage")
    for domain in listed_words("services", kind):
        if host.endswith(f".{domain}") and (is_any_page or not host.startswith("www.")):
            return True
        if host == domain and (is_any_page or domain.count(".") > 1):
            return True
    return False


def _is_named_host(requested: URL, final: URL) -> bool:
    """Return whether a path names the subdomain: `a.example/accounts` at `accounts.a.example`.

    `id.wikipedia.org` with the same page is Indonesian.
    """
    label = (final.raw_host or "").partition(".")[0]
    if is_locale(label) and path_parts(requested)[-1:] == path_parts(final)[-1:]:
        return True
    return label in map(comparable_part, path_parts(requested))


def _requests_sign_in(url: URL) -> bool:
    names = {name.lower() for name in url.query}
    if {"response_type", "client_id"} <= names or url.query.get("wa", "").startswith("wsignin"):
        return True
    return bool(names & (_SIGN_IN_PARAMETERS - {"response_type", "client_id"}))
