"""Fixes and allowed findings, as folders: `before/`, `after/`, and the output in `report.txt`.

The files in the folders replace those of the example issue (`check/example.py`).
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.check import example
from newsletter.check.fix import apply_edits
from newsletter.check.registry import RULES
from newsletter.check.rule import Rule
from newsletter.check.select import SelectionStack
from newsletter.files.cache import BuildCache
from newsletter.model import Edit, Location
from newsletter.pipeline.validate import CheckContext, validate
from newsletter.workspace import find
from tests.desk import SLUG, Desk, Ran, laid_out

CASES = sorted(path for path in (Path(__file__).parent / "fixes").iterdir() if path.is_dir())
ISSUE = f"issues/{example.SLUG}"


def set_up(root: Path, shown: Any) -> Desk:
    return laid_out(root, example.workspace(shown))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def reported(ran: Ran) -> str:
    return f"{ran.out}{ran.err}exit code {ran.code}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixes_produce_the_expected_files_and_report(
    case: Path, tmp_path: Path, rewrite_expected: bool
) -> None:
    desk = set_up(tmp_path, {})
    before = files(case / "before")
    for name, data in before.items():
        desk.write(f"{ISSUE}/{name}", data)
    untouched = desk.tree("issues")
    planned = desk.run("check", "--diff")
    assert desk.tree("issues") == untouched
    ran = desk.run("check", "--fix", "--diff")
    after = {name: (desk.root / ISSUE / name).read_bytes() for name in before}
    if rewrite_expected:
        (case / "report.txt").write_text(reported(ran), "utf-8")
        for name, data in after.items():
            (case / "after").mkdir(exist_ok=True)
            (case / "after" / name).write_bytes(data)
        return
    assert reported(ran) == (case / "report.txt").read_text("utf-8")
    assert after == files(case / "after")
    assert changes(planned) == changes(ran), "--diff and --fix show the same changes"


def changes(ran: Ran) -> list[str]:
    """Return the lines of a diff."""
    return [
        line
        for line in ran.out.splitlines()
        if line.startswith(("+", "-", "@", " ")) and not line.startswith("    ")
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixing_twice_changes_nothing_the_second_time(case: Path, tmp_path: Path) -> None:
    desk = set_up(tmp_path, {})
    for name, data in files(case / "before").items():
        desk.write(f"{ISSUE}/{name}", data)
    desk.run("check", "--fix")
    once = desk.tree("issues")
    second = desk.run("check", "--fix", "--diff")
    assert desk.tree("issues") == once
    assert " fixed" not in second.err
    assert changes(second) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
def test_no_fix_of_an_example_changes_a_word(rule: Rule[Any], tmp_path: Path) -> None:
    desk = set_up(tmp_path, rule.bad)
    before = desk.tree("issues")
    ran = desk.run("check", "--fix", "--select", rule.code)
    after = desk.tree("issues")
    assert {name: words(data) for name, data in after.items()} == {
        name: words(data) for name, data in before.items()
    }
    if " fixed" in ran.err:
        assert rule.code not in ran.out, "a fixed finding is no longer reported"


# --- the words of a sentence ----------------------------------------------------------------------

ADDRESS = re.compile(r"[a-z]+://[^\s)>\"]*")


def words(data: bytes) -> list[str]:
    """Return the words of a file, without addresses and punctuation; a binary file is one word."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [repr(data)]
    return re.findall(r"\w+", ADDRESS.sub("", text))


WORDS = [
    "quay",
    "noon",
    "it's",
    "the port's",
    "«",
    "»",
    "!",
    "?",
    "5",
    "km",
    "%",
    "'90s",
    '"no"',
    "—",
    "…",
    "naïve",
    "港",
]
LINKS = [
    "[the report](https://sea.example/r?utm_source=a&b=1)",
    "<https://sea.example/?fbclid=1>",
    "![A crane](https://sea.example/a.png?gclid=2)",
    "[a][b]",
    "`code  here `",
]
SPACES = [" ", "  ", "\t", " \n", "  \n", "\n", "\r\n", "\n\n", "\u00a0", "\\\n"]
STARTS = [
    "",
    "## ",
    "#### ",
    "###### ",
    "- ",
    "> ",
    "1. ",
    "| a | b |\n|---|---|\n| c  | d |\n",
    "::: callout It's\n",
]


@st.composite
def markdown(draw: st.DrawFn) -> str:
    """Generate text full of what fixes look for."""
    pieces = draw(
        st.lists(st.tuples(st.sampled_from([*WORDS, *LINKS]), st.sampled_from(SPACES)), max_size=12)
    )
    start = draw(st.sampled_from(STARTS))
    end = "\n:::\n" if start.startswith(":::") else ""
    return (
        start
        + "".join(f"{word}{space}" for word, space in pieces)
        + end
        + "\n[b]: https://sea.example/?mc_cid=1\n"
    )


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=st.lists(markdown(), min_size=1, max_size=3),
    language=st.sampled_from(["en", "fr", "de", "ar"]),
)
def test_no_fix_changes_the_words_of_a_sentence(
    tmp_path: Path, body: list[str], language: str
) -> None:
    head = example.FRONT.replace("Quiet Port", '"Quiet" Port\'s')
    issue = example.FILES[f"{ISSUE}/issue.yaml"] + f"language: {language}\n"
    desk = set_up(tmp_path, {"10-essay.md": head + "\n".join(body), "issue.yaml": issue})
    before = desk.tree(ISSUE)
    workspace = find(desk.root)
    folder = workspace.issues / example.SLUG
    cache = BuildCache(workspace.state / "cache")
    context = CheckContext(workspace, cache, SelectionStack.of_settings(workspace))
    findings = validate(context, folder).findings
    for name, data in before.items():
        edits = [
            finding.edit
            for finding in findings
            if finding.edit and finding.edit.where.path == f"{ISSUE}/{name}"
        ]
        after, applied = apply_edits(data, edits)
        assert words(after) == words(data)
        assert applied or after == data


