"""Role labels in several languages."""

from __future__ import annotations

import pytest

from tests.desk import SLUG, Desk

MASTHEAD = """people: {{ann: {{name: Ann}}}}
roles:
  essay: {{label: {label}}}
"""


@pytest.mark.parametrize(
    ("language", "label", "printed"),
    [
        ("de", "{en: Essay, de: Beitrag}", "Beitrag: Ann"),
        ("de-AT", "{en: Essay, de: Beitrag}", "Beitrag: Ann"),
        ("en", "{en: Essay, de: Beitrag}", "Essay: Ann"),
        ("de", "Text", "Text: Ann"),
    ],
)
def test_a_role_is_printed_in_the_language_of_the_issue(
    desk: Desk, language: str, label: str, printed: str
) -> None:
    prepare(desk, language, label)
    ran = desk.run("build")
    assert (ran.code, ran.err) == (0, "")
    assert printed in (desk.root / "dist" / SLUG / "email.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("label", "finding"),
    [
        ("{en: Essay}", 'credits.yaml:3:18: warning NL014 missing-phrases: No label in "de" for the role "essay"'),
        ("{}", 'credits.yaml:3:18: error NL005 invalid-value: Empty label of the role "essay"'),
        ("''", 'credits.yaml:3:18: error NL005 invalid-value: Empty label of the role "essay"'),
    ],
)  # fmt: skip
def test_a_missing_role_label_is_reported(desk: Desk, label: str, finding: str) -> None:
    prepare(desk, "de", label)
    ran = desk.run("check")
    assert finding in ran.out + ran.err


def prepare(desk: Desk, language: str, label: str) -> None:
    desk.write("credits.yaml", MASTHEAD.format(label=label))
    desk.write(f"issues/{SLUG}/credits.yaml", "essay: ann\nlocation: Lisbon\n")
    issue = desk.issue / "issue.yaml"
    issue.write_text(issue.read_text("utf-8") + f"language: {language}\n", encoding="utf-8")
