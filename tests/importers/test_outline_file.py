"""The outline as a file: how it is written, how it is read, and what is refused at which line."""

from __future__ import annotations

import pytest

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import TextSpan
from newsletter.importers.structure.outline import (
    Outline,
    OutlinePart,
    OutlineRow,
    line_range,
    outline_as_json,
    part_title,
    section_words,
)
from newsletter.importers.structure.outline_file import format_outline, parse_outline
from newsletter.model import Location


def text(words: str, line: int) -> DraftBlock:
    return make.paragraph([TextSpan(words)], BlockPlace(line))


DRAFT = Draft(
    "draft.md",
    "markdown",
    (
        text("The  Tide", 1),
        make.image("a.png", "", 3),
        text("a" * 72, 5),
        text("b" * 73, 7),
        make.footnote("1", [text("A note.", 9)], 9),
        make.thematic_break(11),
        make.list_of([(text("one two", 13),), (text("three", 14),)], None, 13),
        make.image("b.png", "B", 15, caption=text("Far", 18)),
    ),
)
KINDS = ("note", "essay")
OUTLINE = Outline(
    (
        OutlinePart("issue", (OutlineRow(0, "title"),), "medium", "first line"),
        OutlinePart("essay", (OutlineRow(2, "heading"), OutlineRow(1, "text")), "low"),
        OutlinePart("skip", (OutlineRow(3, "text"), OutlineRow(5, "text")), "high", "why"),
    )
)


def test_an_outline_is_written_as_text() -> None:
    guide, _, parts = format_outline(OUTLINE, DRAFT, KINDS).partition("\n\n")
    assert guide.startswith("# Outline of draft.md. Save and close to import it;")
    assert "#   essay note\n" in guide
    assert parts == (
        "issue       medium: first line\n"
        "     1 title    The Tide\n"
        "\n"
        "essay       low\n"
        f"     3 heading  {'a' * 72}\n"
        "     2 text     (image)\n"
        "\n"
        "skip        high: why\n"
        f"     4 text     {'b' * 71}…\n"
        "     6 text     (rule)\n"
    )


READ = """\
# A comment
issue  text after it is ignored
 1 title   The Tide
 3 deck
essay
\t2
  8 text more
join
  4 credit

note
skip
  7 title
"""


def test_an_outline_is_read_from_text() -> None:
    assert parse_outline(READ, DRAFT, KINDS, "outline") == Outline(
        (
            part("issue", (0, "title"), (2, "deck")),
            part("essay", (1, "text"), (7, "text"), (3, "text")),
            part("skip", (6, "text")),
        )
    )
    assert parse_outline("# nothing\n\n  \n", DRAFT, KINDS, "outline") is None


def part(kind: str, *rows: tuple[int, str]) -> OutlinePart:
    listed = tuple(OutlineRow(index, role) for index, role in rows)  # type: ignore[arg-type]
    return OutlinePart(kind, listed, "high", "edited")


def test_credits_have_one_role_whatever_is_written() -> None:
    read = parse_outline("credits\n 1 title\n 3 x\nskip\n 4 y\n 7\n 8\n", DRAFT, KINDS, "outline")
    assert read == Outline(
        (part("credits", (0, "credit"), (2, "credit")), part("skip", (3, "text"), (6, "text"), (7, "text")))
    )  # fmt: skip


