"""What the preview shows after an edit equals a full build, whichever file was edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from newsletter.preview.issue_cache import IssueCache, PreviewedIssue
from newsletter.workspace import find
from tests.desk import ISSUES, Desk
from tests.preview.conftest import BLOCKS, MemoryCache

FOLDER = f"issues/{BLOCKS}"
ESSAY, BRIEF, DATA = f"{FOLDER}/10-essay.md", f"{FOLDER}/20-brief.md", f"{FOLDER}/80-data.md"
ADDED = {
    DATA: """---
kind: data
title: Ships
source: harbour
---
There were {fact:ships} ships.

::: chart
kind: bar
data: data/ports.csv
x: Port
y: Ships
title: Lisbon had twelve
:::

::: table
src: data/ports.csv
:::
""",
    f"{FOLDER}/facts.yaml": "ships: {value: '19', source: harbour}\n",
    f"{FOLDER}/sources.yaml": "harbour: {title: The harbour office, date: 2026-03-01}\n",
}
DRAWN = MemoryCache()  # charts and images, as their drawing is not the subject here

# (what is edited, the file, the old text, the new text); an empty old text: the whole file
EDITS = [
    ("a word", ESSAY, "A quotation.", "A longer quotation."),
    ("nothing but the time of the file", ESSAY, "A quotation.", "A quotation."),
    ("the title of a section", ESSAY, "title: One of Each", "title: Two of Each"),
    ("a section gets a title", BRIEF, "kind: brief", "kind: brief\ntitle: New"),
    ("the kind of a section", BRIEF, "kind: brief", "kind: note"),
    ("the author of a section", ESSAY, "by: mira", "by: {name: Rui Sol}"),
    ("the address of a link", ESSAY, "https://quay.example/b)", "https://quay.example/c)"),
    ("a footnote before the others", ESSAY, "A paragraph with", "First[^0] and\n\n[^0]: Zero.\n\n"),
    ("a footnote less", ESSAY, " another[^b]", " another"),
    ("a line more above everything", ESSAY, "kind: essay", "# a comment\nkind: essay"),
    ("an image wider", ESSAY, "width: 300", "width: 320"),
    ("a merge field", ESSAY, "%%name|friend%%", "%%name|reader%%"),
    ("a broken block", ESSAY, "::: callout", "::: calout"),
    ("a person nobody knows", ESSAY, "by: mira", "by: mina"),
    ("half a front matter", BRIEF, "kind: brief\n---", "kind: br"),
    ("a table's file", f"{FOLDER}/data/ports.csv", "12", "14"),
    ("a fact", f"{FOLDER}/facts.yaml", "'19'", "'21'"),
    ("a fact's id", f"{FOLDER}/facts.yaml", "ships:", "boats:"),
    ("a source", f"{FOLDER}/sources.yaml", "The harbour office", "The port"),
    ("the rights of an image", f"{FOLDER}/images.yaml", "", "images/crane.png: {credit: Ana}\n"),
    ("the issue's title", f"{FOLDER}/issue.yaml", "Every <Block>", "Each <Block>"),
    ("the issue's language", f"{FOLDER}/issue.yaml", "date:", "language: pt\ndate:"),
    ("the credits of the issue", f"{FOLDER}/credits.yaml", "", "location: Porto\n"),
    ("the masthead", "credits.yaml", "Mira Oduya", "Mira Duarte"),
    ("the settings", "newsletter.toml", 'name = "The Quay"', 'name = "The Pier"'),
    ("the look", "newsletter.toml", "[sender]", '[theme]\naccent = "#884400"\n\n[sender]'),
    (
        "a section's label",
        "newsletter.toml",
        "[sender]",
        "[theme.sections.brief]\nlevel = 3\n\n[sender]",
    ),
    ("the theme's colors", "templates/default/tokens.toml", "", '[light]\naccent = "#553311"\n'),
    ("the theme's phrases", "templates/default/phrases.toml", "", '[en]\nnotes = "Remarks"\n'),
    ("a part of the theme", "templates/default/foot.mjml.j2", "", "<mj-text>Foot</mj-text>\n"),
    ("a block of the theme", "templates/default/blocks/button.html.j2", "", "<p>A button</p>\n"),
    ("a new kind", "templates/default/sections/poem.mjml.j2", "", "<mj-text>Poem</mj-text>\n"),
    ("a new section", f"{FOLDER}/15-note.md", "", "---\nkind: note\n---\nBetween.\n"),
]


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with compiled templates."""
    desk = Desk.of(ISSUES / "every-block", tmp_path_factory.mktemp("blocks") / "blocks")
    for name, text in ADDED.items():
        desk.write(name, text)
    assert fresh(desk)[0]
    return desk


