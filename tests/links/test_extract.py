"""Every use of every link: address, position, visible text, and `*` if it can be fixed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.check import example
from newsletter.check.fix import apply_edits
from newsletter.links.extract import (
    LinkUse,
    link_queries,
    link_uses,
    replacement_edit,
    requestable,
)
from newsletter.links.result import LinkQuery
from newsletter.load import load
from newsletter.model import Edit, Location
from newsletter.workspace import Workspace, find
from tests import casefile
from tests.casefile import Case

FILE = Path(__file__).parent / "extract.txt"
ISSUE = f"issues/{example.SLUG}/"
OF_ALL = "newsletter.toml:"  # the publication's own links, present in every issue


def workspace(case: Case, root: Path) -> Workspace:
    """Write the files of a case; names without a slash are in the issue's folder."""
    shown = {name.removeprefix("/"): text for name, text in case.without("uses").items()}
    top = {name.removeprefix("/") for name in case.names if name.startswith("/")}
    for name, data in example.workspace({}).items():
        write(root / name, data)
    for name, text in shown.items():
        write(root / (name if name in top else f"{ISSUE}{name}"), text.encode())
    return find(root)


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def of(workspace: Workspace) -> tuple[LinkUse, ...]:
    loaded = load(workspace, workspace.issues / example.SLUG)
    assert loaded.issue, loaded.findings
    assert loaded.theme, loaded.findings
    return link_uses(workspace, loaded.issue, loaded.theme)


def reported(found: tuple[LinkUse, ...], *, publication: bool) -> str:
    lines = []
    for use in found:
        place = str(use.where)
        if publication or not place.startswith(OF_ALL):
            own = place.startswith(ISSUE) and not place.startswith(f"{ISSUE}credits.yaml")
            place = place.removeprefix(ISSUE) if own else f"/{place}"
            lines.append(
                f"{place} {use.kind}{'*' if use.editable else ''} {use.url} | {use.text}\n"
            )
    return "".join(lines)


@pytest.mark.parametrize("case", casefile.params(FILE))
def test_every_use_has_its_position(case: Case, tmp_path: Path, rewrite_expected: bool) -> None:
    found = reported(of(workspace(case, tmp_path)), publication="/newsletter.toml" in case.names)
    if rewrite_expected:
        case.rewrite(uses=found)
        return
    assert [line.rstrip() for line in found.splitlines()] == [
        line.rstrip() for line in case["uses"].splitlines()
    ]


@pytest.mark.parametrize("case", casefile.params(FILE))
@pytest.mark.parametrize(
    "new", ["https://example.org/new", "https://example.net/a,b?x=1&y=(2)", "https://a.example/#z"]
)
def test_a_fix_changes_the_address_and_nothing_else(case: Case, new: str, tmp_path: Path) -> None:
    desk = workspace(case, tmp_path)
    before = of(desk)
    edits = [edit for use in before if use.is_web and (edit := replacement_edit(use, new))]
    assert edits or "," in new  # a comma has a meaning in YAML
    for path in {edit.where.path for edit in edits}:
        data, made = apply_edits(
            (tmp_path / path).read_bytes(), [edit for edit in edits if edit.where.path == path]
        )
        assert made == sum(edit.where.path == path for edit in edits)
        write(tmp_path / path, data)
    fixed = {edit.where for edit in edits}
    expected = [(new if use.where in fixed else use.url, use.kind) for use in before]
    assert [(use.url, use.kind) for use in of(desk)] == expected


