"""A workspace is found from any folder in it, its settings are safe, and one issue is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from newsletter import workspace as module
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.workspace import SETTINGS, Workspace, days_ahead, find, locate, select, select_one

HEAD = 'name = "The Quay"\nurl = "https://quay.example/"\n'
A, B, C = "2026-03-01-quay", "2026-03-08-pier", "2026-03-15-quay-again"


def opened(root: Path, settings: str = HEAD, folders: Iterable[str] = ()) -> Workspace:
    root.mkdir(exist_ok=True)
    (root / SETTINGS).write_text(settings, "utf-8")
    for name in folders:
        (root / "issues" / name).mkdir(parents=True)
    return find(root)


def findings(root: Path, settings: str) -> list[str]:
    with pytest.raises(IssueRejected) as caught:
        opened(root, settings)
    return [f"{f.where.line}:{f.where.column} {f.message}" for f in caught.value.findings]


def test_a_workspace_is_found_from_below(tmp_path: Path) -> None:
    root = opened(tmp_path / "desk").root
    inner = root / "issues" / A / "images"
    inner.mkdir(parents=True)
    assert locate(inner) == locate(root) == (root, root / SETTINGS, ())
    (root / "pyproject.toml").write_text("[tool.newsletter]\n")
    assert locate(root)[1] == root / SETTINGS, "the settings file wins"
    (root / SETTINGS).unlink()
    (root / "issues" / "pyproject.toml").write_text("[tool.ruff]\n")
    assert locate(inner) == (root, root / "pyproject.toml", ("tool", "newsletter"))
    (tmp_path / "link").symlink_to(inner)
    assert locate(tmp_path / "link")[0] == root


def test_without_a_workspace_the_command_to_create_one_is_named(tmp_path: Path) -> None:
    (tmp_path / SETTINGS).mkdir()
    with pytest.raises(WrongUsage) as caught:
        locate(tmp_path)
    assert caught.value.message == (
        f"No workspace found: neither {tmp_path} nor a folder above it has a newsletter.toml"
    )
    assert caught.value.hint == "Create one with `newsletter init`, or change to its folder."
    with pytest.raises(WrongUsage) as caught:
        locate(tmp_path / "missing")
    assert caught.value.message == f"{tmp_path / 'missing'}: No such file or directory"
    assert caught.value.hint == "Change to a folder that exists."


def test_settings_become_a_publication(tmp_path: Path) -> None:
    publication = opened(
        tmp_path,
        f"""{HEAD}language = "pt"
