"""WordPress exports (WXR: RSS with WordPress elements): posts and pages with their metadata."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.formats.decoding import decode_draft, printable
from newsletter.importers.formats.posts import draft_from_post, in_order
from newsletter.importers.formats.wordpress_paragraphs import with_paragraphs
from newsletter.importers.formats.wordxml import parse_xml

LIMIT = 64 * 1024 * 1024  # bytes; a site of 5,000 posts has 40 MB
KINDS = ("post", "page")  # post types that contain text; the others are menus, images, styles
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_CAPTION = re.compile(r"\[(?:wp_)?caption\b([^\]]*)\](.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_EMBED = re.compile(r"\[embed\b[^\]]*\](.*?)\[/embed\]", re.DOTALL)
# WordPress lists its shortcodes at developer.wordpress.org/apis/shortcode; plugins add others,
# which always have an attribute or a closing tag. A single word in brackets is text.
_CORE = "audio|caption|embed|gallery|playlist|video|contact-form(?:-7)?|jetpack[\\w-]*"
_SHORTCODE = re.compile(
    rf"\[/?(?:(?:{_CORE})\b[^\]\n]*|[a-z][\w-]*\s+[\w-]+=(?:\"[^\"\]]*\"|'[^'\]]*'|\S+?)[^\]\n]*)\]"
)
_CLOSED = re.compile(r"\[([a-z][\w-]{2,})\](?=.*?\[/\1\])|\[/([a-z][\w-]{2,})\]", re.DOTALL)


def read_wordpress(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the posts and pages of an export, oldest first, including drafts and private ones."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", printable(decode_draft(data, name)[0]))
    root = parse_xml(_STRAY.sub(_escaped, text).encode(), name, limit=LIMIT)
    authors = dict(_authors(root))
    items = [item for item in root.iter("item") if _wp(item, "post_type") in KINDS]
    drafts = [_post(item, authors, name) for item in items]
    return in_order(drafts, name, "WordPress")


# Characters that plugins fail to escape; CDATA sections are left unchanged.
_STRAY = re.compile(
    r"<!\[CDATA\[.*?\]\]>|&(?!#?\w{1,31};)|&(?!(?:amp|lt|gt|quot|apos|#\w+);)\w+;", re.DOTALL
)


def _escaped(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith("<"):
        return text
    return html.unescape(text).replace("&", "&amp;").replace("<", "&lt;")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _wp(item: Any, key: str) -> str:
    """Return the text of a WordPress element, for any version of its namespace."""
    for child in item:
        if _local(child) == key and "wordpress.org/export" in str(child.tag):
            return (child.text or "").strip()
    return ""


def _authors(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        if _local(element) == "author" and len(element):
            login = _wp(element, "author_login")
            yield login, _wp(element, "author_display_name") or login


def _post(item: Any, authors: Mapping[str, str], name: str) -> Draft:
    slug, number = _wp(item, "post_name"), _wp(item, "post_id")
    content = item.findtext(_CONTENT) or ""
    notes: list[ImportNote] = []
    text = without_shortcodes(content, notes)
    login = (item.findtext(_CREATOR) or "").strip()
    date = _wp(item, "post_date")[:10]
    meta = {
        "title": html.unescape(item.findtext("title") or ""),
        "date": "" if date.startswith("0000") else date,
        "author": authors.get(login, login),
        "tags": ", ".join(_tags(item)),
        "description": _excerpt(item),
        "slug": slug if re.fullmatch(r"[a-z0-9-]+", slug) else "",
        "draft": "true" if _wp(item, "status") not in ("publish", "") else "",
    }
    link = (item.findtext("link") or "").strip()
    base = link if link.startswith("http") else ""
    text = with_paragraphs(text)
    origin = f"{name}!{slug or number or 'post'}"
    return draft_from_post(text, origin, "wordpress", meta, base=base, notes=notes)


def _tags(item: Any) -> list[str]:
    """Return tags, and categories except the default one of every post."""
    urls = [
        html.unescape((element.text or "").strip())
        for element in item.iter("category")
        if element.get("domain") in ("post_tag", "category")
        and element.get("nicename") != "uncategorized"
    ]
    return list(dict.fromkeys(filter(None, urls)))


def _excerpt(item: Any) -> str:
    for child in item:
        if _local(child) == "encoded" and "/excerpt/" in str(child.tag):
            return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", child.text or "")).split())
    return ""


def without_shortcodes(text: str, notes: list[ImportNote]) -> str:
    """Return a post's HTML with captions converted to figures; other shortcodes become notes."""
    text = _CAPTION.sub(_figure, text)
    text = _EMBED.sub(lambda match: f"<p>{match[1].strip()}</p>", text)

    def noted(match: re.Match[str]) -> str:
        notes.append(ImportNote("omitted", "WordPress shortcode", html.unescape(match[0])))
        return ""

    return _CLOSED.sub(noted, _SHORTCODE.sub(noted, text))


def _figure(match: re.Match[str]) -> str:
    image = re.match(r"\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", match[2], re.IGNORECASE)
    if image is None:
        return match[2]
    caption = match[2][image.end() :].strip()
    caption_match = re.search(r"\bcaption=\"([^\"]*)\"", match[1])
    caption = caption or (caption_match[1] if caption_match else "")
    return f"\n\n<figure>{image[0]}<figcaption>{caption}</figcaption></figure>\n\n"
