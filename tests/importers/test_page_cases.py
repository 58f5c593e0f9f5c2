"""What is read from a page: its blocks with their styles, its images, and what was left out."""

from __future__ import annotations

import pytest

from newsletter.importers import read_drafts
from tests.importers.case_files import check_case, read_cases
from tests.importers.reading import outline, parsed, section

FILE = "pages.txt"
CASES = read_cases(FILE)


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_read_as_these_blocks(name: str, rewrite_expected: bool) -> None:
    case = CASES[name]
    (draft,) = read_drafts(f"<!doctype html>\n{case.text}".encode(), "page.html")
    assert not parsed(section(draft))[1]
    check_case(FILE, case, outline(draft), rewrite=rewrite_expected)


@pytest.mark.parametrize(("depth", "read"), [(119, "Deep **words**"), (120, "Deep words")])
def test_elements_nested_deeper_than_any_text_are_read_without_styles(
    depth: int, read: str
) -> None:
    page = f"<p>{'<span>' * depth}Deep <b>words</b>{'</span>' * depth}</p>"
    (draft,) = read_drafts(page.encode(), "page.html")
    assert section(draft) == f"{read}\n"