# --- one edit -------------------------------------------------------------------------------------


def edit(line: int, column: int, old: str, new: str) -> Edit:
    return Edit(Location("a.md", line, column), old, new)


@pytest.mark.parametrize(
    ("data", "edits", "after", "applied"),
    [
        pytest.param(b"one two\n", [edit(1, 5, "two", "2")], b"one 2\n", 1, id="where it stands"),
        pytest.param(
            b"one two\n", [edit(1, 4, "two", "2")], b"one two\n", 0, id="beside where it stands"
        ),
        pytest.param(
            b"one\n",
            [edit(2, 9, "one", "1"), edit(9, 1, "one", "1")],
            b"one\n",
            0,
            id="past the end",
        ),
        pytest.param(
            b"one\ntwo\n", [edit(1, 5, "two", "2")], b"one\ntwo\n", 0, id="past the end of its line"
        ),
        pytest.param(
            b"a\r\nb \r\nc\n", [edit(2, 2, " ", "")], b"a\r\nb\r\nc\n", 1, id="line ends stay"
        ),
        pytest.param(
            b"a\r\nb\r\n",
            [edit(1, 1, "a\nb", "x\ny")],
            b"x\r\ny\r\n",
            1,
            id="new line ends are the file's",
        ),
        pytest.param(
            b"a\rb \rc", [edit(2, 2, " ", "")], b"a\rb\rc", 1, id="the line ends of old machines"
        ),
        pytest.param(
            b"\xef\xbb\xbfab\nab",
            [edit(1, 1, "a", "x")],
            b"\xef\xbb\xbfxb\nab",
            1,
            id="the mark stays",
        ),
        pytest.param(
            "ä 港 b".encode(),
            [edit(1, 5, "b", "c")],
            "ä 港 c".encode(),
            1,
            id="columns are characters",
        ),
        pytest.param(
            "a\u2028b\n".encode(),
            [edit(1, 3, "b", "c")],
            "a\u2028c\n".encode(),
            1,
            id="no other line ends",
        ),
        pytest.param(
            b"abcd",
            [edit(1, 1, "abc", "x"), edit(1, 2, "bcd", "y")],
            b"xd",
            1,
            id="first of two wins",
        ),
        pytest.param(
            b"abcd",
            [edit(1, 1, "ab", "x"), edit(1, 3, "cd", "y")],
            b"xy",
            2,
            id="neighbours both win",
        ),
        pytest.param(
            b"ab", [edit(1, 2, "", "x"), edit(1, 2, "", "x")], b"axb", 1, id="the same twice is one"
        ),
        pytest.param(
            b"ab",
            [edit(1, 2, "", "x"), edit(1, 2, "", "y")],
            b"axb",
            1,
            id="one insertion at a place",
        ),
        pytest.param(b"ab", [edit(1, 1, "a", "a")], b"ab", 0, id="no change is none"),
        pytest.param(b"\xff a", [edit(1, 3, "a", "b")], b"\xff a", 0, id="Not UTF-8"),
    ],
)
def test_an_edit_is_applied_exactly_or_not_at_all(
    data: bytes, edits: list[Edit], after: bytes, applied: int
) -> None:
    assert apply_edits(data, edits) == (after, applied)


def test_a_byte_order_mark_and_other_line_endings_are_kept(tmp_path: Path) -> None:
    desk = set_up(tmp_path, {})
    text = example.FRONT + "Read the [report](https://sea.example/r?utm_source=a).\n\nThe quay.\n"
    path = desk.write(f"{ISSUE}/10-essay.md", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    path.chmod(0o644)
    assert desk.run("check", "--fix").code == 0
    expected = text.replace("?utm_source=a", "").replace("\n", "\r\n").encode()
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected


def test_symbolic_links_and_file_permissions_are_kept(desk: Desk) -> None:
    essay = f"issues/{SLUG}/10-essay.md"
    text = "---\nkind: essay\n---\nSee [the list](https://quay.example/a?utm_source=b).\n"
    target = desk.write(f"issues/{SLUG}/drafts/essay.md", text)
    target.chmod(0o640)
    (desk.root / essay).unlink()
    (desk.root / essay).symlink_to(target)
    assert "1 fixed" in desk.run("check", "--select", "NL204", "--fix").err
    assert (desk.root / essay).readlink() == target
    assert target.read_text("utf-8") == text.replace("?utm_source=b", "")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
