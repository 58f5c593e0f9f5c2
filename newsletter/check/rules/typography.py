"""Signs and spaces: what a compositor would mend without asking."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from newsletter.check.prose.prose import Passage, asides, lines, passages
from newsletter.check.prose.scripts import foreign_runs, mixed_words, script_of
from newsletter.check.rule import Violation, rule
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
    severity="information",
    hint="Put a no-break space there.",
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
    """A sign that begins a line, or a letter left alone at its end, where the language's typesetters forbid it.

    French: the space before ; : ! ? » and after «, in figures and before their units (Imprimerie nationale). German:
    before units and in abbreviations (DIN 5008). Czech, Slovak, Polish: after words of one letter.
    """
    tag = issue.language.lower()
    for pattern, space in _SPACES.get(tag) or _SPACES.get(tag.split("-")[0], ()):
        for passage in passages(issue):
            for match in pattern.finditer(passage.words):
                if found := _ordinary_space(passage, match.start()):
                    where, after = found
                    message = (
                        f"the line may break before {after!r}"
                        if tag[:2] == "fr"
                        else "the line may break here"
                    )
                    yield Violation(where, message, Edit(where, " ", space))


def _ordinary_space(passage: Passage, offset: int) -> tuple[Location, str] | None:
    """Return where a space stands as typed, and the sign after it; `None` where its place cannot be told exactly."""
    around = passage.words[max(offset - 1, 0) : offset + 2]
    place = passage.at(max(offset - 1, 0), around)
    if place.line is None or place.column is None:
        return None
    column = place.column + min(offset, 1)
    if _typed_at(passage.section, place.line, place.column, around):
        return place._replace(column=column), around[-1:]
    return None


@rule(
    "NL313",
    severity="information",
    hint="YAML is printed as typed: write ’ “ ”, as in the text.",
    bad={
        "10-essay.md": "---\nkind: essay\ntitle: The pilot's boat\nby: mira\n---\nThe quay is empty at noon.\n"
    },
    at="10-essay.md:3:17",
    good={
        "10-essay.md": "---\nkind: essay\ntitle: The pilot’s boat\nby: mira\n---\nThe quay is empty at noon.\n"
    },
)
def straight_quote(issue: Issue) -> Iterator[Violation]:
    """Prose gets its quotation marks from the language; titles keep what was typed, and the two stand side by side."""
    for words, where in asides(issue):
        if match := re.search(r"(?<=\w)'(?=\w)|\"", words):
            yield _straight(issue, words, where, match[0])


_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def _straight(issue: Issue, words: str, where: Location, sign: str) -> Violation:
    """Return the violation, with a fix where the words stand in the file exactly as printed."""
    message = f"straight {sign} in {words!r}"
    section = next((one for one in issue.sections if one.where.path == where.path), None)
    match = _APOSTROPHE.search(words)
    if (
        section
        and match
        and where.line
        and where.column
        and _typed_at(section, where.line, where.column, words)
    ):
        place = where._replace(column=where.column + match.start())
        return Violation(place, message, Edit(place, "'", "’"))
    return Violation(where, message)


def _typed_at(section: Section, line: int, column: int, words: str) -> bool:
    return lines(section)[line - 1][column - 1 :].startswith(words)


_TRAILING = re.compile(r"[ \t]+$")
_FENCE = re.compile(r"[\s>*+\-\d.)]*(?:```|~~~)")


@rule(
    "NL314",
    severity="information",
    hint="Delete it; for a new line inside a paragraph write a backslash or two spaces.",
    bad="The quay is empty at noon. \nThe crane stands still.",
    at="1:27",
    good="The quay is empty at noon.  \nThe crane stands still.",
)
def trailing_space(issue: Issue) -> Iterator[Violation]:
    """Spaces at the end of a line make changes where there are none; two of them, in a paragraph, are a line break."""
    for section in issue.sections:
        code, typed = _code(section), lines(section)
        for number, line in enumerate(typed, 1):
            match = None if number in code else _TRAILING.search(line)
            if match and not _breaks(line, match[0], typed[number] if number < len(typed) else ""):
                place = Location(section.where.path, number, match.start() + 1)
                yield Violation(
                    place,
                    f"{len(match[0])} space{'s' * (len(match[0]) > 1)} at the end of the line",
                    Edit(place, match[0], ""),
                )


def _code(section: Section) -> set[int]:
    """Return the numbers of the lines that are code, fenced or indented, where spaces are kept as typed."""
    found: set[int] = set()
    for node in walk(section.blocks):
        if isinstance(node, CodeBlock) and (first := node.where.line):
            fenced = bool(_FENCE.match(lines(section)[first - 1]))
            found.update(range(first, first + len(node.words.split("\n")) + 2 * fenced))
    return found


def _breaks(line: str, spaces: str, following: str) -> bool:
    """Tell whether spaces at a line's end are a hard break (CommonMark 6.7)."""
    return spaces.endswith("  ") and bool(line.strip()) and bool(following.strip())


@rule(
    "NL315",
    severity="information",
    hint='Write <span lang="ar">…</span> around them, with the right tag.',
    bad="The town is called مرفأ لشبونة on old maps.",
    at="1:20",
    good='The town is called <span lang="ar">مرفأ لشبونة</span> on old maps.',
)
def script_without_lang(issue: Issue) -> Iterator[Violation]:
    """A screen reader reads words in another script aloud only if it is told the language (WCAG 3.1.2)."""
    home = script_of(issue.language)
    for passage in passages(issue):
        for start, words, script in foreign_runs(passage.words, home) if home else ():
            yield Violation(
                passage.at(start, words), f"{words!r} is {script}, and no language is given"
            )


@rule(
    "NL316",
    severity="warning",
    hint="Type the word again.",
    bad="The pоrt is empty.",
    at="1:5",
    good="The port is empty.",
)
def mixed_script_word(issue: Issue) -> Iterator[Violation]:
    """A Cyrillic or Greek letter in a Latin word looks right, is found by no search, and is how phishing is done."""
    for passage in passages(issue):
        for start, word in mixed_words(passage.words):
            yield Violation(passage.at(start, word), f"{word!r} mixes letters of two alphabets")


RULES = (
    missing_nbsp,
    straight_quote,
    trailing_space,
    script_without_lang,
    mixed_script_word,
)
