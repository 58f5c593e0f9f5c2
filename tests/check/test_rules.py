"""Each rule is tested by its own examples: `bad` gives exactly its finding, `good` gives none."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from newsletter.check import example, rules
from newsletter.check.registry import FILES, RULES
from newsletter.check.rule import Rule
from newsletter.check.select import SelectionStack
from newsletter.errors import IssueRejected
from newsletter.files.cache import BuildCache
from newsletter.load import load
from newsletter.model import Finding
from newsletter.pipeline.validate import CheckContext, validate
from newsletter.workspace import find
from tests.desk import laid_out


def findings(tmp_path: Path, shown: Any) -> tuple[Finding, ...]:
    workspace = find(laid_out(tmp_path, example.workspace(shown)).root)
    earlier = [
        loaded.issue for folder in workspace.folders() if (loaded := load(workspace, folder)).issue
    ]
    folder = workspace.issues / example.SLUG
    before = [issue for issue in reversed(earlier) if issue.slug < example.SLUG]
    blobs = BuildCache(workspace.state / "cache")
    context = CheckContext(
        workspace,
        blobs,
        SelectionStack.of_settings(workspace),
        earlier=before,
        link_results=example.ANSWERS,
    )
    return validate(context, folder).findings


# Rules about input that the settings now reject: a safety net for other causes (test_message.py).
SAFETY_NETS = frozenset({"NL930"})


def test_the_example_itself_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, {}) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
def test_the_bad_example_gives_its_finding_and_no_other(rule: Rule[Any], tmp_path: Path) -> None:
    assert rule.bad, "every rule needs a bad example"
    if rule.code in SAFETY_NETS:
        with pytest.raises(IssueRejected):
            findings(tmp_path, rule.bad)
        return
    reported = findings(tmp_path, rule.bad)
    assert set(rule.also_triggers) <= {finding.code for finding in reported}
    reported = [
        (finding.code, str(finding.where))
        for finding in reported
        if finding.code not in rule.also_triggers
    ]
    assert reported == [(rule.code, example.place(rule.at))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
def test_the_good_example_has_no_findings(rule: Rule[Any], tmp_path: Path) -> None:
    assert rule.good, "every rule needs a good example"
    assert findings(tmp_path, rule.good) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
def test_every_rule_has_a_reason_and_a_hint(rule: Rule[Any]) -> None:
    assert len(rule.why) > 20
    assert rule.why.endswith((".", ")"))
    assert rule.hint.endswith((".", "?", "`"))


def test_every_rule_module_lists_its_rules() -> None:
    for name in FILES:
        module = import_module(f"newsletter.check.rules.{name}")
        defined = [value for value in vars(module).values() if isinstance(value, Rule)]
        own = [rule for rule in defined if rule.find.__module__ == module.__name__]
        assert {rule.code for rule in own} == {rule.code for rule in module.RULES}


def test_every_rule_module_is_listed() -> None:
    folder = Path(rules.__file__).parent
    assert list(FILES) == sorted(path.stem for path in folder.glob("[a-z]*.py"))


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)
