"""Lines about a text that stand above it and are no title: bylines, credits, datelines, counts.

A line counts only if all of it has one of these forms, so that "By the sea", "Von Hamburg nach
Rom" and "Issue 12: the tides" remain titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from newsletter.importers.draft import DraftBlock
from newsletter.importers.structure.about_words import (
    AGENCIES,
    AMBIGUOUS,
    AND,
    AUTHOR,
    BY,
    BY_OR_ELSE,
    COUNT,
    COUNT_AFTER,
    CREDITED,
    DAYS,
    HEADER,
    IN,
    MINUTES,
    PUBLISHED,
    READ,
    READING,
    RELEASE,
    STAFF,
    WORDS,
    WORKS,
)
from newsletter.importers.structure.draft_dates import parse_date
from newsletter.importers.structure.given_names import GIVEN_NAMES
from newsletter.importers.structure.person_names import parse_names

LONGEST = 200  # characters of a line
RECENT = 2002  # datelines with earlier years are titles: "Lissabon, 25. April 1974"

_PLACE = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[ .'’-]{1,2}[^\W\d_]+){0,3}\.?(?: \([^)]{1,30}\))?")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,5}")  # 李明
_SMALL = frozenset("of the de da do la le del di van von der am an sur les el al".split())


def _either(table: dict[str, str]) -> str:
    return "|".join(table.values())


@cache
def _separators() -> re.Pattern[str]:
    """Return the pattern of what stands between credits: a mark, or "and" before the next label."""
    label = rf"(?:{_either(CREDITED)})(?:\s*[:：]|\s(?:{_either(BY)}|{_either(BY_OR_ELSE)})\s)"
    return re.compile(rf"\s*[|;·•]\s*|\s+[-–—/]\s+|(?:\s*,\s+|{AND})(?={label})", re.IGNORECASE)


@cache
def _author() -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(AUTHOR)})\s*[:：/／]\s*(?P<names>\S.*)", re.IGNORECASE)


@cache
def _bylines() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of bylines: with clear words, and with words of several meanings."""
    by, other = _either(BY), _either(BY_OR_ELSE)
    work = rf"(?:{_either(WORKS)})"
    clear = rf"(?:{work} (?:{by}|{other})|{by})\b\s*:?\s+(?P<names>\S.*)"
    return (
        re.compile(clear, re.IGNORECASE),
        re.compile(rf"(?:{other})\b\s*:?\s+(?P<names>\S.*)", re.IGNORECASE),
    )


@cache
def _credit() -> re.Pattern[str]:
    label = rf"(?:{_either(CREDITED)})"
    labels = rf"(?P<labels>{label}(?:{AND}{label}){{0,4}})"
    by = rf"\s*[:：/／]\s*|\s+(?:{_either(BY)}|{_either(BY_OR_ELSE)})\b\s*:?\s+"
    return re.compile(rf"{labels}(?:{by})(?P<names>\S.*)", re.IGNORECASE)


@cache
def _meta() -> re.Pattern[str]:
    number = r"\s*(?:no\.?|nr\.?|n\.?[°º]|núm\.?|#|№|:)?\s*(?:\d{1,5}|[IVXLC]+)(?:\s?/\s?\d{2,4})?"
    counted = rf"(?:{_either(COUNT)}){number}(?:,?\s*(?:{_either(COUNT)}){number})?"
    forms = (
        rf"(?:{READING})\s*[:：]?\s*(?:{MINUTES}|\S{{1,12}}(?: \S{{1,12}})?)",
        rf"{MINUTES}[\s-]*(?:{READ})",
        rf"(?:{_either(STAFF)})(?:{IN})?",
        counted,
        COUNT_AFTER,
        rf"(?:{HEADER})\s*:\s*\S.*",
        WORDS,
        r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}",  # a date whose order of day and month is unknown
        RELEASE,
        r"©.*|copyright .*",
    )
    return re.compile("|".join(forms), re.IGNORECASE)


_DATED = re.compile(rf"(?:{PUBLISHED})\s*:?\s+(?P<date>\S.*)", re.IGNORECASE)
_DAY_NAME = re.compile(rf"(?:{DAYS})\b,?\s*", re.IGNORECASE)


def byline_names(words: str) -> tuple[str, ...] | None:
    """Return the names in a byline in any language: `Von NAME`, `Ein Beitrag von NAME`."""
    text = " ".join(words.split()).strip(" *_")
    if len(text) > LONGEST:
        return None
    clear, other = _bylines()
    if match := clear.fullmatch(text) or _author().fullmatch(text):
        names = parse_names(match["names"])
        return names if names and _are_people(names) else None
    match = other.fullmatch(text)
    names = parse_names(match["names"]) if match else None
    return names if names and any(map(has_given_name, names)) and _are_people(names) else None


def is_about_line(words: str) -> bool:
    """Return whether a line is a byline, credits, a dateline or a count, and nothing else."""
    text = " ".join(words.split()).strip(" *_")
    if text[:1] in ("(", "["):
        text = text.strip("()[]")
    if not text or len(text) > LONGEST:
        return False
    whole = (is_dateline, _is_note, _has_roles)
    if any(form(text) for form in whole) or _is_credit(text, alone=True):
        return True
    parts = [part for part in _separators().split(text) if part]
    noted = [_is_note(part) or _is_credit(part) for part in parts]
    dated = [bool(_date(part)) or is_dateline(part) for part in parts]
    named = [bool(_people(part)) for part in parts]
    if len(parts) < 2 or not (any(noted) or (any(dated) and any(named))):
        return False
    return all(map(any, zip(noted, dated, named, strict=True)))


