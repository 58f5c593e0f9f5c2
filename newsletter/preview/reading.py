"""What a screen reader says of a mail, in order: roles, headings, words, links and alternative texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml import html as lxml_html

_BLOCKS = frozenset(
    "article aside blockquote body center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section table tbody td tfoot th thead tr ul".split()
)
_SILENT = frozenset("caption head script style template title".split())
_WHOLE = ("heading", "link", "image")  # said as one thing
_ITEMS = (
    "listitem",
    "cell",
    "columnheader",
    "rowheader",
)  # told on the way in, and once however many pieces follow
_ROLES = {
    "blockquote": "blockquote",
    "article": "article",
    "main": "main",
    "footer": "contentinfo",
    "aside": "note",
}


def reading(root: lxml_html.HtmlElement) -> list[dict[str, Any]]:
    """Return entries with `role` and `text`; headings with `level`, links with `url`, lists and tables with `items`.

    A line that has links comes in pieces: that is how readers stop at each. What follows the first words of a list item
    or a cell is a `text`, so that there are as many as are told. Layout tables say nothing.
    """
    return list(_Linear().read(root, "text"))


class _Linear:
    """Walks the tree once, collecting words until something that is said by itself."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.at: str | None = None
        self.entered: str | None = None  # the item or cell of which nothing was said yet

    def read(self, element: lxml_html.HtmlElement, role: str) -> Iterator[dict[str, Any]]:
        if not isinstance(element.tag, str) or element.tag in _SILENT or hidden(element):
            return
        block, inner = element.tag in _BLOCKS, self.role(element, role)
        if block or inner in _WHOLE:
            yield from self.flush(role)
        at, self.at = self.at, element.get("data-at") or self.at
        if (own := self.role(element, "")) in _ITEMS:
            self.entered = own
        yield from self.opening(element)
        if inner in _WHOLE:
            yield from self.whole(element, inner)
        else:
            self.words.append(" " if element.tag == "br" else element.text or "")
            for child in element:
                yield from self.read(child, inner)
                self.words.append(child.tail or "")
            if block:
                yield from self.flush(inner)
        if own in _ITEMS:
            self.entered = None
        self.at = at

    def role(self, element: lxml_html.HtmlElement, around: str) -> str:
        """Return what the words of an element are said as."""
        tag = str(element.tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return "heading"
        if tag == "a" and element.get("href"):
            return "link"
        if tag == "img":
            return "image"
        if tag in ("th", "td") and not layout(_table(element)):
            return {
                "th": "rowheader" if element.get("scope") == "row" else "columnheader",
                "td": "cell",
            }[tag]
        if tag == "li":
            return "listitem"
        if tag == "p" and around not in ("listitem", "cell"):
            return "paragraph"
        return around if tag not in _BLOCKS or around in ("listitem", "cell") else "text"

    def opening(self, element: lxml_html.HtmlElement) -> Iterator[dict[str, Any]]:
        """Yield what is said on the way into an element."""
        tag = str(element.tag)
        if tag in ("ul", "ol"):
            yield from self.say("list", "", items=len(element.findall("li")))
        elif tag == "table" and not layout(element):
            rows = len(element.findall(".//tr"))
            yield from self.say(
                "table", "".join(map(spoken, element.findall("caption"))), items=rows
            )
        elif tag == "hr":
            yield from self.say("separator", "")
        elif (
            role := element.get("role")
            if element.get("role") in _ROLES.values()
            else _ROLES.get(tag)
        ):
            yield from self.say(
                role, element.get("aria-label") or element.get("aria-roledescription") or ""
            )

    def whole(self, element: lxml_html.HtmlElement, role: str) -> Iterator[dict[str, Any]]:
        if role == "heading":
            yield from self.say(role, spoken(element), level=int(str(element.tag)[1]))
        elif role == "link":
            yield from self.say(role, spoken(element), url=element.get("href"))
        elif element.get("alt") != "":  # an empty one says: decoration
            yield from self.say(role, element.get("alt") or "")

    def flush(self, role: str) -> Iterator[dict[str, Any]]:
        text = " ".join("".join(self.words).split())
        self.words.clear()
        if text:
            yield from self.say(role, text)

    def say(self, role: str, text: str, **more: Any) -> Iterator[dict[str, Any]]:
        entered, self.entered = self.entered, None
        if entered and role != entered:
            yield self.entry(entered, "")
        yield self.entry(role if entered or role not in _ITEMS else "text", text, **more)

    def entry(self, role: str, text: str, **more: Any) -> dict[str, Any]:
        return {
            "role": role,
            "text": text,
            "level": None,
            "url": None,
            "items": None,
            "target": self.at,
            **more,
        }


def hidden(element: lxml_html.HtmlElement) -> bool:
    """Tell whether a reader passes over an element."""
    style = "".join((element.get("style") or "").split()).lower()
    return (
        "display:none" in style
        or "visibility:hidden" in style
        or element.get("aria-hidden") == "true"
    )


def layout(table: lxml_html.HtmlElement | None) -> bool:
    """Tell whether a table only puts things beside each other."""
    return table is None or table.get("role") in ("presentation", "none")


def _table(cell: lxml_html.HtmlElement) -> lxml_html.HtmlElement | None:
    return next(cell.iterancestors("table"), None)


def spoken(element: lxml_html.HtmlElement) -> str:
    """Return the words of an element, pictures by their alternative text."""
    return " ".join(_inside(element).split())


def _inside(element: lxml_html.HtmlElement) -> str:
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not hidden(child):
            pieces.append(
                {"img": f" {child.get('alt') or ''} ", "br": " "}.get(str(child.tag))
                or _inside(child)
            )
        pieces.append(child.tail or "")
    return "".join(pieces)
