"""The sample publication for the archive tests: five issues from other test folders in one
workspace.
"""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tests.desk import ISSUES, Desk

QUAY = Path(__file__).parent / "quay"
URL = "https://quay.example/letters"
WEEKLY, DIGEST, ARABIC = "2026-03-08-cranes", "2026-03-15-articles", "2026-03-22-mina"
UNLISTED = "2026-03-29-blocks"
CORRECTION = """- date: 2026-03-10
  kind: correction
  section: 10-essay.md
  note: An earlier version gave the wrong year for the last strike. It was 1962.
"""


def quay(root: Path) -> Desk:
    """Return the workspace: a weekly letter with a correction, a digest, an Arabic issue, an unlisted one, a draft."""
    desk = Desk.of(QUAY, root)
    for case, slug in (
        ("weekly", WEEKLY),
        ("digest", DIGEST),
        ("right-to-left", ARABIC),
        ("every-block", UNLISTED),
    ):
        shutil.copytree(ISSUES / case / "issues" / slug, desk.root / "issues" / slug)
    arabic = desk.root / "issues" / ARABIC
    masthead = (ISSUES / "right-to-left" / "credits.yaml").read_text("utf-8")
    merge_people(desk, masthead)
    add(desk, ARABIC, "language: ar\n")
    add(desk, UNLISTED, "title: Every Block\narchive: unlisted\n")
    add(desk, WEEKLY, "formerly: [2026-03-08-crane]\n")
    desk.write(f"issues/{WEEKLY}/corrections.yaml", CORRECTION)
    draft = desk.root / "issues" / "2027-02-07-draft"
    shutil.copytree(ISSUES / "smallest" / "issues" / "2026-03-01-quay", draft)
    issue = draft / "issue.yaml"
    issue.write_text(re.sub(r"date: .*", "date: 2027-02-07", issue.read_text("utf-8")), "utf-8")
    assert arabic.is_dir()
    return desk


def merge_people(desk: Desk, masthead: str) -> None:
    """Add the people and teams of another masthead to the workspace's masthead."""
    import yaml

    path = desk.root / "credits.yaml"
    own, other = yaml.safe_load(path.read_text("utf-8")), yaml.safe_load(masthead)
    for part in ("people", "teams", "roles"):
        own[part] = {**other.get(part, {}), **own[part]}
    path.write_text(yaml.safe_dump(own, allow_unicode=True, sort_keys=False), "utf-8")


def add(desk: Desk, slug: str, lines: str) -> None:
    """Add lines to an issue's issue.yaml; a key that already exists is replaced."""
    path = desk.root / "issues" / slug / "issue.yaml"
    text = path.read_text("utf-8")
    for key in re.findall(r"^(\w+):", lines, re.MULTILINE):
        text = re.sub(rf"^{key}:.*\n", "", text, flags=re.MULTILINE)
    path.write_text(f"{text.rstrip()}\n{lines}", "utf-8")


class PageReader(HTMLParser):
    """A page's links, anchors and words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.words = ""
        self.silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src") if given.get(name)]
        if "id" in given:
            self.anchors.add(given["id"])
        self.silent += tag in ("style", "script", "head")
        self.words += " " if tag in BLOCKS else ""

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script", "head")
        self.words += " " if tag in BLOCKS else ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words += data


BLOCKS = frozenset("p h1 h2 h3 h4 li td th div tr table ol ul section br figure blockquote".split())


def broken_links(site: Path, url: str) -> list[str]:
    """Return `page -> link` for every link in a site that points to no file or anchor of the site.

    External addresses are ignored; every address below `url` counts as internal.
    """
    pages = {path: PageReader(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        own = f"{url}/{path.relative_to(site).as_posix().removesuffix('index.html')}"
        for link in page.links:
            target = urljoin(own, link)
            if not f"{target}/".startswith(f"{url}/") or link.startswith("data:"):
                continue
            name = unquote(urlsplit(target).path).removeprefix(urlsplit(url).path).lstrip("/")
            file = site / name / "index.html" if name.endswith("/") or not name else site / name
            anchor = unquote(urlsplit(target).fragment)
            missing = not file.is_file()
            if not missing and anchor and file in pages:
                missing = anchor not in pages[file].anchors
            if missing:
                broken.append(f"{path.relative_to(site).as_posix()} -> {link}")
    return broken