@pytest.fixture
def blocks_desk(built_once: Desk, tmp_path: Path) -> Desk:
    return Desk(shutil.copytree(built_once.root, tmp_path / "blocks"))


def edit(desk: Desk, name: str, old: str, new: str) -> None:
    text = (desk.root / name).read_text("utf-8") if old else ""
    assert old in text
    desk.write(name, text.replace(old, new, 1) if old else new)


def notice(cache: IssueCache, name: str) -> None:
    """Tell the cache what changed, as the watcher does."""
    if name == "newsletter.toml":
        cache.reload_settings()
    elif name.startswith("issues/"):
        cache.invalidate(BLOCKS)
    else:
        cache.invalidate_all()


def outcome(shown: PreviewedIssue | None) -> tuple[object, ...]:
    """Return all that a build yields: the email's files, the errors and what loading reported."""
    assert shown
    files = (
        shown.email_views.checked_email.email.files()
        if shown.email_views and not shown.errors
        else {}
    )
    return files, shown.errors, shown.draft.findings, shown.draft.issue, shown.draft.images


def fresh(desk: Desk) -> tuple[object, ...]:
    return outcome(IssueCache(find(desk.root), DRAWN).show(BLOCKS))


@pytest.mark.parametrize(
    ("name", "old", "new"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS]
)
def test_an_edit_shows_what_a_full_build_would(
    blocks_desk: Desk, name: str, old: str, new: str
) -> None:
    cache = IssueCache(find(blocks_desk.root), DRAWN)
    before = outcome(cache.show(BLOCKS))
    edit(blocks_desk, name, old, new)
    notice(cache, name)
    after = outcome(cache.show(BLOCKS))
    assert after == fresh(blocks_desk)
    assert (after == before) is (old == new and bool(old))


def test_edits_one_after_another_show_what_a_full_build_would(blocks_desk: Desk) -> None:
    cache = IssueCache(find(blocks_desk.root), DRAWN)
    for name, old, new in [row[1:] for row in EDITS if row[1] in (ESSAY, BRIEF) and row[2]]:
        text = (blocks_desk.root / name).read_text("utf-8")
        edit(blocks_desk, name, old, new)
        notice(cache, name)
        assert outcome(cache.show(BLOCKS)) == fresh(blocks_desk)
        blocks_desk.write(name, text)
    notice(cache, ESSAY)
    assert outcome(cache.show(BLOCKS)) == fresh(blocks_desk)


def test_a_section_renamed_or_removed(blocks_desk: Desk) -> None:
    cache = IssueCache(find(blocks_desk.root), DRAWN)
    cache.show(BLOCKS)
    folder = blocks_desk.root / FOLDER
    (folder / "20-brief.md").rename(folder / "75-brief.md")
    (folder / "30-data.md").unlink()
    notice(cache, ESSAY)
    assert outcome(cache.show(BLOCKS)) == fresh(blocks_desk)


def test_only_the_edited_section_is_read_again(blocks_desk: Desk) -> None:
    cache = IssueCache(find(blocks_desk.root), DRAWN)
    before = cache.show(BLOCKS)
    edit(blocks_desk, BRIEF, "without a title", "still without a title")
    notice(cache, BRIEF)
    after = cache.show(BLOCKS)
    assert before
    assert before.draft.issue
    assert after
    assert after.draft.issue
    pairs = zip(before.draft.issue.sections, after.draft.issue.sections, strict=True)
    read = [new.where.path.rpartition("/")[2] for old, new in pairs if old is not new]
    # The other two refer to a file.
    assert read == ["10-essay.md", "20-brief.md", "80-data.md"]


def test_a_link_to_a_section_is_followed_every_time(blocks_desk: Desk) -> None:
    folder = blocks_desk.root / FOLDER
    other = folder / "drafts.txt"
    shutil.move(folder / "20-brief.md", other)
    (folder / "20-brief.md").symlink_to(other.name)
    cache = IssueCache(find(blocks_desk.root), DRAWN)
    cache.show(BLOCKS)
    other.write_text("---\nkind: brief\n---\nChanged.\n", "utf-8")
    notice(cache, BRIEF)
    assert outcome(cache.show(BLOCKS)) == fresh(blocks_desk)
