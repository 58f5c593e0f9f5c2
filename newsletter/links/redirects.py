"""Classify redirect targets: home pages, parent folders, lists, addresses not to be used instead."""

from __future__ import annotations

import re
from urllib.parse import unquote

from yarl import URL

from newsletter.links.gates import is_copy, is_error_value
from newsletter.links.redirect_words import (
    comparable_part,
    is_locale,
    own_parts,
    path_parts,
    path_tokens,
    table_words,
)
from newsletter.links.tracking import strip_added_tracking
from newsletter.links.tracking_parameters import is_tracking
from newsletter.links.unreachable import is_local, is_placeholder, is_private, is_staging
from newsletter.links.wrappers import (
    is_mail_tracker,
    is_shortened,
    looks_wrapped,
    unwrap_address,
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
    "msg message status x".split()
)
_TAXONOMY = re.compile(
    r"cat[eé]gor(?:y|ies?|[ií]as?)|[ck]ategori(?:a|e|er|en|es|ja|ye)?|tags?|tagged|etiquetas?|[eé]tiquettes?"
    r"|topics?|themen?|th[eè]mes?|t[eé]mas?|rubri[ck]s?|rubrieken?|rubriques?|secci[oó]n|sections?|sezion[ei]"
    r"|seç(?:ão|ões)|dossiers?|channels?|collections?|labels?|keywords?",
    re.IGNORECASE,
)
# A year, a month, or a page of a list.
_NUMBER = re.compile(r"(?:19|20)\d\d|\d{1,2}|page")
LONGEST_LIST = 3  # parts of the path of a category: `/blog/category/europe`
LONG = 6  # letters from which on a word for a list is unlikely to be a name, deep in a path
_WORDS = re.compile(r"[\W_]+")
MEANINGFUL = 4  # letters of a word that describes a page
_ONE_WORD = re.compile(r"\D{4,}")
# Hosts of identifiers that are made to outlive the pages: DOI, Handle, PURL, ARK, w3id, URN.
_PERSISTENT = re.compile(
    r"(?:www\.|dx\.)?doi\.org|hdl\.handle\.net|purl\.(?:org|oclc\.org)|n2t\.net|w3id\.org|identifiers\.org"
    r"|nbn-resolving\.(?:org|de)|ark\.\w+(?:\.\w+)*|handle\.net|perma\.cc",
    re.IGNORECASE,
)
_ROLLING = frozenset("latest stable current today now newest head".split())
_MOBILE_HOST = re.compile(r"(?:m|mobile|amp|touch)\.", re.IGNORECASE)
_VARIANTS = frozenset("amp outputtype mobile m view_mode noredirect print feed rss embed".split())
_LOCALES = frozenset("lang language locale hl country region geo loc l cc".split())


def leads_home(requested: URL, final: URL, *, permanent: bool) -> bool:
    """Return whether a link to a page ends at a home page.

    On another host this may be intended for a short URL (`bit.ly/letters`) or a counted click. A
    long URL that moved there permanently was lost with the rest of its site, unless that host is
    what it named: `a.example/docs` at `docs.a.example`.
    """
    if not _is_home(final) or _names_page(final) or _is_named_by(requested, final):
        return False
    if _is_home(requested):
        lost = not _PAGE_PARAMETERS.isdisjoint(map(str.lower, requested.query))
        return lost and _same_site(requested, final)
    return _same_site(requested, final) or (len(path_parts(requested)) > 1 and permanent)


def _is_home(url: URL) -> bool:
    """Return whether a path is `/`, `/en/`, `/en/index.html` or `/web/guest/home`."""
    parts = own_parts(url)
    if len(parts) > 1 and is_locale(parts[-1]):  # `/home/en`
        parts = parts[:-1]
    words = [comparable_part(part) for part in parts]
    is_above = table_words("home_folder", "home").issuperset(words[:-1])
    return is_above and (not words or words[-1] in table_words("home"))


