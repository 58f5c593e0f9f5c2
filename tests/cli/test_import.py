"""`newsletter import`: output, prompts, written files and refusals, with exit codes."""

from __future__ import annotations

import errno
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest

from tests.desk import Desk

DRAFT = """\
Cranes, Cables and a Second Boat

This week, why the quietest berth in the harbour is the busiest.

The Quiet Berth
By Mira Oduya

At six in the morning nothing moves at berth nine. The crane stands with its arm up, like somebody waiting for a bus.

How a Queue Begins

A queue begins with one ship. It arrives four hours early and finds another at its place. It waits.

The pilots get a second boat, and this one has a heated deck
[Reference: https://pilots.example/second-boat]

The second boat arrived on Thursday. The old one goes to the fire brigade.

Essay: Mira Oduya
Produced by The Harbour Desk in Porto, Portugal
"""
MASTHEAD = """\
people:
  mira: {name: Mira Oduya}
teams:
  desk: {name: The Harbour Desk, members: [mira]}
roles:
  essay: {label: Essay, required: true}
"""
SLUG = "2026-03-08-cranes-cables-and-a-second-boat"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a workspace with a masthead and a draft."""
    desk.write("credits.yaml", MASTHEAD)
    desk.write("draft.txt", DRAFT)
    return desk


def issues(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.root / "issues").iterdir())


def left(desk: Desk) -> dict[str, bytes]:
    """Return everything that a refused import must leave unchanged."""
    return desk.tree("issues") | {"credits.yaml": (desk.root / "credits.yaml").read_bytes()}


# --- output ---------------------------------------------------------------------------------------

OUTLINE = """\
draft.txt (text): 2 sections, 110 words
  kind     words  lines  title                                                 confidence
  issue           1–3    Cranes, Cables and a Second Boat                      medium: first line; one sentence before the text
  essay       46  5–12   The Quiet Berth                                       high: article with a byline, tags or reference
  brief       14  14–17  The pilots get a second boat, and this one has a he…  high: article with a byline, tags or reference
  credits         19–20  –                                                     high: roles and names
