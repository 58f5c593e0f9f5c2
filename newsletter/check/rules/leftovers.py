"""Leftovers of drafts, programs and encodings in text that readers see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from newsletter.check.prose.characters import (
    garbled_text,
    invisible_characters,
    name_of,
    replacement_characters,
)
from newsletter.check.prose.markup_leftovers import (
    markup_leftovers,
    pasted_front_matter,
    pasted_rows,
)
from newsletter.check.prose.passages import lines
from newsletter.check.prose.reader_texts import texts
from newsletter.check.rule import Violation, rule
from newsletter.markup.code import CodeBlock
from newsletter.markup.inline import Code, MergeField
from newsletter.markup.paragraph import Paragraph
from newsletter.model import Edit, Issue, Location, Section, walk


@rule(
    "NL318",
    severity="warning",
    hint="Remove it, or write it as this Markdown dialect does; put markup that is meant to be read in `code`.",
    bad="The quay is {--never--} empty at noon.",
    at="1:13",
    good="The quay is empty at noon. Write `{--never--}` or `[[Quay]]` for it.",
)
def leftover_markup(issue: Issue) -> Iterator[Violation]:
    """Markup that this Markdown dialect does not have is printed literally.

    Looked for are emphasis and headings that did not work, shortcodes of WordPress, marks of Obsidian and CriticMarkup,
    front matter inside a body, rows of a table with tabs between its cells. Code is exempt.
    """
    for text in texts(issue):
        reported = set()
        for start, kind, mark in markup_leftovers(text.words):
            if kind not in reported:  # its end, and others like it in the same text, are obvious
                reported.add(kind)
                yield Violation(text.at(start, mark), f'Leftover {kind}: "{_short(mark)}"')
    for section in issue.sections:
        if section.broken:
            continue  # its front matter is reported as such
        yield from _pasted(section)


_AS_TABLE = "Write a Markdown table, or `::: table` with a CSV file in data/."


def _pasted(section: Section) -> Iterator[Violation]:
    """Yield lines at which front matter or a table was pasted into a body."""
    first, written = (section.where.line or 1) - 1, lines(section)
    code = _code_lines(section)
    for number, line in pasted_front_matter(written, first):
        if number not in code:
            where = Location(section.where.path, number, 1)
            yield Violation(where, f'Front matter inside the body: "{_short(line)}"')
    paragraphs = {node.where.line for node in walk(section.blocks) if isinstance(node, Paragraph)}
    for number, line in pasted_rows(written):
        above = range(_first_line(written, number), number + 1)
        if number > first and number not in code and not paragraphs.isdisjoint(above):
            message = f'Table pasted as text: "{_short(line)}"'
            where = Location(section.where.path, number, 1)
            yield Violation(where, message, detail=_AS_TABLE)


def _first_line(written: list[str], number: int) -> int:
    """Return the number of the first line above a line, with no empty one between them."""
    while number > 1 and written[number - 2].strip():
        number -= 1
    return number


def _short(mark: str) -> str:
    mark = " ".join(mark.split())
    return mark if len(mark) <= 40 else f"{mark[:40]}…"


def _code_lines(section: Section) -> set[int]:
    numbers: set[int] = set()
    for node in walk(section.blocks):
        if isinstance(node, CodeBlock) and (first := node.where.line):
            numbers.update(range(first, first + node.words.count("\n") + 3))
    return numbers


@rule(
    "NL319",
    hint="Type the original character again.",
    bad="The caf\ufffd on the quay is empty.",
    at="1:8",
    good="The café on the quay is empty.",
)
def replacement_character(issue: Issue) -> Iterator[Violation]:
    """U+FFFD and similar characters are where a program lost the original one."""
    for where, char in _characters(issue, replacement_characters):
        yield Violation(where, f"Lost character: {name_of(char)}")


@rule(
    "NL320",
    severity="warning",
    hint="Delete it.",
    bad="The quay\u200b is empty at noon.",
    at="1:9",
    good='The quay is empty at noon. In Persian: <span lang="fa">می‌خواهم</span>. A family: 👨‍👩‍👧.',
)
def invisible_character(issue: Issue) -> Iterator[Violation]:
    """Invisible characters break search and line ends; overrides of direction can reverse what is read.

    Joiners between letters that join, emoji sequences, direction marks in right-to-left text and paired isolates are
    exempt.
    """
    for where, char in _characters(issue, invisible_characters):
        edit = Edit(where, char, "") if where.column and char not in "\u2028\u2029" else None
        yield Violation(where, f"Invisible character: {name_of(char)}", edit)


Find = Callable[[str], Iterator[tuple[int, str]]]


def _characters(issue: Issue, find: Find) -> Iterator[tuple[Location, str]]:
    """Yield location and character: for sections by line and column of their files, for others as known."""
    paths = set()
    for section in issue.sections:
        paths.add(section.where.path)
        code = _code(section)
        for number, line in enumerate(lines(section), 1):
            for start, char in find(line):
                if not any(char in words for words in code):
                    yield Location(section.where.path, number, start + 1), char
    for text in texts(issue):
        if text.where.path not in paths:
            for _, char in find(text.words):
                yield text.where, char


def _code(section: Section) -> list[str]:
    return [node.words for node in walk(section.blocks) if isinstance(node, Code | CodeBlock)]


@rule(
    "NL321",
    severity="warning",
    hint="Type it again, or import the file again as UTF-8.",
    bad="The cafÃ© on the quay is empty.",
    at="1:8",
    good="The café on the quay is empty.",
)
def garbled_characters(issue: Issue) -> Iterator[Violation]:
    """Text that was decoded with the wrong encoding (mojibake), or entities that were escaped twice."""
    for text in texts(issue):
        for start, garbled, original in garbled_text(text.words):
            instead = f', probably "{original}"' if original.isprintable() and original else ""
            yield Violation(text.at(start, garbled), f'Garbled text: "{garbled}"{instead}')


def _titled(title: str) -> dict[str, str]:
    deck = "Why the quietest port in Europe is the one to watch."
    return {"issue.yaml": f'title: "{title}"\npreheader: {deck}\ndate: 2026-03-01\n'}


_DRAFT = (
    r"test(?:ing)?|draft|copy(?: of)?|wip|do not send|not for sending|untitled|unnamed|no subject"
    r"|new (?:issue|newsletter|post)|"
    r"kopie(?: von)?|entwurf|copie de|brouillon|sans titre|copia de|borrador|sin título|rascunho"
    r"|sem título|cópia de|"
    r"bozza|senza titolo|concept|naamloos|ohne titel|unbenannt"
)
_DRAFT_SUBJECT = re.compile(
    rf"^\W*(?:{_DRAFT})\s*(?:\d+\s*)?(?:[:|\]\)}}>]|$)|^\W*(?:{_DRAFT})(?:\s*\d+)?(?:\s+[-–—]|[-–—]\s)"
    r"|^\W*(?:copy|kopie|copia|cópia|copie) (?:of|von|de) "
    rf"|[\[({{<](?:{_DRAFT})(?:\s*\d+)?[\])}}>]"
    r"|[-–—_|]\s*(?:copy|draft|test|kopie|copia|entwurf|wip)(?:\s*\(?\d+\)?)?\s*$"
    r"|\btest (?:e-?mail|newsletter|issue|send|message|subject|mailing)\b|\bfinal[\s_]+(?:final"
    r"|v\d)\b|[\s_](?-i:v)\d+(?:\.\d+)?(?:[\s_]+(?:final|draft|clean|edit(?:ed|s)?))?$"
    r"|\btesting[, ]+testing\b|\btest[, ]+test\b|^\W*(?:ignore|please ignore)\b|\bplease ignore$",
    re.IGNORECASE,
)


@rule(
    "NL905",
    severity="warning",
    hint="Write the final subject.",
    bad=_titled("DRAFT: the port that nobody counted"),
    at="issue.yaml:1:8",
    good=_titled("The draft of the test harbour"),
)
def draft_subject(issue: Issue) -> Iterator[Violation]:
    """A subject, title or preheader that calls itself a test, a draft or a copy was not meant for readers."""
    for key in ("title", "subject", "preheader"):
        where = issue.places.get(key)
        if where and (match := _DRAFT_SUBJECT.search(getattr(issue, key))):
            yield Violation(where, f'Mark of a draft in the {key}: "{match[0].strip()}"')


@rule(
    "NL323",
    severity="warning",
    hint="Add a fallback: %%first_name|reader%%.",
    bad="Dear %%first_name%%, the quay is empty.",
    at="1:6",
    good="Dear %%first_name|reader%%, the quay is empty.",
)
def missing_merge_fallback(issue: Issue) -> Iterator[Violation]:
    """Without a fallback, readers whose name is unknown get an empty greeting: "Dear ,"."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if not isinstance(node, MergeField):
                continue
            if node.field in ("name", "first_name") and not node.fallback.strip():
                yield Violation(node.where, f"Merge field without a fallback: {node.words}")


RULES = (
    leftover_markup,
    replacement_character,
    invisible_character,
    garbled_characters,
    draft_subject,
    missing_merge_fallback,
)
