"""A published letter is imported without the parts a theme provides; omitted parts are listed."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.importers.letters import MAILCHIMP, MJML, SUBSTACK
from tests.importers.reading import one, section

LETTERS = {
    "mjml": (
        MJML,
        "# Der ruhige Kai\n\nUm sechs Uhr morgens bewegt sich am Kai neun nichts. "
        "Der Kran steht mit erhobenem Arm.\n\n",
        {
            "language": "de",
            "number": "16",
            "date": "2026-03-01",
            "description": "Warum der ruhigste Kai der vollste ist.",
        },
        ["footer", "masthead", "masthead image", "preview text", *["small linked image"] * 3],
    ),
    "mailchimp": (
        MAILCHIMP,
        "# The Quiet Berth\n\nAt six in the morning nothing moves at berth nine.\n",
        {"description": "Why the quietest berth is the busiest."},
        ["footer", "link to the web version", "masthead image", "preview text"],
    ),
    "substack": (
        SUBSTACK,
        "# [The Quiet Berth](https://q.substack.com/p/quiet)\n\n"
        "At six in the morning nothing moves at berth nine.\n",
        {"language": "en", "description": "Why the quietest berth is the busiest."},
        ["footer", *["link of the newsletter service"] * 2, "masthead image", "preview text"],
    ),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_read_without_its_frame(name: str) -> None:
    page, text, meta, left_out = LETTERS[name]
    draft = one(page.encode(), "letter.html")
    assert section(draft).startswith(text)
    assert draft.meta == meta
    found = [note for note in draft.notes if note.message != "tracking removed"]
    kinds = [
        note.message.partition(",")[0].partition(" of the letter")[0].partition(" moved")[0]
        for note in found
    ]
    assert sorted(kinds) == left_out
    assert len([block for block in draft.blocks if block.kind == "image"]) == (name == "mjml")


def test_a_german_letter_is_imported_as_german(desk: Desk) -> None:
    desk.write("letter.html", MJML)
    desk.run("import", "letter.html")
    issue = (desk.root / "issues/2026-03-01-hafenbrief-16/issue.yaml").read_text("utf-8")
    assert "language: de\n" in issue
    assert "number: 16\n" in issue
