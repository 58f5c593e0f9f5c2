"""The files of an issue made from what was read: keys, credits, sections, images and tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from newsletter.importers.draft import DraftBlock, DraftImage, ImportNote
from newsletter.importers.issue.imported_issue import ImportedIssue, ImportedSection, Reference
from newsletter.importers.issue.resolved_people import resolve_people
from newsletter.importers.issue.write import IssueDefaults, imported_files
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import TextSpan
from newsletter.importers.structure.media import MediaWriter, as_csv
from newsletter.model import Masthead, Person, Role

DAY = dt.date(2026, 3, 1)
ROLES = (
    Role("essay", "Essay", required=True),
    Role("brief", "Briefs", required=True),
    Role("data", "Data"),
)
MASTHEAD = Masthead({"mira": Person("mira", "Mira Oduya")}, {}, ROLES)
PNG = DraftImage("a.png", b"1", line=3)
FAR = DraftImage("far.png", None, "https://e.org/far.png", 40, 4)
WIDE = DraftImage("wide.png", None, "https://e.org/a(b).png", None, 5)
PLAIN = DraftImage("plain.png", None, "http://e.org/plain.png", 40, 6)


def text(words: str, line: int = 1) -> DraftBlock:
    return make.paragraph([TextSpan(words)], BlockPlace(line))


def section(*blocks: DraftBlock, **values: Any) -> ImportedSection:
    given: dict[str, Any] = {
        "kind": "essay", "title": None, "by": (), "tags": (), "date": None, "sources": (),
        "blocks": blocks or (text("Nothing moves."),),
    }  # fmt: skip
    return ImportedSection(**(given | values))


def issue(*sections: ImportedSection, **values: Any) -> ImportedIssue:
    given: dict[str, Any] = {
        "origin": "draft.md", "title": "The Tide", "deck": "Why it is busy.", "date": DAY,
        "slug": None, "number": None, "subject": None, "language": None, "tags": (),
        "sections": sections or (section(),), "credits": (), "produced_by": (), "location": None,
        "images": (), "notes": (),
    }  # fmt: skip
    return ImportedIssue(**(given | values))


def files(
    whole: ImportedIssue, *, number: int | None = None, defaults: tuple[str, ...] = ("location",)
) -> tuple[dict[str, str], list[str], tuple[str, ...]]:
    """Return the files as text, the notes, and what is missing."""
    labels = [label for label, _ in whole.credits]
    resolved = resolve_people(whole.people, whole.produced_by, labels, MASTHEAD)
    made = imported_files(
        whole,
        resolved,
        IssueDefaults(DAY, number, ("essay", "brief", "data"), ROLES, defaults, "en"),
    )
    notes = [f"{note.kind} {note.line}: {note.message}: {note.words}" for note in made.notes]
    return {name: data.decode() for name, data in made.files.items()}, notes, made.missing


def keys_of(text: str) -> str:
    schema, _, keys = text.partition("\n")
    assert schema.startswith("# yaml-language-server: $schema=../../templates/schemas/")
    return keys


ISSUES: dict[str, tuple[dict[str, Any], int | None, str]] = {
    "nothing known": (
        {"title": None, "deck": None}, None,
        'title: "TK a title"\npreheader: TK one sentence that says why to open this, shown after'
        " the subject in the inbox.\ndate: 2026-03-01\ntags: []\n",
    ),
    "everything known": (
        {
            "title": "The \n “Tide”", "deck": "Why: it é", "subject": "Tide,  é", "language": "pt",
            "tags": ("ports", "a, b", "yes"),
        },
        16,
        'title: "The “Tide”"\nsubject: "Tide, é"\npreheader: "Why: it é"\ndate: 2026-03-01\n'
        'number: 16\nlanguage: pt\ntags: [ports, "a, b", "yes"]\n',
    ),
    "the subject is the title, the language is ours": (
        {"subject": "The Tide", "language": "en"}, 0,
        'title: "The Tide"\npreheader: Why it is busy.\ndate: 2026-03-01\nnumber: 0\ntags: []\n',
    ),
    "a language that nobody speaks": (
        {"language": "xx-nowhere"}, None,
        'title: "The Tide"\npreheader: Why it is busy.\ndate: 2026-03-01\ntags: []\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "number", "written"), ISSUES.values(), ids=ISSUES)
def test_the_issue_file_has_the_values_of_the_draft(
    values: dict[str, Any], number: int | None, written: str
) -> None:
    made, notes, missing = files(issue(**values), number=number)
    assert keys_of(made["issue.yaml"]) == written
    lacks = [] if "title" not in values or values["title"] else ["title", "preheader"]
    assert [name for name in missing if name.startswith("issue")] == [
        f"issue.yaml: {key}" for key in lacks
    ]
    unknown = ["omitted 0: unknown language tag: xx-nowhere"]
    assert notes == (unknown if values.get("language") == "xx-nowhere" else [])


CREDITS: dict[str, tuple[ImportedIssue, tuple[str, ...], str, tuple[str, ...]]] = {
    "none": (
        issue(), (), "# essay: TK\n# brief: TK\n# location: TK\n",
        ("credits.yaml: essay", "credits.yaml: brief", "credits.yaml: location"),
    ),
    "defaults of the masthead": (
        issue(), ("essay", "brief", "location"), "", (),
    ),
    "those of the draft": (
        issue(
            credits=(("Essay", ("Mira Oduya",)), ("Photos", ("Ana Reis", "Mira Oduya")),
                     ("Essays", ("Ana Reis", "Mira Oduya"))),
            produced_by=("The Desk",), location="Lisbon: Portugal",
        ),
        ("brief",),
        'essay: [mira, ana]\nphotos: [ana, mira]\nproduced_by: desk\nlocation: "Lisbon: Portugal"\n',
        (),
    ),
    "the authors of sections of the kind": (
        issue(
            section(by=("Mira Oduya", "Ana Reis")),
            section(kind="brief", by=("Ana Reis",)), section(kind="brief", by=("Ana Reis",)),
            section(kind="data", by=("Mira Oduya",)),
        ),
        ("location",), "essay: [mira, ana]\nbrief: ana\n", (),
    ),
    "a name that is close to one of the masthead": (
        issue(section(by=("Mira Odaya",))), ("brief", "location"),
        "essay: {name: Mira Odaya}\n", (),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("whole", "defaults", "written", "missing"), CREDITS.values(), ids=CREDITS)
def test_the_credits_name_the_holders_of_each_role(
    whole: ImportedIssue, defaults: tuple[str, ...], written: str, missing: tuple[str, ...]
) -> None:
    made, _, lacks = files(whole, defaults=defaults)
    assert keys_of(made["credits.yaml"]) == written
    assert lacks == missing


def test_sections_are_numbered_and_of_a_kind_of_the_theme() -> None:
    made, _, missing = files(
        issue(
            section(
                title="The: Tide", by=("Mira Oduya", "Ana Reis"), date=DAY, tags=("a", "b, c"),
                sources=(Reference("The Book, two", "https://e.org/é"), Reference("A Book", None)),
            ),
            section(kind="brief", sources=(Reference(None, "https://e.org/"),)),
            section(text("One.[^1]"), text("Two."), kind="sponsor", title="Thanks"),
            section(kind="data", blocks=()),
        ),
        defaults=("essay", "brief", "location"),
    )  # fmt: skip
    assert {name: text for name, text in made.items() if name.endswith(".md")} == {
        "10-essay.md": (
            '---\nkind: essay\ntitle: "The: Tide"\nby: [mira, ana]\ndate: 2026-03-01\n'
            'tags: [a, "b, c"]\nsource: [{title: "The Book, two", url: "https://e.org/é"},'
            " {title: A Book}]\n---\nNothing moves.\n"
        ),
        "20-brief.md": '---\nkind: brief\nsource: "https://e.org/"\n---\nNothing moves.\n',
        "30-note.md": "---\nkind: note\ntitle: Thanks\n---\nOne.\\[^1]\n\nTwo.\n",
        "40-data.md": "---\nkind: data\n---\nTK\n",
    }
    assert missing == ("40-data.md: its text",)


def test_images_that_no_section_shows_are_kept_and_notes_sorted() -> None:
    noted = ImportNote("omitted", "x", "y", 9)
    made, notes, _ = files(
        issue(
            section(make.image("far.png", "Far", 7)),
            images=(PNG, FAR),
            notes=(noted,),
            language="xx",
        )
    )
    assert made["images/a.png"] == "1"
    assert "images/far.png" not in made
    assert notes == [
        "omitted 0: unknown language tag: xx",
        "review 3: image not used in any section: images/a.png: ",
        "review 7: remote image; --fetch downloads it: Far",
        "omitted 9: x: y",
    ]


LINK = "remote image imported as a link; --fetch downloads it"
CAPTION = text("A *caption*", 8)
IMAGES: dict[str, tuple[DraftBlock, str, list[tuple[str, str, str]], list[str]]] = {
    "of the draft": (
        make.image("a.png", 'A "grúa"', 7),
        '::: figure\nsrc: images/a.png\nalt: "A \\"grúa\\""\n:::', [], ["images/a.png"],
    ),
    "of the draft, with a caption": (
        make.image("a.png", "A", 7, caption=CAPTION, link="https://e.org/"),
        '::: figure\nsrc: images/a.png\nalt: A\ncaption: "A \\\\*caption\\\\*"\n'
        'link: "https://e.org/"\n:::',
        [], ["images/a.png"],
    ),
    "of the draft, linked in Markdown": (
        DraftBlock(
            "image", '[![A](images/a.png)](<https://e.org/> "Title")', "A", 7, image="a.png", alt="A"
        ),
        '::: figure\nsrc: images/a.png\nalt: "A"\nlink: "https://e.org/"\n:::', [], ["images/a.png"],
    ),
    "of the web": (
        make.image("far.png", "Far", 7),
        '::: figure\nsrc: "https://e.org/far.png"\nalt: "Far"\nwidth: 40\n:::',
        [("review", "remote image; --fetch downloads it", "Far")], [],
    ),
    "of the web, with caption and link": (
        make.image("far.png", "Far", 7, caption=CAPTION, link="https://e.org/"),
        '::: figure\nsrc: "https://e.org/far.png"\nalt: "Far"\ncaption: "A \\\\*caption\\\\*"\n'
        'link: "https://e.org/"\nwidth: 40\n:::',
        [("review", "remote image; --fetch downloads it", "Far")], [],
    ),
    "of the web, with a plain link": (
        DraftBlock(
            "image", "::: figure\nsrc: images/far.png\nlink: mailto\n:::", "", 7, image="far.png"
        ),
        '::: figure\nsrc: "https://e.org/far.png"\nalt: ""\nlink: "mailto"\nwidth: 40\n:::',
        [("review", "remote image; --fetch downloads it", "")], [],
    ),
    "of unknown width": (
        make.image("wide.png", "Wide", 7),
        '::: figure\nsrc: "https://e.org/a(b).png"\nalt: "Wide"\nwidth: 600\n:::',
        [("review", "remote image without a known width, set to 600", "Wide")], [],
    ),
    "of the web without encryption": (
        make.image("plain.png", "a [b] & c", 7, caption=CAPTION),
        "[a \\[b\\] \\& c](http://e.org/plain.png)\n\nA \\*caption\\*",
        [("review", LINK, "a [b] & c")], [],
    ),
    "without a description": (
        make.image("plain.png", "", 7), "[Image](http://e.org/plain.png)", [("review", LINK, "")], [],
    ),
    "that is unknown": (make.image("none.png", "A", 7), "![A](images/none.png)", [], []),
    "inside a line": (
        DraftBlock(
            "paragraph",
            'a ![A](images/a.png "T") ![W\\]](images/wide.png) ![](images/far.png) ![N](images/none.png)',
            "", 7,
        ),
        'a ![A](images/a.png "T") [W\\]](<https://e.org/a(b).png>) [Image](https://e.org/far.png)'
        " ![N](images/none.png)",
        [("review", LINK, "https://e.org/a(b).png"), ("review", LINK, "https://e.org/far.png")],
        ["images/a.png"],
    ),
    "inside a link, between words": (
        DraftBlock("paragraph", "a] \\[ [b ![Far](images/far.png) c](https://e.org/)", "b Far c", 7),
        "a] \\[ [b Far c](https://e.org/)",
        [("omitted", "remote image inside a link", "https://e.org/far.png")], [],
    ),
    "below a link and beside brackets": (
        DraftBlock("paragraph", "[a](https://e.org/)[^1] \\[ ![Far](images/far.png)", "a", 7),
        "[a](https://e.org/)[^1] \\[ [Far](https://e.org/far.png)",
        [("review", LINK, "https://e.org/far.png")], [],
    ),
    "inside a link": (
        DraftBlock("paragraph", "[![Far](images/far.png)](https://e.org/)", "Far", 7),
        "[Far](https://e.org/)",
        [("omitted", "remote image inside a link", "https://e.org/far.png")], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("block", "written", "notes", "kept"), IMAGES.values(), ids=IMAGES)
def test_an_image_is_written_as_a_figure_or_a_link(
    block: DraftBlock, written: str, notes: list[tuple[str, str, str]], kept: list[str]
) -> None:
    writer = MediaWriter({image.name: image for image in (PNG, FAR, WIDE, PLAIN)})
    assert writer.markdown(block) == written
    assert [(note.kind, note.message, note.words) for note in writer.notes] == notes
    assert all(note.line == 7 for note in writer.notes)
    assert list(writer.files) == kept
    assert [image.name for image in writer.unused()] == ([] if kept else ["a.png"])


def table(*rows: tuple[str, ...], marks: str = "") -> DraftBlock:
    spans = [[[TextSpan(cell, frozenset(filter(None, [marks])))] for cell in row] for row in rows]
    return make.table(spans, 7)


HEAD = ("a", "b", "c", "d", "e", "f")
TABLES = {
    "six columns": (table(HEAD, ("1", "2,5", "", "4", "5", "6")), 'a,b,c,d,e,f\n1,"2,5",,4,5,6\n'),
    "five columns": (table(HEAD[:5], HEAD[:5]), None),
    "a header alone": (table(HEAD), None),
    "bold cells": (table(HEAD, HEAD, marks="strong"), None),
    "signs of Markdown": (table(HEAD, (*HEAD[:5], "a*b")), None),
    "an empty row": (table(HEAD, ("", " ", "", "", "", "")), None),
    "semicolons in the header": (table((*HEAD[:5], "f;g;h;i;j;k"), HEAD), None),
    "tabs in the header": (table((*HEAD[:5], "f\tg\th\ti\tj\tk"), HEAD), None),
    "fewer semicolons than commas": (
        table((*HEAD[:5], "f;g;h;i;j"), HEAD), "a,b,c,d,e,f;g;h;i;j\na,b,c,d,e,f\n",
    ),
    "a link": (
        make.table([[[TextSpan(c)] for c in HEAD], [[TextSpan("x", url="https://e.org/")]]], 7), None,
    ),
    "a note": (
        make.table([[[TextSpan(c)] for c in HEAD], [[TextSpan("1", what="note")]]], 7), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("block", "data"), TABLES.values(), ids=TABLES)
def test_a_wide_plain_table_is_written_as_csv(block: DraftBlock, data: str | None) -> None:
    assert as_csv(block) == (None if data is None else data.encode())


def test_tables_are_numbered_files() -> None:
    writer = MediaWriter({})
    wide = table(HEAD, HEAD)
    captioned = DraftBlock(
        "table", wide.markdown, wide.words, 7, rows=wide.rows, caption="Calls\n a"
    )
    narrow = table(("a",), ("b",))
    assert [writer.markdown(block) for block in (wide, captioned, narrow)] == [
        "::: table\nsrc: data/table-1.csv\n:::",
        '::: table\nsrc: data/table-2.csv\ncaption: "Calls a"\n:::',
        "| a |\n| --- |\n| b |",
    ]
    data = b"a,b,c,d,e,f\na,b,c,d,e,f\n"
    assert writer.files == {"data/table-1.csv": data, "data/table-2.csv": data}
