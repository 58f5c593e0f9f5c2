"""The text part lists the links of each section below it."""

from __future__ import annotations

import pytest

from newsletter.pipeline.library import build_email, open_workspace
from tests.desk import SLUG, Desk

SECTIONS = {
    "One [ship](https://quay.example/a) came in.\n": (
        "One ship [1] came in.\n\n[1] https://quay.example/a\n"
    ),
    "No link.\n": "No link.\n",
    "".join(f"A [ship](https://quay.example/{number}).\n\n" for number in range(1, 11)): (
        "A ship [10].\n\n[1]  https://quay.example/1\n[2]  https://quay.example/2\n"
    ),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_links_are_numbered_and_listed(desk: Desk, section: str) -> None:
    next(desk.issue.glob("*.md")).write_text(f"---\nkind: essay\n---\n{section}")
    text = build_email(open_workspace(desk.root), SLUG).text
    assert SECTIONS[section] in text
    assert ("[1]" in text) is ("](" in section)


def test_the_text_has_no_empty_lines_around_it_and_few_in_it(desk: Desk) -> None:
    desk.write("newsletter.toml", 'name = "Dock XX"\nurl = "https://quay.example"\n')
    template = "\n\nXX {{ issue.title }}\n\n\n\n\n\n  tabbed  \n\n\nXX\n\n"
    desk.write("templates/default/text.txt.j2", template)
    text = build_email(open_workspace(desk.root), SLUG).text
    assert text == "XX The Quay\n\n\n  tabbed\n\n\nXX\n"
