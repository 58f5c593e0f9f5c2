"""The main job: a complete issue, with every block, image and merge field, sent to each service and
read back.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import ISSUES, Desk
from tests.targets.cases import Case, Workshop
from tests.targets.fakes.server import running


@pytest.fixture
def whole(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    desk = Desk.of(ISSUES / "every-block", tmp_path / "desk")
    monkeypatch.setenv(case.variable, case.token)
    with running(case.fake()) as fake:
        desk.write("newsletter.toml", case.settings(fake.url))
        workshop = Workshop(desk, fake, case)
        yield workshop
        assert fake.violations == []
        workshop.look_for_secrets()


def allowed(workshop: Workshop) -> list[str]:
    """Return the overrides that let this issue pass: it demonstrates every block, not good prose."""
    rows = json.loads(workshop.run("check", "--format", "json").out)
    errors = {row["code"] for row in rows["findings"] if row["severity"] == "error"}
    return [word for code in sorted(errors) for word in ("--allow", f"{code}: a sample")]


def written(workshop: Workshop) -> int:
    """Return how many writes changed a draft; the service recognises identical images."""
    return sum("image" not in write for write in workshop.fake.writes())


def test_published_changed_published_again_and_found_without_the_receipt(whole: Workshop) -> None:
    more = allowed(whole)
    (issue,) = (whole.desk.root / "issues").iterdir()
    ran = whole.publish(*more)
    assert ran.code == 0, ran.err
    assert "draft created" in ran.out
    assert "NL050" not in ran.err, "read back equal"
    draft = whole.draft()
    essay = next(path for path in sorted(issue.glob("*.md")))
    essay.write_text(essay.read_text("utf-8").rstrip() + "\n\nOne more paragraph.\n", "utf-8")
    ran = whole.publish(*more)
    assert ran.code == 0, ran.err
    assert "draft updated" in ran.out
    assert "NL050" not in ran.err
    (issue / "published.json").unlink()
    shutil.rmtree(whole.desk.root / ".newsletter")
    before = written(whole)
    ran = whole.publish(*more)
    assert ran.code == 0, ran.err
    assert "draft unchanged" in ran.out
    assert (whole.draft(), written(whole)) == (draft, before)
    assert "One more paragraph." in whole.html()
