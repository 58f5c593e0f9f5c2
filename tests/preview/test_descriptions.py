"""The information next to the email: the inbox row, the reading order, changes, and links to the
editor.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring
from msgspec.structs import replace

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.errors import NewsletterError
from newsletter.markup.width import display_width
from newsletter.model import Location
from newsletter.preview.changes import change_list, with_marks
from newsletter.preview.editor import EDITORS, Editor
from newsletter.preview.inbox_rows import ROWS, cut_columns, inbox_rows
from newsletter.preview.screen_reader import screen_reader_lines
from tests.desk import ISSUES, SLUG, Desk
from tests.preview.conftest import BLOCKS, IssueCache, cache_of
from tests.preview.test_issue_cache import ESSAY, saved, shown
from tests.preview.test_source_marks import email_views

HERE = Path(__file__).parent


# --- the inbox row --------------------------------------------------------------------------------

LONG = "Cranes, Cables and Container Queues: Why the Quietest Port in Europe Is Also Its Busiest"
DECK = (
    "This week, why the quietest port in Europe is the busiest, "
    "and who pays for the tugs that keep it open all night."
)


def rows(subject: str, preheader: str, padded: bool = True) -> list[str]:
    case = email_views(cache_of(ISSUES / "smallest"))
    html = case.checked_email.email.html
    start = html.index(">", html.index("display:none")) + 1
    padding = "\u034f\u2007" * 130 if padded else ""
    html = f"{html[:start]}{preheader}{padding}{html[html.index('</div>', start) :]}"
    issue = replace(case.checked_email.issue, subject=subject, preheader=preheader)
    checked_email = CheckedEmail(
        issue,
        replace(case.checked_email.email, html=html),
        case.checked_email.publication,
        case.checked_email.theme,
        case.checked_email.checks,
    )
    return [
        f"{row['client']}, {row['device']}\n  {row['subject']}|{row['subject_rest']}"
        f"\n  {row['preheader']}|{row['preheader_rest']}"
        for row in inbox_rows(checked_email)
    ]


def test_each_client_truncates_at_its_own_length(rewrite_expected: bool) -> None:
    path = HERE / "inbox.txt"
    actual = "\n".join(rows(LONG, DECK)) + "\n"
    if rewrite_expected:
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


def test_without_padding_the_body_shows_in_the_row() -> None:
    (row,) = [
        row
        for row in rows("One ship", "It came in.", padded=False)
        if row.startswith("Gmail, phone")
    ]
    assert row == "Gmail, phone\n  One ship|\n  It came in. The Quay 1 March 2026 The Q|"


@given(st.text(max_size=120), st.integers(2, 140))
def test_truncated_text_fits_and_nothing_is_lost(text: str, columns: int) -> None:
    head, rest = cut_columns(text, columns)
    assert text.startswith(head)
    assert text.endswith(rest)
    assert "".join(text.split()) == "".join((head + rest).split())
    assert not rest or display_width(head) < columns


def test_phones_before_desktops() -> None:
    assert [row.device for row in ROWS] == ["phone"] * 3 + ["desktop"] * 3


# --- the reading order ----------------------------------------------------------------------------


def test_an_email_as_a_screen_reader_reads_it(blocks: IssueCache, rewrite_expected: bool) -> None:
    path = HERE / "reading.txt"
    lines = []
    for entry in screen_reader_lines(email_views(blocks, BLOCKS).tree):
        more = " ".join(
            str(entry[key]) for key in ("level", "items", "url") if entry[key] is not None
        )
        lines.append(f"{entry['role']:<12} {more:<8} {entry['text']}".rstrip())
    actual = "\n".join(lines) + "\n"
    if rewrite_expected:
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


def test_an_item_or_a_cell_is_read_once_and_before_its_first_child() -> None:
    item = "<li><a href=x>A chart</a> of 1903</li><li><p>One</p><p>Two</p><ul><li>within</li></ul>after</li><li></li>"
    cells = "<tr><td></td><td><a href=y>Map</a> of it</td></tr>"
    reported = screen_reader_lines(
        document_fromstring(f"<ul>{item}</ul><table>{cells}</table><p>End</p>")
    )
    assert [(entry["role"], entry["text"]) for entry in reported] == [
        ("list", ""),
        ("listitem", ""),
        ("link", "A chart"),
        ("text", "of 1903"),
        ("listitem", "One"),
        ("text", "Two"),
        ("list", ""),
        ("listitem", "within"),
        ("text", "after"),
        ("table", ""),
        ("cell", ""),
        ("link", "Map"),
        ("text", "of it"),
        ("paragraph", "End"),
    ]


# --- changes --------------------------------------------------------------------------------------


def page(*paragraphs: str) -> str:
    blocks = "".join(
        f'<p data-at="x.md:{line}:1">{words}</p>' for line, words in enumerate(paragraphs, 1)
    )
    return f"<html><body><div>{blocks}</div></body></html>"


CHANGES = [
    ("nothing", ["One ship."], ["One ship."], [], page("One ship.")),
    (
        "a word",
        ["The old crane is slow."],
        ["The new crane is slow."],
        [("changed", "x.md:1:1", "=The -old =crane is slow.", "=The +new =crane is slow.")],
        "The <del>old</del> <ins>new</ins> crane is slow.",
    ),
    (
        "a paragraph more",
        ["One ship.", "Two cranes stand still."],
        ["One ship.", "Nobody works at night.", "Two cranes stand still."],
        [("added", "x.md:2:1", "", "+Nobody works at night.")],
        "<ins>Nobody works at night.</ins>",
    ),
    (
        "a paragraph less",
        ["One ship.", "Nobody works at night.", "Two cranes stand still."],
        ["One ship.", "Two cranes stand still."],
        [("removed", None, "-Nobody works at night.", "")],
        '<p data-at="x.md:2:1"><del>Nobody works at night.</del> Two cranes stand still.</p>',
    ),
    (
        "words at the end",
        ["The tide turns at six"],
        ["The tide turns"],
        [("changed", "x.md:1:1", "=The tide turns -at six", "=The tide turns")],
        "The tide turns<del> at six</del>",
    ),
    (
        "words across a link",
        ['See <a href="x">the quay</a> today.'],
        ['See <a href="x">the long quay</a> by night.'],
        [("changed", "x.md:1:1", "=See the -quay today =.", "=See the +long quay by night =.")],
        '<a href="x">the <del>quay today</del> <ins>long quay</ins></a> <ins>by night</ins>.',
    ),
    (
        "signs that HTML knows",
        ["Cranes &amp; cables &lt; ships"],
        ["Cranes &amp; trains &lt; ships"],
        [("changed", "x.md:1:1", "=Cranes & -cables =< ships", "=Cranes & +trains =< ships")],
        "Cranes &amp; <del>cables</del> <ins>trains</ins> &lt; ships",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "listed", "marked"),
    [row[1:] for row in CHANGES],
    ids=[row[0] for row in CHANGES],
)
def test_changes_in_words(
    old: list[str], new: list[str], listed: list[tuple[str, str | None, str, str]], marked: str
) -> None:
    actual = change_list(None, page(*old), page(*new))
    assert actual["available"]
    shown = [
        (
            c["kind"],
            c["target"],
            *(" ".join(f"{m}{w}" for m, w in c[side]) for side in ("before", "after")),
        )
        for c in actual["changes"]
    ]
    assert shown == listed
    html = with_marks(page(*old), page(*new))
    assert marked in re.sub(r"<(ins|del) [^>]*>", r"<\1>", html)


def test_changes_since_it_was_published(desk: Desk) -> None:
    assert desk.run("publish").code == 0
    cache = cache_of(desk.root)
    first = shown(cache)
    assert first.email_views
    assert first.email_views.published == first.email_views.checked_email.email.html
    second = saved(cache, desk, ESSAY, "---\nkind: essay\n---\nTwo ships came in.\n")
    assert second.email_views
    actual = change_list(
        second.receipt, second.email_views.published, second.email_views.marked.html
    )
    assert [
        (change["target"], change["before"], change["after"]) for change in actual["changes"]
    ] == [
        (
            f"{ESSAY}:4:1",
            [["-", "One ship"], ["=", "came in."]],
            [["+", "Two ships"], ["=", "came in."]],
        )
    ]


def test_bytes_that_differ_from_the_published_ones_are_not_compared(desk: Desk) -> None:
    never = change_list(None, None, "<html></html>")
    assert (never["available"], never["why"]) == (False, "Not published yet.")
    assert desk.run("publish").code == 0
    desk.write(ESSAY, "---\nkind: essay\n---\nTwo ships came in.\n")
    assert desk.run("build").code == 0
    shutil.rmtree(desk.issue / "sent")
    preview = shown(cache_of(desk.root))
    assert preview.email_views
    assert preview.email_views.published is None
    why = change_list(preview.receipt, None, preview.email_views.marked.html)["why"]
    assert why == f"The published files are no longer in dist/{SLUG}, and no copy was kept."


# --- links to the editor --------------------------------------------------------------------------

LINKS = [
    ("vscode", "vscode://file{}/issue%20one.yaml:3:7"),
    ("idea", "idea://open?file={}/issue%20one.yaml&line=3&column=7"),
    ("textmate", "txmt://open?url=file://{}/issue%20one.yaml&line=3&column=7"),
    ("vscode://file/{path}:{line}:{column}", "vscode://file{}/issue%20one.yaml:3:7"),
    ("vscode://file{path}:{line}", "vscode://file{}/issue%20one.yaml:3"),
    ("my-editor+x://{path}?at={line}", "my-editor+x://{}/issue%20one.yaml?at=3"),
]


@pytest.mark.parametrize(("name", "link"), LINKS)
def test_a_location_in_the_editor(tmp_path: Path, name: str, link: str) -> None:
    (tmp_path / "issue one.yaml").touch()
    where = Location("issue one.yaml", 3, 7)
    editor = Editor.of(name, tmp_path)
    assert editor.link(where) == link.replace("{}", tmp_path.as_posix())
    filled = (
        editor.pattern.replace("{path}", "issue%20one.yaml")
        .replace("{line}", "3")
        .replace("{column}", "7")
    )
    assert filled == editor.link(where)
    assert (
        Editor.of(name, tmp_path).link(Location("newsletter/theme/packaged/base/lead.j2", 1))
        is None
    )


def test_every_editor_has_a_link_format() -> None:
    for name in EDITORS:
        assert Editor.of(name, Path("/")).template.count("{path}") == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vscod", 'Unknown editor "vscod"'),
        ("vscode://file", 'Unknown editor "vscode://file"'),
        ("{path}", 'Unknown editor "{path}"'),
        ("javascript:alert('{path}')", 'Not a scheme that editors use: "javascript"'),
        ("JavaScript:alert('{path}')", 'Not a scheme that editors use: "JavaScript"'),
        ("https://evil.example/{path}", 'Not a scheme that editors use: "https"'),
        ("data:text/html,{path}", 'Not a scheme that editors use: "data"'),
        ("file://{path}", 'Not a scheme that editors use: "file"'),
    ],
)
def test_an_unknown_editor_is_reported(name: str, message: str) -> None:
    with pytest.raises(NewsletterError) as raised:
        Editor.of(name, Path("/"))
    assert raised.value.message == message
    assert raised.value.hint
