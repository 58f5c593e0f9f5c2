"""Issues are checked in runs: with fixes or a preview of them, links, and earlier issues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from newsletter.check.select import SelectionStack
from newsletter.errors import IssueRejected
from newsletter.files.cache import BuildCache
from newsletter.links.result import LinkResult
from newsletter.model import RuleSelection
from newsletter.pipeline.check_batch import (
    CheckedIssue,
    CheckOptions,
    check_all,
    check_context,
    check_issue,
    check_links,
    is_draft,
)
from newsletter.pipeline.library import open_workspace
from tests.desk import SLUG, Desk

PIER = "2026-03-08-pier"
URL = "https://pier.example/log"
TRACKED = f"See [the log]({URL}?utm_source=x).\n"
PLAIN = f"See [the log]({URL}).\n"
NOTHING = RuleSelection()


def essay(folder: Path, text: str) -> Path:
    path = next(folder.glob("*.md"))
    path.write_text(f"---\nkind: essay\n---\n{text}")
    return path


def checked(desk: Desk, jobs: int | None = None, **options: Any) -> list[CheckedIssue]:
    workspace = open_workspace(desk.root)
    return check_all(
        workspace,
        workspace.folders(),
        CheckOptions(options.pop("choice", NOTHING), **options),
        jobs,
    )


def codes(issue: CheckedIssue) -> list[str]:
    return [finding.code for finding in issue.findings]


def test_fixes_are_written_and_counted(desk: Desk) -> None:
    path = essay(desk.issue, TRACKED)
    before = path.read_bytes()
    (issue,) = checked(desk, fix=True)
    assert path.read_text().endswith(PLAIN)
    assert (codes(issue), issue.fixed, issue.has_email) == ([], 1, True)
    ((name, old, new),) = [(file.path, file.before, file.after) for file in issue.changes]
    assert (name, old, new) == (f"issues/{SLUG}/10-essay.md", before, path.read_bytes())
    (issue,) = checked(desk, fix=True)
    assert (issue.changes, issue.fixed) == ((), 0)


def test_a_preview_of_fixes_changes_nothing(desk: Desk) -> None:
    path = essay(desk.issue, TRACKED)
    desk.write("lexicon.yaml", "- {prefer: ebb, avoid: [tide]}\n")
    desk.write("templates/default/foot.j2", '{% extends "packaged/foot.j2" %}\n')
    before = desk.tree(".")
    (issue,) = checked(desk, diff=True)
    kept = {name: data for name, data in desk.tree(".").items() if ".newsletter/" not in name}
    assert kept == {name: data for name, data in before.items() if ".newsletter/" not in name}
    assert (codes(issue), issue.fixed) == (["NL204"], 1)
    ((name, old, new),) = [(file.path, file.before, file.after) for file in issue.changes]
    assert (name, old) == (f"issues/{SLUG}/10-essay.md", path.read_bytes())
    assert new.decode().endswith(PLAIN)


def test_a_preview_of_fixes_uses_the_theme_of_the_workspace(desk: Desk) -> None:
    desk.write("templates/default/sections/tide.j2", '{% extends "section.j2" %}\n')
    next(desk.issue.glob("*.md")).write_text(f"---\nkind: tide\n---\n{TRACKED}")
    (fixed,) = checked(desk, diff=True)
    (written,) = checked(desk, fix=True)
    assert fixed.changes == written.changes
    assert fixed.fixed == written.fixed == 1


def test_a_fix_and_its_preview_in_one_run_is_a_fix(desk: Desk) -> None:
    path = essay(desk.issue, TRACKED)
    (issue,) = checked(desk, fix=True, diff=True)
    assert path.read_text().endswith(PLAIN)
    assert (len(issue.changes), issue.fixed) == (1, 1)


def test_without_a_request_nothing_is_fixed(desk: Desk) -> None:
    path = essay(desk.issue, TRACKED)
    (issue,) = checked(desk)
    assert (codes(issue), issue.changes, issue.fixed, issue.timing) == (["NL204"], (), 0, {})
    assert path.read_text().endswith(TRACKED)
    assert not issue.failed


def test_the_command_line_selects_rules(desk: Desk) -> None:
    essay(desk.issue, TRACKED + "\nRead it [here](https://quay.example/a).\n")
    (issue,) = checked(desk, choice=RuleSelection(ignore=("NL204",)))
    assert codes(issue) == ["NL201"]
    (issue,) = checked(desk, choice=RuleSelection(severity={"NL201": "error"}))
    assert issue.failed
    workspace = open_workspace(desk.root)
    found = check_issue(workspace, desk.issue, RuleSelection(ignore=("NL201",))).findings
    assert [finding.code for finding in found] == ["NL204"]


def test_what_is_still_to_be_written_is_a_warning_in_a_draft(desk: Desk) -> None:
    essay(desk.issue, "TK\n")
    assert is_draft(desk.issue)
    severities = {}
    for drafts in (False, True):
        (issue,) = checked(desk, drafts=drafts)
        severities[drafts] = {f.severity for f in issue.findings if f.code == "NL301"}
        workspace = open_workspace(desk.root)
        alone = check_issue(workspace, desk.issue, draft=drafts).findings
        assert {f.severity for f in alone if f.code == "NL301"} == severities[drafts]
    assert severities == {False: {"error"}, True: {"warning"}}
    desk.write(f"issues/{SLUG}/published.json", '{"receipts": []}')
    assert not is_draft(desk.issue)
    (issue,) = checked(desk, drafts=True)
    assert {f.severity for f in issue.findings if f.code == "NL301"} == {"error"}


GONE = LinkResult(URL, "broken", "404 Not Found", 404)
FINE = LinkResult(URL, "ok", "200 OK", 200)


def test_links_are_reported_by_their_results(desk: Desk) -> None:
    essay(desk.issue, PLAIN)
    for results, expected in (
        ({SLUG: {URL: GONE}}, ["NL270"]),
        ({SLUG: {URL: FINE}}, []),
        ({SLUG: {}}, []),
        ({PIER: {URL: GONE}}, []),
        ({}, []),
        (None, []),
    ):
        (issue,) = checked(desk, link_results=results)
        assert codes(issue) == expected, results
    workspace = open_workspace(desk.root)
    options = CheckOptions(NOTHING, link_results={SLUG: {URL: GONE}})
    (issue,) = check_links(workspace, workspace.folders(), options)
    assert (issue.slug, codes(issue), issue.has_email) == (SLUG, ["NL270"], False)
    assert issue.allowed == ()


def test_after_an_interrupted_link_check_only_links_are_reported(desk: Desk) -> None:
    desk.another(PIER)
    for folder in (desk.issue, desk.root / "issues" / PIER):
        essay(folder, "TK TK. " + PLAIN + "\n<!-- allow NL270: an archive -->\n" + PLAIN)
    workspace = open_workspace(desk.root)
    options = CheckOptions(NOTHING, link_results={PIER: {URL: GONE}})
    one, two = check_links(workspace, list(reversed(workspace.folders())), options)
    assert (one.slug, codes(one), one.allowed) == (SLUG, [], ())
    assert (two.slug, codes(two)) == (PIER, ["NL270"])
    assert [finding.code for finding in two.allowed] == ["NL270"]
    (desk.issue / "issue.yaml").write_text("title: [")
    assert [issue.slug for issue in check_links(workspace, workspace.folders(), options)] == [
        SLUG, PIER,
    ]  # fmt: skip
    options = CheckOptions(RuleSelection(ignore=("NL270",)), link_results={PIER: {URL: GONE}})
    assert [codes(issue) for issue in check_links(workspace, workspace.folders(), options)] == [
        [], [],
    ]  # fmt: skip


def test_an_allow_for_a_link_is_unused_only_if_all_links_were_checked(desk: Desk) -> None:
    other = "https://crane.example/b"
    essay(desk.issue, f"<!-- allow NL270: r -->\n{PLAIN}\n\nSee [the crane]({other}).\n")
    home = "https://quay.example"  # the publication's own, in the footer
    fine = {url: replace(FINE, url=url) for url in (URL, other, home)}
    expected = {"all": ["NL040"], "one": [], "none": []}
    results = {"all": {SLUG: fine}, "one": {SLUG: {URL: FINE}}, "none": None}
    found = {name: codes(checked(desk, link_results=some)[0]) for name, some in results.items()}
    assert found == expected


def issues_alike(desk: Desk, count: int) -> None:
    for number in range(count):
        folder = desk.another(f"2026-{4 + number // 28:02}-{number % 28 + 1:02}-tide")
        (folder / "issue.yaml").write_text(
            f"title: Tide {number}\ndate: {folder.name[:10]}\npreheader: Tide {number % 2}.\n"
        )


def test_the_results_are_the_same_in_one_process_and_in_several(desk: Desk) -> None:
    issues_alike(desk, 11)
    one = checked(desk, 1)
    assert [issue.slug for issue in one] == sorted(
        path.name for path in desk.issue.parent.iterdir()
    )
    assert checked(desk, 2) == one
    repeated = [issue.slug for issue in one if "NL036" in codes(issue)]
    assert len(repeated) == 9, "each is compared with those before it"
    assert [
        finding for issue in one for finding in issue.findings if issue.slug == repeated[0]
    ] == list(check_issue(open_workspace(desk.root), desk.root / "issues" / repeated[0]).findings)


WEB = 'name = "The Quay"\nurl = "https://quay.example"\n'


@pytest.mark.parametrize(
    ("settings", "severity"),
    [("", "warning"), ('[targets.desk]\ntype = "ghost"\nurl = "https://g.example"\n', "error")],
)
def test_what_a_service_needs_is_an_error_once_one_is_configured(
    desk: Desk, settings: str, severity: str
) -> None:
    desk.write("newsletter.toml", WEB + settings)
    (issue,) = checked(desk)
    found = {finding.code: finding.severity for finding in issue.findings}
    assert found["NL922"] == severity


def test_rules_are_given_the_settings_of_the_workspace(desk: Desk) -> None:
    desk.write("newsletter.toml", WEB + 'check.clients = ["gmail"]\ncheck.reserve = 30\n')
    workspace = open_workspace(desk.root)
    selection = SelectionStack.of_settings(workspace)
    context = check_context(workspace, selection)
    given = context.email_settings
    assert [name for name, _ in given.clients] == ["gmail"]
    assert (given.reserve, given.delivers) == (30, False)
    assert (context.workspace, context.selection) == (workspace, selection)
    assert context.cache == BuildCache(desk.root / ".newsletter" / "cache")


def test_no_issues_are_no_results(desk: Desk) -> None:
    assert check_all(open_workspace(desk.root), [], CheckOptions(NOTHING)) == []


@pytest.mark.parametrize("setting", ['ignore = ["NL999"]', 'clients = ["no-such-client"]'])
def test_unknown_rules_and_clients_in_the_settings_stop_a_check(desk: Desk, setting: str) -> None:
    text = 'name = "The Quay"\nurl = "https://quay.example"\n[check]\n'
    desk.write("newsletter.toml", f"{text}{setting}\n")
    workspace = open_workspace(desk.root)
    with pytest.raises(IssueRejected) as caught:
        check_all(workspace, workspace.folders(), CheckOptions(NOTHING))
    with pytest.raises(IssueRejected):
        check_issue(workspace, desk.issue)
    assert [str(finding.where).partition(":")[0] for finding in caught.value.findings] == [
        "newsletter.toml"
    ]


def test_the_time_of_each_step_and_rule_is_measured(desk: Desk) -> None:
    (issue,) = checked(desk, timing=True)
    assert {"read", "make", "NL201"} <= set(issue.timing)
    assert min(issue.timing.values()) >= 0
    assert sum(issue.timing.values()) < 60
