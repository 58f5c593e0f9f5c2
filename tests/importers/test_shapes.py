"""Each folder of `shapes/` is a draft, the output of its import, and every file of the issue.

After an intended change, run `pytest tests/importers/test_shapes.py --rewrite-expected` and read
the diff.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.desk import Desk

SHAPES = Path(__file__).parent / "shapes"
CASES = sorted(folder.name for folder in SHAPES.iterdir() if folder.is_dir())
MASTHEAD = """\
# Who writes for us.
people:
  mira:  {name: Mira Oduya, url: "https://quay.example/mira"}
  tomas: {name: Tomás Leal}   # since 2024
teams:
  desk: {name: The Harbour Desk, members: [mira, tomas]}
roles:   # in print in this order
  essay:      {label: Essay, required: true}
  data:       {label: Data}
  postscript: {label: Postscript}
"""


@pytest.mark.parametrize("case", CASES)
def test_a_draft_gives_the_expected_issue(case: str, desk: Desk, rewrite_expected: bool) -> None:
    expected = SHAPES / case
    (draft,) = [
        path
        for path in expected.iterdir()
        if path.suffix in (".md", ".txt") and path.name != "screen.txt"
    ]
    desk.write("credits.yaml", MASTHEAD)
    dated = draft.name[0].isdigit() or case in ("digest-above", "new-people")
    day = () if dated else ("--date", "2026-03-08")
    ran = desk.run("import", str(draft), *day)
    made = {
        path.relative_to(desk.root / "issues").as_posix(): path.read_text("utf-8")
        for path in sorted((desk.root / "issues").rglob("*"))
        if path.is_file() and "2026-03-01-quay" not in path.parts and path.name != "imported.json"
    }
    if (desk.root / "credits.yaml").read_text("utf-8") != MASTHEAD:
        made["credits.yaml"] = (desk.root / "credits.yaml").read_text("utf-8")
    made["screen.txt"] = f"{ran.out}--- said beside it, and exit {ran.code}\n{ran.err}"
    if rewrite_expected:
        for path in expected.iterdir():
            if path != draft:
                path.unlink() if path.is_file() else shutil.rmtree(path)
        for name, text in made.items():
            (expected / name).parent.mkdir(parents=True, exist_ok=True)
            (expected / name).write_text(text, encoding="utf-8")
    wanted = {
        path.relative_to(expected).as_posix(): path.read_text("utf-8")
        for path in sorted(expected.rglob("*"))
        if path.is_file() and path != draft
    }
    assert made == wanted
