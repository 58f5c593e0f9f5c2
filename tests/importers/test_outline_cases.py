"""Which parts a draft has, what kind each is, and why: one draft for each rule of the outline."""

from __future__ import annotations

from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.outline_file import format_outline
from newsletter.importers.structure.split import split_blocks
from tests.casefile import Case
from tests.importers.draft_cases import check_cases, draft_of

LABELS = ("Essay", "Data", "Postscript")
PEOPLE = ("Mira Oduya", "Tomás Leal")


def test_drafts_have_these_parts(rewrite_expected: bool) -> None:
    for file in ("heads.txt", "parts.txt", "credits.txt"):
        check_cases(file, parts_of, rewrite=rewrite_expected)


def parts_of(case: Case) -> str:
    draft = split_blocks(draft_of(case))
    outline = detect_outline(draft, LABELS, PEOPLE)
    return format_outline(outline, draft, ()).partition("begin with #.\n\n")[2]
