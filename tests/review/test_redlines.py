"""Redlines as complete output, one kind of change each: as a page, on a terminal and as Markdown.


The expected files are in `redlines/`; the style sheet that all pages share is in `page.css`.
After a code change: `pytest --rewrite-expected`, then read the diff.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import build
from newsletter.review.redline import redline
from newsletter.review.redline_html import redline_page
from newsletter.review.redline_json import redline_object
from newsletter.review.redline_markdown import redline_markdown
from newsletter.review.redline_text import redline_text
from newsletter.review.redline_values import EmailVersion
from newsletter.review.versions import email_version, working_version
from newsletter.workspace import find
from tests.desk import Desk
from tests.review.conftest import LETTER, SLUG

HERE = Path(__file__).parent / "redlines"
Edit = tuple[str, str, str]  # file, old text, new text

ESSAY, BRIEF, DATA = "10-essay.md", "20-brief.md", "30-data.md"
TUGS = (
    "Two tugs wait at the mouth of the river from ten at night. Their crews sleep in shifts of four hours\n"
    "and drink more coffee than anybody on land.\n"
)
STRIKE = "The agreement runs until 2028 and will be reviewed every spring by both sides.\n"

# Kind of change -> edits of the issue. The expected files have the same name.
CASES: dict[str, list[Edit]] = {
    "number": [(ESSAY, "37 per cent", "73 per cent")],
    "name": [(ESSAY, "Rotterdam had", "Antwerp had"), (ESSAY, "museum in Porto", "museum in Aveiro")],
    "words": [(ESSAY, "and nobody heard it", "and hardly anybody noticed")],
    "link-address": [(ESSAY, "/report-2025", "/report-2026")],
    "link-added": [(ESSAY, "The old cranes", "The [old cranes](https://quay.example/cranes)")],
    "link-removed": [
        (ESSAY, "[annual report](https://quay.example/report-2025)", "annual report")
    ],
    "alternative-text": [(ESSAY, "A yellow crane above", "A yellow crane at night above")],
    "caption": [(ESSAY, "of berth nine", "of berth ten")],
    "button": [(ESSAY, "label: Read the timetable", "label: See the timetable")],
    "table-cell": [("data/ships.csv", "Lisbon,12,+2", "Lisbon,13,+3")],
    "table-rows": [("data/ships.csv", "Porto,7,-1", "Sines,31,+4")],
    "table-column": [
        ("data/ships.csv", "Port,Ships,Change\nLisbon,12,+2\nPorto,7,-1\nSetúbal,5,0",
         "Port,Calls\nLisbon,12\nPorto,7\nSetúbal,5"),
    ],
    "note": [(ESSAY, "sold to a museum", "given to a museum")],
    "quotation": [(ESSAY, "We are not fast.", "We are not slow.")],
    "credits": [("credits.yaml", "data: tomas", "data: ines")],
    "subject": [("issue.yaml", '"Cranes at Night"', '"Cranes by Day"')],
    "preheader": [("issue.yaml", "works after dark", "sleeps after dark")],
    "heading": [(ESSAY, "## What the tugs do", "## Who wakes the tugs")],
    "paragraph-added": [(BRIEF, STRIKE, f"{STRIKE}\nThe port lost 3 million euros in nine days.\n")],
    "paragraph-removed": [(BRIEF, STRIKE, "")],
    "paragraph-moved": [(ESSAY, TUGS, ""), (BRIEF, STRIKE, f"{STRIKE}\n{TUGS}")],
    "paragraph-moved-and-changed": [
        (ESSAY, TUGS, ""),
        (BRIEF, STRIKE, f"{STRIKE}\n{TUGS.replace('four hours', 'five hours')}"),
    ],
    "typography": [(BRIEF, "every spring by", "every spring\u00a0by")],
    "looks": [(ESSAY, "nobody heard it", "*nobody* heard it")],
    "findings": [(BRIEF, "by both sides.", "by both sides. Read it [here](https://quay.example/a).")],
    "retraction": [
        (BRIEF, "The dockers of Setúbal went back to work on Monday after a vote in which 412 of 508 "
         "members took part.\n\nThe agreement runs until 2028 and will be reviewed every spring by both sides.",
         "This report has been withdrawn."),
    ],
    "nothing": [],
}  # fmt: skip


def changed(desk: Desk, edits: list[Edit]) -> None:
    for name, old, new in edits:
        path = desk.root / "issues" / SLUG / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, compiled: Path) -> EmailVersion:
    desk = Desk.of(LETTER, tmp_path_factory.mktemp("published") / "letter")
    shutil.copytree(compiled, desk.root / ".newsletter" / "cache")
    return labelled(desk, "published on 1 May 2026")


def labelled(desk: Desk, label: str) -> EmailVersion:
    """Return the email of the issue, with its findings where the test needs them."""
    workspace = find(desk.root)
    folder = workspace.issues / SLUG
    if (desk.root / "checked").exists():
        return replace(working_version(workspace, folder), label=label)
    email = build(workspace, folder, BuildCache(workspace.state / "cache"))
    return email_version(workspace, email, (), label)


FORMS: dict[str, Callable[..., str]] = {
    "html": redline_page,
    "txt": redline_text,
    "md": redline_markdown,
}


@pytest.mark.parametrize("name", CASES)
def test_redline(name: str, letter: Desk, published: EmailVersion, rewrite_expected: bool) -> None:
    changed(letter, CASES[name])
    if name == "findings":
        letter.write("checked", "")
    result = redline(published, labelled(letter, "working files"))
    for form, render in FORMS.items():
        path = HERE / f"{name}.{form}"
        actual = render(result)
        if form == "html":
            actual, sheet = without_style_sheet(actual)
            compare(HERE / "page.css", sheet, rewrite=rewrite_expected)
        compare(path, actual, rewrite=rewrite_expected)
    assert redline_object(result)["same"] == (name == "nothing")


def without_style_sheet(page: str) -> tuple[str, str]:
    """Return a page without the style sheet that all pages share, and the style sheet."""
    head, sheet, body = re.split(r"(?<=<style>\n)(.*?)(?=</style>)", page, flags=re.DOTALL)
    return head + body, sheet


def compare(path: Path, came: str, *, rewrite: bool) -> None:
    if rewrite:
        path.write_text(came, encoding="utf-8")
    assert came == path.read_text(encoding="utf-8"), f"{path.name} differs"


def test_a_replaced_image_is_shown_next_to_the_old_one(
    letter: Desk, published: EmailVersion
) -> None:
    path = letter.root / "issues" / SLUG / "images" / "crane.png"
    Image.new("RGB", (320, 160), (40, 90, 160)).save(path)
    result = redline(published, labelled(letter, "working files"))
    (change,) = result.changes
    assert change.image_replaced
    page = redline_page(result)
    assert page.count('<img src="data:image/png;base64,') == 2
    assert "<figcaption>Before</figcaption>" in page
    assert "~ Image replaced" in redline_text(result)


def test_a_long_issue_shows_where_gmail_clips_it(letter: Desk, published: EmailVersion) -> None:
    paragraphs = "\n\n".join(
        f"Paragraph {number} says that the tide turned again. " * 40 for number in range(1, 60)
    )
    changed(letter, [(BRIEF, STRIKE, f"{STRIKE}\n{paragraphs}\n")])
    result = redline(published, labelled(letter, "working files"))
    assert result.sizes[0].clipped_before is None
    assert (result.sizes[1].clipped_before or "").startswith("Paragraph ")
    assert "Gmail clips: [-nothing-]{+after “Paragraph " in redline_text(result)


def test_a_changed_sender_is_named(letter: Desk, published: EmailVersion) -> None:
    path = letter.root / "newsletter.toml"
    path.write_text(path.read_text().replace("letter@quay.example", "news@quay.example"))
    text = redline_text(redline(published, labelled(letter, "working files")))
    assert "Sender: The Quay <[-letter-]{+news+}@quay.example>" in text


def test_another_version_of_the_tool_is_named(published: EmailVersion) -> None:
    after = replace(published, tool="newsletter 9.9", label="working files")
    assert "Made by newsletter" in redline_text(redline(published, after))
    assert ", now by newsletter 9.9" in redline_text(redline(published, after))


def test_colour_supplements_the_signs_and_never_replaces_them(
    letter: Desk, published: EmailVersion
) -> None:
    changed(letter, CASES["number"])
    result = redline(published, labelled(letter, "working files"))
    coloured = redline_text(result, color=True)
    assert "\x1b[31;9m[-37-]\x1b[0m\x1b[32;4m{+73+} (number)\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == redline_text(result)