@pytest.mark.parametrize(
    ("kind", "new", "fits"),
    [
        ("link", "https://example.org/a_(b)", True),
        ("link", "https://example.org/a_(b", False),
        ("link", "https://example.org/a b", False),
        ("link", "https://example.org/?a&copy;=1", False),
        ("link", "https://example.org/é", False),
        ("source", "https://example.org/a?b=1&c=2#d", True),
        ("source", "https://example.org/a,b", False),
        ("source", "https://example.org/a'b", False),
        ("source", "https://example.org/a:", False),
        ("source", "https://example.org/%%name%%", False),
    ],
)
def test_an_address_is_inserted_only_if_it_reads_back_unchanged(
    kind: str, new: str, fits: bool
) -> None:
    where = Location("a.md", 1, 1)
    use = LinkUse("https://example.org", where, "", kind, editable=True)  # type: ignore[arg-type]
    assert replacement_edit(use, new) == (Edit(where, use.url, new) if fits else None)


def test_a_page_is_queried_once_with_all_its_fragments(tmp_path: Path) -> None:
    write(tmp_path / "newsletter.toml", b'name = "a"\nurl = "https://letter.example.org"\n')
    text = (
        "The [a](https://a.example/x#1), [b](https://a.example/x) [c](HTTPS://b.example) "
        "[d](https://a.example/x#2) [e](https://letter.sea.example/2026-03-01-example/#x) [f](tel:+351)."
    )
    for name, data in example.workspace(text).items():
        write(tmp_path / name, data)
    desk = find(tmp_path)
    issue = load(desk, desk.issues / example.SLUG).issue
    assert issue
    assert link_queries(requestable(desk, issue, link_uses(desk, issue, None))) == (
        LinkQuery("https://a.example/x", ("1", "2")),
        LinkQuery("HTTPS://b.example"),
        LinkQuery("https://letter.sea.example"),
        LinkQuery("https://letter.sea.example/unsubscribe"),
    )


# --- generated text around links ------------------------------------------------------------------

WORDS = [
    "the log",
    "a *tide* table",
    "`](x)`",
    "港の灯",
    "\\[sic\\]",
    "“so”",
    "![](a.png)",
    "x `a\\` y",
    "é&amp;è",
]
BEFORE = [*WORDS, "A note[^1]"]  # not possible inside a link
SPELLINGS = [
    "[{words}]({url})",
    '[{words}](  {url}  "A title (with ]( in it)")',
    "[{words}](<{url}>)",
    "[{words}][r{n}]",
    "<{url}>",
    "![a \\] picture]({url})",
    "**[{words}]({url})**",
    "[{words}](\n{url} 'So')",  # with a line break
]
BLOCKS = [
    "{}",
    "::: callout Mind\n{}\n:::",
    "> {}",
    "- {}",
    "## {}",
    "| a | b |\n|---|---|\n| é | {} |",
]


@st.composite
def sections(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Generate Markdown with links, and their addresses."""
    blocks, urls = [], []
    for n in range(draw(st.integers(1, 8))):
        block = draw(st.sampled_from(BLOCKS))
        spelled = draw(st.sampled_from(SPELLINGS if block in BLOCKS[:2] else SPELLINGS[:-1]))
        urls.append(
            f"https://{draw(st.sampled_from(['example.org', 'port.example']))}/a_(b)?x=1&y=%2F#{n}"
        )
        link = spelled.format(words=draw(st.sampled_from(WORDS)), url=urls[-1], n=n)
        blocks.append(block.format(f"{draw(st.sampled_from(BEFORE))} {link} after"))
        if "][r" in link:
            blocks.append(f"[r{n}]: {urls[-1]}")
    return "\n\n".join([*blocks, "[^1]: A note."]), urls


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(section=sections())
def test_every_link_is_found_at_its_position(
    section: tuple[str, list[str]], tmp_path: Path
) -> None:
    text, urls = section
    for name, data in example.workspace(text).items():
        write(tmp_path / name, data)
    found = [use for use in of(find(tmp_path)) if use.kind in ("link", "image")]
    assert sorted(use.url for use in found) == sorted(urls)
    lines = (tmp_path / example.ESSAY).read_text("utf-8").split("\n")
    for use in found:
        assert use.editable
        assert lines[(use.where.line or 0) - 1].startswith(use.url, (use.where.column or 0) - 1)
