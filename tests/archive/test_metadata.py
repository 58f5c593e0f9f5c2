"""Machine-readable output: JSON-LD, sitemap, robots, llms.txt, index.json, Markdown versions,
images.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree
from PIL import Image

from newsletter.archive.card import CardText, draw_card
from newsletter.archive.markdown_twin import html_to_markdown
from tests.archive.sample import ARABIC, DIGEST, URL, WEEKLY
from tests.desk import Desk

SCHEMAS = Path(__file__).parent / "schemas"
XMLNS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def json_ld(page: Path) -> dict[str, Any]:
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.read_text("utf-8")
    )
    return dict(json.loads(text))


def test_json_ld_of_every_page_matches_its_schema(built: Desk) -> None:
    schema = json.loads((SCHEMAS / "json-ld.json").read_bytes())
    pages = [p for p in (built.root / "site").rglob("*.html") if "ld+json" in p.read_text("utf-8")]
    assert len(pages) > 15
    for page in pages:
        jsonschema.validate(json_ld(page), schema)


def test_issue_carries_authors_sources_and_corrections(built: Desk) -> None:
    data = json_ld(built.root / "site" / WEEKLY / "index.html")
    assert data["@type"] == "NewsArticle"
    assert data["author"][0] == {
        "@type": "Person",
        "name": "Mira Oduya",
        "url": f"{URL}/people/mira/",
        "sameAs": "https://quay.example/mira",
    }
    assert data["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "An earlier version gave the wrong year for the last strike. It was 1962.",
            "datePublished": "2026-03-10T00:00:00Z",
        }
    ]
    assert data["dateModified"] == "2026-03-10T00:00:00Z"
    assert data["isPartOf"]["@type"] == "Periodical"
    assert data["citation"]


def test_a_page_has_the_same_address_everywhere(built: Desk) -> None:
    site = built.root / "site"
    html = (site / WEEKLY / "index.html").read_text("utf-8")
    url = f"{URL}/{WEEKLY}/"
    assert f'<link rel="canonical" href="{url}">' in html
    assert f'<meta property="og:url" content="{url}">' in html
    assert json_ld(site / WEEKLY / "index.html")["mainEntityOfPage"] == url
    for name in ("sitemap.xml", "atom.xml", "feed.json", "index.json"):
        assert url in (site / name).read_text("utf-8"), name


def test_sitemap_is_valid_and_has_every_page_once(built: Desk) -> None:
    site = built.root / "site"
    tree = etree.parse(site / "sitemap.xml")
    etree.XMLSchema(etree.parse(SCHEMAS / "sitemap.xsd")).assertValid(tree)
    listed = {str(loc) for loc in tree.xpath("//s:loc/text()", namespaces=XMLNS)}
    pages = {
        f"{URL}/{path.parent.relative_to(site).as_posix()}/".replace("/./", "/")
        for path in site.rglob("index.html")
        if "noindex" not in path.read_text("utf-8")
    }
    from urllib.parse import unquote

    assert {unquote(address) for address in listed} == pages
    (day,) = tree.xpath(f"//s:url[s:loc='{URL}/{WEEKLY}/']/s:lastmod/text()", namespaces=XMLNS)
    assert day == "2026-03-10"  # the date of the correction


def test_index_lists_issues_with_addresses_and_digests(built: Desk) -> None:
    data = json.loads((built.root / "site" / "index.json").read_bytes())
    assert [issue["slug"] for issue in data["issues"]] == [ARABIC, DIGEST, WEEKLY]
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", issue["digest"]) for issue in data["issues"])


def test_llms_txt_links_to_every_markdown_version(built: Desk) -> None:
    site = built.root / "site"
    links = re.findall(r"\]\((.*?)\)", (site / "llms.txt").read_text("utf-8"))
    assert [link.removeprefix(f"{URL}/") for link in links] == [
        f"{slug}/index.md" for slug in (ARABIC, DIGEST, WEEKLY)
    ]
    assert all((site / link.removeprefix(f"{URL}/")).is_file() for link in links)


@pytest.mark.parametrize("slug", [WEEKLY, DIGEST, ARABIC])
def test_markdown_version_has_the_words_of_the_feed(built: Desk, slug: str) -> None:
    """The Markdown version, parsed as Markdown, has the same words as the HTML it was made from."""
    import pyromark

    from tests.archive.sample import PageReader

    twin = (built.root / "site" / slug / "index.md").read_text("utf-8")
    html = pyromark.html(
        twin, options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    )
    feed = json.loads((built.root / "site" / "feed.json").read_bytes())["items"]
    (item,) = (item for item in feed if f"/{slug}/" in item["url"])
    words = re.findall(r"\w+", PageReader(item["content_html"]).words)
    twin_words = re.findall(r"\w+", PageReader(html).words)
    assert twin_words[-len(words) :] == words


MARKDOWN = [
    ("<p>1956. A year</p>", "1956\\. A year"),
    ("<p># no heading, *no emphasis*</p>", "\\# no heading, \\*no emphasis\\*"),
    ("<p>one<br />two 10<sup>3</sup></p>", "one\\\ntwo 10<sup>3</sup>"),
    ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n\n  1. c"),
    ("<blockquote><p>a</p></blockquote><hr /><p>b</p>", "> a\n\n---\n\nb"),
    (
        "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>x|y</td></tr></tbody></table>",
        "| A |\n| --- |\n| x\\|y |",
    ),
    ("<pre><code>a *b*\n  c</code></pre>", "```\na *b*\n  c\n```"),
    ('<p><a href="https://e.org/">[x]</a></p>', "[\\[x\\]](https://e.org/)"),
]


@pytest.mark.parametrize(("html", "markdown"), MARKDOWN)
def test_html_is_converted_to_markdown(html: str, markdown: str) -> None:
    assert html_to_markdown(html) == f"{markdown}\n"


CARDS = [
    CardText("The Quay", "Cranes, Cables and Container Queues", "No. 12 · 1 March 2026"),
    CardText("The Quay", "Čtyři přístavy: Łódź, Ålesund, Πειραιάς, Одесса", "1 March 2026"),
    CardText("رسالة المرفأ", "الميناء في الصباح", "العدد 3", "rtl"),
    CardText("The Quay", "A title " * 40, "1 March 2026"),
]


@pytest.mark.parametrize("text", CARDS)
def test_card_is_a_small_deterministic_image_of_its_words(text: CardText) -> None:
    data = draw_card(text)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (1200, 630)
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 20) or ()}
    assert (0xFD, 0xFC, 0xF9) in colors
    assert (0x1E, 0x22, 0x25) in colors
    assert len(data) < 60_000
    assert draw_card(text) == data
    assert draw_card(CardText(text.publication, "Other", text.footer, text.direction)) != data
