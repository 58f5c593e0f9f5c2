"""Any template output gives findings: no traceback from a library, no endless run."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.theme import time_limit
from newsletter.theme.looks import BASE, PACKAGED
from tests.check.checking import check, check_workspace, lines, workspace
from tests.desk import Desk

EMAIL = "templates/default/email.mjml.j2"
ESSAY = "templates/default/sections/essay.mjml.j2"
INLINED = "templates/default/inline.css.j2"
PACKAGED_EMAIL = (PACKAGED / BASE / "email.mjml.j2").read_text("utf-8")
OUTLOOK = '<style data-premailer="ignore">\n{% include "outlook'


def closing(html: str) -> dict[str, str]:
    return {
        ESSAY: f'{{% extends "section.mjml.j2" %}}\n{{% block close %}}{html}{{% endblock %}}\n'
    }


def styled(css: str) -> dict[str, str]:
    return {EMAIL: PACKAGED_EMAIL.replace(OUTLOOK, f"<style>{css}</style>\n{OUTLOOK}")}


@pytest.mark.parametrize(
    ("css", "place", "message"),
    [
        (
            "@media all{@media print{a{color:red}}}",
            "1:12",
            "Nested at-rule: @media print inside @media",
        ),
        (
            "@supports (a:b){@media all{a{color:red}}}",
            "1:17",
            "Nested at-rule: @media all inside @supports",
        ),
        ('a{content:"\\0"}', "1:12", "Control character in CSS: \\0"),
        ('a{content:"\\00001f"}', "1:12", "Control character in CSS: \\00001f"),
        ("a{color #fff}", "1:3", "Invalid CSS: color #fff"),
        ("a{color:red", "1:1", "Unclosed brace in a style sheet"),
    ],
)
def test_invalid_css_stops_a_build_at_its_line(
    css: str, place: str, message: str, tmp_path: Path
) -> None:
    assert lines(check(tmp_path / "a", {INLINED: css}), "NL011") == [
        f"{INLINED}:{place} NL011 {message}"
    ]
    space = workspace(tmp_path / "b", {INLINED: css})
    ran = Desk(space.root).run("build")
    assert (ran.code, ran.out) == (1, "")
    assert f"{INLINED}:{place}: error NL011 invalid-theme: {message}\n" in ran.err


@pytest.mark.parametrize(
    "css",
    [
        "@media all{@media print{a{color:red}}}",
        'a{content:"\\0"}',
        "a{width:calc(}",
        "a{b:c;;:d}",
        "@media{",
    ],
)
def test_broken_css_in_a_template_is_reported_in_that_template(css: str, tmp_path: Path) -> None:
    findings = check(tmp_path, styled(css))
    assert all(
        str(finding.where).startswith(EMAIL)
        for finding in findings
        if finding.code in ("NL011", "NL711")
    )


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:\\0">x</p>',
        '<p style="color:red;}">x</p>',
        '<p style="{">x</p>',
        '<p style="font:">x</p>',
        "<p>&#0;</p>",
        "<p>&#x1F;</p>",
        '<p a&b="c">x</p>',
        '<p 1="x">y</p>',
        "<table><p>x</p></table>",
        "<mj-text>",
        "<x:y>z</x:y>",
        "<![CDATA[x]]>",
        "<?php x ?>",
        "<!-- a -- b -->",
        "{{ 1/0 }}",
        "{{ issue.foo.bar }}",
        '{% include "nope.j2" %}',
        '{{ "%d" % "x" }}',
        "{{ cycler() }}",
        '{{ "\\ud800" }}',
        '{{ "{}{}".format(1) }}',
        '{{ "x"|int(base=99) }}',
        "{{ 10**10**3 }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_any_template_output_gives_findings_with_messages(html: str, tmp_path: Path) -> None:
    for finding in check(tmp_path, closing(html)):
        assert finding.message


def test_a_template_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lines(check(tmp_path, closing("")), "NL011") == []  # imports what is imported late
    monkeypatch.setattr(
        "newsletter.pipeline.build.time_limit", lambda: time_limit.time_limit(seconds=1)
    )
    loop = "{% set xs = [1] %}{% for x in xs %}{% set _ = xs.append(x) %}{% endfor %}"
    (finding,) = lines(check(tmp_path, closing(loop)), "NL011")
    assert finding.startswith(f"{ESSAY}:2 NL011 Template did not finish within ")


def test_a_symbolic_link_to_a_section_stays_inside_the_issue(tmp_path: Path) -> None:
    space = workspace(
        tmp_path, {"issues/2026-02-22-before/10-essay.md": "---\nkind: essay\n---\nA.\n"}
    )
    link = space.issues / "2026-03-01-example" / "20-note.md"
    link.symlink_to("../2026-02-22-before/10-essay.md")
    findings = lines(check_workspace(space), "NL001")
    assert findings == ["20-note.md NL001 Symbolic link points outside the issue"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("credits.yaml", "people:", "peple:"),
        ("credits.yaml", "roles:", "rols:"),
        ("credits.yaml", "members:", "membrs:"),
        ("issue.yaml", "title:", "titel:"),
        ("10-essay.md", "kind:", "knd:"),
    ],
)
def test_one_misspelled_key_is_one_finding(name: str, old: str, new: str, tmp_path: Path) -> None:
    space = workspace(tmp_path, {})
    folder = space.root if name == "credits.yaml" else space.issues / "2026-03-01-example"
    path = folder / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    findings = [finding for finding in check_workspace(space) if finding.severity == "error"]
    assert [(finding.code, finding.message) for finding in findings] == [
        ("NL003", f'Unknown key "{new[:-1]}"')
    ]
