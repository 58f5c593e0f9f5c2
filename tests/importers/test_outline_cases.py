"""Which parts a draft has, what kind each is, and why: one draft for each rule of the outline.

A name after a bar is the file name of the draft, and so its format.
"""

from __future__ import annotations

import pytest

from newsletter.importers import read_drafts
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.outline_file import format_outline
from newsletter.importers.structure.split import split_blocks
from tests.importers.case_files import check_case, read_cases

LABELS = ("Essay", "Data", "Postscript")
PEOPLE = ("Mira Oduya", "Tomás Leal")
FILES = ("heads.txt", "parts.txt", "credits.txt")
CASES = {(file, name): case for file in FILES for name, case in read_cases(file).items()}


@pytest.mark.parametrize(("file", "name"), CASES, ids=str)
def test_a_draft_has_these_parts(file: str, name: str, rewrite_expected: bool) -> None:
    case = CASES[file, name]
    path = name.partition(" | ")[2] or "draft.md"
    draft = split_blocks(read_drafts(case.text.encode(), path)[0])
    outline = detect_outline(draft, LABELS, PEOPLE)
    shown = format_outline(outline, draft, ()).partition("begin with #.\n\n")[2]
    check_case(file, case, shown, rewrite=rewrite_expected)