list_id = "weekly.quay.example"
unsubscribe_url = "mailto:leave@quay.example"
postal_address = "Doca 4"
theme = "slack"
[sender]
name = "Desk"
email = "desk@quay.example"
[images]
url = "https://cdn.example/"
inline = true
[merge]
style = "ghost"
sample = {{ name = "Ada" }}
[archive]
view_in_browser = "archive"
[targets.site]
type = "folder"
""",
    ).publication
    assert (publication.name, publication.url, publication.language) == (
        "The Quay",
        "https://quay.example",
        "pt",
    )
    assert (publication.sender_name, publication.sender_email) == ("Desk", "desk@quay.example")
    assert (publication.list_id, publication.postal_address) == ("weekly.quay.example", "Doca 4")
    assert publication.unsubscribe_url == "mailto:leave@quay.example"
    assert (publication.images_url, publication.inline_images) == ("https://cdn.example", True)
    assert (publication.theme, publication.merge, publication.merge_sample) == (
        "slack",
        "ghost",
        {"name": "Ada"},
    )
    assert publication.own_web_url
    assert publication.targets == {"site": {"type": "folder"}}
    assert publication.web_url(A) == f"https://quay.example/{A}/"
    assert publication.image_url(A, "a.png") == f"https://cdn.example/{A}/images/a.png"
    plain = opened(tmp_path)
    assert (plain.publication.images_url, plain.publication.own_web_url) == (None, False)
    assert not plain.has_look_settings
    assert not opened(tmp_path, HEAD + '[theme]\nname = "slack"\n').has_look_settings
    assert opened(tmp_path, HEAD + '[theme]\naccent = "#004466"\n').has_look_settings


WRONG = {
    'list_id = "weekly"': ["3:1 list_id: expected a domain-like id, found 'weekly'"],
    'list_id = "<weekly.quay.example>"': [
        "3:1 list_id: expected a domain-like id, found '<weekly.quay.example>'"
    ],
    'unsubscribe_url = "quay.example/leave"': [
        "3:1 unsubscribe_url: expected a web or email address, found 'quay.example/leave'"
    ],
    'unsubscribe_url = "mailto:a b@quay.example"': [
        "3:1 unsubscribe_url: expected a web or email address, found 'mailto:a b@quay.example'"
    ],
    'sender = { email = "Desk <desk@quay.example>" }': [
        "3:12 email: expected an email address, found 'Desk <desk@quay.example>'"
    ],
    'sender = { email = "desk@quay" }': [
        "3:12 email: expected an email address, found 'desk@quay'"
    ],
    'images = { url = "cdn.example" }': ["3:12 url: expected a web address, found 'cdn.example'"],
    'images = { url = "https://cdn example" }': [
        "3:12 url: expected a web address, found 'https://cdn example'"
    ],
    'sender = { name = "Desk\\nBcc: all@quay.example" }': [
        "3:12 name: line break or control character in an email header"
    ],
    'unsubscribe_url = "https://quay.example/\\r\\nX: y"': [
        "3:1 unsubscribe_url: line break or control character in an email header"
    ],
    'language = "en"\nlist_id = "a.b\\u0007"': [
        "4:1 list_id: line break or control character in an email header",
        "4:1 list_id: expected a domain-like id, found 'a.b\\x07'",
    ],
    'smtp = { host = "h.example", test_to = ["xkeysib-0123456789abcdef"] }': [
        "3:30 Secret in the settings file: smtp.test_to"
    ],
    'targets.desk = { type = "ghost", deep = { api_key = "x" } }': [
        "3:43 Secret in the settings file: targets.desk.deep.api_key"
    ],
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_setting_is_named_at_its_key(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, f"{HEAD}{line}\n") == WRONG[line]


def test_a_wrong_address_of_the_site_is_named(tmp_path: Path) -> None:
    assert findings(tmp_path, 'name = "The\\tQuay"\nurl = "ftp://quay.example"\n') == [
        "1:1 name: line break or control character in an email header",
        "2:1 url: expected a web address, found 'ftp://quay.example'",
    ]


RIGHT = (
    'list_id = "weekly-1.quay_2.example"',
    'unsubscribe_url = "https://quay.example:8443"',
    'unsubscribe_url = "http://quay.example?leave"',
    'unsubscribe_url = "mailto:leave@quay.example"',
    'sender = { email = "desk+letter@mail.quay.example" }',
    'images = { url = "http://127.0.0.1:8000/images" }',
)


@pytest.mark.parametrize("line", RIGHT)
def test_a_right_setting_is_accepted(tmp_path: Path, line: str) -> None:
    assert opened(tmp_path, f"{HEAD}{line}\n").publication.name == "The Quay"


def test_folders_are_where_the_documentation_says(tmp_path: Path) -> None:
    workspace = opened(tmp_path)
    assert workspace.folders() == module.misnamed(workspace) == []
    root = workspace.root
    names = ("issues", "pages", "templates", "dist")
    assert [getattr(workspace, name) for name in names] == [root / name for name in names]
    assert (workspace.masthead, workspace.lexicon) == (root / "credits.yaml", root / "lexicon.yaml")
    assert workspace.state == root / ".newsletter"
    assert workspace.display_path(root / "issues" / A) == f"issues/{A}"
    assert workspace.display_path(Path("/elsewhere/x")) == "/elsewhere/x"
    assert str(workspace.place(root / "credits.yaml")) == "credits.yaml"


def test_an_issue_is_a_folder_with_a_date_and_a_topic(tmp_path: Path) -> None:
    wrong = ("2026-03-01", "2026-3-1-quay", "2026-03-01-Quay", "quay", "2026-03-01-quay_x")
    workspace = opened(tmp_path, folders=(B, A, *wrong, ".hidden"))
    (workspace.issues / "2026-04-01-file").touch()
    assert [path.name for path in workspace.folders()] == [A, B]
    assert [path.name for path in module.misnamed(workspace)] == sorted(wrong)


# What is typed, in which folder -> the issue, or the message.
TYPED: list[tuple[str | None, str, str]] = [
    (None, ".", C),
    (None, f"issues/{A}", A),
    (None, f"issues/{A}/images", A),
    ("pier", ".", B),
    (B, ".", B),
    (A, ".", A),
    ("again", ".", C),
    (f"issues/{A}", ".", A),
    (f"{A}/images/x.png", "issues", A),
    (".", f"issues/{B}", B),
    ("quay", ".", f"'quay' matches 2 issues: {A}, {C}"),
    ("peir", ".", "No issue matches 'peir'"),
    ("issues/draft", ".", "Not an issue folder: issues/draft"),
]


@pytest.mark.parametrize(("name", "here", "expected"), TYPED)
def test_an_issue_is_found_by_what_is_typed(
    tmp_path: Path, name: str | None, here: str, expected: str
) -> None:
    workspace = opened(tmp_path, folders=(A, B, C, "draft", f"{A}/images"))
    if expected in (A, B, C):
        assert select(workspace, name, workspace.root / here).name == expected
        return
    with pytest.raises(WrongUsage) as caught:
        select(workspace, name, workspace.root / here)
    assert caught.value.message == expected


def test_the_whole_name_wins_over_a_part(tmp_path: Path) -> None:
    workspace = opened(tmp_path, folders=("2026-03-01-a", "2026-03-01-ab"))
    assert select(workspace, "2026-03-01-a", workspace.root).name == "2026-03-01-a"


def test_hints_name_what_to_type(tmp_path: Path) -> None:
    workspace = opened(tmp_path)
    with pytest.raises(WrongUsage) as caught:
        select(workspace, None, workspace.root)
    assert caught.value.message == "No issues yet"
    assert caught.value.hint == "Create one with `newsletter new TITLE`."
    workspace = opened(tmp_path, folders=[f"2026-03-{day:02}-quay" for day in range(1, 8)])
    with pytest.raises(WrongUsage) as caught:
        select(workspace, "quay", workspace.root)
    assert caught.value.message.startswith("'quay' matches 7 issues: 2026-03-03-quay, 2026-03-04")
    assert caught.value.hint == "Type more of the slug."
    with pytest.raises(WrongUsage) as caught:
        select(workspace, "2026-03-07-quax", workspace.root)
    assert caught.value.hint == "Did you mean '2026-03-07-quay'?"
    with pytest.raises(WrongUsage) as caught:
        select(workspace, "zzz", workspace.root)
    assert (caught.value.hint or "").startswith("The latest are: 2026-03-01-quay, ")


# Which issues are done -> the one that is meant without a name, or the first line of the message.
DONE: list[tuple[tuple[str, ...], str]] = [
    ((A, B), C),
    ((B, C), A),
    ((A,), "2 issues waiting; name the one you mean"),
    ((), "3 issues waiting; name the one you mean"),
    ((A, B, C), "no issue waiting; name the one you mean"),
]


@pytest.mark.parametrize(("done", "expected"), DONE)
def test_an_irreversible_action_means_the_one_that_waits(
    tmp_path: Path, done: tuple[str, ...], expected: str
) -> None:
    workspace = opened(tmp_path, folders=(A, B, C))

    def chosen(name: str | None, here: Path) -> str:
        return select_one(workspace, name, here, lambda folder: folder.name in done).name

    assert chosen("pier", workspace.root) == B, "a name decides"
    assert chosen(None, workspace.issues / A) == A, "so does the current folder"
    if expected in (A, B, C):
        assert chosen(None, workspace.root) == expected
        return
    with pytest.raises(WrongUsage) as caught:
        chosen(None, workspace.root)
    first, *lines = caught.value.message.split("\n")
    assert first == expected
    assert lines == [
        f"    {name[:10]}  {name}" for name in (A, B, C) if name not in done or len(done) == 3
    ]
    assert caught.value.hint == f"For example: {C}"


def test_the_only_issue_is_meant_even_when_it_is_done(tmp_path: Path) -> None:
    workspace = opened(tmp_path, folders=(A,))
    assert select_one(workspace, None, workspace.root, lambda folder: True).name == A
    with pytest.raises(WrongUsage, match="No issues yet"):
        select_one(opened(tmp_path / "empty"), None, tmp_path / "empty", lambda folder: True)


def test_the_latest_eight_are_listed(tmp_path: Path) -> None:
    workspace = opened(tmp_path, folders=[f"2026-03-{day:02}-quay" for day in range(1, 12)])
    with pytest.raises(WrongUsage) as caught:
        select_one(workspace, None, workspace.root, lambda folder: False)
    lines = caught.value.message.split("\n")
    assert (len(lines), lines[1]) == (9, "    2026-03-04  2026-03-04-quay")


@pytest.mark.parametrize(
    ("name", "days"),
    [(A, 1), ("2026-02-28-today", 0), ("2026-02-27-past", 0), ("2026-03-28-x", 28), ("quay", 0)],
)
def test_the_days_until_an_issue(name: str, days: int) -> None:
    assert days_ahead(Path(name), dt.date(2026, 2, 28)) == days
