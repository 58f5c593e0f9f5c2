"""`newsletter check`: whole output and exit code, in every format."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from newsletter.check.formats import Result, github, sarif, text
from newsletter.cli import COMMANDS, cli
from newsletter.model import Finding, Location
from tests.desk import SLUG, Desk, Ran

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FORMATS = HERE.parent / "check" / "formats"
ONLY = ("--select", "NL0,NL1,NL201,NL204")  # so that a new rule does not change what is compared here
ESSAY = f"issues/{SLUG}/10-essay.md"
HEAD = "---\nkind: essay\n---\n"
SETTINGS = 'name = "The Quay"\nurl = "https://quay.example"\n\n[check]\n'


@pytest.fixture
def faulty(desk: Desk) -> Desk:
    """One of everything: an error, warnings, a mend, a place without a line of its own, wide signs."""
    desk.write(ESSAY, HEAD + "港の灯 [here](https://quay.example/a?utm_source=b).\n<!-- allow NL201 -->\n")
    desk.write(f"issues/{SLUG}/credits.yaml", "essay: [mara]\n")
    return desk


def check(desk: Desk, *arguments: str) -> Ran:
    return desk.run("check", *ONLY, *arguments)


def test_nothing_wrong(desk: Desk) -> None:
    assert check(desk) == Ran(0, "1 issue: no problems\n", "")


@pytest.mark.parametrize("name", ["text", "json", "github", "sarif"])
def test_every_format_whole(name: str, faulty: Desk, rewrite_expected: bool) -> None:
    ran = check(faulty, "--format", name)
    said = f"--- standard output\n{ran.out}--- standard error\n{ran.err}--- exit code\n{ran.code}\n"
    said = re.sub(r'("semanticVersion": )"[^"]+"', r'\1"VERSION"', said)
    path = FORMATS / f"{name}.txt"
    if rewrite_expected:
        path.write_text(said, "utf-8")
        return
    assert said == path.read_text("utf-8")


# --- severities and codes --------------------------------------------------------------------------------


def test_warnings_end_with_1_only_where_strict(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert check(desk).code == 0
    assert check(desk).out == "1 issue: 1 warning\n"
    assert check(desk, "--strict").code == 1
    assert check(desk, "--ignore", "NL201").out == "1 issue: no problems\n"


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
        ('severity = {NL201 = "error"}', "severity: {NL201: information}", (), "information"),
        ('severity = {NL2 = "error", NL201 = "information"}', "", (), "information"),
        ("", "ignore: [NL201]", (), None),
        ("", "ignore: [NL201]", ("--select", "NL201"), "warning"),
        ("", "select: [NL3]", (), None),
        ("", "", ("--select", "NL3"), None),
        ("", "", ("--select", "NL3,NL2"), "warning"),
        ("", "", ("--select", "NL3", "--select", "NL2"), "warning"),
        ("", "", ("--ignore", "NL201"), None),
    ],
)
def test_what_is_chosen_where(
    settings: str, issue: str, arguments: tuple[str, ...], found: str | None, desk: Desk
) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    desk.write("newsletter.toml", f"{SETTINGS}{settings}\n")
    with (desk.issue / "issue.yaml").open("a", encoding="utf-8") as file:
        file.write(f"check: {{{issue}}}\n")
    told = json.loads(desk.run("check", "--format", "json", *arguments).out)["findings"]
    assert [one["severity"] for one in told if one["code"] == "NL201"] == ([found] if found else [])


def test_what_keeps_an_issue_from_being_a_mail_is_told_whatever_is_chosen(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "<!-- allow NL501: later -->\n![A crane](images/crane.png)\n")
    ran = desk.run("check", "--select", "NL7", "--ignore", "NL501")
    assert ran.err.startswith(f"{ESSAY}:5:1: error NL501 missing-image: ")
    assert (ran.code, ran.out) == (1, "1 issue: 1 error\nthe mail itself was not looked at: mend these first\n")


def test_whether_the_mail_was_looked_at_is_told_of_each_issue(desk: Desk) -> None:
    other = desk.another("2026-04-05-tide")
    desk.write(ESSAY, HEAD + "![A crane](images/crane.png)\n")
    ran = check(desk, "--all", "--format", "json")
    assert json.loads(ran.out)["mail_checked"] == {SLUG: False, other.name: True}
    assert ran.err.endswith("\nthe mail itself was not looked at: mend these first (1 of 2 issues)\n")


def test_what_is_allowed_or_ignored_does_not_stop_a_build(desk: Desk) -> None:
    desk.write("credits.yaml", "people:\n  mara: {name: Mara}\nroles:\n  essay: {label: Essay}\n")
    credits = desk.write(f"issues/{SLUG}/credits.yaml", "essay: mara\n")
    assert desk.run("build").code == 1
    credits.write_text("# allow NL104: on a train\nessay: mara\n")
    assert desk.run("build").code == 0
    credits.write_text("essay: mara\n")
    desk.write("newsletter.toml", SETTINGS + 'ignore = ["NL104"]\n')
    assert desk.run("build").code == 0


# --- wrong usage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (("--select", "NL2O1"), "error: --select: no rule has the code 'NL2O1'\n    hint: Did you mean "),
        (
            ("--ignore", "vague-link"),
            "error: --ignore: no rule has the code 'vague-link'\n    hint: Did you mean NL201",
        ),
        (("--ignore", "XY"), "error: --ignore: no rule has the code 'XY'\n    hint: `newsletter explain` lists all"),
        (("--write-baseline",), "error: --write-baseline: no baseline is named\n"),
        (
            ("--baseline", "k", "--write-baseline", "--select", "NL2"),
            "error: --write-baseline writes the findings of all",
        ),
        (
            ("--baseline", "k", "--write-baseline", "--ignore", "NL2"),
            "error: --write-baseline writes the findings of all",
        ),
        (("--baseline", "k", "--write-baseline", "--format", "json"), "error: --write-baseline prints no findings: "),
        (("--all", SLUG), "Usage: newsletter check"),
        (("--since", "HEAD", SLUG), "Usage: newsletter check"),
        (("--format", "xml"), "Usage: newsletter check"),
        (("nowhere",), "error: no issue 'nowhere'"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], err: str, desk: Desk) -> None:
    ran = desk.run("check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(err)


def test_a_code_that_is_none_in_settings_and_issues_is_told(desk: Desk) -> None:
    issue = desk.root / f"issues/{SLUG}/issue.yaml"
    issue.write_text(issue.read_text("utf-8") + "check: {ignore: [NL2O1]}\n", "utf-8")
    ran = desk.run("check")
    assert ran.code == 1
    assert "error NL005 wrong-value: ignore: no rule has the code 'NL2O1'" in ran.err
    desk.write("newsletter.toml", SETTINGS + 'severity = {NL999 = "error"}\n')
    ran = desk.run("check")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("newsletter.toml: error: [check] severity: no rule has the code 'NL999'\n")


# --- many issues -------------------------------------------------------------------------------------------


def test_all_in_processes_say_what_one_says(desk: Desk) -> None:
    for number in range(12):
        folder = desk.another(f"2026-04-{number + 1:02}-tide")
        (folder / "10-essay.md").write_text(HEAD + f"[here](https://quay.example/{number % 5})\n", "utf-8")
    what = ("check", "--all", "--select", "NL201,NL207")
    alone = desk.run(*what, "--jobs", "1")
    assert desk.process(*what, "--jobs", "3") == alone
    assert "NL207" in alone.err, "issues are seen beside the earlier ones"
    assert alone.out.startswith("13 issues: 12 warnings, ")


def test_a_finding_in_a_shared_file_is_told_once(desk: Desk) -> None:
    desk.another("2026-04-05-tide")
    desk.write("credits.yaml", "people: {mara: {nme: Mara}}\n")
    assert desk.run("check", "--all").err.count("unknown key 'nme'") == 1


def test_since_a_revision(desk: Desk) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *arguments], cwd=desk.root, check=True, capture_output=True)

    ran = desk.run("check", "--since", "main")
    assert (ran.code, ran.err) == (1, "error: --since asks git, and this workspace is in no git repository\n")
    git("init")
    git("add", ".")
    git("commit", "-m", "a")
    assert desk.run("check", "--since", "main") == Ran(0, "0 issues: no problems\n", "")
    desk.another("2026-04-05-tide")
    assert json.loads(desk.run("check", "--since", "main", "--format", "json").out)["issues"] == ["2026-04-05-tide"]
    git("checkout", "-b", "work")
    git("add", ".")
    git("commit", "-m", "b")
    desk.write(ESSAY, HEAD + "Changed.\n")
    told = json.loads(desk.run("check", "--since", "main", "--format", "json").out)["issues"]
    assert told == [SLUG, "2026-04-05-tide"]
    ran = desk.run("check", "--since", "--output=x")
    assert (ran.code, ran.err[:50]) == (2, "error: --since: git knows no revision '--output=x'")


# --- the baseline --------------------------------------------------------------------------------------------


def test_a_baseline_tells_only_what_is_new(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert check(desk, "--baseline", "known.json") == Ran(
        1,
        "",
        "error: there is no baseline known.json\n    hint: Write it with: newsletter check --all --write-baseline\n",
    )
    desk.write("newsletter.toml", SETTINGS + 'baseline = "known.json"\nselect = ["NL201"]\n')
    assert desk.run("check", "--write-baseline") == Ran(0, "known.json: 1 known finding\n", "")
    assert check(desk, "--strict") == Ran(0, "1 issue: no problems (1 known)\n", "")
    desk.write(ESSAY, HEAD + "Moved.\n\nLook [here](https://quay.example/a), and [here](https://quay.example/b).\n")
    ran = check(desk, "--strict")
    assert (ran.code, ran.out) == (1, "1 issue: 1 warning (1 known)\n")
    assert ran.err.startswith(f"{ESSAY}:6:42: warning NL201")
    other = desk.another("2026-04-05-tide")
    assert desk.run("check", other.name, "--write-baseline").out == "known.json: 3 known findings\n"
    known = json.loads((desk.root / "known.json").read_bytes())["findings"]
    assert list(known) == [ESSAY, f"issues/{other.name}/10-essay.md"], "what is known of others stays"
    desk.write("known.json", "{}")
    ran = check(desk)
    assert (ran.code, ran.err.splitlines()[0]) == (1, "error: the baseline known.json cannot be read")


# --- what is printed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["json", "sarif"])
@pytest.mark.parametrize("how", [(), ("--fix",)])
def test_a_machine_gets_its_document_alone(how: tuple[str, ...], format_: str, faulty: Desk) -> None:
    ran = check(faulty, "--diff", "--format", format_, *how)
    assert json.loads(ran.out)
    assert f"+++ b/{ESSAY}" in ran.err


def test_timing_names_every_rule_that_ran(desk: Desk) -> None:
    ran = desk.run("check", "--timing", "--select", "NL201")
    rows = [line.split(maxsplit=2)[2] for line in ran.err.splitlines()]
    assert sorted(rows) == ["NL201 vague-link-text", "make", "read"]
    assert all(re.match(r" +\d+\.\d ms  \S", line) for line in ran.err.splitlines())


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
def test_the_caret_stands_under_the_place(line: str, column: int, shown: str, under: int) -> None:
    assert text.excerpt(line, column) == (shown, under)


@pytest.mark.parametrize("column", [1, 40, 200, 399, 400])
@pytest.mark.parametrize("sign", ["a", "港", "e\u0301"])
def test_a_long_line_is_cut_around_the_place(sign: str, column: int) -> None:
    line = sign * 400
    column = (column - 1) * len(sign) + 1
    line = f"{line[: column - 1]}^{line[column:]}"
    shown, under = text.excerpt(line, column)
    assert text.display_width(shown) <= text.COLUMNS + 2
    assert text.display_width(shown[: shown.index("^")]) == under


def of(path: str, message: str, line: int | None = 1, hint: str | None = None) -> Result:
    finding = Finding("NL201", "vague-link-text", "error", Location(path, line, line), message, hint)
    return Result(Path("/nowhere"), ("a",), (finding,))


def test_annotations_are_escaped() -> None:
    written = github.written(of("a,b:c%.md", "50 %\nof: it, all", hint="No."))
    assert (
        written == "::error file=a%2Cb%3Ac%25.md,line=1,col=1,title=NL201 vague-link-text::50 %25%0Aof: it, all%0ANo.\n"
    )
    assert github.written(of("a.md", "It.", None)) == "::error file=a.md,title=NL201 vague-link-text::It.\n"


def test_paths_count_from_the_top_of_the_repository(desk: Desk) -> None:
    (desk.root.parent / ".git").mkdir()
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a).\n")
    assert check(desk, "--format", "github").out.startswith(f"::warning file=desk/{ESSAY},line=4,col=6,")
    log = json.loads(check(desk, "--format", "sarif").out)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": f"desk/{ESSAY}", "uriBaseId": "%SRCROOT%"}


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    told = json.loads((ROOT / "tests/vendor/sarif-2.1.0-rtm.4.json").read_bytes())
    jsonschema.Draft4Validator.check_schema(told)
    return jsonschema.Draft4Validator(told)


@pytest.mark.parametrize("arguments", [(), ("--select", "NL7")])
def test_sarif_is_valid(arguments: tuple[str, ...], schema: jsonschema.Draft4Validator, faulty: Desk) -> None:
    faulty.write("issues/2026-04-05-tide/issue.yaml", "title: [\n")
    faulty.write("issues/2026-04-12-a/issue.yaml", b"\xff")
    schema.validate(json.loads(faulty.run("check", "--all", "--format", "sarif", *arguments).out))


def test_sarif_of_any_finding_is_valid(schema: jsonschema.Draft4Validator) -> None:
    for result in (of("ä b#?.md", "It is"), of("a.md", "It?", None), Result(Path("/"), (), ())):
        schema.validate(json.loads(sarif.written(result)))
    assert '"uri": "%C3%A4%20b%23%3F.md"' in sarif.written(of("ä b#?.md", "It is"))


def test_two_alike_have_two_fingerprints(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "Look [here](https://quay.example/a) or [here](https://quay.example/b).\n")
    results = json.loads(check(desk, "--format", "sarif").out)["runs"][0]["results"]
    assert len({one["partialFingerprints"]["finding/v1"] for one in results}) == len(results) == 2


# --- where else it is called from ------------------------------------------------------------------------------


def options_of(command: str) -> set[str]:
    known = cli.get_command(None, command)  # type: ignore[arg-type]
    assert known
    return {name for parameter in known.params for name in parameter.opts}


def test_the_workflow_of_init_names_what_exists(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    workflow = yaml.safe_load((tmp_path / ".github/workflows/newsletter.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    runs = [step["run"].split() for step in job["steps"] if "run" in step]
    words = next(words for words in runs if words[0] == "newsletter")
    assert words[1] in COMMANDS
    assert {word for word in words if word.startswith("-")} <= options_of(words[1])
    assert words[words.index("--format") + 1] == "github"
    assert next(step for step in job["steps"] if "with" in step)["with"] == {"fetch-depth": 0}


def test_the_hook_names_what_exists_and_takes_files(desk: Desk) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["entry"].split() == ["newsletter", "check"]
    files = re.compile(hook["files"])
    assert files.search(ESSAY)
    assert not files.search("credits.yaml")
    assert not files.search("dist/2026-03-01-quay/email.html")
    ran = check(desk, ESSAY, f"issues/{SLUG}/issue.yaml")
    assert (ran.code, ran.out) == (0, "1 issue: no problems\n")


def test_a_new_workspace_has_no_problems_and_a_new_issue_is_still_to_be_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    ran = desk.run("check", "--all", "--strict")
    assert (ran.code, re.sub(r"\d+ notes?", "no problems", ran.out)) == (0, "1 issue: no problems\n")
    assert desk.run("new", "Ports", "--date", "2026-03-01").code == 0
    ran = desk.run("check", "ports")
    assert (ran.code, ran.out) == (1, "1 issue: 5 errors\n")
    assert set(re.findall(r"error (NL\d+)", ran.err)) == {"NL301"}
