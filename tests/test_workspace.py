"""A workspace is found from any folder in it, its settings are safe, and one issue is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from newsletter import workspace as module
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.model import Location
from newsletter.workspace import SETTINGS, Workspace, days_ahead, find, locate, select, select_one

HEAD = 'name = "The Quay"\nurl = "https://quay.example/"\n'
A, B, C = "2026-03-01-quay", "2026-03-08-pier", "2026-03-15-quay-again"


def opened(root: Path, settings: str = HEAD, folders: Iterable[str] = ()) -> Workspace:
    root.mkdir(exist_ok=True)
    (root / SETTINGS).write_text(settings, "utf-8")
    for name in folders:
        (root / "issues" / name).mkdir(parents=True)
    return find(root)


def rejected(root: Path, settings: str) -> IssueRejected:
    with pytest.raises(IssueRejected) as caught:
        opened(root, settings)
    return caught.value


def findings(root: Path, settings: str) -> list[str]:
    found = rejected(root, settings).findings
    return [f"{f.where.line}:{f.where.column} {f.message}" for f in found]


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
    found = opened(
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
    assert found.merge_sample == {"name": "Ada"}
    assert (found.name, found.url, found.language) == ("The Quay", "https://quay.example", "pt")
    assert (found.sender_name, found.sender_email) == ("Desk", "desk@quay.example")
    assert (found.list_id, found.postal_address) == ("weekly.quay.example", "Doca 4")
    assert found.unsubscribe_url == "mailto:leave@quay.example"
    assert (found.images_url, found.inline_images) == ("https://cdn.example", True)
    assert (found.theme, found.merge, found.merge_sample) == ("slack", "ghost", {"name": "Ada"})
    assert found.own_web_url
    assert found.targets == {"site": {"type": "folder"}}
    assert found.web_url(A) == f"https://quay.example/{A}/"
    assert found.image_url(A, "a.png") == f"https://cdn.example/{A}/images/a.png"
    plain = opened(tmp_path)
    assert (plain.publication.images_url, plain.publication.own_web_url) == (None, False)
    assert not plain.has_look_settings
    assert not opened(tmp_path, HEAD + '[theme]\nname = "slack"\n').has_look_settings
    assert opened(tmp_path, HEAD + '[theme]\naccent = "#004466"\n').has_look_settings


# A setting of each table -> how the workspace says it.
TABLES: dict[str, Callable[[Workspace], object]] = {
    'check.ignore = ["NL2"]': lambda found: found.check.ignore == ["NL2"],
    "links.timeout = 7.5": lambda found: found.links.timeout == 7.5,
    'preview.allow_hosts = ["desk.example"]': lambda f: f.preview.allow_hosts == ["desk.example"],
    'lists.weekly = { title = "Weekly" }': lambda found: "weekly" in found.lists,
    "send.connections = 3": lambda found: found.send.connections == 3,
    'charts.fonts = ["a.ttf"]': lambda found: found.charts.fonts == ["a.ttf"],
    'approval.required = ["editor"]': lambda found: found.approval.required == ["editor"],
    'sent.keep = "revision"': lambda found: found.sent.keep == "revision",
    'smtp.host = "mail.quay.example"': lambda found: found.smtp.host == "mail.quay.example",
    'archive.out = "public"': lambda found: found.archive.out == "public",
    'theme.accent = "#004466"': lambda found: found.look.accent == "#004466",
    'sender.name = "Desk"': lambda found: found.publication.sender_name == "Desk",
    'merge.style = "brevo"': lambda found: found.publication.merge == "brevo",
    'language = "pt"': lambda found: found.publication.language == "pt",
    'images.url = "https://cdn.example/X/"': (
        lambda found: found.publication.images_url == "https://cdn.example/X"
    ),
}


@pytest.mark.parametrize("line", TABLES)
def test_each_table_of_the_settings_arrives(tmp_path: Path, line: str) -> None:
    assert not TABLES[line](opened(tmp_path))
    assert TABLES[line](opened(tmp_path, f"{HEAD}{line}\n"))


def test_the_settings_of_the_theme_have_positions(tmp_path: Path) -> None:
    found = opened(tmp_path, HEAD + '\n[theme]\nname = "signal"\naccent = "#004466"\n')
    assert found.look_places.key("accent") == Location("newsletter.toml", 6, 1)
    assert found.look_places.key("missing") == Location("newsletter.toml", 4, 2)
    (found.root / SETTINGS).unlink()
    project = found.root / "pyproject.toml"
    project.write_text(f"[tool.newsletter]\n{HEAD}theme.accent = '#004466'\n")
    assert find(found.root).look_places.key("accent") == Location("pyproject.toml", 4, 1)


WRONG = {
    'targets.desk = { type = "ghost", deep = [{ a = 1 }, { api_key = "x" }] }': [
        "3:55 Secret in the settings file: targets.desk.deep.api_key"
    ],
    'sender = { email = "desk@quay.example\\n" }': [
        "3:12 email: line break or control character in an email header",
        '3:12 email: expected an email address, found "desk@quay.example\\n"',
    ],
    'list_id = "weekly"': ['3:1 list_id: expected a domain-like id, found "weekly"'],
    'list_id = "<weekly.quay.example>"': [
        '3:1 list_id: expected a domain-like id, found "<weekly.quay.example>"'
    ],
    'unsubscribe_url = "quay.example/leave"': [
        '3:1 unsubscribe_url: expected a web or email address, found "quay.example/leave"'
    ],
    'unsubscribe_url = "mailto:a b@quay.example"': [
        '3:1 unsubscribe_url: expected a web or email address, found "mailto:a b@quay.example"'
    ],
    'sender = { email = "Desk <desk@quay.example>" }': [
        '3:12 email: expected an email address, found "Desk <desk@quay.example>"'
    ],
    'sender = { email = "desk@quay" }': [
        '3:12 email: expected an email address, found "desk@quay"'
    ],
    'images = { url = "cdn.example" }': ['3:12 url: expected a web address, found "cdn.example"'],
    'images = { url = "https://cdn example" }': [
        '3:12 url: expected a web address, found "https://cdn example"'
    ],
    'sender = { name = "Desk\\nBcc: all@quay.example" }': [
        "3:12 name: line break or control character in an email header"
    ],
    'unsubscribe_url = "https://quay.example/\\r\\nX: y"': [
        "3:1 unsubscribe_url: line break or control character in an email header"
    ],
    'language = "en"\nlist_id = "a.b\\u0007"': [
        "4:1 list_id: line break or control character in an email header",
        '4:1 list_id: expected a domain-like id, found "a.b\\x07"',
    ],
    'smtp = { host = "h.example", test_to = ["xkeysib-0123456789abcdef"] }': [
        "3:30 Secret in the settings file: smtp.test_to"
    ],
    'targets.desk = { type = "ghost", deep = { api_key = "x" } }': [
        "3:43 Secret in the settings file: targets.desk.deep.api_key"
    ],
    '[links.hosts."BÜCHER.example"]\n[links.hosts."xn--bcher-kva.example"]': [
        '4:2 Repeated host "xn--bcher-kva.example"; it is "BÜCHER.example" on line 3'
    ],
    'links.pace = { "quay.example" = 1, "QUAY.example." = 2 }': [
        '3:36 Repeated host "QUAY.example."; it is "quay.example" on line 3'
    ],
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_setting_is_named_at_its_key(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, f"{HEAD}{line}\n") == WRONG[line]


# What a message says -> what to do.
HINTS = {
    "line break or control character": "Write it on one line.",
    "expected a domain-like id": (
        "Write it without brackets, such as weekly.example.org (RFC 2919)."
    ),
    "expected a web or email address": "Write an address with https:// or mailto:.",
    "expected an email address": "Write the address alone, such as letter@example.org.",
    "Repeated host": "Keep one of them.",
    "expected a web address": "Write the full address, such as https://letters.example.org.",
    "Secret in the settings file": (
        "Remove it, revoke it at the service, and keep the new one in the environment, "
        "in ~/.netrc or in the keyring."
    ),
}


def test_a_wrong_setting_has_a_hint(tmp_path: Path) -> None:
    hints = set()
    for line in WRONG:
        error = rejected(tmp_path, f"{HEAD}{line}\n")
        assert error.message.startswith(SETTINGS)
        for finding in error.findings:
            code = "NL006" if "Repeated" in finding.message else "NL005"
            assert (finding.code, finding.where.path) == (code, SETTINGS)
            (text,) = (text for text in HINTS if text in finding.message)
            assert finding.hint == HINTS[text]
            hints.add(text)
    assert hints == set(HINTS)


def test_settings_in_a_project_file_have_its_lines(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "x"\n\n[tool.newsletter]\n' + HEAD)
    assert find(tmp_path).publication.name == "The Quay"
    project.write_text('[project]\nname = "x"\n\n[tool.newsletter]\n' + HEAD + 'list_id = "x"\n')
    with pytest.raises(IssueRejected) as caught:
        find(tmp_path)
    (finding,) = caught.value.findings
    assert str(finding.where) == "pyproject.toml:7:1"
    project.write_text("[tool.newsletter\n")
    with pytest.raises(IssueRejected) as caught:
        find(tmp_path)
    assert [f.code for f in caught.value.findings] == ["NL010"]


def test_other_errors_are_reported_besides_a_secret(tmp_path: Path) -> None:
    assert findings(
        tmp_path, f'{HEAD}zzz = 1\nchecks = {{ ignore = [["NL1"]] }}\napi_key = "x"\n'
    ) == [
        "5:1 Secret in the settings file: api_key",
        '3:1 Unknown key "zzz"',
        '4:1 Unknown key "checks"',
        "4:22 ignore: expected text, found a list",
    ]


def test_a_wrong_address_of_the_site_is_named(tmp_path: Path) -> None:
    assert findings(tmp_path, 'name = "The\\tQuay"\nurl = "ftp://quay.example"\n') == [
        "1:1 name: line break or control character in an email header",
        '2:1 url: expected a web address, found "ftp://quay.example"',
    ]


@pytest.mark.parametrize("line", ["list_id", "unsubscribe_url", "url", "name"])
def test_a_control_character_is_named_at_its_key(tmp_path: Path, line: str) -> None:
    settings = {"language": "en", "name": "The Quay", "url": "https://quay.example"}
    settings |= {line: "https://quay.example/\\u0007"}
    text = "".join(f'{key} = "{value}"\n' for key, value in settings.items())
    number = list(settings).index(line) + 1
    message = f"{number}:1 {line}: line break or control character in an email header"
    assert message in findings(tmp_path, text)


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
    found = opened(tmp_path)
    assert found.folders() == module.misnamed(found) == []
    root = found.root
    names = ("issues", "pages", "templates", "dist")
    assert [getattr(found, name) for name in names] == [root / name for name in names]
    assert (found.masthead, found.lexicon) == (root / "credits.yaml", root / "lexicon.yaml")
    assert found.state == root / ".newsletter"
    assert found.display_path(root / "issues" / A) == f"issues/{A}"
    assert found.display_path(root) == "."
    assert found.display_path(root.parent / f"{root.name}-2") == f"{root}-2"
    assert found.display_path(Path("/elsewhere/x")) == "/elsewhere/x"
    assert str(found.place(root / "credits.yaml")) == "credits.yaml"


def test_an_issue_is_a_folder_with_a_date_and_a_topic(tmp_path: Path) -> None:
    wrong = ("2026-03-01", "2026-3-1-quay", "2026-03-01-Quay", "quay", "2026-03-01-quay_x")
    found = opened(tmp_path, folders=(B, A, *wrong, ".hidden"))
    (found.issues / "2026-04-01-file").touch()
    (found.issues / "notes.txt").touch()
    assert [path.name for path in found.folders()] == [A, B]
    assert [path.name for path in module.misnamed(found)] == sorted(wrong)


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
    ("quay", ".", f'"quay" matches 2 issues: {A}, {C}'),
    ("peir", ".", 'No issue matches "peir"'),
    ("templates", ".", 'No issue matches "templates"'),
    ("issues/none", ".", 'No issue matches "issues/none"'),
    ("", ".", f'"" matches 3 issues: {A}, {B}, {C}'),
    ("issues/draft", ".", "Not an issue folder: issues/draft"),
]


@pytest.mark.parametrize(("name", "here", "expected"), TYPED)
def test_an_issue_is_found_by_what_is_typed(
    tmp_path: Path, name: str | None, here: str, expected: str
) -> None:
    found = opened(tmp_path, folders=(A, B, C, "draft", f"{A}/images"))
    (found.root / "templates").mkdir()
    if expected in (A, B, C):
        assert select(found, name, found.root / here).name == expected
        return
    with pytest.raises(WrongUsage) as caught:
        select(found, name, found.root / here)
    assert caught.value.message == expected


def test_the_whole_name_wins_over_a_part(tmp_path: Path) -> None:
    found = opened(tmp_path, folders=("2026-03-01-a", "2026-03-01-ab"))
    assert select(found, "2026-03-01-a", found.root).name == "2026-03-01-a"


def test_hints_name_what_to_type(tmp_path: Path) -> None:
    found = opened(tmp_path)
    with pytest.raises(WrongUsage) as caught:
        select(found, None, found.root)
    assert caught.value.message == "No issues yet"
    assert caught.value.hint == "Create one with `newsletter new TITLE`."
    found = opened(tmp_path, folders=[f"2026-03-{day:02}-quay" for day in range(1, 8)])
    with pytest.raises(WrongUsage) as caught:
        select(found, "quay", found.root)
    assert caught.value.message.startswith('"quay" matches 7 issues: 2026-03-03-quay, 2026-03-04')
    assert caught.value.hint == "Type more of the slug."
    with pytest.raises(WrongUsage) as caught:
        select(found, "2026-03-07-quax", found.root)
    assert caught.value.hint == 'Write "2026-03-07-quay" if that is what you meant.'
    with pytest.raises(WrongUsage) as caught:
        select(found, "zzz", found.root)
    assert (caught.value.hint or "").startswith("Use one of the latest issues: 2026-03-01-quay, ")


# Which issues are done -> the one that is meant without a name, or the first line of the message.
DONE: list[tuple[tuple[str, ...], str]] = [
    ((A, B), C),
    ((B, C), A),
    ((A,), "2 issues waiting; name the one you mean"),
    ((), "3 issues waiting; name the one you mean"),
    ((A, B, C), "No issue waiting; name the one you mean"),
]


@pytest.mark.parametrize(("done", "expected"), DONE)
def test_an_irreversible_action_means_the_one_that_waits(
    tmp_path: Path, done: tuple[str, ...], expected: str
) -> None:
    found = opened(tmp_path, folders=(A, B, C))

    def chosen(name: str | None, here: Path) -> str:
        return select_one(found, name, here, lambda folder: folder.name in done).name

    assert chosen("pier", found.root) == B, "a name decides"
    assert chosen(None, found.issues / A) == A, "so does the current folder"
    if expected in (A, B, C):
        assert chosen(None, found.root) == expected
        return
    with pytest.raises(WrongUsage) as caught:
        chosen(None, found.root)
    first, *lines = caught.value.message.split("\n")
    assert first == expected
    assert lines == [
        f"    {name[:10]}  {name}" for name in (A, B, C) if name not in done or len(done) == 3
    ]
    assert caught.value.hint == f"Name one, such as {C}."


def test_the_only_issue_is_meant_even_when_it_is_done(tmp_path: Path) -> None:
    found = opened(tmp_path, folders=(A,))
    assert select_one(found, None, found.root, lambda folder: True).name == A
    with pytest.raises(WrongUsage, match="No issues yet"):
        select_one(opened(tmp_path / "empty"), None, tmp_path / "empty", lambda folder: True)


def test_the_latest_eight_are_listed(tmp_path: Path) -> None:
    found = opened(tmp_path, folders=[f"2026-03-{day:02}-quay" for day in range(1, 12)])
    with pytest.raises(WrongUsage) as caught:
        select_one(found, None, found.root, lambda folder: False)
    lines = caught.value.message.split("\n")
    assert (len(lines), lines[1]) == (9, "    2026-03-04  2026-03-04-quay")


@pytest.mark.parametrize(
    ("name", "days"),
    [(A, 1), ("2026-02-28-today", 0), ("2026-02-27-past", 0), ("2026-03-28-x", 28), ("quay", 0)],
)
def test_the_days_until_an_issue(name: str, days: int) -> None:
    assert days_ahead(Path(name), dt.date(2026, 2, 28)) == days
