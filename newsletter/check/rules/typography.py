"""Characters and spaces: quotation marks, no-break spaces, scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from newsletter.check.prose.passages import Passage, asides, lines, passages
from newsletter.check.prose.reader_texts import texts
from newsletter.check.prose.scripts import (
    foreign_runs,
    likely_language,
    mixed_words,
    name_of_script,
    script_of,
)
from newsletter.check.rule import Violation, rule
from newsletter.files.quotation import quoted
from newsletter.markup.code import CodeBlock
from newsletter.model import Edit, Issue, Location, Section, walk

NBSP, NARROW = "\u00a0", "\u202f"

# Where a line must not break, by language: an ordinary space, and what it becomes.
_HIGH = (
    (re.compile(r"(?<=[^\s\u00a0\u202f]) (?=[;!?]+(?:\s|$|[»)”]))"), NARROW),
    (re.compile(r"(?<=[^\s\u00a0\u202f]) (?=:(?:\s|$))"), NBSP),
    (re.compile(r"(?<=«) (?=\S)|(?<=\S) (?=»)"), NARROW),
)
# Between a figure and its sign or unit, and between its thousands.
_UNIT = re.compile(r"(?<=\d) (?=(?:[%‰€£$°]|(?:km|kg|mm|cm|m|ha|kW|MW|GW|TWh|[kMGT]Wh)(?![\w’'])))")
_THOUSANDS = re.compile(
    r"(?<=(?<![\d.,])\d) (?=\d{3}(?!\d))|(?<=(?<![\d.,])\d\d) (?=\d{3}(?!\d))|"
    r"(?<=(?<![\d.,])\d{3}) (?=\d{3}(?!\d))"
)
_ABBREVIATED = re.compile(
    r"(?<=\b[zdui]\.) (?=[BhaR]\.)|(?<=\b[uv]\.) (?=a\.)|(?<=\bS\.) (?=\d)|(?<=§) (?=\d)"
)
_ONE_LETTER = re.compile(
    r"(?:(?<=^[KkSsVvZzOoUuAaIiWw])|(?<=[\s(„][KkSsVvZzOoUuAaIiWw])) (?=[^\W_])"
)
_SPACES: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "fr": (*_HIGH, (_UNIT, NBSP), (_THOUSANDS, NARROW)),
    "fr-ca": (*_HIGH[1:], (_UNIT, NBSP), (_THOUSANDS, NARROW)),  # Quebec sets ; ! ? close
    "fr-ch": (*_HIGH[2:], (_UNIT, NBSP)),
    "de": ((_UNIT, NBSP), (_ABBREVIATED, NARROW)),
    "cs": ((_ONE_LETTER, NBSP),),
    "sk": ((_ONE_LETTER, NBSP),),
    "pl": ((_ONE_LETTER, NBSP),),
}


_FRENCH = "title: Le port\npreheader: Un port que personne ne compte, et qui compte.\ndate: 2026-03-01\nlanguage: fr\n"


@rule(
    "NL312",
    severity="info",
    hint="Use a no-break space.",
    bad={
        "issue.yaml": _FRENCH,
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nQui compte les navires ?\n",
    },
    at="10-essay.md:5:23",
    good={
        "issue.yaml": _FRENCH,
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nQui compte les navires\u202f?\n",
    },
)
def missing_nbsp(issue: Issue) -> Iterator[Violation]:
    """A space that allows a line break where the language's typography forbids one.

    French: the space before ; : ! ? » and after «, in figures and before their units (Imprimerie nationale). German:
    before units and in abbreviations (DIN 5008). Czech, Slovak, Polish: after words of one letter.
    """
    tag = issue.language.lower()
    for pattern, space in _SPACES.get(tag) or _SPACES.get(tag.split("-")[0], ()):
        for passage in passages(issue):
            for match in pattern.finditer(passage.words):
                if space_before := _ordinary_space(passage, match.start()):
                    where, after = space_before
                    message = "Missing no-break space"
                    if tag[:2] == "fr":
                        message = f'Missing no-break space before "{after}"'
                    yield Violation(where, message, Edit(where, " ", space))


def _ordinary_space(passage: Passage, offset: int) -> tuple[Location, str] | None:
    """Return where a space was typed, and the character after it; `None` if its exact location is unknown."""
    around = passage.words[max(offset - 1, 0) : offset + 2]
    location = passage.at(max(offset - 1, 0), around)
    if location.line is None or location.column is None:
        return None
    column = location.column + min(offset, 1)
    if _typed_at(passage.section, location.line, location.column, around):
        return replace(location, column=column), around[-1:]
    return None


@rule(
    "NL313",
    severity="info",
    hint="Type ’ “ ”; values in YAML are printed as typed.",
    bad={
        "10-essay.md": "---\nkind: essay\ntitle: The pilot's boat\nby: mira\n---\nThe quay is empty at noon.\n"
    },
    at="10-essay.md:3:17",
    good={
        "10-essay.md": "---\nkind: essay\ntitle: The pilot’s boat\nby: mira\n---\nThe quay is empty at noon.\n"
    },
)
def straight_quote(issue: Issue) -> Iterator[Violation]:
    """Prose gets the quotation marks of its language; titles keep what was typed, so both styles appear together."""
    for words, where in asides(issue):
        if match := re.search(r"(?<=\w)'(?=\w)|\"", words):
            yield _straight(issue, words, where, match[0])


_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def _straight(issue: Issue, words: str, where: Location, sign: str) -> Violation:
    """Return the violation, with a fix where the words are in the file exactly as printed."""
    message = f"Straight {sign} in {quoted(words)}"
    section = next(
        (section for section in issue.sections if section.where.path == where.path), None
    )
    match = _APOSTROPHE.search(words)
    if (
        section
        and match
        and where.line
        and where.column
        and _typed_at(section, where.line, where.column, words)
    ):
        location = replace(where, column=where.column + match.start())
        return Violation(location, message, Edit(location, "'", "’"))
    return Violation(where, message)


def _typed_at(section: Section, line: int, column: int, words: str) -> bool:
    return lines(section)[line - 1][column - 1 :].startswith(words)


_TRAILING = re.compile(r"[ \t]+$")
_FENCE = re.compile(r"[\s>*+\-\d.)]*(?:```|~~~)")


@rule(
    "NL314",
    severity="info",
    hint="Delete it; for a line break in a paragraph use a backslash or two spaces.",
    bad="The quay is empty at noon. \nThe crane stands still.",
    at="1:27",
    good="The quay is empty at noon.  \nThe crane stands still.",
)
def trailing_whitespace(issue: Issue) -> Iterator[Violation]:
    """Spaces at the end of a line clutter diffs; two of them in a paragraph make a line break."""
    for section in issue.sections:
        code, typed = _code(section), lines(section)
        for number, line in enumerate(typed, 1):
            match = None if number in code else _TRAILING.search(line)
            if match and not _breaks(line, match[0], typed[number] if number < len(typed) else ""):
                location = Location(section.where.path, number, match.start() + 1)
                yield Violation(
                    location,
                    f"{len(match[0])} space{'s' * (len(match[0]) > 1)} at the end of the line",
                    Edit(location, match[0], ""),
                )


def _code(section: Section) -> set[int]:
    """Return the numbers of the lines that are code, fenced or indented, where spaces are kept as typed."""
    numbers: set[int] = set()
    for node in walk(section.blocks):
        if isinstance(node, CodeBlock) and (first := node.where.line):
            fenced = bool(_FENCE.match(lines(section)[first - 1]))
            numbers.update(range(first, first + len(node.words.split("\n")) + 2 * fenced))
    return numbers


def _breaks(line: str, spaces: str, following: str) -> bool:
    """Return whether spaces at the end of a line are a hard break (CommonMark 6.7)."""
    return spaces.endswith("  ") and bool(line.strip()) and bool(following.strip())


@rule(
    "NL315",
    severity="info",
    hint='Wrap the words in <span lang="…">…</span> with their language.',
    bad="The town is called مرفأ لشبونة on old maps.",
    at="1:20",
    good='The town is called <span lang="ar">مرفأ لشبونة</span> on old maps.',
)
def missing_script_language(issue: Issue) -> Iterator[Violation]:
    """A screen reader reads words in another script aloud only if their language is marked (WCAG 3.1.2)."""
    home = script_of(issue.language)
    for passage in passages(issue):
        for start, words, script in foreign_runs(passage.words, home) if home else ():
            message = f'Unmarked {name_of_script(words, script)} text: "{words}"'
            tag = likely_language(words, script)
            detail = f'Write <span lang="{tag}"> for this one.'
            yield Violation(passage.at(start, words), message, detail=detail)


@rule(
    "NL316",
    severity="warning",
    hint="Retype the word.",
    bad="The pоrt is empty.",
    at="1:5",
    good="The port is empty.",
)
def mixed_script_word(issue: Issue) -> Iterator[Violation]:
    """A Cyrillic or Greek letter in a Latin word looks right, but breaks search and is a phishing technique.

    Reported are letters that look like Latin ones; compounds such as IL-1β and TNFα are not.
    """
    for text in texts(issue):
        for start, word in mixed_words(text.words):
            message = f'Letters of two alphabets in one word: "{word}"'
            yield Violation(text.at(start, word), message)


RULES = (
    missing_nbsp,
    straight_quote,
    trailing_whitespace,
    missing_script_language,
    mixed_script_word,
)