START = "Start a part, such as essay."
SYNTAX = "Start a part with one word at the left edge, a block with spaces and its number."
RESTORE = "Restore the lines; put them below `skip` to leave them out."
REFUSED = {
    "a block above": (" 1 text\n", 1, "Block above the first part", START),
    "join above": ("\njoin\n", 2, "No part above to join", START),
    "no word": ("essay\n?!\n", 2, 'Expected a part or a block, found "?!"', SYNTAX),
    "no number": ("essay\n x1\n", 2, 'Expected a part or a block, found "x1"', SYNTAX),
    "an unknown kind": ("esay\n", 1, 'Unknown part "esay"', 'Write "essay" if that is what you meant.'),
    "a kind far from all": ("xyzzy\n", 1, 'Unknown part "xyzzy"',
                            "Use one of these: essay, note, issue, credits, skip, join."),
    "two issues": ("issue\n 1 title\nissue\n", 3, "Second part `issue`", "Move its blocks into the first."),
    "two credits": ("credits\nessay\ncredits\n", 3, "Second part `credits`",
                    "Move its blocks into the first."),
    "block zero": ("essay\n 0\n", 2, "No block 0 in the draft", None),
    "block nine": ("essay\n 9\n", 2, "No block 9 in the draft", None),
    "a block twice": ("essay\n 8\nnote\n 8\n", 4, "Block 8 is also on line 2", "Delete one of them."),
    "an unknown role": ("essay\n 1 titel\n", 2, 'Block role "titel" is not allowed in `essay`',
                        'Write "title" if that is what you meant.'),
    "a role of sections in the head": (
        "issue\n 1 deck\n 3 text\n", 3, 'Block role "text" is not allowed in `issue`',
        "Use one of these: title, deck, date, tags.",
    ),
    "a role of credits in the head": (
        "issue\n 1 credit\n", 2, 'Block role "credit" is not allowed in `issue`',
        "Use one of these: title, deck, date, tags.",
    ),
    "a block is missing": ("essay\n 1\n 3\n 4\n 7\n", None, "Block 8 is missing from the outline", RESTORE),
    "blocks are missing": ("essay\n 3\n", None, "Blocks 1, 4, 7, 8 are missing from the outline", RESTORE),
}  # fmt: skip


def test_a_wrong_outline_is_refused_at_its_line() -> None:
    refused = {}
    for name, (words, _, _, _) in REFUSED.items():
        with pytest.raises(NewsletterError) as raised:
            parse_outline(words, DRAFT, KINDS, "outline")
        error = raised.value
        assert error.where is not None
        assert error.where == Location("outline", error.where.line, error.where.line and 1)
        refused[name] = (words, error.where.line, error.message, error.hint)
    assert refused == REFUSED


def test_many_missing_blocks_are_shortened() -> None:
    for count, shown in ((8, "1, 2, 3, 4, 5, 6, 7, 8"), (9, "1, 2, 3, 4, 5, 6, 7, 8 …")):
        draft = Draft("a.md", "markdown", tuple(text("a", line) for line in range(count)))
        with pytest.raises(NewsletterError) as raised:
            parse_outline("essay\n", draft, KINDS, "outline")
        assert raised.value.message == f"Blocks {shown} are missing from the outline"


def test_the_parts_of_an_outline_have_a_title_words_and_lines() -> None:
    essay = OutlinePart(
        "essay",
        (OutlineRow(0, "title"), OutlineRow(6, "text"), OutlineRow(2, "heading"), OutlineRow(7, "more")),
        "low", "why",
    )  # fmt: skip
    assert part_title(essay, DRAFT) == "The Tide"
    assert section_words(essay, DRAFT) == 4
    assert line_range(essay, DRAFT) == (1, 18)
    assert outline_as_json(Outline((essay, OUTLINE.parts[2])), DRAFT) == [
        {
            "kind": "essay", "title": "The Tide", "words": 4, "lines": [1, 18],
            "confidence": "low", "reason": "why",
            "rows": [
                {"line": 1, "role": "title"}, {"line": 13, "role": "text"},
                {"line": 5, "role": "heading"}, {"line": 15, "role": "more"},
            ],
        },
        {
            "kind": "skip", "title": None, "words": 1, "lines": [7, 11],
            "confidence": "high", "reason": "why",
            "rows": [{"line": 7, "role": "text"}, {"line": 11, "role": "text"}],
        },
    ]  # fmt: skip
