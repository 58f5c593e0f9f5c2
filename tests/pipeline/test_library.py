"""The library interface: what the commands do with an issue, as values and errors."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from newsletter import (
    IssueRejected,
    NewsletterError,
    WrongUsage,
    build_email,
    list_findings,
    load_issue,
    open_workspace,
    write_email,
)
from tests.desk import SLUG, Desk

HERE = "Read it [here](https://quay.example/a)."
LOG = "See [the log](https://quay.example/b?utm_source=x)."
SETTINGS = 'name = "The Quay"\nurl = "https://quay.example"\n'
QUIET = SETTINGS + 'check.ignore = ["NL92", "NL910"]\n'


def reported(desk: Desk, *arguments: str) -> list[tuple[str, str, str, str]]:
    """Return what `newsletter check` reports: place, severity, code and message."""
    data = json.loads(desk.run("check", "--format", "json", *arguments).out)
    return [
        (
            f"{entry['path']}:{entry['line']}:{entry['column']}",
            entry["severity"],
            entry["code"],
            entry["message"],
        )
        for entry in data["findings"]
    ]


# What an issue and its settings say -> the codes of the findings.
CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing": ({}, []),
    "two faults": ({"essay": f"{LOG}\n\n{HERE}"}, ["NL204", "NL201"]),
    "one is allowed": ({"essay": f"{LOG}\n\n<!-- allow NL201: r -->\n{HERE}"}, ["NL204"]),
    "an allow that fits nothing": ({"essay": "Text.\n\n<!-- allow NL201: r -->"}, ["NL040"]),
    "one is ignored in the settings": (
        {"essay": f"{LOG}\n\n{HERE}", "settings": SETTINGS + 'check.ignore = ["NL92", "NL910", "NL204"]\n'},
        ["NL201"],
    ),
    "one is ignored in the issue": (
        {"essay": f"{LOG}\n\n{HERE}", "issue": "check: {ignore: [NL204]}\n"}, ["NL201"],
    ),
    "a rule that does not exist": ({"issue": "check: {ignore: [NL999]}\n"}, ["NL005"]),
    "an error that blocks the build": ({"issue": "zzz: 1\n"}, ["NL003"]),
    "a key of the issue is missing": ({"essay": HERE, "issue": "title:\n"}, ["NL201", "NL006"]),
    "a theme that fails": ({"theme": "{{ nothing.at.all }}"}, ["NL011"]),
}  # fmt: skip


def prepared(desk: Desk, files: dict[str, str]) -> None:
    if "essay" in files:
        next(desk.issue.glob("*.md")).write_text(f"---\nkind: essay\n---\n{files['essay']}\n")
    yaml = desk.issue / "issue.yaml"
    yaml.write_text(yaml.read_text() + files.get("issue", ""))
    desk.write("newsletter.toml", files.get("settings", QUIET))
    if "theme" in files:
        desk.write("templates/default/foot.j2", files["theme"])


@pytest.mark.parametrize("case", CASES)
def test_findings_are_those_of_check(desk: Desk, case: str) -> None:
    files, codes = CASES[case]
    prepared(desk, files)
    findings = list_findings(open_workspace(desk.root), SLUG)
    assert [finding.code for finding in findings] == codes
    assert [
        (
            f"{finding.where.path}:{finding.where.line}:{finding.where.column}",
            finding.severity,
            finding.code,
            finding.message,
        )
        for finding in findings
    ] == reported(desk)


def test_a_baseline_hides_what_it_records(desk: Desk) -> None:
    prepared(desk, {"essay": HERE})
    assert desk.run("check", "--baseline", "known.json", "--write-baseline").code == 0
    desk.write("newsletter.toml", QUIET + 'check.baseline = "known.json"\n')
    prepared_workspace = open_workspace(desk.root)
    assert list_findings(prepared_workspace, SLUG) == ()
    next(desk.issue.glob("*.md")).write_text(f"---\nkind: essay\n---\n{LOG}\n\n{HERE}\n")
    assert [finding.code for finding in list_findings(prepared_workspace, SLUG)] == ["NL204"]


def test_earlier_issues_are_taken_into_account(desk: Desk) -> None:
    later = desk.another("2026-03-08-pier")
    (later / "issue.yaml").write_text("title: The Quay\ndate: 2026-03-08\npreheader: Ships.\n")
    (finding,) = list_findings(open_workspace(desk.root), later)
    assert finding.message == f"Same subject as in {SLUG}: The Quay"
    assert list_findings(open_workspace(desk.root), SLUG) == ()


def test_an_issue_is_named_by_its_folder_its_slug_or_a_part(desk: Desk) -> None:
    workspace = open_workspace(str(desk.issue))
    assert workspace.root == desk.root
    for name in (SLUG, "quay", desk.issue, str(desk.issue), f"issues/{SLUG}"):
        assert load_issue(workspace, name).slug == SLUG
    for function in (load_issue, list_findings, build_email):
        with pytest.raises(WrongUsage, match='No issue matches "pier"'):
            function(workspace, "pier")


def test_an_issue_that_cannot_be_loaded_is_rejected_with_its_findings(desk: Desk) -> None:
    (desk.issue / "issue.yaml").write_text("title: [")
    for function in (load_issue, build_email):
        with pytest.raises(IssueRejected) as caught:
            function(open_workspace(desk.root), SLUG)
        assert SLUG in caught.value.message
        assert [finding.code for finding in caught.value.findings] == ["NL002"]
    assert [finding.code for finding in list_findings(open_workspace(desk.root), SLUG)] == ["NL002"]


def test_an_issue_as_written(desk: Desk) -> None:
    issue = load_issue(open_workspace(desk.root), SLUG)
    assert (issue.title, issue.preheader, issue.folder) == (
        "The Quay", "One ship came in.", desk.issue,
    )  # fmt: skip
    assert [section.kind for section in issue.sections] == ["essay"]


def test_an_email_is_written_as_a_build_writes_it(desk: Desk, tmp_path: Path) -> None:
    email = build_email(open_workspace(desk.root), SLUG)
    assert not (desk.root / "dist").exists(), "nothing is written but the cache"
    folder = write_email(email, tmp_path / "out")
    assert folder == tmp_path / "out" / SLUG
    assert desk.run("build").code == 0
    written = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert written == desk.tree(f"dist/{SLUG}")
    (folder / "novel.docx").touch()
    with pytest.raises(NewsletterError, match=r"contains novel\.docx"):
        write_email(email, os.fspath(tmp_path / "out"))


def test_without_a_workspace_none_is_opened(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="No workspace found"):
        open_workspace(tmp_path)
