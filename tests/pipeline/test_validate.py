"""The check of one issue: which rules run, what is allowed, and what a broken theme leaves."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.check.select import SelectionStack
from newsletter.errors import NewsletterError
from newsletter.links.result import LinkResult
from newsletter.model import RuleSelection
from newsletter.pipeline.check_batch import check_context
from newsletter.pipeline.library import open_workspace
from newsletter.pipeline.validate import CheckContext, ValidatedIssue, validate
from tests.desk import SLUG, Desk

URL = "https://pier.example/log"
HERE = "Read it [here](https://pier.example/log)."
ESSAY = f"issues/{SLUG}/10-essay.md"


def context(desk: Desk, *choices: RuleSelection, **values: Any) -> CheckContext:
    workspace = open_workspace(desk.root)
    found = check_context(workspace, SelectionStack.of_settings(workspace, *choices))
    names = CheckContext.__struct_fields__
    return CheckContext(**{name: getattr(found, name) for name in names} | values)


def validated(desk: Desk, text: str, **values: Any) -> ValidatedIssue:
    desk.write(ESSAY, f"---\nkind: essay\n---\n{text}\n")
    return validate(context(desk, **values), desk.issue)


def lines(issue: ValidatedIssue) -> list[str]:
    return [f"{f.where.path.rpartition('/')[2]}:{f.where.line} {f.code}" for f in issue.findings]


# Text of a section -> findings, and those that are allowed with their reasons.
ALLOWS: dict[str, tuple[list[str], list[str]]] = {
    HERE: (["10-essay.md:4 NL201"], []),
    f"<!-- allow NL201: their words -->\n{HERE}": ([], ["NL201 their words"]),
    f"<!-- allow NL201 -->\n{HERE}": (["10-essay.md:4 NL041"], ["NL201 "]),
    f"<!-- allow NL201, NL204: r -->\n{HERE}": (["10-essay.md:4 NL040"], ["NL201 r"]),
    f"<!-- allow NL999: r -->\n{HERE}": (["10-essay.md:4 NL040", "10-essay.md:5 NL201"], []),
    f"<!-- allow NL003: r -->\n{HERE}": (["10-essay.md:4 NL040", "10-essay.md:5 NL201"], []),
    f"<!-- ignore NL201: r -->\n{HERE}": (["10-essay.md:4 NL042", "10-essay.md:5 NL201"], []),
    "<!-- allow NL201: r -->\nText.": (["10-essay.md:4 NL040"], []),
    "<!-- allow NL201, NL040: both -->\nText.": ([], ["NL040 both"] * 2),
    "<!-- allow NL270: r -->\nText.": ([], []),  # links were not checked
}


@pytest.mark.parametrize("text", ALLOWS)
def test_allow_comments(desk: Desk, text: str) -> None:
    issue = validated(desk, text)
    allowed = [f"{finding.code} {finding.allowed}" for finding in issue.allowed]
    assert (lines(issue), allowed) == ALLOWS[text]
    assert not issue.failed
    assert issue.email is not None


def test_an_allow_is_unused_only_where_its_rule_ran(desk: Desk) -> None:
    unused = "<!-- allow NL201: r -->\nText."
    issue = validated(
        desk,
        unused,
        selection=SelectionStack((RuleSelection(), RuleSelection(ignore=("NL201", "NL9")))),
    )
    assert lines(issue) == []
    issue = validated(desk, f"{unused}\n\n![A](images/a.png)")
    assert lines(issue) == ["10-essay.md:7 NL407", "10-essay.md:7 NL501"], (
        "without an email not every rule ran"
    )
    assert issue.email is None
    assert issue.failed


def test_an_allow_in_a_shared_file_may_be_meant_for_another_issue(desk: Desk) -> None:
    text = (desk.root / "credits.yaml").read_text()
    desk.write("credits.yaml", f"# allow NL201: r\n{text}")
    assert lines(validated(desk, "Text.")) == []


def test_links_are_checked_where_there_are_results(desk: Desk) -> None:
    broken = LinkResult(URL, "broken", "404 Not Found")
    assert "10-essay.md:4 NL270" in lines(validated(desk, HERE, link_results={URL: broken}))
    everything = {url: LinkResult(url, "ok", "200 OK") for url in (URL, "https://quay.example")}
    text = f"<!-- allow NL270: r -->\n[The log]({URL})"
    assert lines(validated(desk, text, link_results=everything)) == ["10-essay.md:4 NL040"]
    everything.pop(URL)
    assert lines(validated(desk, text, link_results=everything)) == []


def test_a_broken_theme_is_a_finding_and_other_rules_run(desk: Desk) -> None:
    desk.write("templates/default/foot.j2", "{{ nothing.at.all }}")
    issue = validated(desk, HERE)
    assert issue.email is None
    by_code = {finding.code: finding for finding in issue.findings}
    assert set(by_code) == {"NL011", "NL201"}
    assert by_code["NL011"].where.path == "templates/default/foot.j2"
    assert issue.failed


@pytest.mark.parametrize("hint", ["Look there.", None])
def test_an_error_without_a_place_is_at_the_settings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hint: str | None
) -> None:
    def fail(*arguments: object) -> None:
        raise NewsletterError("It fails", hint=hint)

    monkeypatch.setattr("newsletter.pipeline.validate.make", fail)
    (finding,) = validated(desk, "Text.").findings
    assert (finding.code, finding.message, finding.hint) == ("NL011", "It fails", hint)
    assert finding.where.path == "newsletter.toml"


def test_an_issue_that_cannot_be_read_has_the_findings_of_reading(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/issue.yaml", "title: [")
    issue = validated(desk, HERE)
    assert [finding.code for finding in issue.findings] == ["NL002"]
    assert (issue.email, issue.allowed, issue.loaded.issue) == (None, (), None)


def test_unknown_rules_in_an_issue_are_reported_at_the_key(desk: Desk) -> None:
    yaml = desk.issue / "issue.yaml"
    yaml.write_text(yaml.read_text() + "check: {ignore: [NL999, NL201]}\n")
    assert lines(validated(desk, HERE)) == ["issue.yaml:4 NL005"]


def test_findings_are_sorted_and_each_is_reported_once(desk: Desk) -> None:
    (desk.issue / "05-brief.md").write_text(f"---\nkind: brief\n---\n{HERE}\n\n{HERE}\n")
    issue = validated(desk, f"{HERE}\n\nSee [the log]({URL}?utm_source=x).")
    found = [line for line in lines(issue) if "NL2" in line]
    assert found == sorted(found)
    assert len(set(issue.findings)) == len(issue.findings)


def test_a_check_can_be_stopped_before_each_rule(desk: Desk) -> None:
    calls: list[None] = []
    validated(desk, "Text.", pause=lambda: calls.append(None))
    every = len(calls)
    assert every > 50

    class Stopped(Exception):
        pass

    def stop() -> None:
        calls.append(None)
        if len(calls) == every + 3:
            raise Stopped

    with pytest.raises(Stopped):
        validated(desk, "Text.", pause=stop)
    assert len(calls) == every + 3


def test_times_are_added_up(desk: Desk) -> None:
    timing = {"read": 1000.0}
    validated(desk, "Text.", timing=timing)
    assert 1000 < timing["read"] < 1060
    assert 0 < timing["make"] < 60
    assert {"NL201", "NL040"} < set(timing)