"""  # noqa: E501 - as it is printed
PROGRESS_OUTPUT = """\
changed: byline moved to `by` (line 6)
changed: reference moved to `source` (line 15): [Reference:
changed: credit moved to `produced_by` (line 20)
"""


def test_a_dry_run_shows_the_outline_and_writes_nothing(desk: Desk) -> None:
    before = left(desk)
    ran = desk.run("import", "draft.txt", "--dry-run")
    assert (ran.code, ran.out, ran.err) == (0, OUTLINE, PROGRESS_OUTPUT)
    assert left(desk) == before


def test_an_import_writes_the_issue_folder_and_checks_it(desk: Desk) -> None:
    ran = desk.run("import", "draft.txt", "--date", "2026-03-08")
    names = ("credits.yaml", "issue.yaml", "10-essay.md", "20-brief.md")
    files = "".join(f"issues/{SLUG}/{name}\n" for name in names)
    assert (ran.code, ran.out) == (0, OUTLINE + files)
    assert ran.err == f"{PROGRESS_OUTPUT}1 issue: no problems\n"
    assert desk.run("check", SLUG).code == 0
    assert desk.run("build", SLUG).code == 0


def test_json_contains_the_whole_report_in_one_document(desk: Desk) -> None:
    ran = desk.run("import", "draft.txt", "--date", "2026-03-08", "--json")
    notes = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert notes["issue"] == SLUG
    assert [
        (part["kind"], part["words"], part["lines"], part["confidence"]) for part in notes["parts"]
    ] == [
        ("issue", 0, [1, 3], "medium"),
        ("essay", 46, [5, 12], "high"),
        ("brief", 14, [14, 17], "high"),
        ("credits", 0, [19, 20], "high"),
    ]
    assert notes["files"][0] == f"issues/{SLUG}/credits.yaml"
    assert notes["notes"][1] == {
        "kind": "changed",
        "message": "reference moved to `source`",
        "words": "[Reference:",
        "line": 15,
    }
    assert notes["findings"] == []
    dry = json.loads(desk.run("import", "draft.txt", "--dry-run", "--json").out)
    assert (dry["parts"], dry["issue"], dry["files"]) == (notes["parts"], None, [])


def test_a_draft_is_read_from_standard_input(desk: Desk) -> None:
    with mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(DRAFT.encode("utf-16")))):
        ran = desk.run("import", "-", "--date", "2026-03-08", "--slug", "cranes")
    assert ran.code == 0
    assert ran.out.startswith("standard input (text): 2 sections")
    assert "2026-03-08-cranes" in issues(desk)


@pytest.mark.parametrize(
    ("name", "head", "day"),
    [
        ("2026-04-01-tides.txt", "", "2026-04-01-tides"),
        ("letter_20260402.md", "", "2026-04-02-cranes-cables-and-a-second-boat"),
        (
            "draft.md",
            "---\ndate: 3 April 2026\n---\n",
            "2026-04-03-cranes-cables-and-a-second-boat",
        ),
        ("2026-04-01.md", "---\ndate: 2026-04-05 09:30\nslug: oars\n---\n", "2026-04-05-oars"),
    ],
)
def test_the_date_comes_from_the_draft_or_its_file_name(
    desk: Desk, name: str, head: str, day: str
) -> None:
    desk.write(name, head + DRAFT)
    assert desk.run("import", name).code == 0
    assert day in issues(desk)


def test_the_newest_issue_gets_the_next_number(desk: Desk) -> None:
    path = desk.issue / "issue.yaml"
    path.write_text(path.read_text("utf-8") + "number: 7\n", "utf-8")
    desk.run("import", "draft.txt", "--date", "2026-03-08")
    desk.run("import", "draft.txt", "--date", "2025-03-08")
    assert "number: 8\n" in (desk.root / "issues" / SLUG / "issue.yaml").read_text("utf-8")
    assert "number" not in (
        desk.root / "issues" / SLUG.replace("2026", "2025") / "issue.yaml"
    ).read_text("utf-8")


# --- the editor -----------------------------------------------------------------------------------


def edit(desk: Desk, script: str, *more: str) -> tuple[int, str, str]:
    """Import with an editor that runs a line of Python on the outline file, which is `text`."""
    program = desk.write(
        "editor.py",
        f"import pathlib, sys\npath = pathlib.Path(sys.argv[1])\ntext = path.read_text('utf-8')\n{script}\n"
        "path.write_text(text, 'utf-8')\n",
    )
    with mock.patch.dict(os.environ, {"EDITOR": f"{sys.executable} {program}", "VISUAL": ""}):
        ran = desk.run("import", "draft.txt", "--date", "2026-03-08", "--edit", *more)
    return ran.code, ran.out, ran.err


SHEET = """\
issue       medium: first line; one sentence before the text
     1 title    Cranes, Cables and a Second Boat
     2 deck     This week, why the quietest berth in the harbour is the busiest.

essay       high: article with a byline, tags or reference
     3 title    The Quiet Berth
     4 by       By Mira Oduya
     5 text     At six in the morning nothing moves at berth nine. The crane stands wit…
     6 heading  How a Queue Begins
     7 text     A queue begins with one ship. It arrives four hours early and finds ano…

brief       high: article with a byline, tags or reference
     8 title    The pilots get a second boat, and this one has a heated deck
     9 source   [Reference: https://pilots.example/second-boat]
    10 text     The second boat arrived on Thursday. The old one goes to the fire briga…

credits     high: roles and names
    11 credit   Essay: Mira Oduya
    12 credit   Produced by The Harbour Desk in Porto, Portugal
"""


def test_the_outline_file_is_as_documented(desk: Desk) -> None:
    edit(desk, "pathlib.Path('sheet').write_text(text, 'utf-8')", "--dry-run")
    text = (desk.root / "sheet").read_text("utf-8")
    assert (
        "".join(
            line for line in text.splitlines(keepends=True) if not line.startswith("#")
        ).lstrip()
        == SHEET
    )
    assert "#   split           put a word at the left edge between two blocks\n" in text


def test_sections_change_kind_split_join_and_are_skipped(desk: Desk) -> None:
    code, out, err = edit(
        desk,
        "text = text.replace('     6 heading', 'note\\n     6 title').replace('\\nbrief  ', '\\njoin ')"
        ".replace('    10 text', 'skip\\n    10 text')",
    )
    assert code == 0
    folder = desk.root / "issues" / SLUG
    assert sorted(path.name for path in folder.glob("*.md")) == ["10-essay.md", "20-note.md"]
    note = (folder / "20-note.md").read_text("utf-8")
    assert note == (
        "---\nkind: note\ntitle: How a Queue Begins The pilots get a second boat, and this one has a heated deck\n"
        'source: "https://pilots.example/second-boat"\n---\n'
        "A queue begins with one ship. It arrives four hours early and finds another at its place. It waits.\n"
    )
    assert "omitted: skipped in the outline (line 17): The second boat arrived on Thursday." in err
    assert out.count("edited") == 5


def test_sections_follow_the_order_of_the_outline_file(desk: Desk) -> None:
    code, _, _ = edit(
        desk,
        "parts = text.split('\\n\\n')\n"
        "brief = next(part for part in parts if part.startswith('brief'))\n"
        "parts.remove(brief)\n"
        "essay = next(index for index, part in enumerate(parts) if part.startswith('essay'))\n"
        "parts.insert(essay, brief)\n"
        "text = '\\n\\n'.join(parts)",
    )
    assert code == 0
    assert sorted(path.name for path in (desk.root / "issues" / SLUG).glob("*.md")) == [
        "10-brief.md",
        "20-essay.md",
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "text = text.replace('essay  ', 'esay  ')",
            'Unknown part "esay"\n    hint: Write "essay" if that is what you meant.',
        ),
        (
            "text = text.replace('     5 text', '     5 txet')",
            'Block role "txet" is not allowed in `essay`\n    hint: Write "text"',
        ),
        (
            "text = '\\n'.join(line for line in text.split('\\n') if not line.startswith('     7'))",
            "Block 7 is missing from the outline\n    hint: Restore the lines; put them below `skip`",
        ),
        ("text = text.replace('     6 heading', '     5 heading')", "Block 5 is also on line"),
        ("text = text.replace('     6 heading', '    66 heading')", "No block 66 in the draft"),
        (
            "text += '!?\\n'",
            'Expected a part or a block, found "!?"\n    hint: Start a part with one word',
        ),
        (
            "text = '   1 title\\n' + text",
            "Block above the first part\n    hint: Start a part, such as essay.",
        ),
        (
            "text = text.replace('brief  ', 'issue  ')",
            "Second part `issue`\n    hint: Move its blocks into the first.",
        ),
    ],
)
def test_an_invalid_outline_file_is_refused(desk: Desk, script: str, expected: str) -> None:
    before = left(desk)
    code, _, err = edit(desk, script)
    assert code == 1
    assert re.search(r"^outline(:\d+:1)?: error: ", err)
    assert expected in err
    assert left(desk) == before


def test_an_empty_outline_file_cancels_the_import(desk: Desk) -> None:
    before = left(desk)
    code, _, err = edit(desk, "text = ''")
    assert (code, err) == (
        1,
        "Interrupted. Completed output was kept; nothing is partially written.\n",
    )
    assert left(desk) == before


def test_an_editor_that_fails_cancels_the_import(desk: Desk) -> None:
    before = left(desk)
    code, _, err = edit(desk, "sys.exit(3)")
    assert code == 1
    assert "Editing failed" in err
    assert left(desk) == before


@pytest.mark.parametrize(
    ("program", "notes"),
    [
        ("path.unlink(); sys.exit()", "error: Cannot read the outline: "),
        (
            "path.write_bytes(b'\\xff\\xfe\\xf5'); sys.exit()",
            "error: Outline is not UTF-8 text",
        ),
    ],
    ids=["gone", "no text"],
)
def test_an_editor_that_leaves_no_text_cancels_the_import(
    desk: Desk, program: str, notes: str
) -> None:
    before = left(desk)
    code, _, err = edit(desk, program)
    assert (code, err.split("\n")[0].startswith(notes)) == (1, True)
    assert left(desk) == before


# --- prompts on a terminal ------------------------------------------------------------------------


def at_a_terminal(desk: Desk, answers: list[tuple[str, str]], *arguments: str) -> tuple[int, str]:
    """Run a command on a terminal; each reply is typed once its prompt appears."""
    pid, terminal = pty.fork()
    if pid == 0:  # the child
        os.chdir(desk.root)
        os.execv(sys.executable, [sys.executable, "-m", "newsletter", *arguments])
    expected, waiting, deadline = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            piece = os.read(terminal, 4096) if ready else b""
        except OSError:  # the other side is closed
            break
        expected += piece
        if waiting and waiting[0][0].encode() in expected:
            os.write(terminal, waiting.pop(0)[1].encode())
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert not waiting, expected.decode()
    return os.waitstatus_to_exitcode(status), expected.decode().replace("\r\n", "\n")


def test_on_a_terminal_import_prompts_for_the_date_and_before_writing(desk: Desk) -> None:
    asked = [("Publication date", "2026-03-08\n"), (f"Write issues/{SLUG}? [Y/n]", "n\n")]
    code, expected = at_a_terminal(desk, asked, "import", "draft.txt")
    assert code == 1
    assert "confidence" in expected
    assert SLUG not in issues(desk)
    code, expected = at_a_terminal(
        desk, [("? [Y/n]", "\n")], "import", "draft.txt", "--date", "2026-03-08"
    )
    assert code == 0
    assert SLUG in issues(desk)


def test_yes_skips_the_prompt(desk: Desk) -> None:
    code, expected = at_a_terminal(desk, [], "import", "draft.txt", "--date", "2026-03-08", "--yes")
    assert code == 0
    assert "[Y/n]" not in expected


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("nowhere.txt",), 2, "No such file: nowhere.txt"),
        (
            ("issues",),
            2,
            "Not a file, but a folder: issues\n    hint: Name a draft, or add --all to import a folder.",
        ),
        (
            ("draft.txt",),
            1,
            "No publication date in draft.txt\n    hint: Add it with `--date 2026-03-01`.",
        ),
        (
            ("draft.txt", "--date", "2026-02-30"),
            2,
            'Expected a date such as 2026-03-01, found "2026-02-30"',
        ),
        (
            ("draft.txt", "--date", "2026-03-08", "--slug", "A b"),
            2,
            'Invalid --slug: "A b"',
        ),
        (("empty.txt", "--date", "2026-03-08"), 1, "empty.txt"),
        (("blank.md", "--date", "2026-03-08"), 1, "blank.md"),
        (
            ("title.md", "--date", "2026-03-08"),
            1,
            "No text found in title.md\n    hint: Choose another file; nothing was written.",
        ),
        (("zeros.txt", "--date", "2026-03-08"), 1, "zeros.txt"),
        (
            ("draft.txt", "--update", "quay", "--slug", "x"),
            2,
            "--update keeps the issue's date and folder",
        ),
        (
            ("--all", "issues", "--edit"),
            2,
            "--all imports every draft in a folder\n    hint: Remove --edit.",
        ),
        (("--all", "nowhere"), 2, "No such folder: nowhere"),
    ],
)
def test_drafts_that_cannot_be_imported_are_reported(
    desk: Desk, arguments: tuple[str, ...], code: int, expected: str
) -> None:
    desk.write("empty.txt", "")
    desk.write("blank.md", " \n\n \n")
    desk.write("title.md", "# A Title\n")
    desk.write("zeros.txt", b"\x00\x01\x02\xff" * 500)
    before = left(desk)
    ran = desk.run("import", *arguments)
    assert (ran.code, expected in ran.err) == (code, True), ran.err
    assert "Traceback" not in ran.err
    assert left(desk) == before


def test_an_issue_is_never_overwritten(desk: Desk) -> None:
    desk.run("import", "draft.txt", "--date", "2026-03-08")
    before = left(desk)
    ran = desk.run("import", "draft.txt", "--date", "2026-03-08")
    assert ran.code == 1
    assert (
        f"error: issues/{SLUG} already exists\n    hint: Merge the newer draft with --update {SLUG}"
        in ran.err
    )
    assert left(desk) == before


@pytest.mark.parametrize(
    ("masthead", "expected"),
    [
        ("people: {mira\n", "credits.yaml:2:1: error NL002 invalid-yaml"),
        ("people:\n  mira: {nmae: Mira}\n", "credits.yaml:2:10: error NL003 unknown-key"),
        (
            "people: &all\n  ann: {name: Ann}\nteams: {}\nroles: {essay: {label: Essay}}\nx: 1\n",
            "unknown-key",
        ),
    ],
)
def test_a_broken_masthead_is_reported_at_its_position(
    desk: Desk, masthead: str, expected: str
) -> None:
    desk.write("credits.yaml", masthead)
    before = left(desk)
    ran = desk.run("import", "draft.txt", "--date", "2026-03-08")
    assert ran.code == 1
    assert expected in ran.err
    assert left(desk) == before


def test_a_draft_that_is_too_large_is_not_read(desk: Desk) -> None:
    path = desk.root / "large.docx"
    with path.open("wb") as file:
        file.truncate(201 * 1024 * 1024)
    ran = desk.run("import", "large.docx", "--date", "2026-03-08")
    assert (ran.code, "(201 MB, limit 200 MB)" in ran.err) == (1, True)


# --- system failures ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", range(6))
def test_a_full_disk_leaves_no_issue_and_no_new_people(desk: Desk, step: int) -> None:
    desk.write("draft.txt", DRAFT.replace("Mira Oduya", "Ana Reis"))
    before = left(desk)
    true, count = Path.write_bytes, 0

    def full(path: Path, data: bytes) -> int:
        nonlocal count
        count += 1
        if count > step:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return true(path, data)

    with mock.patch.object(Path, "write_bytes", full):
        ran = desk.run("import", "draft.txt", "--date", "2026-03-08")
    if ran.code == 0:
        assert count <= step
        return
    assert "No space left on device\n    hint: Free some disk space" in ran.err
    assert left(desk) == before


def test_ctrl_c_leaves_nothing_partially_written(desk: Desk) -> None:
    """If interrupted while importing a back catalogue, every issue written is complete."""
    for number in range(120):
        text = DRAFT.replace(
            "\n\n", "\n\n" + "A line that is the same everywhere. " * 40 + "\n\n", 3
        )
        desk.write(f"old/{2000 + number // 12}-{number % 12 + 1:02}-01-letter-{number}.md", text)
    with desk.start("import", "--all", "old", "--jobs", "2") as process:
        deadline = time.monotonic() + 30
        while len(issues(desk)) < 5 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.endswith("Interrupted. Completed output was kept; nothing is partially written.\n")
    assert [name for name in issues(desk) if name.startswith(".")] == []
    for name in issues(desk):
        if "letter" in name:
            assert len(list((desk.root / "issues" / name).iterdir())) == 5
    assert desk.run("import", "--all", "old").out.endswith(" with errors\n")


def test_without_a_terminal_no_prompt_or_editor_is_opened(desk: Desk) -> None:
    """A script's standard input must not be used to reply to prompts."""
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", "import", "draft.txt"],
        cwd=desk.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "No publication date in draft.txt" in done.stderr