def _is_named_by(requested: URL, final: URL) -> bool:
    """Return whether the last part of a path is a label of a host that the link did not have."""
    parts = _folder_parts(requested)
    if not parts or not _is_home(final):
        return False
    added = {*(final.raw_host or "").split(".")} - {*(requested.raw_host or "").split(".")}
    return comparable_part(parts[-1]) in {comparable_part(label) for label in added}


def leads_to_parent(requested: URL, final: URL) -> bool:
    """Return whether a link to a page ends at a folder above it: `/news/2019/ports` at `/news/`.

    A language that was added and the name of the folder's index file do not matter; the same path
    without the parameter that named the page counts too.
    """
    if _names_page(final):
        return False
    above, below = _folder_parts(final), path_parts(requested)
    if above == below and not _same_query(requested, final):
        return _asks_for_page(requested)
    candidates = [above, above[1:] if above and is_locale(above[0]) else above]
    if not all(candidates):  # a home page
        return False
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
    parts, before = _folder_parts(final), path_parts(requested)
    if not parts or (parts[-1] in before and not _NUMBER.fullmatch(parts[-1])):
        return False
    own = parts[1:] if len(parts) > 1 and is_locale(parts[0]) else parts
    last = comparable_part(parts[-1])
    if last in table_words("search") and (len(own) == 1 or len(last) >= LONG):
        return True
    is_page = len(before) > 1 or (bool(before) and before[-1].count("-") > 1)
    if not is_page or any(map(_TAXONOMY.fullmatch, before)) or _names_page(final):
        return False
    words = [comparable_part(part) for part in own if not _NUMBER.fullmatch(part)]
    if words and table_words("section", "search").issuperset(words):
        return True
    return len(own) <= LONGEST_LIST and any(map(_TAXONOMY.fullmatch, own[-2:-1]))


def is_unrelated(requested: URL, final: URL) -> bool:
    """Return whether an address has none of the words of a link that describes its page.

    A page that moved mostly keeps the words of its address; where `/news/2019/quiet-ports` leads to
    `/robot` or to another site's `/domains/search`, a person should look.
    """
    shared = path_tokens(requested.raw_path) & path_tokens(final.raw_path_qs)
    if shared or path_parts(requested)[-1:] == path_parts(final)[-1:]:
        return False
    words = _WORDS.split(unquote("".join(path_parts(requested)[-1:])))
    if sum(len(word) >= MEANINGFUL and not word.isdigit() for word in words) > 1:
        return True
    parts = own_parts(final)
    is_word = len(parts) == 1 and bool(_ONE_WORD.fullmatch(unquote(parts[0])))
    return is_word and len(own_parts(requested)) > 1


def keeps_old_address(requested: URL, final: URL) -> bool:
    """Return whether an editor keeps the link although it redirects permanently.

    That is a persistent identifier, an address of the latest version, a variant of the page for
    phones, and a page elsewhere that carries the link in its own URL.
    """
    if _PERSISTENT.fullmatch(requested.raw_host or "") or final.user:
        return True
    rolling = {part.lower() for part in path_parts(requested)} & _ROLLING
    if rolling and not rolling & {part.lower() for part in path_parts(final)}:
        return True
    plain = str(requested).partition("://")[2]
    if len(requested.raw_path) > 1 and plain in unquote(final.raw_path_qs):
        return requested.host != final.host
    return _same_site(requested, final) and _is_variant(requested, final)


def _is_variant(requested: URL, final: URL) -> bool:
    """Return whether a page is the same one otherwise: on `m.`, as `/amp` or `/print`, `?amp=1`."""
    if path_parts(final) == path_parts(requested):
        added = {name.lower() for name in final.query} - {name.lower() for name in requested.query}
        is_mobile = _MOBILE_HOST.match(final.raw_host or "")
        was_mobile = _MOBILE_HOST.match(requested.raw_host or "")
        return bool(added & _VARIANTS) or bool(is_mobile and not was_mobile)
    *above, last = path_parts(final) or [""]
    return above == path_parts(requested) and last.lower() in _VARIANTS


