"""The sample publication as a site: all its text files, and what it may and may not contain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.archive.sample import ARABIC, DIGEST, UNLISTED, URL, WEEKLY, PageReader, broken_links
from tests.desk import Desk

EXPECTED = Path(__file__).parent / "expected"
# Changes with every rule of the theme's style sheet.
SHEET = re.compile(r"assets/[0-9a-f]{12}\.css|sha256:[0-9a-f]{64}")


def texts(site: Path) -> dict[str, str]:
    """Every text file, without the name of the style sheet."""
    return {
        path.relative_to(site).as_posix(): SHEET.sub("(digest)", path.read_text("utf-8"))
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.suffix in (".html", ".xml", ".json", ".md", ".txt")
    }


def test_site_matches_expected_files(built: Desk, rewrite_expected: bool) -> None:
    actual = texts(built.root / "site")
    if rewrite_expected:
        for path in EXPECTED.rglob("*.*"):
            path.unlink()
        for name, text in actual.items():
            (EXPECTED / name).parent.mkdir(parents=True, exist_ok=True)
            (EXPECTED / name).write_text(text, "utf-8")
    expected = texts(EXPECTED)
    assert actual.keys() == expected.keys()
    for name, text in actual.items():
        assert text == expected[name], f"{name} differs"


def test_every_internal_link_resolves(built: Desk) -> None:
    assert broken_links(built.root / "site", URL) == []


def test_the_link_checker_detects_a_dead_link(copy: Desk) -> None:
    page = copy.root / "site" / "about" / "index.html"
    page.write_text(page.read_text("utf-8").replace("../people/", "../persons/"), "utf-8")
    assert broken_links(copy.root / "site", URL) == ["about/index.html -> ../persons/"]


def test_pages_are_small_and_run_no_script(built: Desk) -> None:
    for path in (built.root / "site").rglob("*.html"):
        html = path.read_text("utf-8")
        assert len(html.encode()) <= 60_000, path
        scripts = re.findall(r"<script\b[^>]*>", html)
        assert all("application/ld+json" in script for script in scripts), path
        assert not re.search(r"<[^>]*\s(?:style|on\w+)=", html), path
        assert "%%" not in html


def test_an_unlisted_issue_has_a_page_without_incoming_links(built: Desk) -> None:
    site = built.root / "site"
    page = (site / UNLISTED / "index.html").read_text("utf-8")
    assert '<meta name="robots" content="noindex">' in page
    assert not (site / UNLISTED / "index.md").exists()
    others = [
        path for path in site.rglob("*") if path.is_file() and UNLISTED not in path.as_posix()
    ]
    listing = site / ".newsletter-site.json"
    leading = [path for path in others if UNLISTED.encode() in path.read_bytes()]
    redirects = {site / "_redirects", site / "old" / "blocks.html"}  # for old links
    assert set(leading) == {listing, *redirects}


def test_drafts_are_excluded_unless_requested(copy: Desk) -> None:
    assert not (copy.root / "site" / "2027-02-07-draft").exists()
    ran = copy.run("archive", "--drafts")
    assert ran.code == 0
    site = copy.root / "site-drafts"
    assert (site / "2027-02-07-draft" / "index.html").exists()
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        if 'http-equiv="refresh"' not in html:
            assert 'class="draft">Draft preview: not published' in html or 'lang="ar"' in html, path
        assert '<meta name="robots" content="noindex">' in html, path
    assert (site / "robots.txt").read_text() == "User-agent: *\nDisallow: /\n"
    assert "<loc>" not in (site / "sitemap.xml").read_text()


def test_archive_false_writes_no_page(copy: Desk) -> None:
    issue = copy.root / "issues" / DIGEST / "issue.yaml"
    issue.write_text(issue.read_text("utf-8") + "archive: false\n", "utf-8")
    assert copy.run("archive").code == 0
    assert not (copy.root / "site" / DIGEST).exists()
    assert "Three Articles" not in (copy.root / "site" / "index.html").read_text("utf-8")


def test_a_digest_has_a_page_per_article_and_teasers_on_its_own(built: Desk) -> None:
    site = built.root / "site"
    articles = sorted(path.name for path in (site / DIGEST).iterdir() if path.is_dir())
    assert articles == ["light", "list", "lock"]
    page = PageReader((site / DIGEST / "index.html").read_text("utf-8"))
    assert "Read more: A Light on the South Mole" in " ".join(page.words.split())
    article = " ".join(
        PageReader((site / DIGEST / "lock" / "index.html").read_text()).words.split()
    )
    assert "By Mira Oduya · 10 March 2026 · locks · Lisbon" in article
    assert "Source: Canal Society, Locks of the estuary" in article


def test_old_addresses_redirect_to_new_ones(built: Desk) -> None:
    site = built.root / "site"
    page = (site / "p" / "the-quiet-port" / "index.html").read_text("utf-8")
    assert f'<meta http-equiv="refresh" content="0; url=../../{WEEKLY}/">' in page
    assert (site / "_redirects").read_text("utf-8").splitlines() == [
        f"/letters/2026-03-08-crane /letters/{WEEKLY}/ 301",
        "/letters/archive.html /letters/2026/ 301",
        f"/letters/old/articles.html /letters/{DIGEST}/ 301",
        f"/letters/old/blocks.html /letters/{UNLISTED}/ 301",
        f"/letters/old/cranes.html /letters/{WEEKLY}/ 301",
        f"/letters/old/mina.html /letters/{ARABIC}/ 301",
        f"/letters/p/the-quiet-port /letters/{WEEKLY}/ 301",
        "/letters/topics/seaports /letters/topics/ports/ 301",
    ]


def test_an_issue_in_another_language_is_fully_localized(built: Desk) -> None:
    html = (built.root / "site" / ARABIC / "index.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl">' in html
    assert "العدد السابق" in html
    front = (built.root / "site" / "index.html").read_text("utf-8")
    assert f'<a href="./{ARABIC}/" lang="ar" dir="rtl">' in front


@pytest.mark.parametrize("front", ["deck", "whole"])
def test_front_page_shows_the_latest_issue_by_deck_or_in_full(copy: Desk, front: str) -> None:
    settings = copy.root / "newsletter.toml"
    text = settings.read_text("utf-8").replace("[archive]\n", f'[archive]\nfront = "{front}"\n')
    settings.write_text(text, "utf-8")
    assert copy.run("archive").code == 0
    html = (copy.root / "site" / "index.html").read_text("utf-8")
    assert ("الرصيف الرابع للسفن الكبيرة" in html) is (front == "whole")
    assert broken_links(copy.root / "site", URL) == []
