"""`newsletter init` in a subfolder of a repository, and with files that already exist."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.desk import Desk

TOP = [
    ".github/workflows/archive-weekly-letters.yml",
    ".github/workflows/newsletter-weekly-letters-comment.yml",
    ".github/workflows/newsletter-weekly-letters.yml",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
]


def test_workflows_are_written_to_the_repository_root_and_run_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    ran = Desk(tmp_path).run("init", "weekly/letters", "--install", "newsletter==0.1.0")
    assert ran.code == 0, ran.err
    assert [line for line in ran.out.splitlines() if line.startswith("..")] == [
        f"../../{path}" for path in TOP
    ]
    assert not (tmp_path / "weekly/letters/.github").exists()
    workflow = yaml.safe_load((tmp_path / TOP[2]).read_text())
    assert workflow["defaults"]["run"]["working-directory"] == "weekly/letters"
    uploads = [
        step["with"]["path"]
        for step in workflow["jobs"]["review"]["steps"]
        if step.get("uses", "").startswith("actions/upload")
    ]
    assert uploads[0] == "weekly/letters/review/"
    comment = yaml.safe_load((tmp_path / TOP[1]).read_text())
    assert comment[True]["workflow_run"]["workflows"] == [workflow["name"]]
    (hook,) = yaml.safe_load((tmp_path / TOP[4]).read_text())["repos"][0]["hooks"]
    assert hook["files"].startswith("^weekly/letters/")
    lines = (tmp_path / "weekly/letters/requirements-newsletter.txt").read_text().splitlines()
    assert lines[-1] == "newsletter==0.1.0"


def test_existing_files_of_a_repository_are_kept(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")
    ran = Desk(tmp_path).run("init", ".")
    assert ran.code == 0
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert (
        ".pre-commit-config.yaml: left unchanged; add a local hook with entry: newsletter check --drafts\n"
        in ran.err
    )
    assert Desk(tmp_path).run("check", "--all").code == 0
