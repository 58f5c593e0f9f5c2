"""The steps of an import one by one: read, plan, name, write, and undo."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.importers import import_line
from newsletter.importers.draft import Draft, DraftImage, ImportNote
from newsletter.importers.import_line import (
    ImportContext,
    ImportPlan,
    MastheadChanged,
    add_people,
    apply_outline,
    load_context,
    outline_draft,
    plan_issue,
    read_bytes,
    refuse_existing,
    restore_masthead,
    sorted_names,
    write_issue,
)
from newsletter.importers.issue.audit import audit_issue
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import TextSpan
from newsletter.importers.structure.outline import Outline, OutlinePart, OutlineRow
from newsletter.model import Masthead, Person, Role, Team
from newsletter.workspace import Workspace, find
from tests.desk import Desk

DAY = dt.date(2026, 3, 8)
CONTEXT = ImportContext(
    Masthead(
        {"mira": Person("mira", "Mira Oduya")},
        {"desk": Team("desk", "The Harbour Desk")},
        (Role("essay", "Essay", required=True), Role("data", "Data")),
    ),
    ("location",),
    ("essay", "brief", "note"),
    "en",
    ("ports",),
)


def draft(origin: str = "draft.md", *, title: str | None = "The Tide", **meta: str) -> Draft:
    block = make.paragraph([TextSpan("Nothing moves.")], BlockPlace(3))
    return Draft(origin, "markdown", (block,), title, meta)


def planned(
    draft: Draft,
    *,
    date: dt.date | None = DAY,
    slug: str | None = None,
    number: int | None = None,
) -> ImportPlan:
    outlined = outline_draft(draft, CONTEXT)
    read = apply_outline(*outlined, CONTEXT)
    return plan_issue(read, CONTEXT, date=date, slug=slug, number=number)


def test_names_of_the_workspace_are_known() -> None:
    assert CONTEXT.known.labels == ("Essay", "Data")
    assert CONTEXT.known.people == ("Mira Oduya", "The Harbour Desk")
    assert CONTEXT.known.topics == ("ports",)


SLUGS = {
    "the title": (draft(), None, None, "2026-03-08-the-tide"),
    "no title": (draft("The berth.docx", title=None), None, None, "2026-03-08-the-berth"),
    "a file in an archive": (draft("a.zip!b/Tide two.md", title=None), None, None, "2026-03-08-tide-two"),
    "a dated file": (draft("2026-03-01-ports.md"), None, None, "2026-03-08-ports"),
    "a dated file, run together": (draft("20260301_ports.md"), None, None, "2026-03-08-ports"),
    "a dated file without a name": (draft("2026-03-01-12.md"), None, None, "2026-03-08-the-tide"),
    "the slug of the draft": (draft(slug="A Tide"), None, None, "2026-03-08-a-tide"),
    "a given slug": (draft(slug="A Tide"), "given", None, "2026-03-08-given"),
    "a given slug with its date": (draft(), "2020-01-01-given", None, "2020-01-01-given"),
}  # fmt: skip


def test_an_issue_is_named_after_its_slug_file_or_title() -> None:
    named = {
        name: (given, slug, number, planned(given, slug=slug, number=number).slug)
        for name, (given, slug, number, _) in SLUGS.items()
    }
    assert named == SLUGS


@pytest.mark.parametrize("slug", ["A b", "-a", "a/b", "a_b", "Ä"])
def test_a_slug_with_other_signs_is_refused(slug: str) -> None:
    with pytest.raises(WrongUsage) as raised:
        planned(draft(), slug=slug)
    assert raised.value.message == f'Invalid --slug: "{slug}"'
    assert raised.value.hint == "Use lowercase letters, digits and hyphens."


def test_the_date_and_number_given_or_those_of_the_draft() -> None:
    plans = [
        planned(draft(date="2026-03-01", number="7"), date=None, number=9),
        planned(draft(date="2026-03-01"), number=9),
        planned(draft()),
    ]
    assert [plan.date.isoformat() for plan in plans] == ["2026-03-01", "2026-03-08", "2026-03-08"]
    texts = [plan.folder.files["issue.yaml"].decode() for plan in plans]
    numbers = [[line for line in text.split("\n") if "number" in line] for text in texts]
    assert numbers == [["number: 7"], ["number: 9"], []]
    replaced = ImportNote("omitted", "date of the draft, replaced", "2026-03-01")
    assert [plan.folder.notes for plan in plans] == [(), (replaced,), ()]
    with pytest.raises(NewsletterError) as raised:
        planned(draft("b.md"), date=None)
    assert raised.value.message == "No publication date in b.md"
    assert raised.value.hint == "Add it with `--date 2026-03-01`."


def test_a_draft_without_text_is_refused() -> None:
    empty = Draft("b.md", "markdown", (make.thematic_break(1),), "The Tide")
    with pytest.raises(NewsletterError) as raised:
        planned(empty)
    assert raised.value.message == "No text found in b.md"
    assert raised.value.hint == "Choose another file; nothing was written."


def test_names_are_sorted_in_reading_order() -> None:
    names = [
        "images/a.png", "data/b.csv", "x.md", "100-a.md", "20-b.md", "20-a.md", "issue.yaml",
        "credits.yaml",
    ]  # fmt: skip
    assert sorted_names(dict.fromkeys(names, b"")) == [
        "credits.yaml", "issue.yaml", "x.md", "20-a.md", "20-b.md", "100-a.md", "data/b.csv",
        "images/a.png",
    ]  # fmt: skip


def test_a_draft_is_read_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * (3 * 1024 * 1024))
    monkeypatch.setattr(import_line, "LARGEST", 3 * 1024 * 1024)
    assert read_bytes(path) == b"x" * (3 * 1024 * 1024)
    path.write_bytes(b"x" * (3 * 1024 * 1024 + 1))
    problems = [
        (path, f"Draft too large: {path} (3 MB, limit 3 MB)", "Remove or shrink its images.")
    ]
    hint = "Name a draft, or add --all to import a folder."
    problems += [(other, f"Not a file: {other}", hint) for other in (tmp_path, tmp_path / "b.md")]
    for place, message, advice in problems:
        with pytest.raises(NewsletterError) as raised:
            read_bytes(place)
        assert (raised.value.message, raised.value.hint) == (message, advice)


def test_a_draft_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = tmp_path / "a.md"
    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(NewsletterError) as raised:
        read_bytes(path)
    assert raised.value.message == f"Cannot read {path}: Permission denied"


# --- the workspace --------------------------------------------------------------------------------

MASTHEAD = "people:\n  mira: {name: Mira Oduya}\n"
ANA = ResolvedPeople(people=(("ana", "Ana Reis"),))


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    desk.write("credits.yaml", MASTHEAD)
    return find(desk.root)


def test_new_people_are_added_and_removed_again(workspace: Workspace) -> None:
    edit = add_people(workspace, ANA)
    after = f"{MASTHEAD}  ana: {{name: Ana Reis}}\n".encode()
    assert edit is not None
    assert (edit.before, edit.after) == (MASTHEAD.encode(), after)
    assert workspace.masthead.read_bytes() == after
    assert add_people(workspace, ANA) is None
    assert workspace.masthead.read_bytes() == after
    restore_masthead(workspace, None)
    assert workspace.masthead.read_bytes() == after
    restore_masthead(workspace, edit)
    assert workspace.masthead.read_bytes() == MASTHEAD.encode()


def test_an_edited_masthead_is_not_restored(workspace: Workspace) -> None:
    edit = add_people(workspace, ANA)
    edited = workspace.masthead.read_bytes() + b"# edited\n"
    workspace.masthead.write_bytes(edited)
    restore_masthead(workspace, edit)
    assert workspace.masthead.read_bytes() == edited


def test_nothing_new_leaves_the_masthead_unread(workspace: Workspace) -> None:
    workspace.masthead.unlink()
    assert add_people(workspace, ResolvedPeople()) is None


@pytest.mark.parametrize(
    ("masthead", "kind", "message", "hint"),
    [
        (
            "people:\n  ana: {name: Ana Rice}\n", MastheadChanged,
            "The masthead was changed by another import", "Run the import again.",
        ),
        (
            "people: [mira]\n", NewsletterError,
            "Cannot add Ana Reis, The Night Desk, Photographs: the masthead's layout is not supported",
            "Add them by hand, then import again.",
        ),
    ],
)  # fmt: skip
def test_people_that_cannot_be_added_are_named(
    workspace: Workspace, masthead: str, kind: type[NewsletterError], message: str, hint: str
) -> None:
    workspace.masthead.write_text(masthead)
    new = ResolvedPeople(
        (ANA.ids), ANA.people, (("night", "The Night Desk"),), (("photo", "Photographs"),)
    )
    with pytest.raises(kind) as raised:
        add_people(workspace, new)
    assert (raised.value.message, raised.value.hint) == (message, hint)
    assert workspace.masthead.read_text() == masthead
    if kind is NewsletterError:
        assert raised.value.where == workspace.place(workspace.masthead)


def test_an_issue_is_written_with_its_record_and_its_people(workspace: Workspace) -> None:
    plan = planned(draft(author="Ana Reis"))
    folder = write_issue(workspace, plan, origin="draft.md")
    assert folder == workspace.issues / "2026-03-08-the-tide"
    assert {
        path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".json"
    } == (plan.folder.files)
    assert b'"draft": "draft.md"' in (folder / "imported.json").read_bytes()
    assert "ana: {name: Ana Reis}" in workspace.masthead.read_text()
    with pytest.raises(NewsletterError) as raised:
        write_issue(workspace, plan, origin="draft.md")
    assert raised.value.message == "issues/2026-03-08-the-tide already exists"
    assert raised.value.hint == (
        "Merge the newer draft with --update 2026-03-08-the-tide, or choose another --slug."
    )
    refuse_existing(workspace, "2026-03-08-the-other-tide")


def test_an_issue_that_cannot_be_written_adds_nobody(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_line, "write_folder", full)
    with pytest.raises(KeyboardInterrupt):
        write_issue(workspace, planned(draft(author="Ana Reis")), origin="draft.md")
    assert workspace.masthead.read_text() == MASTHEAD


def test_the_context_is_that_of_the_workspace(workspace: Workspace) -> None:
    workspace.masthead.write_text(f"{MASTHEAD}defaults: {{location: Lisbon}}\n")
    context = load_context(workspace)
    assert context.people == ("Mira Oduya",)
    assert tuple(context.defaults) == ("location",)
    assert {"essay", "brief", "note"} <= set(context.kinds)
    assert context.language == "en"


# --- the audit ------------------------------------------------------------------------------------


def test_what_is_neither_written_nor_noted_is_added_to_the_notes() -> None:
    blocks = (
        make.paragraph([TextSpan("By Mira Oduya, at noon")], BlockPlace(1)),
        make.paragraph([TextSpan("Nothing moves.")], BlockPlace(2)),
        make.paragraph([TextSpan("See "), TextSpan("it", url="https://e.org/lost")], BlockPlace(3)),
        make.image("crane.png", "", 4),
        make.button("Join", "https://e.org/join", 5),
    )
    own = ImportNote("changed", "tracking removed", "https://e.org/?utm_source=x", 2)
    whole = Draft(
        "a.md", "markdown", blocks, "The Lost Title", {"x": "kept key"},
        (DraftImage("crane.png", None, "https://e.org/crane.png"), DraftImage("b.png", b"")), (own,),
    )  # fmt: skip
    outline = Outline(
        (
            OutlinePart("essay", (OutlineRow(0, "by"), OutlineRow(1, "text"))),
            OutlinePart("skip", tuple(OutlineRow(index, "text") for index in (2, 3, 4))),
        )
    )
    files = {
        "10-essay.md": b"mira \\oduya\nNothing moves.",
        "imported.json": b"noon",
        "data/a.csv": b"see",
    }
    moved = ImportNote("changed", "byline moved to `by`", "By Mira Oduya", 1)
    assert audit_issue(whole, outline, files, ["kept"], notes=(own, moved, own)) == (
        ImportNote("omitted", "text with no place in the issue", "The Lost Title", 0),
        ImportNote("omitted", "text with no place in the issue", "key", 0),
        ImportNote("changed", "byline moved to `by`", "By", 1),
        ImportNote("omitted", "text with no place in the issue", "at noon", 1),
        own,
        ImportNote("omitted", "text with no place in the issue", "it https://e.org/lost", 3),
        ImportNote("omitted", "text with no place in the issue", "https://e.org/crane.png", 4),
        ImportNote(
            "omitted", "text with no place in the issue",
            "Join https://e.org/join button label: Join url: \"https://e.org/join\"", 5,
        ),
    )  # fmt: skip
