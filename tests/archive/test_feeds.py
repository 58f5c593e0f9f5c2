"""Feeds, parsed with a widely used parser and compared with the emails word for word."""

from __future__ import annotations

import json
import re
from pathlib import Path

import feedparser
import jsonschema
import pytest
from lxml import etree

from newsletter.archive.feeds import entry_id
from newsletter.workspace import find
from tests.archive.sample import ARABIC, DIGEST, UNLISTED, URL, WEEKLY, PageReader, add
from tests.desk import Desk

SCHEMAS = Path(__file__).parent / "schemas"
FEEDS = ["", "topics/ports/", "people/mira/", "people/desk/"]


def words(html: str) -> list[str]:
    return re.findall(r"\w+", PageReader(html).words)


@pytest.mark.parametrize("folder", FEEDS)
def test_atom_is_valid_and_parses_without_errors(built: Desk, folder: str) -> None:
    path = built.root / "site" / folder / "atom.xml"
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.links[0].href == f"{URL}/{folder}"
    assert feed.entries
    relaxed = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    relaxed.assertValid(etree.parse(path))


def test_the_schema_rejects_an_entry_without_its_timestamp(built: Desk) -> None:
    text = (built.root / "site" / "atom.xml").read_text("utf-8")
    lacking = re.sub(r"<updated>[^<]*</updated>\n<author><name>Mira", "<author><name>Mira", text)
    assert lacking != text
    relaxed = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    assert not relaxed.validate(etree.fromstring(lacking.encode()))


@pytest.mark.parametrize("folder", FEEDS)
def test_json_feed_is_valid_and_matches_atom(built: Desk, folder: str) -> None:
    data = json.loads((built.root / "site" / folder / "feed.json").read_bytes())
    jsonschema.validate(data, json.loads((SCHEMAS / "json-feed.json").read_bytes()))
    atom = feedparser.parse((built.root / "site" / folder / "atom.xml").read_bytes())
    assert [item["id"] for item in data["items"]] == [entry.id for entry in atom.entries]
    assert [item["title"] for item in data["items"]] == [entry.title for entry in atom.entries]
    assert [item["url"] for item in data["items"]] == [entry.link for entry in atom.entries]


@pytest.mark.parametrize("slug", [WEEKLY, DIGEST, ARABIC])
def test_feed_matches_the_email_word_for_word(copy: Desk, slug: str) -> None:
    assert copy.run("build", slug).code == 0
    email = words((copy.root / "dist" / slug / "email.html").read_text("utf-8"))
    data = json.loads((copy.root / "site" / "feed.json").read_bytes())
    (item,) = (item for item in data["items"] if f"/{slug}/" in item["url"])
    content = item["content_html"].partition("<h2>Corrections</h2>")[0]
    left = iter(email)
    assert [word for word in words(content) if word not in left] == []
    # What only the email has: its masthead, the section labels, the footer.
    assert len(email) - len(words(content)) < 90


def test_feed_has_only_absolute_addresses_and_no_recipient(built: Desk) -> None:
    for path in (built.root / "site").rglob("feed.json"):
        for item in json.loads(path.read_bytes())["items"]:
            html = item["content_html"]
            addresses = re.findall(r'\s(?:href|src)="([^"]*)"', html)
            assert all(re.match(r"https://|mailto:", address) for address in addresses)
            assert "%%" not in html
            assert "leave" not in html
            assert UNLISTED not in item["url"]


def test_a_correction_changes_only_updated_in_an_entry(copy: Desk) -> None:
    before = json.loads((copy.root / "site" / "feed.json").read_bytes())["items"]
    note = "- date: 2026-03-20\n  kind: correction\n  note: The light turns once in ten seconds.\n"
    copy.write(f"issues/{DIGEST}/corrections.yaml", note)
    assert copy.run("archive").code == 0
    after = json.loads((copy.root / "site" / "feed.json").read_bytes())["items"]
    changed = [
        (item["id"], key)
        for item, old in zip(after, before, strict=True)
        for key in item
        if item[key] != old[key]
    ]
    id_ = f"tag:quay.example,2026-03-15:{DIGEST}"
    assert changed == [(id_, "content_html"), (id_, "date_modified")]


def test_ids_survive_a_new_slug(copy: Desk) -> None:
    before = {
        item["id"] for item in json.loads((copy.root / "site/feed.json").read_bytes())["items"]
    }
    (copy.root / "issues" / DIGEST).rename(copy.root / "issues" / "2026-03-15-harbours")
    add(copy, "2026-03-15-harbours", f"formerly: [{DIGEST}]\n")
    ran = copy.run("archive")
    assert (ran.code, ran.err) == (0, "")
    after = {
        item["id"] for item in json.loads((copy.root / "site/feed.json").read_bytes())["items"]
    }
    assert after == before


def test_ids_that_would_change_stop_the_build(copy: Desk) -> None:
    settings = copy.root / "newsletter.toml"
    moved = settings.read_text("utf-8").replace(URL, "https://letters.example.org")
    settings.write_text(moved, "utf-8")
    ran = copy.run("archive")
    assert ran.code == 1
    assert "NL858 feed-id-changed" in ran.err
    assert 'feed_host = "quay.example" under [archive]' in ran.err
    settings.write_text(moved.replace("[archive]\n", '[archive]\nfeed_host = "quay.example"\n'))
    assert copy.run("archive").code == 0


def test_entry_id_is_a_tag_uri(built: Desk) -> None:
    workspace = find(built.root)
    from newsletter.archive.summary import summarize
    from newsletter.load import load

    issue = load(workspace, built.root / "issues" / WEEKLY).issue
    assert issue is not None
    summary = summarize(issue, workspace.archive, {"archive_production": "Production"})
    expected = "tag:quay.example,2026-03-08:2026-03-08-crane"
    assert entry_id(summary, workspace.publication, None) == expected
