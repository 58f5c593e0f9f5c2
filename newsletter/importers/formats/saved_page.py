"""Saved pages: finds the part that is the text, and reads the metadata in the head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.html.elements import all_text, element_text, remove_element

_ASIDE = ("nav", "aside", "footer", "form", "dialog", "search")
_ROLES = frozenset(
    "navigation complementary contentinfo banner search dialog alert menu menubar toolbar".split()
)
# Words in class and id names of elements that belong to the site, not the text.
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|related|comments?|sidebar|advert\w*|ads?|cookies?|consent|newsletter-signup"
    r"|signup|subscribe|subscription-widget\S*|breadcrumbs?|skip-link|pagination|paywall|promo|masthead|nav\w*|menu)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NAMED = (
    ".//*[@itemprop='articleBody']",
    ".//*[contains(concat(' ', normalize-space(@class), ' '), ' available-content ')]",
    ".//article",
    ".//main",
    ".//*[@role='main']",
)
ENOUGH = 0.4  # share of a page's paragraph text; an <article> with less is a teaser
_SIGNS_OF_A_SITE = ("nav", "aside", "footer", "header", "main", "article", "script", "form")


def is_site(root: Any) -> bool:
    """Return whether HTML is a page of a site, not a document written as HTML."""
    return sum(next(root.iter(name), None) is not None for name in _SIGNS_OF_A_SITE) >= 2


def keep_article(root: Any, collector: DraftCollector) -> None:
    """Reduce the tree to the text of a page; removed text is noted."""
    body = root.find("body")
    if body is None:
        return
    main = _main(body)
    heading = _heading(body, main)
    for element in _outside(body, main, heading):
        _note_omitted(element, "text around the article", collector, tail=element.tail or "")
    drop_furniture(main, collector)
    tail, main.tail = main.tail, None
    if tail and tail.strip():
        collector.add_note(
            "omitted",
            "text around the article",
            " ".join(tail.split()),
            int(main.sourceline or 0),
        )
    if main is not body:
        for child in list(body):
            body.remove(child)
        body.text = None
        if heading is not None:
            heading.tail = None
            body.append(heading)
        body.append(main)


def _main(body: Any) -> Any:
    all_text = _weight(body) or 1
    for path in _NAMED:
        best = max(body.xpath(path), key=_weight, default=None)
        if best is not None and _weight(best) >= ENOUGH * all_text:
            article = next(best.iterancestors("article"), best)  # includes the title and byline
            return article if _weight(article) <= 1.5 * _weight(best) else best
    return _densest(body)


def _densest(body: Any) -> Any:
    """Return the element with the most paragraph text, widened while that adds little else."""
    scores: dict[Any, float] = {}
    for paragraph in body.iter("p", "pre", "blockquote", "li"):
        length = _length(paragraph) - sum(_length(anchor) for anchor in paragraph.iter("a"))
        parent = paragraph.getparent()
        if parent is not None and not _inside_furniture(paragraph, body):
            scores[parent] = scores.get(parent, 0) + length
            outer = parent.getparent()
            if outer is not None and parent is not body:
                scores[outer] = scores.get(outer, 0) + length * 0.6
    best = max(scores, key=lambda element: scores[element], default=body)
    return (
        best
        if isinstance(best.tag, str) and best.tag != "html" and scores.get(best, 0) > 200
        else body
    )


def _weight(element: Any) -> int:
    """Return the number of characters in paragraphs."""
    return sum(_length(paragraph) for paragraph in element.iter("p", "li", "blockquote", "pre"))


def _length(element: Any) -> int:
    return len(element_text(element))


def _heading(body: Any, main: Any) -> Any:
    """Return the page's h1 if it is outside the text."""
    if next(main.iter("h1"), None) is not None:
        return None
    outside = [
        element
        for element in body.iter("h1")
        if _length(element) and not _inside_furniture(element, body)
    ]
    return outside[0] if len(outside) == 1 else None


def _inside_furniture(element: Any, body: Any) -> bool:
    while element is not None and element is not body:
        if element.tag in _ASIDE or element.get("role") in _ROLES:
            return True
        element = element.getparent()
    return False


def drop_furniture(root: Any, collector: DraftCollector) -> None:
    """Remove elements of the site within a text, such as a subscription form, noting their text."""
    furniture = [
        element
        for element in root.iterdescendants()
        if isinstance(element.tag, str) and _is_furniture(element)
    ]
    inside = set(furniture)
    for element in furniture:
        if inside.isdisjoint(element.iterancestors()):
            _note_omitted(element, "text beside the article", collector)
            remove_element(element)


def _is_furniture(element: Any) -> bool:
    if (
        element.tag in ("nav", "form", "dialog", "search", "footer")
        or element.get("role") in _ROLES
    ):
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag in ("div", "section", "ul", "aside", "p") and bool(_FURNITURE.search(names))


def _outside(body: Any, main: Any, heading: Any) -> Iterator[Any]:
    """Yield the largest elements that contain neither the text nor its heading."""
    if main is body:
        return
    inside = {
        main,
        *main.iterancestors(),
        *([heading, *heading.iterancestors()] if heading is not None else []),
    }
    waiting = [body]
    while waiting:
        for child in waiting.pop(0):
            if child in (main, heading):
                continue
            if child in inside:
                waiting.append(child)
            elif isinstance(child.tag, str):
                yield child


def _note_omitted(element: Any, message: str, collector: DraftCollector, *, tail: str = "") -> None:
    for silent in list(element.iter("script", "style", "template")):
        if silent is not element:
            remove_element(silent)
    words = "" if element.tag in ("script", "style", "template") else all_text(element)
    words = f"{words} {' '.join(tail.split())}".strip()
    if words:
        collector.add_note("omitted", message, words, int(element.sourceline or 0))


# --- the head -------------------------------------------------------------------------------------

_META = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "author": ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author"),
    "date": (
        "article:published_time",
        "date",
        "dc.date",
        "dcterms.created",
        "publish-date",
        "parsely-pub-date",
    ),
    "description": ("og:description", "description", "twitter:description"),
    "tags": ("article:tag", "keywords", "news_keywords"),
}


def read_head(root: Any) -> dict[str, str]:
    """Return the metadata in the head of a page, by issue keys, and its `url` if declared."""
    metadata: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            metadata.setdefault(name, []).append(content)
    result: dict[str, str] = {}
    for key, names in _META.items():
        values = next((metadata[name] for name in names if name in metadata), [])
        if key == "author":
            values = [value for value in values if "://" not in value]
        if values:
            result[key] = ", ".join(values) if key == "tags" else values[0]
    title = next(root.iter("title"), None)
    if "title" not in result and title is not None and title.text and title.text.strip():
        result["title"] = " ".join(title.text.split())
    if language := root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"):
        result["language"] = language
    if url := _address(root):
        result["url"] = url
    return result


def _address(root: Any) -> str:
    """Return the address of the page, to resolve relative links."""
    for element, name in (
        (root.find(".//base"), "href"),
        (root.find(".//link[@rel='canonical']"), "href"),
    ):
        if element is not None and re.match(r"https?://", element.get(name, "")):
            return str(element.get(name))
    for meta in root.iter("meta"):
        if meta.get("property") == "og:url" and re.match(r"https?://", meta.get("content", "")):
            return str(meta.get("content"))
    for comment in root.getroottree().xpath("//comment()"):
        if match := re.search(
            r"saved from url=\(\d+\)(https?://\S+)|Page saved with SingleFile\s+url: (\S+)",
            comment.text or "",
        ):
            return match[1] or match[2]
    return ""
