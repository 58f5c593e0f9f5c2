"""What a newer draft changes in an issue: the last import, the issue, and the draft, as files.

The conflicts of single lines are in `test_threeway.py`, the command in `tests/cli`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from newsletter.errors import NewsletterError
from newsletter.importers.issue.import_record import RECORD_NAME, encode_record
from newsletter.importers.issue.three_way import Conflict
from newsletter.importers.issue.update import FileConflict, IssueUpdate, plan_update, read_folder

TIDE = "---\nkind: essay\ntitle: The Tide\n---\nThe tide comes in at six and goes out at noon.\n"
TIDE_2 = TIDE.replace("at noon", "at one")
TIDE_3 = TIDE.replace("at noon", "at two")
BOAT = "---\nkind: brief\ntitle: A boat\n---\nThe pilots have a second boat with a heated deck.\n"
BOAT_2 = BOAT.replace("second", "third")
FISH = "---\nkind: brief\ntitle: Fish\n---\nNobody buys fish before five in winter, they say.\n"
CRANES = "---\nkind: note\ntitle: Cranes\n---\nAll four stand still while somebody paints them.\n"
REWRITTEN = (
    "---\nkind: note\ntitle: The Tide\n---\nWater rises twice each day, because some moon pulls harder"
    " here than elsewhere, whatever harbours might prefer.\n"
)
YAML = "title: The Tide\ntags: []\n"

Files = dict[str, str]


class Case(NamedTuple):
    base: Files | None  # as imported; `None` without a record
    ours: Files
    theirs: Files
    changes: dict[str, str | None]
    conflicts: tuple[tuple[str, str], ...] = ()
    files: Files | None = None  # section of the draft -> its file, where they differ


CASES = {
    "nothing changed": Case(
        {"10-essay.md": TIDE, "issue.yaml": YAML},
        {"10-essay.md": TIDE, "issue.yaml": YAML},
        {"10-essay.md": TIDE, "issue.yaml": YAML},
        {},
    ),
    "changed in the draft": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE}, {"10-essay.md": TIDE_2},
        {"10-essay.md": TIDE_2},
    ),
    "changed here": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE_2}, {"10-essay.md": TIDE}, {},
    ),
    "changed here and in the draft": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE_2}, {"10-essay.md": TIDE_3},
        {"10-essay.md.theirs": TIDE_3},
        (("10-essay.md", "changed on both sides"),),
    ),
    "saved with other line ends and a mark": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": "\ufeff" + TIDE.replace("\n", "\r\n")},
        {"10-essay.md": TIDE_2}, {"10-essay.md": TIDE_2},
    ),
    "the issue's own file in the draft": Case(
        {"issue.yaml": YAML}, {"issue.yaml": YAML.replace("[]", "[ports]")},
        {"issue.yaml": YAML.replace("The Tide", "Tides")},
        {"issue.yaml.theirs": YAML.replace("The Tide", "Tides")},
        (("issue.yaml", "changed on both sides"),),
    ),
    "a file that is new in the draft": Case(
        {}, {}, {"data/ships.csv": "a,b\n"}, {"data/ships.csv": "a,b\n"},
    ),
    "a new file of the same name, and the same": Case(
        {}, {"data/ships.csv": "a,b\n"}, {"data/ships.csv": "a,b\n"}, {},
    ),
    "a new file of the same name, and another": Case(
        {}, {"data/ships.csv": "a,c\n"}, {"data/ships.csv": "a,b\n"},
        {"data/ships.csv.theirs": "a,b\n"},
        (("data/ships.csv", "differs, and no record shows who changed it"),),
    ),
    "deleted here, unchanged in the draft": Case(
        {"data/ships.csv": "a,b\n"}, {}, {"data/ships.csv": "a,b\n"}, {},
    ),
    "deleted here, changed in the draft": Case(
        {"data/ships.csv": "a,b\n"}, {}, {"data/ships.csv": "a,c\n"},
        {"data/ships.csv.theirs": "a,c\n"},
        (("data/ships.csv", "deleted here, changed in the newer draft"),),
    ),
    "a section deleted here, unchanged in the draft": Case(
        {"10-essay.md": TIDE}, {}, {"10-essay.md": TIDE}, {},
    ),
    "a section deleted here, changed in the draft": Case(
        {"10-essay.md": TIDE}, {}, {"10-essay.md": TIDE_2},
        {"10-essay.md.theirs": TIDE_2},
        (("10-essay.md", "deleted here, changed in the newer draft"),),
    ),
    "a section that the draft no longer has": Case(
        {"10-essay.md": TIDE, "20-brief.md": BOAT}, {"10-essay.md": TIDE, "20-brief.md": BOAT},
        {"10-essay.md": TIDE}, {"20-brief.md": None},
    ),
    "a section that the draft no longer has, edited here": Case(
        {"10-essay.md": TIDE, "20-brief.md": BOAT}, {"10-essay.md": TIDE, "20-brief.md": BOAT_2},
        {"10-essay.md": TIDE}, {},
        (("20-brief.md", "removed in the newer draft, edited here"),),
    ),
    "a section of our own stays": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE, "20-brief.md": BOAT}, {"10-essay.md": TIDE},
        {},
    ),
    "a new section at the end": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE}, {"10-essay.md": TIDE, "20-brief.md": BOAT},
        {"20-brief.md": BOAT},
    ),
    "a new section at the front": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE}, {"10-brief.md": BOAT, "20-essay.md": TIDE},
        {"5-brief.md": BOAT},
        files={"10-brief.md": "5-brief.md", "20-essay.md": "10-essay.md"},
    ),
    "a new section between two": Case(
        {"10-essay.md": TIDE, "20-brief.md": BOAT}, {"10-essay.md": TIDE, "20-brief.md": BOAT},
        {"10-essay.md": TIDE, "20-brief.md": FISH, "30-brief.md": BOAT},
        {"15-brief.md": FISH},
        files={"20-brief.md": "15-brief.md", "30-brief.md": "20-brief.md"},
    ),
    "two new sections between two": Case(
        {"10-essay.md": TIDE, "20-brief.md": BOAT}, {"10-essay.md": TIDE, "20-brief.md": BOAT},
        {"10-essay.md": TIDE, "20-brief.md": FISH, "30-note.md": CRANES, "40-brief.md": BOAT},
        {"15-brief.md": FISH, "17-note.md": CRANES},
        files={"20-brief.md": "15-brief.md", "30-note.md": "17-note.md",
               "40-brief.md": "20-brief.md"},
    ),
    "a new section without room for it": Case(
        {"10-essay.md": TIDE, "11-brief.md": BOAT, "12-brief.md": FISH},
        {"10-essay.md": TIDE, "11-brief.md": BOAT, "12-brief.md": FISH},
        {"10-essay.md": TIDE, "20-note.md": CRANES, "30-brief.md": BOAT, "40-brief.md": FISH},
        {"13-note.md": CRANES},
        files={"20-note.md": "13-note.md", "30-brief.md": "11-brief.md",
               "40-brief.md": "12-brief.md"},
    ),
    "sections that changed places": Case(
        {"10-essay.md": TIDE, "20-brief.md": BOAT}, {"10-essay.md": TIDE, "20-brief.md": BOAT},
        {"10-brief.md": BOAT_2, "20-essay.md": TIDE},
        {"20-brief.md": BOAT_2},
        files={"10-brief.md": "20-brief.md", "20-essay.md": "10-essay.md"},
    ),
    "a section with another name here": Case(
        {"10-essay.md": TIDE}, {"7-tide.md": TIDE}, {"10-essay.md": TIDE_2},
        {"7-tide.md": TIDE_2}, files={"10-essay.md": "7-tide.md"},
    ),
    "a section rewritten here under its old name": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": CRANES}, {"10-essay.md": TIDE}, {},
    ),
    "a section rewritten in the draft": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE}, {"10-note.md": CRANES},
        {"10-essay.md": None, "5-note.md": CRANES}, files={"10-note.md": "5-note.md"},
    ),
    "a section rewritten in the draft under its old title": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE}, {"10-note.md": REWRITTEN},
        {"10-essay.md": REWRITTEN}, files={"10-note.md": "10-essay.md"},
    ),
    "two sections with the same title": Case(
        {"10-essay.md": TIDE, "20-essay.md": REWRITTEN},
        {"10-essay.md": TIDE, "20-essay.md": REWRITTEN},
        {"10-essay.md": REWRITTEN, "20-essay.md": TIDE_2},
        {"10-essay.md": TIDE_2},
        files={"10-essay.md": "20-essay.md", "20-essay.md": "10-essay.md"},
    ),
    "a section that was added here and in the draft": Case(
        {"10-essay.md": TIDE}, {"10-essay.md": TIDE, "20-boat.md": BOAT_2},
        {"10-essay.md": TIDE, "20-brief.md": BOAT},
        {"20-boat.md.theirs": BOAT},
        (("20-boat.md", "differs, and no record shows who changed it"),),
        files={"20-brief.md": "20-boat.md"},
    ),
    "without a record, the same": Case(
        None, {"10-essay.md": TIDE, "issue.yaml": YAML}, {"10-essay.md": TIDE, "issue.yaml": YAML},
        {},
    ),
    "without a record, another": Case(
        None, {"10-essay.md": TIDE, "issue.yaml": YAML},
        {"10-essay.md": TIDE_2, "issue.yaml": YAML + "number: 3\n"},
        {"10-essay.md.theirs": TIDE_2, "issue.yaml.theirs": YAML + "number: 3\n"},
        (
            ("10-essay.md", "differs, and no record shows who changed it"),
            ("issue.yaml", "differs, and no record shows who changed it"),
        ),
    ),
    "an image that is new in the draft": Case(
        {}, {}, {"images/a.png": "1"}, {"images/a.png": "1"},
    ),
    "an image changed in the draft": Case(
        {"images/a.png": "1"}, {"images/a.png": "1"}, {"images/a.png": "2"},
        {"images/a.png": "2"},
    ),
    "an image changed here": Case(
        {"images/a.png": "1"}, {"images/a.png": "2"}, {"images/a.png": "1"}, {},
    ),
    "an image changed here and in the draft": Case(
        {"images/a.png": "1"}, {"images/a.png": "2"}, {"images/a.png": "3"},
        {"images/a.png.theirs": "3"}, (("images/a.png", "changed on both sides"),),
    ),
    "an image changed here as in the draft": Case(
        {"images/a.png": "1"}, {"images/a.png": "2"}, {"images/a.png": "2"}, {},
    ),
    "an image deleted here": Case({"images/a.png": "1"}, {}, {"images/a.png": "1"}, {}),
    "an image deleted here, changed in the draft": Case(
        {"images/a.png": "1"}, {}, {"images/a.png": "2"},
        {"images/a.png.theirs": "2"}, (("images/a.png", "changed on both sides"),),
    ),
    "an image without a record, and another": Case(
        None, {"images/a.png": "1"}, {"images/a.png": "2"},
        {"images/a.png.theirs": "2"}, (("images/a.png", "changed on both sides"),),
    ),
    "an image that the draft no longer has": Case(
        {"images/a.png": "1"}, {"images/a.png": "1"}, {}, {},
    ),
}  # fmt: skip


def planned(case: Case, folder: Path) -> IssueUpdate:
    ours = encoded(case.ours)
    if case.base is not None:
        ours[RECORD_NAME] = encode_record(encoded(case.base), "draft.md")
        (folder / RECORD_NAME).write_bytes(ours[RECORD_NAME])
    return plan_update(folder, ours, encoded(case.theirs), "draft.md")


def encoded(files: Files) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_newer_draft_makes_these_changes(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    update = planned(case, tmp_path)
    record = update.changes.pop(RECORD_NAME, None)
    changes = {
        name: None if data is None else data.decode() for name, data in update.changes.items()
    }
    assert changes == case.changes
    assert tuple((found.name, found.reason) for found in update.conflicts) == case.conflicts
    sections = {name: name for name in case.theirs if name.endswith(".md")}
    assert update.files == sections | (case.files or {})
    assert update.known == (case.base is not None)
    assert (record is None) == (
        case.base is not None and case.base == case.theirs and update.files == sections
    )


def test_the_next_base_is_the_draft_under_the_names_of_the_issue(tmp_path: Path) -> None:
    case = CASES["a new section at the front"]
    record = planned(case, tmp_path).changes[RECORD_NAME] or b""
    assert json.loads(record) == {
        "draft": "draft.md",
        "files": {"10-essay.md": TIDE.split("\n"), "5-brief.md": BOAT.split("\n")},
        "pictures": {},
    }


def test_a_conflict_names_its_lines(tmp_path: Path) -> None:
    update = planned(CASES["changed here and in the draft"], tmp_path)
    lines = [text.split("\n")[4] for text in (TIDE_2, TIDE_3)]
    conflict = FileConflict("10-essay.md", "changed on both sides", (Conflict(5, *lines),))
    assert update.conflicts == [conflict]


def test_what_does_not_conflict_is_merged_into_the_file(tmp_path: Path) -> None:
    base = f"{TIDE}\nOne.\n\nTwo.\n"
    ours = f"{TIDE_2}\nOne.\n\nTwo.\n"
    theirs = f"{TIDE_3}\nOne.\n\nThree.\n"
    case = Case({"10-essay.md": base}, {"10-essay.md": ours}, {"10-essay.md": theirs}, {})
    update = planned(case, tmp_path)
    assert update.changes["10-essay.md"] == ours.replace("Two", "Three").encode()
    assert update.changes["10-essay.md.theirs"] == theirs.encode()


def test_the_files_of_a_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/a.png").write_bytes(b"1")
    (tmp_path / "10-essay.md").write_bytes(b"2")
    assert read_folder(tmp_path) == {"images/a.png": b"1", "10-essay.md": b"2"}


def test_unresolved_files_of_an_earlier_update_are_refused(tmp_path: Path) -> None:
    for name in ("20-brief.md", "20-brief.md.theirs", "10-essay.md.theirs"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(NewsletterError) as raised:
        read_folder(tmp_path)
    assert raised.value.message == (
        f"Unresolved files of an earlier update in {tmp_path.name}:"
        " 10-essay.md.theirs, 20-brief.md.theirs"
    )
    assert raised.value.hint == "Merge what you want to keep, then delete them."
