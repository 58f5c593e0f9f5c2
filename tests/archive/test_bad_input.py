"""Errors have a location and a hint, and leave the existing site in place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archive.sample import DIGEST, URL, WEEKLY, add, broken_links
from tests.desk import Desk


def settings(desk: Desk, lines: str) -> None:
    text = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", text.replace("[archive]\n", f"[archive]\n{lines}"))


def redirect(old: str, new: str) -> Callable[[Desk], object]:
    def change(desk: Desk) -> None:
        path = desk.root / "newsletter.toml"
        path.write_text(path.read_text("utf-8") + f'"{old}" = "{new}"\n', "utf-8")

    return change


def write(name: str, text: str | bytes) -> Callable[[Desk], object]:
    return lambda desk: desk.write(name, text)


def issue(lines: str, slug: str = DIGEST) -> Callable[[Desk], object]:
    return lambda desk: add(desk, slug, lines)


ERRORS = [
    (
        "a broken correction",
        write(f"issues/{WEEKLY}/corrections.yaml", "- date: 2026-02-30\n  kind: correction\n"),
        f'issues/{WEEKLY}/corrections.yaml:1:3: error NL004 missing-key: Missing key "note"',
    ),
    (
        "two issues with one address",
        lambda desk: (desk.root / "issues" / f"{DIGEST}-").mkdir(),
        f"issues/{DIGEST}-: error NL851 same-address: Same address on many hosts: {DIGEST}- and {DIGEST}",
    ),
    (
        "an issue that no longer loads",
        issue("preheader: [broken\n"),
        f"issues/{DIGEST}/issue.yaml:",
    ),
    (
        "damaged receipts",
        write(f"issues/{DIGEST}/published.json", "{"),
        f"issues/{DIGEST}/published.json: error NL860 issue-not-archived: ",
    ),
    (
        "a redirect to nowhere",
        redirect("p/old", "2026-03-08-crones"),
        'newsletter.toml:23:1: error NL855 broken-redirect: Redirect to "2026-03-08-crones", which is not',
    ),
    (
        "redirects in a circle",
        lambda desk: (redirect("a", "b")(desk), redirect("b", "a")(desk)),
        'newsletter.toml:23:1: error NL855 broken-redirect: Redirect loop: "a/"',
    ),
    (
        "a redirect over a page",
        redirect("about", "people"),
        'newsletter.toml:23:1: error NL855 broken-redirect: Redirect from "about", which is a page',
    ),
    (
        "a redirect out of the site",
        redirect("../../etc/passwd", "people"),
        'newsletter.toml:23:1: error NL855 broken-redirect: Redirect from "../../etc/passwd", which is not',
    ),
    (
        "a page with a name the site has",
        write("pages/topics.md", "# Topics\n"),
        'pages/topics.md: error NL005 invalid-value: Reserved page name "topics"',
    ),
    (
        "a page with unknown front matter",
        write("pages/team.md", "---\ntitel: Team\n---\nUs.\n"),
        'pages/team.md:2:1: error NL003 unknown-key: Unknown key "titel"',
    ),
    (
        "a page in another encoding",
        write("pages/team.md", "# Équipe\n".encode("latin-1")),
        "pages/team.md:1:3: error NL001 unreadable-file: Byte 0xc9 is not UTF-8",
    ),
    (
        "a file where the site has its own",
        write("pages/robots.txt", "User-agent: *\n"),
        "error: pages/robots.txt would replace a file that the archive generates",
    ),
    (
        "a setting that is not there",
        lambda desk: settings(desk, 'frnt = "whole"\n'),
        'newsletter.toml:12:1: error NL003 unknown-key: Unknown key "frnt"',
    ),
    (
        "a foreign file in the output",
        write("site/notes.txt", "mine"),
        "site contains notes.txt, which newsletter did not create; refusing to replace it",
    ),
    (
        "a folder that is no site",
        lambda desk: (desk.root / "site" / ".newsletter-site.json").unlink(),
        "site contains files but is not a complete site made by newsletter archive",
    ),
    (
        "a half-written list of files",
        write("site/.newsletter-site.json", '{"files": ["index.h'),
        "site contains files but is not a complete site made by newsletter archive",
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_error_has_a_location_and_keeps_the_site(
    copy: Desk, change: Callable[[Desk], object], expected: str
) -> None:
    change(copy)
    before = copy.tree("site")
    ran = copy.run("archive")
    assert ran.code == 1, ran.out
    assert expected in ran.err
    assert "hint: " in ran.err
    assert copy.tree("site") == before


WARNINGS = [
    (
        "a topic spelled two ways",
        issue("tags: [port, harbors]\n"),
        'warning NL852 topic-spelled-two-ways: Topic spelled two ways: "port" and "ports"',
        '"port" = "ports"',
    ),
    (
        "an issue in the future",
        issue("date: 2031-03-15\n"),
        f"issues/{DIGEST}/issue.yaml:1:8: warning NL854 future-date: Date in the future: 2031-03-15",
        "build the archive again on that day",
    ),
    (
        "a person spelled two ways",
        write(
            f"issues/{DIGEST}/credits.yaml",
            "produced_by: desk\nphoto: {name: Tomas Leal}\n",
        ),
        'warning NL857 person-spelled-two-ways: Person spelled two ways: "Tomas Leal" and "Tomás Leal"',
        "Credit both with one masthead id: tomas.",
    ),
    (
        "a person with another id",
        lambda desk: rename_person(desk),
        "NL856 page-gone: Page no longer on the site: people/ines/",
        '"people/ines" = "people/inesv"',
    ),
]


def rename_person(desk: Desk) -> None:
    for path in [desk.root / "credits.yaml", *(desk.root / "issues").rglob("*.*")]:
        if path.suffix in (".yaml", ".md"):
            path.write_text(re.sub(r"\bines\b(?!-)", "inesv", path.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize(
    ("change", "expected", "hint"), [row[1:] for row in WARNINGS], ids=[row[0] for row in WARNINGS]
)
def test_warning_has_a_hint_and_the_site_is_built(
    copy: Desk, change: Callable[[Desk], object], expected: str, hint: str
) -> None:
    change(copy)
    ran = copy.run("archive")
    assert ran.code == 0, ran.err
    assert expected in ran.err
    assert hint in ran.err
    assert broken_links(copy.root / "site", URL) == []


HOSTILE = '</script><script>alert(1)</script> & "quotes" <b>’</b> ]]> \\u2028 %%name%% {{ 7*7 }}'


def test_hostile_titles_are_escaped(copy: Desk) -> None:
    title = json.dumps(HOSTILE.replace("%%name%%", ""))
    add(copy, DIGEST, f"title: {title}\npreheader: {title}\ntags: [{title}, '../../x', '?#']\n")
    ran = copy.run("archive")
    assert ran.code == 0, ran.err
    site = copy.root / "site"
    assert broken_links(site, URL) == []
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        assert "<script>alert" not in html
        assert "49" not in re.findall(r"<h1>(.*?)</h1>", html)
    import feedparser

    feed = feedparser.parse((site / "atom.xml").read_bytes())
    assert not feed.bozo
    page = (site / DIGEST / "index.html").read_text("utf-8")
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(text)["headline"] == json.loads(title)
    assert not [path for path in site.parent.rglob("x") if site not in path.parents]


def test_excessive_topics_are_built_with_a_warning(copy: Desk) -> None:
    tags = ", ".join(f"topic {number}" for number in range(450))
    add(copy, DIGEST, f"tags: [{tags}]\n")
    ran = copy.run("archive")
    assert ran.code == 0
    assert "warning NL853 too-many-topics: 457 topics, " in ran.err
    index = (copy.root / "site" / "topics" / "index.html").read_bytes()
    assert len(index) < 60_000
    assert (copy.root / "site" / "topics" / "topic-449" / "atom.xml").exists()


@pytest.mark.parametrize("out", [".", "issues", ".."])
def test_the_workspace_itself_is_never_replaced(copy: Desk, out: str) -> None:
    before = sorted(copy.root.rglob("*"))
    ran = copy.run("archive", "--out", out)
    assert ran.code in (1, 2)
    assert "hint: " in ran.err
    assert sorted(copy.root.rglob("*")) == before


def test_a_workspace_without_published_issues_has_an_empty_site(desk: Desk) -> None:
    text = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", f"{text}\n[archive]\nsearch = false\n")
    ran = desk.run("archive")
    assert ran.code == 0
    assert ran.err == "No published issue yet: the site has no issues.\n"
    assert broken_links(desk.root / "site", "https://quay.example") == []


def test_without_the_extra_search_is_left_out_with_a_hint(
    copy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsletter.archive import search_index

    monkeypatch.setattr(search_index, "available", lambda: False)
    text = (copy.root / "newsletter.toml").read_text("utf-8")
    copy.write("newsletter.toml", text.replace("search = false\n", ""))
    ran = copy.run("archive")
    assert ran.code == 0
    assert "NL859 search-index-missing" in ran.err
    assert "pip install 'newsletter[archive]'" in ran.err
    assert '<script type="module"' not in (copy.root / "site/search/index.html").read_text("utf-8")


def test_required_approvals_are_enforced(copy: Desk) -> None:
    """A published issue whose bytes are not approved keeps the whole site unchanged."""
    text = (copy.root / "newsletter.toml").read_text("utf-8")
    copy.write("newsletter.toml", f'{text}\n[approval]\nrequired = ["editor"]\n')
    receipt = {"target": "folder", "type": "folder", "sha256": "0" * 64, "at": "2026-03-15"}
    copy.write(f"issues/{DIGEST}/published.json", json.dumps({"receipts": [receipt]}))
    before = copy.tree("site")
    ran = copy.run("archive")
    assert ran.code == 1
    assert f"issues/{DIGEST}: error NL860 issue-not-archived:" in ran.err
    assert "editor" in ran.err
    assert copy.tree("site") == before


def test_path_words() -> None:
    from newsletter.archive.permalinks import path_word

    rows = {
        "Trade & Ports": "trade-ports",
        "Łódź, São Paulo": "lodz-sao-paulo",
        "موانئ": "موانئ",
        "港口 物流": "港口-物流",
        "What’s new": "whats-new",
        "../../etc": "etc",
    }
    assert {text: path_word(text) for text in rows} == rows
    assert re.fullmatch("[0-9a-f]{8}", path_word("!?"))


def test_pages_folder_may_not_leave_the_workspace(copy: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (copy.root / "pages" / "secret.txt").symlink_to(tmp_path / "secret.txt")
    ran = copy.run("archive")
    assert ran.code == 1
    assert "pages/secret.txt: error NL001 unreadable-file: Symbolic link points outside" in ran.err
