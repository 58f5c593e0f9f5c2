"""What a screen reader announces in an email: roles, headings, text, links, alternative texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml import html as lxml_html

_BLOCKS = frozenset(
    "article aside blockquote body center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section table tbody td tfoot th thead tr ul".split()
)
_SILENT = frozenset("caption head script style template title".split())
_SINGLE_ITEMS = ("heading", "link", "image")  # announced as one item
_ITEMS = (
    "listitem",
    "cell",
    "columnheader",
    "rowheader",
)  # announced once on entering, however many pieces follow
_ROLES = {
    "blockquote": "blockquote",
    "article": "article",
    "main": "main",
    "footer": "contentinfo",
    "aside": "note",
}


def screen_reader_lines(root: lxml_html.HtmlElement) -> list[dict[str, Any]]:
    """Return lines with `role`, `text` and `direction`; headings with `level`, links with `url`.

    Lists have `items`, tables `rows` and `columns`, cells `row` and `column`, counted from 1. A
    line with links is split, because screen readers stop at each. What follows the first text of a
    list item or a cell is a `text`, so that items are counted correctly. Layout tables are omitted.
    """
    return list(_Linear().read(root, "text"))


class _Linear:
    """Walks the tree once, collecting text until something that is announced by itself."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.at: str | None = None
        self.entered: str | None = None  # the item or cell of which nothing was announced yet
        self.position: dict[str, int] = {}  # row and column of the current cell
        self.rtl = False

    def read(self, element: lxml_html.HtmlElement, role: str) -> Iterator[dict[str, Any]]:
        if not isinstance(element.tag, str) or element.tag in _SILENT or hidden(element):
            return
        block, inner = element.tag in _BLOCKS, self.role(element, role)
        if block or inner in _SINGLE_ITEMS:
            yield from self.flush(role)
        at, self.at = self.at, element.get("data-at") or self.at
        rtl, self.rtl = self.rtl, {"rtl": True, "ltr": False}.get(element.get("dir", ""), self.rtl)
        if (own := self.role(element, "")) in _ITEMS:
            self.entered = own
            self.position = {} if own == "listitem" else _position(element)
        yield from self.opening(element)
        if inner in _SINGLE_ITEMS:
            yield from self.announce_item(element, inner)
        else:
            self.words.append(" " if element.tag == "br" else element.text or "")
            for child in element:
                yield from self.read(child, inner)
                self.words.append(child.tail or "")
            if block:
                yield from self.flush(inner)
        if own in _ITEMS:
            self.entered = None
            self.position = {}
        self.at, self.rtl = at, rtl

    def role(self, element: lxml_html.HtmlElement, parent_role: str) -> str:
        """Return the role with which the text of an element is announced."""
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
        if tag == "p" and parent_role not in ("listitem", "cell"):
            return "paragraph"
        return parent_role if tag not in _BLOCKS or parent_role in ("listitem", "cell") else "text"

    def opening(self, element: lxml_html.HtmlElement) -> Iterator[dict[str, Any]]:
        """Yield what is announced on entering an element."""
        tag = str(element.tag)
        if tag in ("ul", "ol"):
            yield from self.announce("list", "", items=len(element.findall("li")))
        elif tag == "table" and not layout(element):
            rows = len(element.findall(".//tr"))
            yield from self.announce(
                "table", "".join(map(spoken_text, element.findall("caption"))), items=rows
            )
        elif tag == "hr":
            yield from self.announce("separator", "")
        elif (
            role := element.get("role")
            if element.get("role") in _ROLES.values()
            else _ROLES.get(tag)
        ):
            yield from self.announce(
                role, element.get("aria-label") or element.get("aria-roledescription") or ""
            )

    def announce_item(self, element: lxml_html.HtmlElement, role: str) -> Iterator[dict[str, Any]]:
        if role == "heading":
            yield from self.announce(role, spoken_text(element), level=int(str(element.tag)[1]))
        elif role == "link":
            yield from self.announce(role, spoken_text(element), url=element.get("href"))
        elif element.get("alt") != "":  # an empty one marks decoration
            yield from self.announce(role, element.get("alt") or "")

    def flush(self, role: str) -> Iterator[dict[str, Any]]:
        text = " ".join("".join(self.words).split())
        self.words.clear()
        if text:
            yield from self.announce(role, text)

    def announce(self, role: str, text: str, **more: Any) -> Iterator[dict[str, Any]]:
        entered, self.entered = self.entered, None
        if entered and role != entered:
            yield self.entry(entered, "")
        yield self.entry(role if entered or role not in _ITEMS else "text", text, **more)

    def entry(self, role: str, text: str, **more: Any) -> dict[str, Any]:
        known = {"level": None, "url": None, "items": None, "rows": None, "columns": None}
        position = self.position if role in _ITEMS else {}
        place = {"row": position.get("row"), "column": position.get("column")}
        direction = "rtl" if self.rtl and (_RTL.search(text) or not _LETTER.search(text)) else "ltr"
        return {
            "role": role,
            "text": text,
            "direction": direction,
            "target": self.at,
            **known,
            **place,
            **more,
        }


def _cells(row: lxml_html.HtmlElement) -> list[lxml_html.HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _position(cell: lxml_html.HtmlElement) -> dict[str, int]:
    """Return the row and the column of a data cell, counted from 1, spans included."""
    row = cell.getparent()
    table = _table(cell)
    if row is None or table is None:
        return {}
    cells = _cells(row)
    before = cells[: cells.index(cell)]
    column = 1 + sum(int(other.get("colspan") or 1) for other in before)
    return {"row": 1 + table.findall(".//tr").index(row), "column": column}


_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")


def hidden(element: lxml_html.HtmlElement) -> bool:
    """Return whether a reader skips an element."""
    style = "".join((element.get("style") or "").split()).lower()
    return (
        "display:none" in style
        or "visibility:hidden" in style
        or element.get("aria-hidden") == "true"
    )


def layout(table: lxml_html.HtmlElement | None) -> bool:
    """Return whether a table is for layout only."""
    return table is None or table.get("role") in ("presentation", "none")


def _table(cell: lxml_html.HtmlElement) -> lxml_html.HtmlElement | None:
    return next(cell.iterancestors("table"), None)


def spoken_text(element: lxml_html.HtmlElement) -> str:
    """Return the text of an element, images by their alternative text."""
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
