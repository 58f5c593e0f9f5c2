"""Names as people write them in bylines and in document properties."""

from __future__ import annotations

import pytest

from newsletter.importers.draft import Draft
from newsletter.importers.issue.assembly import KnownNames, assemble_issue
from newsletter.importers.markdown.block_writer import BlockPlace, paragraph
from newsletter.importers.markdown.spans import TextSpan
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.person_names import parse_names

CASES = {
    "Oduya, Mira": ("Mira Oduya",),
    "Leal, Tomás and Oduya, Mira": ("Tomás Leal", "Mira Oduya"),
    "Oduya, Mira; Leal, Tomás": ("Mira Oduya", "Tomás Leal"),
    "de la Cruz, Ana": ("Ana de la Cruz",),
    "Smith, J. R.": ("J. R. Smith",),
    "Mira Oduya, Tomás Leal": ("Mira Oduya", "Tomás Leal"),
    "Mira Oduya, Reuters": ("Mira Oduya", "Reuters"),
    "Mira and Tomás": ("Mira", "Tomás"),
    "The Harbour Desk": ("The Harbour Desk",),
    "the crane moves at six": None,
}


@pytest.mark.parametrize(("words", "names"), CASES.items())
def test_names_are_parsed(words: str, names: tuple[str, ...] | None) -> None:
    assert parse_names(words) == names


PROPERTIES: dict[str, tuple[dict[str, str], tuple[str, ...], list[str]]] = {
    "the author is in the masthead": ({"creator": "mira ODUYA"}, ("Mira Oduya",), []),
    "one of two authors is": (
        {"creator": "Ana Reis; Mira Oduya", "sender": "Tomás Leal"},
        ("Mira Oduya",),
        ["creator of the draft, not in the masthead: Ana Reis"],
    ),
    "a program is the author": (
        {"creator": "Microsoft Office User", "sender": "Tomás Leal"},
        ("Tomás Leal",),
        ["creator of the draft, entered by a program: Microsoft Office User"],
    ),
    "an author that is no name": (
        {"creator": " draft for jo, 2nd "},
        (),
        ["creator of the draft, not in the masthead: draft for jo, 2nd"],
    ),
    "the author of the front matter comes first": (
        {"creator": "Mira Oduya", "author": " Ana Reis "},
        ("Ana Reis",),
        [],
    ),
}


def test_the_author_in_a_files_properties() -> None:
    known = KnownNames(people=("Mira Oduya", "Tomás Leal"))
    block = paragraph([TextSpan("Nothing moves.")], BlockPlace(1))
    found = {}
    for name, (meta, _, _) in PROPERTIES.items():
        draft = Draft("a.docx", "docx", (block,), meta=meta)
        issue = assemble_issue(draft, detect_outline(draft), known)
        notes = [f"{note.message}: {note.words}" for note in issue.notes]
        found[name] = (meta, issue.sections[0].by, notes)
    assert found == PROPERTIES
