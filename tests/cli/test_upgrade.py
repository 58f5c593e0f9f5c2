"""A new version of the tool: what it publishes, and which files it updates."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.desk import SLUG, Desk

WORKFLOW = ".github/workflows/newsletter.yml"


def as_version(version: str, patch: pytest.MonkeyPatch) -> None:
    for module in ("render.manifest", "files.cache", "targets.receipts"):
        patch.setattr(f"newsletter.{module}.__version__", version)


def receipts(desk: Desk) -> list[dict[str, object]]:
    data: dict[str, list[dict[str, object]]] = json.loads(
        (desk.issue / "published.json").read_text()
    )
    return data["receipts"]


@pytest.mark.parametrize("built", ["kept", "deleted"])
def test_a_version_with_identical_output_publishes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, built: str
) -> None:
    assert desk.run("publish").code == 0
    before = receipts(desk)
    if built == "deleted":
        shutil.rmtree(desk.root / "dist")
    as_version("99.0", monkeypatch)
    ran = desk.run("publish", "--dry-run")
    assert built == "deleted" or "folder: up to date" in ran.out
    ran = desk.run("publish")
    assert "published before, unchanged" in ran.out
    assert receipts(desk) == before
    assert desk.run("status", "--json").code == 0


def test_a_changed_issue_is_published_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.run("publish").code == 0
    as_version("99.0", monkeypatch)
    desk.write(f"issues/{SLUG}/10-essay.md", "---\nkind: essay\n---\nTwo ships came in.\n")
    assert desk.run("publish").code == 0
    assert [receipt["tool"] for receipt in receipts(desk)] == [
        "newsletter 0.1.0",
        "newsletter 99.0",
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    return desk


def test_an_update_of_a_fresh_workspace_changes_only_names_in_schemas(workspace: Desk) -> None:
    ran = workspace.run("init", "--update")
    assert (ran.code, set(ran.out.split()) & {f"a/{WORKFLOW}", "a/AGENTS.md"}) == (0, set())
    assert workspace.run("init", "--update").err == "0 files updated; newsletter 0.1.0\n"


def test_an_update_shows_and_replaces_files_of_an_older_version(workspace: Desk) -> None:
    old = (workspace.root / WORKFLOW).read_text().replace("--drafts ", "")
    workspace.write(WORKFLOW, old)
    record = workspace.root / "templates/init.json"
    rows = json.loads(record.read_text())
    from newsletter.blueprint.workspace_files import init_digest

    rows["files"][WORKFLOW] = init_digest(old.encode())
    record.write_text(json.dumps(rows))
    ran = workspace.run("init", "--update", "--diff")
    assert "+      - run: newsletter check --drafts" in ran.out
    assert "--drafts" not in (workspace.root / WORKFLOW).read_text()
    ran = workspace.run("init", "--update")
    assert f"--- a/{WORKFLOW}\n" in ran.out
    assert "check --drafts" in (workspace.root / WORKFLOW).read_text()


def test_an_update_leaves_edited_files_alone(workspace: Desk) -> None:
    path = workspace.root / "AGENTS.md"
    path.write_text("Ours.\n")
    for own in (
        "newsletter.toml",
        "credits.yaml",
        "pages/10-about.md",
        "requirements-newsletter.txt",
    ):
        file = workspace.root / own
        file.write_text(file.read_text() + "\n# ours\n" * (own != "pages/10-about.md"))
    before = workspace.tree("pages") | {"toml": (workspace.root / "newsletter.toml").read_bytes()}
    ran = workspace.run("init", "--update")
    assert ran.err.startswith("AGENTS.md: edited since it was written; left as it is\n")
    assert path.read_text() == "Ours.\n"
    assert workspace.run("init", "--update", "--overwrite").code == 0
    assert path.read_text() != "Ours.\n"
    assert before == workspace.tree("pages") | {
        "toml": (workspace.root / "newsletter.toml").read_bytes()
    }


def test_an_update_outside_a_workspace_is_wrong_usage(tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("init", "--update")
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: No workspace in {tmp_path}")
