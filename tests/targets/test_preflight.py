"""What must be right before a service or a reader gets an email, and what a service last received."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from newsletter.errors import IssueRejected
from newsletter.model import Email, MergeStyle
from newsletter.targets.last_received import read_copy, write_copy
from newsletter.targets.preflight import refuse_placeholders, refuse_unready
from newsletter.workspace import Workspace, find
from tests.desk import SLUG, SMALLEST, Desk
from tests.targets.test_drafts_and_folders import EMAIL

SETTINGS = """name = "Quay"
url = "https://{host}"
unsubscribe_url = "https://quay.example/leave"
[sender]
name = "Quay"
email = "{sender}"
[merge]
style = "{style}"
"""
LEAVE = "{{ unsubscribe_url }}"
WITH_LINK = replace(EMAIL, html=f'<a href="{LEAVE}">Leave</a>', text=f"Leave: {LEAVE}")


def opened(
    tmp_path: Path,
    *,
    host: str = "quay.example",
    sender: str = "q@quay.example",
    style: str = "buttondown",
) -> Workspace:
    desk = Desk.of(SMALLEST, tmp_path / "desk")
    text = SETTINGS.format(host=host, sender=sender, style=style)
    desk.write("newsletter.toml", text.replace('email = ""\n', ""))
    return find(desk.root)


def refused(workspace: Workspace, email: Email, style: MergeStyle | None, *, text: bool) -> object:
    try:
        refuse_unready(workspace, email, "Buttondown", style, text=text)
    except IssueRejected as error:
        return [(str(each.where), each.message, each.hint) for each in error.findings]
    return []


PLACEHOLDERS = [
    (
        f"newsletter.toml:{place}",
        'Placeholder value: "example.org"',
        "Replace it with your own value; `newsletter doctor` lists what is missing.",
    )
    for place in ("2:16", "6:12")
]


def test_nothing_is_refused_where_all_is_right(tmp_path: Path) -> None:
    workspace = opened(tmp_path)
    assert refused(workspace, WITH_LINK, "buttondown", text=True) == []
    assert refused(workspace, EMAIL, None, text=True) == []
    refuse_placeholders(workspace, workspace.issues / SLUG)


def test_values_of_init_are_refused_by_every_way_to_a_reader(tmp_path: Path) -> None:
    workspace = opened(tmp_path, host="example.org", sender="q@example.org")
    assert refused(workspace, WITH_LINK, "buttondown", text=True) == PLACEHOLDERS
    assert refused(workspace, EMAIL, None, text=False) == PLACEHOLDERS
    with pytest.raises(IssueRejected) as unready:
        refuse_unready(workspace, EMAIL, "Ghost", None, text=False)
    assert unready.value.slug == SLUG
    with pytest.raises(IssueRejected) as caught:
        refuse_placeholders(workspace, workspace.issues / SLUG)
    assert caught.value.slug == SLUG
    found = [(str(each.where), each.message, each.hint) for each in caught.value.findings]
    assert found == PLACEHOLDERS


def test_credits_of_the_issue_are_looked_through_too(tmp_path: Path) -> None:
    workspace = opened(tmp_path)
    path = workspace.issues / SLUG / "credits.yaml"
    path.write_text("location: Your City, Country\n")
    other = workspace.issues / "2026-03-08-next"
    other.mkdir()
    expected = [(f"issues/{SLUG}/credits.yaml:1:11", 'Placeholder value: "Your City"')]
    with pytest.raises(IssueRejected) as caught:
        refuse_placeholders(workspace, workspace.issues / SLUG)
    assert [(str(each.where), each.message) for each in caught.value.findings] == expected
    with pytest.raises(IssueRejected) as unready:
        refuse_unready(workspace, EMAIL, "Ghost", None, text=False)
    assert unready.value.findings == caught.value.findings
    refuse_placeholders(workspace, other)


def test_a_value_that_is_only_likely_to_be_an_example_is_let_pass(tmp_path: Path) -> None:
    workspace = opened(tmp_path)
    path = workspace.settings
    path.write_text(
        path.read_text("utf-8").replace('name = "Quay"\nurl', 'name = "My newsletter"\nurl')
    )
    refuse_placeholders(find(workspace.root), workspace.issues / SLUG)


NO_LINK = "Use the packaged foot, or write [unsubscribe](%%unsubscribe_url%%)."


@pytest.mark.parametrize(
    ("html", "text", "takes_text", "parts"),
    [
        (LEAVE, "", True, ["text"]),
        ("", LEAVE, True, ["HTML"]),
        ("", "", True, ["HTML", "text"]),
        (LEAVE, "", False, []),
        ("", "", False, ["HTML"]),
        ("unsubscribe_url", "%%unsubscribe_url%%", True, ["HTML", "text"]),
    ],
)
def test_each_part_needs_a_link_to_unsubscribe(
    tmp_path: Path, html: str, text: str, takes_text: bool, parts: list[str]
) -> None:
    email = replace(EMAIL, html=html, text=text)
    assert refused(opened(tmp_path), email, "buttondown", text=takes_text) == [
        ("newsletter.toml", f"No unsubscribe link in the {part} part", NO_LINK) for part in parts
    ]


def test_another_merge_style_and_a_missing_sender_are_reported_in_order(tmp_path: Path) -> None:
    workspace = opened(tmp_path, sender="", style="mailchimp", host="example.org")
    assert refused(workspace, EMAIL, "buttondown", text=True) == [
        PLACEHOLDERS[0],
        (
            "newsletter.toml:4:2",
            "No sender address in the settings",
            'Set email = "letter@your-domain" in [sender].',
        ),
        (
            "newsletter.toml:7:1",
            'Merge style "mailchimp" for Buttondown, which needs "buttondown"',
            'Set style = "buttondown" in [merge].',
        ),
    ]


# --- the copy of what a service last received -----------------------------------------------------


def test_a_copy_is_kept_for_each_target_and_issue(tmp_path: Path) -> None:
    workspace = opened(tmp_path)
    assert read_copy(workspace, "desk", SLUG) is None
    write_copy(workspace, "desk", SLUG, {"subject": "Café", "html": "<p>"})
    write_copy(workspace, "web", SLUG, {"subject": "Pier"})
    write_copy(workspace, "desk", "another", {})
    assert read_copy(workspace, "desk", SLUG) == {"subject": "Café", "html": "<p>"}
    assert read_copy(workspace, "web", SLUG) == {"subject": "Pier"}
    assert read_copy(workspace, "desk", "another") == {}
    assert read_copy(workspace, "web", "another") is None
    written = workspace.state / "targets" / "desk" / f"{SLUG}.json"
    assert written.read_text("utf-8") == '{\n "subject": "Café",\n "html": "<p>"\n}'


@pytest.mark.parametrize(
    ("text", "fields"),
    [("", None), ("{", None), ("[]", None), ("3", None), ('{"a": 3}', {"a": "3"})],
)
def test_a_damaged_copy_is_none(tmp_path: Path, text: str, fields: dict[str, str] | None) -> None:
    workspace = opened(tmp_path)
    write_copy(workspace, "desk", SLUG, {})
    (workspace.state / "targets" / "desk" / f"{SLUG}.json").write_text(text)
    assert read_copy(workspace, "desk", SLUG) == fields
