"""Elements that are more than a paragraph: headings, lists, quotations, code, figures, tables, buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from newsletter.importers.draft import DraftBlock
from newsletter.importers.html.elements import attributes_of, text_of
from newsletter.importers.html.inline_style import PLAIN, InlineStyle
from newsletter.importers.html.tables import is_layout, rows_of
from newsletter.importers.markdown import blocks as make
from newsletter.importers.markdown.spans import TextSpan, tidied

if TYPE_CHECKING:
    from newsletter.importers.html.reader import HtmlReader

Part = Callable[["HtmlReader", Any, InlineStyle], None]
MAX_DEPTH = (
    8  # of lists and quotations: past it nobody follows, and our own limit is 30 with all else
)


def plain_part(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    """Read a paragraph, or something around blocks."""
    classes = element.get("class", "").split()
    if flow.cell is None and "pullquote" in classes and not flow.depth:
        flow.out.append(make.pull_quote(flow.inner(element, ink), flow.place.line))
    elif flow.cell is None and "button-wrapper" in classes:
        _button(flow, element, ink)
    elif flow.cell is None and flow.place.style == "Title" and flow.level == 0:
        flow.level = 1
        flow.children(element, ink.without("strong"))
    else:
        flow.children(element, ink)


def _button(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    words = text_of(element)
    href = next((anchor.get("href") for anchor in element.iter("a") if anchor.get("href")), "")
    url = flow.tray.link(href, words, flow.place.line) if href else ""
    if url and words and not flow.depth:
        flow.out.append(make.button(words, url, flow.place.line))
    elif not href.startswith("%%"):
        flow.children(element, ink)


def _heading(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    flow.level = int(element.tag[1])
    flow.children(element, ink.without("strong"))


def _list(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    if flow.depth >= MAX_DEPTH:
        flow.children(element, ink)
        return
    flow.depth += 1
    line = flow.place.line
    items: list[tuple[DraftBlock, ...]] = []
    flow.words(element.text, ink)
    for child in element:
        inside = _list_child(flow, child, ink)
        if inside and inside[0].kind == "list" and items:
            items[-1] = (*items[-1], *inside)
        elif inside:
            items.append(tuple(inside))
    flow.depth -= 1
    if any(_at_the_edge(block) or block.kind == "heading" for item in items for block in item):
        flow.out += [
            block for item in items for block in item
        ]  # Google Docs has numbered headings so
    elif items:
        number = element.get("start", "1").strip()
        start = (
            (int(number) if number.isdecimal() and len(number) < 9 else 1)
            if element.tag == "ol"
            else None
        )
        flow.out.append(make.list_of(items, start, line, flow.out))


def _list_child(flow: HtmlReader, child: Any, ink: InlineStyle) -> list[DraftBlock]:
    before, flow.out = flow.out, []
    flow.element(child, ink)
    flow.words(child.tail, ink)
    flow.flush()
    inside, flow.out = flow.out, before
    return inside


def _at_the_edge(block: DraftBlock) -> bool:
    """Tell a block of ours, which stands at the left edge only."""
    return block.markdown.startswith(":::") or "\n:::" in block.markdown


def _item(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    if flow.cell is not None:
        flow.line.append(TextSpan("• "))
    flow.children(element, ink)


def _quote(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    if flow.depth >= MAX_DEPTH:
        flow.children(element, ink)
        return
    flow.depth += 1
    line, style = flow.place.line, flow.place.style
    inside = flow.inner(element, ink)
    flow.depth -= 1
    if any(map(_at_the_edge, inside)):
        flow.out += inside
    elif inside:
        flow.out.append(make.quote(inside, line, style))


def _code(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    for br in element.iter("br"):
        br.tail = "\n" + (br.tail or "")
    classes = " ".join(one.get("class", "") for one in element.iter("pre", "code"))
    language = re.search(r"(?:language|lang|highlight-source)-([\w+#-]+)", classes)
    words = str(element.xpath("string()"))
    if unseen := attributes_of(element):
        flow.tray.tell(
            "lost", "what code had beside its words was left out", unseen, flow.place.line
        )
    if words.strip():
        flow.out.append(make.code_block(words, flow.place.line, language[1] if language else ""))


def _rule(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    if flow.cell is None:
        flow.out.append(make.rule(flow.place.line))


def _figure(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    lines: list[TextSpan] = []
    for caption in list(element.iter("figcaption")):
        lines += _line(flow, caption, PLAIN)
        flow.words(caption.tail, ink)
        caption.tail = None
        caption.getparent().remove(caption)
    inside = flow.inner(element, ink)
    said = tidied(lines)
    last = next(
        (index for index in reversed(range(len(inside))) if inside[index].kind == "picture"), None
    )
    if said and last is not None and not inside[last].caption:
        block = inside[last]
        caption = make.paragraph(said, flow.place)
        inside[last] = make.picture(
            block.picture, block.alt, block.line, caption=caption, link=next(iter(block.links), "")
        )
    elif said:
        inside.append(make.paragraph(said, flow.place))
    flow.out += inside


def _table(flow: HtmlReader, element: Any, ink: InlineStyle) -> None:
    rows = rows_of(element)
    if is_layout(element, rows):
        flow.children(element, ink)
        return
    for caption in element.iterchildren("caption"):
        flow.out += flow.inner(caption, ink)
    lines = [[_line(flow, cell, ink) if cell is not None else () for cell in row] for row in rows]
    lines = [row for row in lines if any(row)]
    if lines:
        flow.out.append(make.table(lines, flow.place.line))


def _line(flow: HtmlReader, element: Any, ink: InlineStyle) -> tuple[TextSpan, ...]:
    """Return everything in an element as one line, its blocks parted by breaks."""
    before, flow.cell, flow.line = (flow.cell, flow.line), [], []
    flow.children(element, ink)
    flow.flush()
    line = tidied(flow.cell)
    flow.cell, flow.line = before
    return line


PARTS: Mapping[str, Part] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("ul", "ol", "menu"), _list),
    "li": _item,
    "blockquote": _quote,
    "pre": _code,
    "hr": _rule,
    "figure": _figure,
    "table": _table,
}