def is_dateline(words: str) -> bool:
    """Return whether a line is a place with a date, or a place with the dash of a report."""
    text = words.strip()
    if dashed := re.fullmatch(r"(?P<place>.*?)\s*(?:[—–]|--?)", text):
        return _is_place(dashed["place"].split(",")[0])
    for mark in re.finditer(r"\s*[,:|·/]\s+|\s+[—–-]+\s+", text):
        place, rest = text[: mark.start()], text[mark.end() :].strip(" —–-")
        if _is_place(place) and (_date(rest) or _DAY_NAME.fullmatch(rest)):
            return True
    return False


def is_capital_name(words: str, body: Iterable[str]) -> bool:
    """Return whether a line is a person's name in capital letters, as a byline is set.

    It begins with a known given name, and the text mentions none of its words.
    """
    text = " ".join(words.split())
    names = parse_names(text) if text.isupper() and len(text) <= LONGEST else None
    if not names or len(names[0].split()) < 2 or not has_given_name(names[0]):
        return False  # others may be a place
    found = re.findall(r"[^\W\d_]{3,}", " ".join(names).casefold())
    wanted = set(found) - _SMALL
    return not any(wanted & set(re.findall(r"[^\W\d_]+", part.casefold())) for part in body)


def has_given_name(name: str) -> bool:
    """Return whether a name begins with a frequent given name."""
    return name.split()[0].casefold().split("-")[0].strip(".") in GIVEN_NAMES


def _are_people(names: tuple[str, ...]) -> bool:
    """Return whether names are of people: of several words, or known given names."""
    whole = [len(name.split()) > 1 or bool(_UNSPACED.fullmatch(name)) for name in names]
    known = [is_whole or has_given_name(name) for is_whole, name in zip(whole, names, strict=True)]
    return all(known) and (any(whole) or len(names) > 1)


def capital_byline(blocks: Sequence[DraftBlock]) -> str | None:
    """Return the first line of a draft if it is a name in capital letters."""
    if not blocks or blocks[0].kind != "paragraph":
        return None
    body = (block.words for block in blocks[1:])
    return blocks[0].words if is_capital_name(blocks[0].words, body) else None


def _people(words: str) -> tuple[str, ...] | None:
    """Return the names of people; their place or agency may follow: `Ana Reis in Lisbon`."""
    names = parse_names(re.sub(r"\s?/\s?", ", ", words))
    if names and _are_people(names):
        return names
    placed = re.fullmatch(rf"(?P<names>.*?){IN}", words)
    if placed is None or not _is_place(placed["place"]):
        return None
    names = parse_names(placed["names"])
    return names if names and _are_people(names) else None


def _is_credit(text: str, *, alone: bool = False) -> bool:
    """Return whether text is a byline or a credit; `alone` if nothing else is on its line."""
    for form in _bylines():
        match = form.fullmatch(text)
        names = _people(match["names"]) if match else None
        if names and (form is _bylines()[0] or any(map(has_given_name, names))):
            return True
    match = _credit().fullmatch(text)
    if match is None or not (names := _people(match["names"]) or _single(match["names"], alone)):
        return False
    unsure = alone and AMBIGUOUS.fullmatch(match["labels"].lower())
    return not unsure or any(map(has_given_name, names))


@cache
def _roles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of labels after names, in brackets, and before them without a colon."""
    label = rf"(?:{_either(CREDITED)})"
    after = rf"\s*\({label}(?:{AND}{label})*\)"
    before = rf"{label}(?:{AND}{label})+\s+(?P<named>\S.*)"
    staff = rf"(?:{_either(STAFF)}),?\s+(?P<names>\S.*)"
    return re.compile(after, re.IGNORECASE), re.compile(f"{before}|{staff}", re.IGNORECASE)


def _has_roles(text: str) -> bool:
    """Return whether a line is names with their roles: `Ana Reis (Text), Jo Li (Fotos)`."""
    after, before = _roles()
    names, count = after.subn("", text)
    if count and (_people(names) or _is_credit(names)):
        return True
    match = before.fullmatch(text)
    people = _people(match["named"] or match["names"]) if match else None
    return bool(people and any(map(has_given_name, people)))


def _single(words: str, alone: bool) -> tuple[str, ...] | None:
    """Return the names in a credit of agencies, or in one with other credits beside it."""
    names = tuple(re.split(r"\s?[/,]\s?", words))
    people = [name for name in names if name.lower() not in AGENCIES]
    if not people or (len(people) < len(names) and _people(", ".join(people))):
        return names
    return None if alone else parse_names(words)


def _is_note(text: str) -> bool:
    if _meta().fullmatch(text):
        return True
    match = _DATED.fullmatch(text)
    return bool(match and re.search(r"\d", match["date"]) and _date(match["date"]))


def _date(words: str) -> bool:
    """Return whether text is a date of a recent publication."""
    text = re.sub(r"^(?:le|el|il|am|den|a|em|op|on)\s+", "", words.strip(), flags=re.IGNORECASE)
    found = parse_date(text) or parse_date(_DAY_NAME.sub("", text, count=1))
    found = found or parse_date(f"1 {text}")  # a month
    if found is None:
        found = parse_date(f"{text} {RECENT}") if re.search(r"[^\W\d_]{3}", text) else None
    return found is not None and found.year >= RECENT


def _is_place(words: str) -> bool:
    if not _PLACE.fullmatch(words.strip()):
        return False
    return all(not part[0].islower() or part in _SMALL for part in words.split())
