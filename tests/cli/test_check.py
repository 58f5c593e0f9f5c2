"""`newsletter check`: complete output and exit code, in every format."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import jsonschema
import pytest
import yaml

from newsletter.check.formats import CheckResult, github, sarif, text
from newsletter.cli.commands import COMMANDS
from newsletter.cli.group import cli
from newsletter.model import Finding, Location
from tests.desk import SLUG, Desk, Ran

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FORMATS = HERE.parent / "check" / "formats"
ONLY = (
    "--select",
    "NL0,NL1,NL201,NL204",
)  # fixed, so that a new rule does not change the expected output
ESSAY = f"issues/{SLUG}/10-essay.md"
HEAD = "---\nkind: essay\n---\n"
SETTINGS = 'name = "The Quay"\nurl = "https://quay.example"\n\n[check]\n'


@pytest.fixture
def faulty(desk: Desk) -> Desk:
    """One of each: an error, warnings, a fix, a finding without a line, wide characters."""
    desk.write(
        ESSAY, HEAD + "港の灯 [here](https://quay.example/a?utm_source=b).\n<!-- allow NL201 -->\n"
    )
    desk.write(f"issues/{SLUG}/credits.yaml", "essay: [mara]\n")
    return desk


def check(desk: Desk, *arguments: str) -> Ran:
    return desk.run("check", *ONLY, *arguments)


def test_an_issue_without_problems(desk: Desk) -> None:
    assert check(desk) == Ran(0, "", "1 issue: no problems\n")


@pytest.mark.parametrize("name", ["text", "json", "github", "sarif"])
def test_the_complete_output_in_every_format(
    name: str, faulty: Desk, rewrite_expected: bool
) -> None:
    ran = check(faulty, "--format", name)
    output = (
        f"--- standard output\n{ran.out}--- standard error\n{ran.err}--- exit code\n{ran.code}\n"
    )
    output = re.sub(r'("semanticVersion": )"[^"]+"', r'\1"VERSION"', output)
    path = FORMATS / f"{name}.txt"
    if rewrite_expected:
        path.write_text(output, "utf-8")
        return
    assert output == path.read_text("utf-8")


# --- severities and codes -------------------------------------------------------------------------


def test_warnings_exit_with_1_only_with_strict(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert check(desk).code == 0
    assert check(desk).err == "1 issue: 1 warning\n"
    assert check(desk, "--strict").code == 1
    assert check(desk, "--ignore", "NL201").err == "1 issue: no problems\n"


@pytest.mark.parametrize(
    ("settings", "issue", "arguments", "found"),
    [
        ("", "", (), "warning"),
        ('ignore = ["NL20"]', "", (), None),
        ('ignore = ["NL20"]\nselect = ["NL201"]', "", (), "warning"),
        ('select = ["NL2"]\nignore = ["NL201"]', "", (), None),
        ('ignore = ["NL201"]', "", ("--select", "NL201"), "warning"),
        ('ignore = ["NL201"]', "", ("--select", "NL2"), None),
        ('severity = {NL201 = "error"}', "", (), "error"),
        ('severity = {NL201 = "error"}', "severity: {NL201: information}", (), "info"),
        ('severity = {NL2 = "error", NL201 = "information"}', "", (), "info"),
        ("", "ignore: [NL201]", (), None),
        ("", "ignore: [NL201]", ("--select", "NL201"), "warning"),
        ("", "select: [NL3]", (), None),
        ("", "", ("--select", "NL3"), None),
        ("", "", ("--select", "NL3,NL2"), "warning"),
        ("", "", ("--select", "NL3", "--select", "NL2"), "warning"),
        ("", "", ("--ignore", "NL201"), None),
    ],
)
def test_rules_are_selected_by_settings_issue_and_options(
    settings: str, issue: str, arguments: tuple[str, ...], found: str | None, desk: Desk
) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    desk.write("newsletter.toml", f"{SETTINGS}{settings}\n")
    with (desk.issue / "issue.yaml").open("a", encoding="utf-8") as file:
        file.write(f"check: {{{issue}}}\n")
    reported = json.loads(desk.run("check", "--format", "json", *arguments).out)["findings"]
    assert [finding["severity"] for finding in reported if finding["code"] == "NL201"] == (
        [found] if found else []
    )


def test_errors_that_block_the_build_are_reported_with_any_selection(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "<!-- allow NL501: later -->\n![A crane](images/crane.png)\n")
    ran = desk.run("check", "--select", "NL7", "--ignore", "NL501")
    assert ran.out.startswith(f"{ESSAY}:5:1: error NL501 missing-image: ")
    assert (ran.code, ran.err) == (
        1,
        "1 issue: 1 error\nEmail checks skipped: fix these errors first\n",
    )


def test_each_issue_reports_whether_its_email_was_checked(desk: Desk) -> None:
    other = desk.another("2026-04-05-tide")
    desk.write(ESSAY, HEAD + "![A crane](images/crane.png)\n")
    ran = check(desk, "--all", "--format", "json")
    assert json.loads(ran.out)["email_checked"] == {SLUG: False, other.name: True}
    assert ran.err.endswith("\nEmail checks skipped: fix these errors first (1 of 2 issues)\n")


def test_allowed_and_ignored_findings_do_not_stop_a_build(desk: Desk) -> None:
    desk.write("credits.yaml", "people:\n  mara: {name: Mara}\nroles:\n  essay: {label: Essay}\n")
    credits = desk.write(f"issues/{SLUG}/credits.yaml", "essay: mara\n")
    assert desk.run("build").code == 1
    credits.write_text("# allow NL104: on a train\nessay: mara\n")
    assert desk.run("build").code == 0
    credits.write_text("essay: mara\n")
    desk.write("newsletter.toml", SETTINGS + 'ignore = ["NL104"]\n')
    assert desk.run("build").code == 0


# --- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (
            ("--select", "NL2O1"),
            'error: Unknown rule "NL2O1" for --select\n    hint: Write NL201 (',
        ),
        (
            ("--ignore", "vague-link"),
            'error: Unknown rule "vague-link" for --ignore\n    hint: Write NL201',
        ),
        (
            ("--ignore", "XY"),
            'error: Unknown rule "XY" for --ignore\n    hint: Run `newsletter explain`',
        ),
        (("--write-baseline",), "error: No baseline file given for --write-baseline\n"),
        (
            ("--baseline", "k", "--write-baseline", "--select", "NL2"),
            "error: --write-baseline records the findings of all",
        ),
        (
            ("--baseline", "k", "--write-baseline", "--ignore", "NL2"),
            "error: --write-baseline records the findings of all",
        ),
        (
            ("--baseline", "k", "--write-baseline", "--format", "json"),
            "error: --write-baseline prints no findings; ",
        ),
        (("--all", SLUG), "Usage: newsletter check"),
        (("--since", "HEAD", SLUG), "Usage: newsletter check"),
        (("--format", "xml"), "Usage: newsletter check"),
        (("nowhere",), 'error: No issue matches "nowhere"'),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], err: str, desk: Desk) -> None:
    ran = desk.run("check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(err)


def test_an_unknown_code_in_settings_or_issues_is_reported(desk: Desk) -> None:
    issue = desk.root / f"issues/{SLUG}/issue.yaml"
    issue.write_text(issue.read_text("utf-8") + "check: {ignore: [NL2O1]}\n", "utf-8")
    ran = desk.run("check")
    assert ran.code == 1
    assert 'error NL005 invalid-value: Unknown rule "NL2O1" in ignore' in ran.out


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [
        ('severity = {NL999 = "error"}', "5:13", 'Unknown rule "NL999" in severity'),
        (
            'select = [\n  "NL2",\n  "NL2O1",\n]',
            "7:4",
            'Unknown rule "NL2O1" in select',
        ),
        (
            'select = ["NL2"]\nignore = ["vague"]',
            "6:12",
            'Unknown rule "vague" in ignore',
        ),
        ('clients = ["gmail", "outlok"]', "5:22", 'Unknown mail client "outlok" in clients'),
    ],
)
def test_an_unknown_value_in_the_settings_is_reported_at_its_position(
    settings: str, place: str, words: str, desk: Desk
) -> None:
    desk.write("newsletter.toml", f"{SETTINGS}{settings}\n")
    for command in ("check", "publish"):
        ran = desk.run(command)
        assert (ran.code, ran.out) == (1, "")
        message, source, caret, hint, _ = ran.err.splitlines()
        assert message == f"newsletter.toml:{place}: error NL005 invalid-value: {words}"
        assert source[caret.index("^")] in '"' + words.partition('"')[2]
        assert hint.startswith("    hint: Write ")
        assert ran.err.endswith("\nnewsletter.toml: 1 error\n")


def test_an_unknown_value_in_pyproject_is_reported_too(desk: Desk) -> None:
    (desk.root / "newsletter.toml").unlink()
    table = '[tool.newsletter]\nname = "The Quay"\nurl = "https://quay.example"\n'
    desk.write(
        "pyproject.toml",
        f'[tool.ruff]\nignore = ["NL999"]\n{table}[tool.newsletter.check]\nignore = ["NL999"]\n',
    )
    assert desk.run("check").err.startswith("pyproject.toml:7:12: error NL005 ")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("name = ", id="no TOML"),
        pytest.param('name = "The Quay"\n', id="a key is missing"),
        pytest.param(f'{SETTINGS}ignore = ["NL2O1"]\n', id="no such rule"),
        pytest.param(f'{SETTINGS}baseline = "known.json"\n', id="no such baseline"),
    ],
)
def test_machine_formats_report_errors_in_the_settings(
    settings: str, desk: Desk, schema: jsonschema.Draft4Validator
) -> None:
    desk.write("newsletter.toml", settings)
    (desk.root.parent / ".git").mkdir()
    reported = json.loads((ran := desk.run("check", "--format", "json")).out)
    assert (ran.code, ran.err) == (1, "0 issues: 1 error\n")
    (finding,) = reported["findings"]
    assert finding["path"] in ("newsletter.toml", "known.json")
    assert finding["hint"]
    log = json.loads(desk.run("check", "--all", "--format", "sarif").out)
    schema.validate(log)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == finding["code"]
    annotation = desk.run("check", "--format", "github").out
    assert annotation.startswith(f"::error file=desk/{finding['path']},")
    assert annotation.count("\n") == 1


@pytest.mark.parametrize("word", ["NL201", "nl201", "vague-link-text", "Vague link text", "nl20"])
def test_rules_are_accepted_by_code_or_name_everywhere(word: str, desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert desk.run("check", "--select", word).err == "1 issue: 1 warning\n"
    assert "NL201" not in desk.run("check", "--ignore", word).out
    desk.write("newsletter.toml", f"{SETTINGS}ignore = ['{word}']\n")
    assert "NL201" not in desk.run("check").out
    desk.write("newsletter.toml", f"{SETTINGS}severity = {{'{word}' = 'error'}}\n")
    assert "error NL201" in desk.run("check").out
    issue = desk.root / f"issues/{SLUG}/issue.yaml"
    issue.write_text(issue.read_text("utf-8") + f"check: {{ignore: [{word}]}}\n", "utf-8")
    assert "NL201" not in desk.run("check").out


def test_build_accepts_rules_by_name_too(desk: Desk) -> None:
    desk.write("credits.yaml", "people:\n  mara: {name: Mara}\nroles:\n  essay: {label: Essay}\n")
    desk.write(f"issues/{SLUG}/credits.yaml", "essay: mara\n")
    assert desk.run("build").code == 1
    desk.write("newsletter.toml", f"{SETTINGS}ignore = ['missing-location']\n")
    assert desk.run("build").code == 0


# --- many issues ----------------------------------------------------------------------------------


def test_parallel_processes_report_the_same_as_one(desk: Desk) -> None:
    for number in range(12):
        folder = desk.another(f"2026-04-{number + 1:02}-tide")
        (folder / "10-essay.md").write_text(
            HEAD + f"[here](https://quay.example/{number % 5})\n", "utf-8"
        )
    what = ("check", "--all", "--select", "NL201,NL207")
    alone = desk.run(*what, "--jobs", "1")
    assert desk.process(*what, "--jobs", "3") == alone
    assert "NL207" in alone.out, "issues are compared with earlier ones"
    assert alone.err.startswith("13 issues: 12 warnings, ")


def test_a_finding_in_a_shared_file_is_reported_once(desk: Desk) -> None:
    desk.another("2026-04-05-tide")
    desk.write("credits.yaml", "people: {mara: {nme: Mara}}\n")
    assert desk.run("check", "--all").out.count('Unknown key "nme"') == 1


def run_git(desk: Desk, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], cwd=desk.root, check=True, capture_output=True)


def committed(desk: Desk) -> None:
    for arguments in (("init",), ("add", "."), ("commit", "-m", "a")):
        run_git(desk, *arguments)


def test_check_since_a_revision_checks_only_changed_issues(desk: Desk) -> None:
    git = partial(run_git, desk)
    ran = desk.run("check", "--since", "main")
    assert (ran.code, ran.err) == (
        1,
        "error: --since requires a git repository; this workspace is not in one\n",
    )
    git("init")
    git("add", ".")
    git("commit", "-m", "a")
    assert desk.run("check", "--since", "main") == Ran(0, "", "0 issues: no problems\n")
    desk.another("2026-04-05-tide")
    assert json.loads(desk.run("check", "--since", "main", "--format", "json").out)["issues"] == [
        "2026-04-05-tide"
    ]
    git("checkout", "-b", "work")
    git("add", ".")
    git("commit", "-m", "b")
    desk.write(ESSAY, HEAD + "Changed.\n")
    reported = json.loads(desk.run("check", "--since", "main", "--format", "json").out)["issues"]
    assert reported == [SLUG, "2026-04-05-tide"]
    ran = desk.run("check", "--since", "--output=x")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        'error: Unknown revision "--output=x" for --since',
    )
    for empty in ("", " "):
        ran = desk.run("check", "--since", empty)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: Empty revision for --since\n")


ISSUES = [SLUG, "2026-04-05-tide", "2026-04-12-swell"]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        pytest.param("credits.yaml", "people: {mara: {name: Mara Nunes}}\n", ISSUES, id="masthead"),
        pytest.param(
            "lexicon.yaml", "- {prefer: quay, avoid: [wharf]}\n", ISSUES, id="lexicon, a new file"
        ),
        pytest.param("newsletter.toml", f"{SETTINGS}ignore = ['NL3']\n", ISSUES, id="settings"),
        pytest.param(
            "newsletter.toml", f"# our own\n\n{SETTINGS}", [], id="a comment of the settings"
        ),
        pytest.param(
            "templates/blue/tokens.toml",
            "[colour]\nlink = '#003355'\n",
            ISSUES[1:2],
            id="one's theme",
        ),
        pytest.param(
            "templates/default/head.css.j2", "\n", [SLUG, ISSUES[2]], id="the theme of the others"
        ),
        pytest.param("templates/blueprint/10-essay.md", "TK\n", [], id="the blueprint"),
        pytest.param(f"issues/{SLUG}/images/quay.txt", "a\n", [SLUG], id="any file of an issue"),
        pytest.param("drafts/later.md", "a\n", [], id="what No issue matches reads"),
    ],
)
def test_an_issue_has_changed_if_one_of_its_inputs_has(
    path: str, content: str, expected: list[str], desk: Desk
) -> None:
    for slug in ISSUES[1:]:
        desk.another(slug)
    issue = desk.root / "issues" / ISSUES[1] / "issue.yaml"
    issue.write_text(issue.read_text("utf-8") + "theme: blue\n", "utf-8")
    desk.write("templates/blue/tokens.toml", "")
    desk.write("newsletter.toml", SETTINGS)
    committed(desk)
    desk.write(path, content)
    assert (
        json.loads(desk.run("check", "--since", "HEAD", "--format", "json").out)["issues"]
        == expected
    )


def test_a_section_moved_to_another_issue_changes_both(desk: Desk) -> None:
    desk.another(ISSUES[1])
    note = desk.write(
        f"issues/{SLUG}/20-note.md", "---\nkind: note\n---\nThe tide turned at noon.\n"
    )
    committed(desk)
    note.rename(desk.root / f"issues/{ISSUES[1]}/20-note.md")
    assert (
        json.loads(desk.run("check", "--since", "HEAD", "--format", "json").out)["issues"]
        == ISSUES[:2]
    )


def test_other_tables_of_pyproject_have_no_effect(desk: Desk) -> None:
    (desk.root / "newsletter.toml").unlink()
    table = '[tool.newsletter]\nname = "The Quay"\nurl = "https://quay.example"\n'
    desk.write("pyproject.toml", table)
    committed(desk)
    desk.write("pyproject.toml", f"[tool.ruff]\nline-length = 120\n{table}")
    assert desk.run("check", "--since", "HEAD").err == "0 issues: no problems\n"
    desk.write("pyproject.toml", f'{table}language = "pt"\n')
    assert desk.run("check", "--since", "HEAD").err.startswith("1 issue: ")


# --- the baseline ---------------------------------------------------------------------------------


def test_with_a_baseline_only_new_findings_are_reported(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert check(desk, "--baseline", "known.json") == Ran(
        2,
        "",
        "error: No such file: known.json\n"
        "    hint: Create it with `newsletter check --all --baseline FILE --write-baseline`.\n",
    )
    desk.write("newsletter.toml", SETTINGS + 'baseline = "known.json"\nselect = ["NL201"]\n')
    assert desk.run("check", "--write-baseline") == Ran(0, "known.json: 1 recorded finding\n", "")
    assert check(desk, "--strict") == Ran(0, "", "1 issue: no problems (1 in the baseline)\n")
    desk.write(
        ESSAY,
        HEAD
        + "Moved.\n\nLook [here](https://quay.example/a), and [here](https://quay.example/b).\n",
    )
    ran = check(desk, "--strict")
    assert (ran.code, ran.err) == (1, "1 issue: 1 warning (1 in the baseline)\n")
    assert ran.out.startswith(f"{ESSAY}:6:42: warning NL201")
    other = desk.another("2026-04-05-tide")
    assert (
        desk.run("check", other.name, "--write-baseline").out == "known.json: 3 recorded findings\n"
    )
    known = json.loads((desk.root / "known.json").read_bytes())["findings"]
    assert list(known) == [ESSAY, f"issues/{other.name}/10-essay.md"], (
        "the baseline of other issues is kept"
    )
    desk.write("known.json", "{}")
    ran = check(desk)
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "known.json: error NL001 unreadable-file: Invalid baseline",
    )


def test_resolved_baseline_findings_are_counted_only_if_checked(desk: Desk) -> None:
    other = desk.another("2026-04-05-tide")
    text = (
        HEAD
        + "Look [here](https://quay.example/a), [here](https://quay.example/b), http://quay.example/c\n"
    )
    desk.write(ESSAY, text)
    desk.write(f"issues/{other.name}/10-essay.md", text)
    desk.write("newsletter.toml", SETTINGS + 'baseline = "known.json"\nselect = ["NL201"]\n')
    assert desk.run("check", "--all", "--write-baseline").out == "known.json: 4 recorded findings\n"
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    desk.write(f"issues/{other.name}/10-essay.md", HEAD + "Nothing.\n")
    removed = "in known.json no longer found: update it with --write-baseline\n"
    assert desk.run("check", SLUG) == Ran(
        0, "", f"1 issue: no problems (1 in the baseline)\n1 finding {removed}"
    )
    ran = desk.run("check", "--all")
    assert ran.err.endswith(f"\n3 findings {removed}")
    assert json.loads(desk.run("check", "--all", "--format", "json").out)["counts"]["resolved"] == 3
    assert "no longer found" not in desk.run("check", SLUG, "--select", "NL204").err, (
        "a rule that did not run resolves nothing"
    )
    desk.write(ESSAY, HEAD + "![A crane](images/crane.png)\n")
    assert "no longer found" not in desk.run("check", SLUG).err, "half of the rules did not run"
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert desk.run("check", "--all", "--write-baseline").out == "known.json: 1 recorded finding\n"
    assert "no longer found" not in desk.run("check", "--all").err


# --- what is printed ------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["json", "sarif"])
@pytest.mark.parametrize("how", [(), ("--fix",)])
def test_machine_formats_print_only_the_document(
    how: tuple[str, ...], format_: str, faulty: Desk
) -> None:
    ran = check(faulty, "--diff", "--format", format_, *how)
    assert json.loads(ran.out)
    assert f"+++ b/{ESSAY}" in ran.err


def test_timing_lists_every_rule_that_ran(desk: Desk) -> None:
    ran = desk.run("check", "--timing", "--select", "NL201")
    summary, *lines = ran.err.splitlines()
    assert summary == "1 issue: no problems"
    rows = [line.split(maxsplit=2)[2] for line in lines]
    assert sorted(rows) == ["NL201 vague-link-text", "make", "read"]
    assert all(re.match(r" +\d+\.\d ms  \S", line) for line in lines)


@pytest.mark.parametrize(
    ("line", "column", "shown", "under"),
    [
        ("Read it.", 6, "Read it.", 5),
        ("港の灯 here", 5, "港の灯 here", 7),
        ("e\u0301a", 3, "e\u0301a", 1),
        ("\ta\tb", 4, " a b", 3),
        ("a\x1b[2Jb", 6, "a\ufffd[2Jb", 5),
        ("short", 99, "short", 5),
    ],
)
def test_the_caret_is_under_the_finding(line: str, column: int, shown: str, under: int) -> None:
    assert text.excerpt(line, column) == (shown, under)


@pytest.mark.parametrize("column", [1, 40, 200, 399, 400])
@pytest.mark.parametrize("sign", ["a", "港", "e\u0301"])
def test_a_long_line_is_cut_around_the_finding(sign: str, column: int) -> None:
    line = sign * 400
    column = (column - 1) * len(sign) + 1
    line = f"{line[: column - 1]}^{line[column:]}"
    shown, under = text.excerpt(line, column)
    assert text.display_width(shown) <= text.COLUMNS + 2
    assert text.display_width(shown[: shown.index("^")]) == under


def of(path: str, message: str, line: int | None = 1, hint: str | None = None) -> CheckResult:
    finding = Finding(
        "NL201", "vague-link-text", "error", Location(path, line, line), message, hint
    )
    return CheckResult(Path("/nowhere"), ("a",), (finding,))


def test_annotations_are_escaped() -> None:
    written = github.render(of("a,b:c%.md", "50 %\nof: it, all", hint="No."))
    assert (
        written
        == "::error file=a%2Cb%3Ac%25.md,line=1,col=1,title=NL201 vague-link-text::50 %25%0Aof: it, all%0ANo.\n"
    )
    assert (
        github.render(of("a.md", "It.", None))
        == "::error file=a.md,title=NL201 vague-link-text::It.\n"
    )


def test_paths_are_relative_to_the_repository_root(desk: Desk) -> None:
    (desk.root.parent / ".git").mkdir()
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert check(desk, "--format", "github").out.startswith(
        f"::warning file=desk/{ESSAY},line=4,col=6,"
    )
    log = json.loads(check(desk, "--format", "sarif").out)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": f"desk/{ESSAY}", "uriBaseId": "%SRCROOT%"}


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    reported = json.loads((ROOT / "tests/vendor/sarif-2.1.0-rtm.4.json").read_bytes())
    jsonschema.Draft4Validator.check_schema(reported)
    return jsonschema.Draft4Validator(reported)


@pytest.mark.parametrize("arguments", [(), ("--select", "NL7")])
def test_sarif_is_valid(
    arguments: tuple[str, ...], schema: jsonschema.Draft4Validator, faulty: Desk
) -> None:
    faulty.write("issues/2026-04-05-tide/issue.yaml", "title: [\n")
    faulty.write("issues/2026-04-12-a/issue.yaml", b"\xff")
    schema.validate(json.loads(faulty.run("check", "--all", "--format", "sarif", *arguments).out))


def test_sarif_of_any_finding_is_valid(schema: jsonschema.Draft4Validator) -> None:
    for result in (
        of("ä b#?.md", "It is"),
        of("a.md", "It?", None),
        CheckResult(Path("/"), (), ()),
    ):
        schema.validate(json.loads(sarif.render(result)))
    assert '"uri": "%C3%A4%20b%23%3F.md"' in sarif.render(of("ä b#?.md", "It is"))


def test_baseline_and_allowed_findings_are_suppressed(
    schema: jsonschema.Draft4Validator, desk: Desk
) -> None:
    allowed = (
        "<!-- allow NL201: the agency's own words -->\nRead it [here](https://quay.example/b).\n"
    )
    desk.write(ESSAY, f"{HEAD}Look [here](https://quay.example/a).\n\n{allowed}")
    assert desk.run("check", "--baseline", "known.json", "--write-baseline").code == 0
    desk.write(
        ESSAY,
        f"{HEAD}Look [here](https://quay.example/a) and [here](https://quay.example/c).\n\n{allowed}",
    )
    log = json.loads(check(desk, "--baseline", "known.json", "--format", "sarif").out)
    schema.validate(log)
    results = log["runs"][0]["results"]
    assert [result.get("suppressions") for result in results] == [
        None,
        [{"kind": "external", "justification": "Recorded in known.json."}],
        [{"kind": "inSource", "justification": "the agency's own words"}],
    ]
    reported = json.loads(check(desk, "--baseline", "known.json", "--format", "json").out)
    assert [finding["reason"] for finding in reported["allowed"]] == ["the agency's own words"]
    assert reported["counts"] == {
        "error": 0,
        "warning": 1,
        "info": 0,
        "baseline": 1,
        "allowed": 1,
        "resolved": 0,
        "fixed": 0,
    }


def test_two_similar_findings_have_different_fingerprints(desk: Desk) -> None:
    desk.write(
        ESSAY, HEAD + "Look [here](https://quay.example/a) or [here](https://quay.example/b).\n"
    )
    results = json.loads(check(desk, "--format", "sarif").out)["runs"][0]["results"]
    assert (
        len({finding["partialFingerprints"]["finding/v1"] for finding in results})
        == len(results)
        == 2
    )


# --- workflows and hooks --------------------------------------------------------------------------


def options_of(command: str) -> set[str]:
    known = cli.get_command(None, command)  # type: ignore[arg-type]
    assert known
    return {name for parameter in known.params for name in parameter.opts}


def test_the_generated_workflow_uses_existing_commands_and_options(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    workflow = yaml.safe_load((tmp_path / ".github/workflows/newsletter.yml").read_text("utf-8"))
    job = workflow["jobs"]["check"]
    runs = [step["run"].split() for step in job["steps"] if "run" in step]
    words = next(words for words in runs if words[0] == "newsletter")
    assert words[1] in COMMANDS
    assert {word for word in words if word.startswith("-")} <= options_of(words[1])
    assert words[words.index("--format") + 1] == "github"
    assert next(step for step in job["steps"] if "with" in step)["with"]["fetch-depth"] == 0


def shell(command: str, cwd: Path, **environment: str) -> Ran:
    """Run a workflow or hook command in a shell, with our console script on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **environment}
    done = subprocess.run(
        ["sh", "-c", command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def test_the_generated_workflow_checks_issues_changed_by_a_pull_request(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    workflow = yaml.safe_load((tmp_path / ".github/workflows/newsletter.yml").read_text("utf-8"))
    job = workflow["jobs"]["check"]
    step = job["steps"][-1]
    assert step["env"] == {"BASE": "${{ github.base_ref }}"}
    (first,) = (tmp_path / "issues").iterdir()
    committed(desk)
    run_git(desk, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    assert shell(step["run"], tmp_path, BASE="trunk") == Ran(0, "", "0 issues: no problems\n")
    essay = first / "10-essay.md"
    text = essay.read_text("utf-8")
    essay.write_text(text + "\nTK\n", "utf-8")
    run_git(desk, "commit", "-a", "-m", "b")
    ran = shell(step["run"], tmp_path, BASE="trunk")
    assert ran.code == 0
    assert f"::warning file=issues/{first.name}/10-essay.md,line=" in ran.out
    essay.write_text(text + "\n::: tabel\n:::\n", "utf-8")
    run_git(desk, "commit", "-a", "-m", "c")
    ran = shell(step["run"], tmp_path, BASE="trunk")
    assert ran.code == 1
    assert f"::error file=issues/{first.name}/10-essay.md,line=" in ran.out


def test_the_hook_runs_at_the_root_of_a_repository(desk: Desk) -> None:
    """The workspace may be a subfolder; paths passed to the hook then start with its name."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    top = desk.root.parent
    files = [f"{desk.root.name}/{ESSAY}", f"{desk.root.name}/issues/{SLUG}/issue.yaml"]
    assert all(re.search(hook["files"], name) for name in files)
    assert shell(f"{hook['entry']} {' '.join(files)}", top) == Ran(0, "", "1 issue: no problems\n")
    desk.write(ESSAY, HEAD + "::: tabel\n:::\n")
    assert shell(f"{hook['entry']} {' '.join(files)}", top).code == 1
    assert shell(hook["entry"], top).err.startswith("error: No workspace found: ")


def test_the_hook_uses_an_existing_command_and_accepts_files(desk: Desk) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["entry"].split() == ["newsletter", "check", "--drafts"]
    files = re.compile(hook["files"])
    assert files.search(ESSAY)
    for shared in ("credits.yaml", "newsletter.toml", "lexicon.yaml", "templates/own/foot.mjml"):
        assert files.search(shared)
        assert files.search(f"letters/{shared}"), "the workspace is a subfolder of the repository"
    assert files.search(f"issues/{SLUG}/data/ports.csv")
    assert not files.search("dist/2026-03-01-quay/email.html")
    ran = check(desk, ESSAY, f"issues/{SLUG}/issue.yaml")
    assert (ran.code, ran.err) == (0, "1 issue: no problems\n")


def test_a_new_workspace_has_no_problems_and_a_new_issue_has_placeholders(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    ran = desk.run("check", "--all", "--strict")
    assert (ran.code, re.sub(r"\d+ info", "no problems", ran.err)) == (0, "1 issue: no problems\n")
    assert set(re.findall(r"info (NL\d+)", ran.out)) <= {"NL926", "NL910", "NL902"}
    assert desk.run("new", "Ports", "--date", "2026-03-01").code == 0
    ran = desk.run("check", "ports")
    assert (ran.code, ran.err[:18]) == (1, "1 issue: 7 errors,")
    assert set(re.findall(r"error (NL\d+)", ran.out)) == {"NL301"}