def is_localized(requested: URL, final: URL) -> bool:
    """Return whether a redirect only adds a language or country, which may be the machine's own."""
    if path_parts(requested) == path_parts(final) and _is_in_country(requested, final):
        return True
    added = {name.lower() for name in final.query} - {name.lower() for name in requested.query}
    parts = path_parts(final)
    while parts and is_locale(parts[0]) and parts != path_parts(requested):
        parts = parts[1:]
    is_same_page = _same_site(requested, final) and parts == path_parts(requested)
    return is_same_page and (parts != path_parts(final) or bool(added & _LOCALES))


# Registries of countries whose domains are used everywhere.
_GENERIC = frozenset("ai cc co eu fm gg io ly me sh so to tv ws".split())


def _is_in_country(requested: URL, final: URL) -> bool:
    """Return whether a host only changes its country: `a.com` to `a.de`, `de.a.com` or `a.co.uk`."""
    one, other = _site(requested), _site(final)
    label, _, rest = other.partition(".")
    before, _, rest_before = one.partition(".")
    if is_locale(label) and label != before and rest in (one, rest_before):
        return rest == one or is_locale(before)
    name, end, ends = one.partition(".")[0], one.rpartition(".")[2], other.split(".")
    is_national = len(ends[-1]) == 2 and ends[-1] not in _GENERIC and len(end) > 2
    return is_national and ends[0] == name and all(len(label) < 4 for label in ends[1:])


def unusable_goal(requested: URL, goal: str) -> str:
    """Return why readers should not be sent to an address, as a noun phrase, or an empty string.

    What is wrong with the link itself does not count.
    """
    link = str(requested)
    for phrase, is_so in (
        ("a local address", is_local),
        ("a staging host", is_staging),
        ("a placeholder address", is_placeholder),
        ("an unpublished page", _is_unpublished),
    ):
        if is_so(goal) and not is_so(link):
            return phrase
    return ""


def _is_unpublished(url: str) -> bool:
    return "unpublished" in is_private(url)


def _is_editor(url: str) -> bool:
    return "editing" in is_private(url)


def is_detour(requested: URL, final: URL) -> bool:
    """Return whether an address is a copy's, only redirects, or is one at which people edit.

    Those are short links, wrapped or counted ones, and documents open to anyone with the link.
    """
    goal, link = str(final), str(requested)
    wraps = (unwrap_address, looks_wrapped, is_mail_tracker, is_shortened, _is_editor)
    return is_copy(requested, final) or any(is_so(goal) and not is_so(link) for is_so in wraps)


def without_added_tracking(requested: URL, goal: str) -> str:
    """Return a URL without what a redirect added to count its visitors.

    More names count than in an address that an author wrote, as no page needs what its link lacks.
    """
    return strip_added_tracking(str(requested), goal)


def _names_page(url: URL) -> bool:
    """Return whether a query may identify a page, so that the path alone does not."""
    host = url.host or ""
    return any(
        name.lower() not in _ASIDE and not is_error_value(value)
        for name, value in url.query.items()
        if not is_tracking(name, host)
    )


def _same_site(one: URL, other: URL) -> bool:
    """Return whether two hosts are one site's: equal but for `www` and the like, or one below the other."""
    first, second = sorted((_site(one), _site(other)), key=len)
    return first == second or (first.count(".") > 0 and second.endswith(f".{first}"))


def _site(url: URL) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", url.raw_host or "")


def _folder_parts(url: URL) -> list[str]:
    """Return the parts of a path without the name of an index file."""
    parts = path_parts(url)
    return parts[:-1] if parts and comparable_part(parts[-1]) in table_words("home") else parts


def _same_query(one: URL, other: URL) -> bool:
    return set(one.query) <= set(other.query)
