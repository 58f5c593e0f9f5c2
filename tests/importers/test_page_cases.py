"""What is read from a page: its blocks with their styles, its images, and what was left out."""

from __future__ import annotations

from newsletter.importers.formats.web_page import read_html
from tests.casefile import Case
from tests.importers.draft_cases import check_cases
from tests.importers.reading import outline, parsed, section


def test_pages_are_read_as_these_blocks(rewrite_expected: bool) -> None:
    check_cases("pages.txt", blocks_of, rewrite=rewrite_expected)


def test_elements_nested_deeper_than_any_text_are_read_without_styles() -> None:
    for depth, read in ((119, "Deep **words**"), (120, "Deep words")):
        page = f"<p>{'<span>' * depth}Deep <b>words</b>{'</span>' * depth}</p>"
        draft = read_html(page.encode(), "page.html")
        assert section(draft) == f"{read}\n"


def blocks_of(case: Case) -> str:
    draft = read_html(f"<!doctype html>\n{case.texts[0]}".encode(), "page.html")
    assert not parsed(section(draft))[1]
    return outline(draft)
