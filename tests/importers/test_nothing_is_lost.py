"""Every word of any draft is in the issue's files or in the list of what was omitted.

Each word of a generated draft is unique, so a lost word cannot be hidden by another. The imported
issue must also load without errors.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.files.output import write_folder
from newsletter.importers import read_drafts
from newsletter.importers.import_line import (
    ImportContext,
    apply_outline,
    load_context,
    outline_draft,
    plan_issue,
)
from newsletter.importers.structure.outline import Outline, OutlinePart, OutlineRow
from newsletter.load import load
from newsletter.workspace import Workspace, find

MARK = re.compile(r"[Qq]\d+z")
THOROUGH = os.environ.get("CI") == "true"
often = settings(
    max_examples=400 if THOROUGH else 120,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
DAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, ImportContext]:
    root = tmp_path_factory.mktemp("desk")
    (root / "newsletter.toml").write_text('name = "Words"\nurl = "https://words.example"\n')
    (root / "credits.yaml").write_text(
        "people: {mira: {name: Mira Oduya}}\nteams: {desk: {name: The Desk}}\n"
        "roles: {essay: {label: Essay}, data: {label: Data}, postscript: {label: Postscript}}\n"
        "defaults: {location: Lisbon}\n"
    )
    workspace = find(root)
    return workspace, load_context(workspace)


# --- drafts ---------------------------------------------------------------------------------------

# {w} is a unique word, {W} a name, {s} a sentence, {p} a paragraph, {u} an address.
LINES = [
    "{W} {W}",
    "{W} {w} {w}",
    "{W} {w} {w} {w} {w} {w} {w} {w} {w}",
    "{s}",
    "{p}",
    "{p} {p}",
    "Author: {W} {W}",
    "By {W} {W} and {W} {W}",
    "{w}, {w} 02-March-2026 by {w}.example",
    "[Reference: {u}]",
    "[Reference: {W} {w}, {u}]",
    "Via: {u}",
    "Read More",
    "Essay: {W} {W}",
    "Data and Postscript: {W} {W}",
    "{W}: {W} {W}, {W} {W}",
    "Produced by {W} {W} in {W}, {W}",
    "P.S. {p}",
    "Postscript",
    "Data: {W} {w}",
    "Briefs",
    "Subject: {W} {w}",
    "- {w} {w}\n- {W} {w}",
    "1. {w}\n2. {w}",
    "---",
    "{W} {w}\nAuthor: {W} {W}\n{w} 02-March-2026 by {w}.example",
    "{W} {W}\n{p}",
    "1 March 2026",
    "{u}",
]
MARKDOWN = [
    "# {W} {w}",
    "## {W} {w} {w}",
    "## [{W} {w}]({u})",
    "## {W} {w} {w} {w} {w} {w} {w} {w}[^{n}]\n\n{p}\n\n[^{n}]: {s}",
    "### {W}",
    "## Data",
    "## Essay: {W}",
    "**{W} {w}**",
    "**[{W} {w}]({u})**\n\n{p}",
    "*{s}*",
    "{p} [{w} {w}]({u}) {p}",
    "{w} **{w} {w}** `{w}` ~~{w}~~",
    "{p}[^{n}]\n\n[^{n}]: {s}",
    "[^{n}]: {s}",
    "> {p}\n> {p}",
    "| {w} | {w} |\n| --- | --- |\n| {w} | {w} |",
    "| {w} | {w} | {w} | {w} | {w} | {w} |\n|---|---|---|---|---|---|\n| {w} | {w} | {w} | {w} | {w} | {w} |",
    "![{w} {w}]({u}.png)",
    "![{w}]({u}.png \"{w} {w}\")",
    "{w} ![{w}]({u}.png) {w}",
    "[![{w}]({u}.png)]({u})",
    "```\n{w} {w}\n```",
    "- [{w} {w}]({u})\n- [{w}]({u}) {w}",
    "{W} {w}\n===",
    "<!-- {w} -->",
    "::: callout {W}\n{p}\n:::",
    "Essay: {W} {W}\\\nPostscript: {W} {W}",
]  # fmt: skip
FRONT = [
    "title: {W} {w}",
    "description: {s}",
    "author: {W} {W}",
    "tags: [{w}, {w}]",
    "layout: {w}",
    "date: {w}",
    "x: {w}",
]


def filled(pattern: str, numbers: Iterator[int]) -> str:
    def word() -> str:
        return f"q{next(numbers)}z"

    def sentence() -> str:
        return f"Q{next(numbers)}z {' '.join(word() for _ in range(6))}."

    label = f"n{next(numbers)}"
    makers = {
        "w": word,
        "W": lambda: f"Q{next(numbers)}z",
        "s": sentence,
        "p": lambda: " ".join(sentence() for _ in range(3)),
        "u": lambda: f"https://{word()}.example/{word()}",
        "n": lambda: label,
    }
    return re.sub(r"\{(\w)\}", lambda match: makers[match[1]](), pattern)


@st.composite
def drafts(draw: st.DrawFn, pieces: list[str]) -> str:
    numbers = itertools.count(10)
    front = draw(st.lists(st.sampled_from(FRONT), max_size=4, unique=True))
    body = "\n\n".join(
        filled(piece, numbers)
        for piece in draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=16))
    )
    head = (
        "---\n" + "".join(f"{filled(line, numbers)}\n" for line in front) + "---\n" if front else ""
    )
    return head + body + "\n"


def missing(
    text: str, name: str, desk: tuple[Workspace, ImportContext], outline: Outline | None = None
) -> set[str]:
    """Return the draft's words that are neither in the issue's files nor in the list."""
    _, context = desk
    (draft,) = read_drafts(text.encode(), name)
    draft, found = outline_draft(draft, context)
    try:
        whole = apply_outline(draft, outline or found, context)
    except NewsletterError:  # a draft without text is refused, and nothing is written
        return set()
    issue = plan_issue(whole, context, date=DAY)
    who = [name for _, name in (*issue.people.people, *issue.people.teams, *issue.people.roles)]
    files = [data.decode() for data in issue.folder.files.values()]
    notes = [note.words for note in issue.folder.notes]
    return words(text) - words("\n".join([*files, *notes, *who]))


def words(text: str) -> set[str]:
    return {word.casefold() for word in MARK.findall(text)}


@often
@given(drafts(LINES + MARKDOWN))
@example("## Q10z [q11z](https://q12z.example)\n\nq13z q14z q15z.\n")
def test_no_word_of_markdown_is_lost(desk: tuple[Workspace, ImportContext], text: str) -> None:
    assert missing(text, "draft.md", desk) == set()


@often
@given(drafts(LINES))
def test_no_word_of_text_is_lost(desk: tuple[Workspace, ImportContext], text: str) -> None:
    assert missing(text, "draft.txt", desk) == set()


KINDS = ("essay", "brief", "data", "note", "links", "skip")


@often
@given(drafts(LINES + MARKDOWN), st.data())
def test_no_word_is_lost_with_any_outline(
    desk: tuple[Workspace, ImportContext], text: str, data: st.DataObject
) -> None:
    """As after `--edit`, any block can have any role."""
    (draft,) = read_drafts(text.encode(), "draft.md")
    draft, _ = outline_draft(draft, desk[1])
    places = [place for place, block in enumerate(draft.blocks) if block.kind != "note"]
    if not places:
        return
    roles = ("title", "heading", "text", "by", "date", "tags", "source", "more", "label")
    cut = data.draw(st.integers(1, len(places)))
    parts = []
    for run in (places[:cut], places[cut:]):
        kind = data.draw(st.sampled_from(KINDS))
        rows = tuple(
            OutlineRow(place, data.draw(st.sampled_from(roles)) if kind != "skip" else "text")
            for place in run
        )
        parts += [OutlinePart(kind, rows)] if rows else []
    assert missing(text, "draft.md", desk, Outline(tuple(parts))) == set()


@settings(parent=often, max_examples=150 if THOROUGH else 30)
@given(drafts(LINES + MARKDOWN))
def test_an_imported_issue_loads_without_errors(
    desk: tuple[Workspace, ImportContext], text: str
) -> None:
    workspace, context = desk
    (draft,) = read_drafts(text.encode(), "draft.md")
    draft, outline = outline_draft(draft, context)
    try:
        issue = plan_issue(apply_outline(draft, outline, context), context, date=DAY)
    except NewsletterError:
        return
    folder = workspace.issues / "2026-03-01-words"
    shutil.rmtree(folder, ignore_errors=True)
    write_folder(folder, issue.folder.files)
    # New people are not in the masthead yet; this test ignores that.
    found = [
        finding
        for finding in load(workspace, folder).findings
        if finding.severity == "error" and not finding.code.startswith("NL10")
    ]
    assert found == []
