"""Many issues are built in one run: each once, from its inputs, whatever happens to the others."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.model import RuleSelection
from newsletter.pipeline.batch import BuildOutcome, build_all, build_one
from newsletter.pipeline.check_batch import CheckOptions, check_all, fresh
from newsletter.pipeline.library import open_workspace
from newsletter.pipeline.pool import map_parallel
from tests.desk import SLUG, Desk

PIER = "2026-03-08-pier"


def age(desk: Desk) -> None:
    """Make every file older than the two seconds in which it might change unseen."""
    for path in [desk.root, *desk.root.rglob("*")]:
        os.utime(path, (time.time() - 60,) * 2)


def states(desk: Desk, out: str = "dist", *, force: bool = False) -> dict[str, str]:
    workspace = open_workspace(desk.root)
    done: list[BuildOutcome] = []
    outcomes = build_all(
        workspace, workspace.folders(), workspace.root / out, force=force, on_done=done.append
    )
    assert sorted(done, key=lambda one: one.slug) == outcomes
    for one in outcomes:
        size = workspace.root / out / one.slug / "email.html"
        assert one.html == (size.stat().st_size if one.state in ("built", "restored") else 0)
    return {one.slug: one.state for one in outcomes}


def test_an_issue_is_built_restored_or_left_alone(desk: Desk) -> None:
    desk.another(PIER)
    age(desk)
    assert states(desk) == {SLUG: "built", PIER: "built"}
    assert states(desk) == {SLUG: "fresh", PIER: "fresh"}
    assert states(desk, force=True) == {SLUG: "built", PIER: "built"}
    assert states(desk, "other") == {SLUG: "restored", PIER: "restored"}
    assert states(desk) == {SLUG: "fresh", PIER: "fresh"}, "each output has its own index"
    (desk.root / "dist" / SLUG / "email.txt").write_text("edited")
    assert states(desk) == {SLUG: "restored", PIER: "fresh"}
    (desk.issue / "10-essay.md").unlink(missing_ok=True)
    section = next(desk.issue.glob("*.md"), desk.issue / "10-essay.md")
    section.write_text("---\nkind: essay\n---\nTwo ships came in.\n")
    assert states(desk) == {SLUG: "built", PIER: "fresh"}
    assert states(desk)[SLUG] == "restored", "saved less than two seconds ago"
    text = (desk.root / "credits.yaml").read_text()
    desk.write("credits.yaml", text.replace("Essay", "Letter"))
    assert states(desk) == {SLUG: "built", PIER: "built"}


def test_a_build_of_one_issue_keeps_what_is_known_of_the_others(desk: Desk) -> None:
    pier = desk.another(PIER)
    age(desk)
    assert states(desk) == {SLUG: "built", PIER: "built"}
    (pier / "issue.yaml").write_text("title: [")
    workspace = open_workspace(desk.root)
    for _ in range(2):
        (outcome,) = build_all(workspace, [pier], workspace.dist)
        assert outcome.state == "failed"
    assert states(desk) == {SLUG: "fresh", PIER: "failed"}


def test_one_issue_is_built_once_and_then_restored(desk: Desk) -> None:
    workspace = open_workspace(desk.root)
    first, again, forced = (
        build_one(workspace, desk.issue, out=desk.root / "out", shared="shared", force=force)
        for force in (False, False, True)
    )
    assert (first.state, again.state, forced.state) == ("built", "restored", "built")
    for outcome in (first, again, forced):
        assert (outcome.slug, outcome.findings, outcome.error) == (SLUG, (), None)
        assert outcome.html == len(desk.tree(f"out/{SLUG}")["email.html"])
        assert 0 < outcome.seconds < 60
        assert outcome.known is not None
        assert [name for name, *_ in outcome.known.inputs] == sorted(
            path.name for path in desk.issue.iterdir()
        )
        assert [name for name, *_ in outcome.known.outputs] == sorted(desk.tree(f"out/{SLUG}"))
        assert abs(outcome.known.when / 1e9 - time.time()) < 60
    other = build_one(
        workspace, desk.issue, out=desk.root / "out", shared="another theme", force=False
    )
    assert other.state == "built"


def test_a_failed_issue_does_not_stop_the_others(desk: Desk) -> None:
    broken = desk.another(PIER)
    age(desk)
    assert set(states(desk).values()) == {"built"}
    before = desk.tree("dist")
    (broken / "issue.yaml").write_text("title: [")
    workspace = open_workspace(desk.root)
    one, two = build_all(workspace, workspace.folders(), workspace.dist)
    assert (one.slug, one.state, two.slug, two.state) == (SLUG, "fresh", PIER, "failed")
    assert [finding.code for finding in two.findings] == ["NL002"]
    assert (two.error, two.known, two.html) == (None, None, 0)
    assert desk.tree("dist") == before
    (workspace.dist / PIER / "novel.docx").touch()
    shutil.copy(desk.issue / "issue.yaml", broken / "issue.yaml")
    two = build_all(workspace, workspace.folders(), workspace.dist)[1]
    assert two.state == "failed"
    assert isinstance(two.error, NewsletterError)
    assert "novel.docx" in two.error.message


def test_findings_of_all_issues_are_sorted_and_those_of_shared_files_said_once(desk: Desk) -> None:
    desk.another(PIER)
    desk.write("credits.yaml", "roles:\n  essay: {label: Essay}\npeople: 3\n")
    workspace = open_workspace(desk.root)
    options = CheckOptions(RuleSelection())
    done: list[str] = []
    checked = check_all(
        workspace,
        list(reversed(workspace.folders())),
        options,
        on_done=lambda one: done.append(one.slug),
    )
    assert [one.slug for one in checked] == done == [SLUG, PIER]
    shared = [finding for finding in fresh(checked) if finding.where.path == "credits.yaml"]
    assert [finding.code for finding in shared] == ["NL005"]
    assert all(one.failed and not one.has_email for one in checked)


def test_a_warning_is_no_failure(desk: Desk) -> None:
    workspace = open_workspace(desk.root)
    (one,) = check_all(workspace, workspace.folders(), CheckOptions(RuleSelection(), timing=True))
    assert one.has_email
    assert not one.failed
    assert {"read", "make"} < set(one.timing)
    assert (one.changes, one.fixed) == ((), 0)
    (finding, *_) = one.findings or [None]
    if finding is not None:
        assert not replace(one, findings=(replace(finding, severity="warning"),)).failed
        assert replace(one, findings=(replace(finding, severity="error"),)).failed


def doubled(number: int) -> tuple[int, int]:
    if number < 0:
        raise ValueError("negative")
    return number * 2, os.getpid()


@pytest.mark.parametrize(
    ("count", "jobs", "processes"), [(0, 4, 0), (1, 4, 1), (3, 1, 1), (40, 2, 2)]
)
def test_every_task_has_its_result(count: int, jobs: int, processes: int) -> None:
    prepared = []
    found = list(map_parallel(doubled, range(count), jobs, prepare=lambda: prepared.append(1)))
    assert sorted(number for number, _ in found) == [2 * number for number in range(count)]
    own = {pid == os.getpid() for _, pid in found}
    assert own == ({False} if processes > 1 else {True} if count else set())
    assert len(prepared) == (processes > 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_task_ends_the_run(jobs: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        list(map_parallel(doubled, [-1, 1, 2], jobs))


def test_long_runs_remove_unused_entries_of_the_cache(desk: Desk) -> None:
    workspace = open_workspace(desk.root)
    old = workspace.state / "cache" / "zz" / "zz1"
    for count in (2, 3):
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_bytes(b"x")
        os.utime(old, (0, 0))
        while len(workspace.folders()) <= count:
            desk.another(f"2026-04-{len(workspace.folders()) + 1:02}-quay")
        build_all(workspace, workspace.folders(), workspace.dist, jobs=1)
        assert old.exists() is (count < 3)


def test_the_index_of_another_place_is_another_file(desk: Desk, tmp_path: Path) -> None:
    workspace = open_workspace(desk.root)
    for out in (workspace.dist, tmp_path / "a", tmp_path / "b"):
        build_all(workspace, workspace.folders(), out)
    names = sorted(path.name for path in (workspace.state / "cache").glob("index-*.json"))
    assert len(names) == 3
    assert "index-dist.json" in names
