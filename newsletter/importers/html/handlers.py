"""Handlers for headings, lists, quotations, code, figures, tables and buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from newsletter.importers.draft import DraftBlock
from newsletter.importers.html.block_reader import BlockReader
from newsletter.importers.html.elements import attributes_of, element_text
from newsletter.importers.html.inline_style import PLAIN, InlineStyle
from newsletter.importers.html.table_grid import is_layout, rows_of
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.spans import TextSpan, normalize_spans

Part = Callable[[BlockReader, Any, InlineStyle], None]
MAX_DEPTH = 8  # nesting limit of lists and quotations, for readability; our own overall limit is 30


def plain_part(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    """Read a paragraph, or a container of blocks."""
    classes = element.get("class", "").split()
    if reader.in_cell:
        reader.children(element, inline)
    elif "pullquote" in classes and not reader.nesting_depth:
        reader.add(make.pull_quote(reader.inner(element, inline), reader.place.line))
    elif "button-wrapper" in classes:
        _button(reader, element, inline)
    elif reader.place.style == "Title" and not reader.in_heading:
        reader.heading(element, 1, inline.without("strong"))
    else:
        reader.children(element, inline)


def _button(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    words = element_text(element)
    href = next((anchor.get("href") for anchor in element.iter("a") if anchor.get("href")), "")
    url = reader.collector.link(href, words, reader.place.line) if href else ""
    if url and words and not reader.nesting_depth:
        reader.add(make.button(words, url, reader.place.line))
    elif not href.startswith("%%"):
        reader.children(element, inline)


def _heading(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    reader.heading(element, int(element.tag[1]), inline.without("strong"))


def _list(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    if reader.nesting_depth >= MAX_DEPTH:
        reader.children(element, inline)
        return
    line = reader.place.line
    items: list[tuple[DraftBlock, ...]] = []
    reader.words(element.text, inline)
    with reader.nested():
        for child in element:
            inside = reader.with_tail(child, inline)
            if inside and inside[0].kind == "list" and items:
                items[-1] = (*items[-1], *inside)
            elif inside:
                items.append(tuple(inside))
    if any(_at_the_edge(block) or block.kind == "heading" for item in items for block in item):
        for item in items:  # Google Docs writes numbered headings like this
            reader.add(*item)
    elif items:
        reader.add_list(items, _start(element), line)


def _start(element: Any) -> int | None:
    """Return the first number of a list, `None` if it is not numbered."""
    number = element.get("start", "1").strip()
    if element.tag != "ol":
        return None
    return int(number) if number.isdecimal() and len(number) < 9 else 1


def _at_the_edge(block: DraftBlock) -> bool:
    """Return whether a block is one of our directives, which cannot be indented."""
    return block.markdown.startswith(":::") or "\n:::" in block.markdown


def _item(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    if reader.in_cell:
        reader.words("• ", PLAIN)
    reader.children(element, inline)


def _quote(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    if reader.nesting_depth >= MAX_DEPTH:
        reader.children(element, inline)
        return
    line, style = reader.place.line, reader.place.style
    with reader.nested():
        inside = reader.inner(element, inline)
    if any(map(_at_the_edge, inside)):
        reader.add(*inside)
    elif inside:
        reader.add(make.quote(inside, line, style))


def _code(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    for br in element.iter("br"):
        br.tail = "\n" + (br.tail or "")
    classes = " ".join(item.get("class", "") for item in element.iter("pre", "code"))
    language = re.search(r"(?:language|lang|highlight-source)-([\w+#-]+)", classes)
    words = str(element.xpath("string()"))
    line = reader.place.line
    if unseen := attributes_of(element):
        reader.collector.add_note("omitted", "attributes inside a code block", unseen, line)
    if words.strip():
        reader.add(make.code_block(words, line, language[1] if language else ""))


def _rule(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    if not reader.in_cell:
        reader.add(make.thematic_break(reader.place.line))


def _figure(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    lines: list[TextSpan] = []
    for caption in list(element.iter("figcaption")):
        lines += reader.one_line(caption, PLAIN)
        reader.words(caption.tail, inline)
        caption.tail = None
        caption.getparent().remove(caption)
    inside = reader.inner(element, inline)
    text = normalize_spans(lines)
    last = next(
        (index for index in reversed(range(len(inside))) if inside[index].kind == "image"), None
    )
    if text and last is not None and not inside[last].caption:
        block = inside[last]
        caption = make.paragraph(text, reader.place)
        inside[last] = make.image(
            block.image, block.alt, block.line, caption=caption, link=next(iter(block.links), "")
        )
    elif text:
        inside.append(make.paragraph(text, reader.place))
    reader.add(*inside)


def _table(reader: BlockReader, element: Any, inline: InlineStyle) -> None:
    rows = rows_of(element)
    if is_layout(element, rows):
        reader.children(element, inline)
        return
    for caption in element.iterchildren("caption"):
        reader.add(*reader.inner(caption, inline))
    lines = [
        [reader.one_line(cell, inline) if cell is not None else () for cell in row] for row in rows
    ]
    lines = [row for row in lines if any(row)]
    if lines:
        reader.add(make.table(lines, reader.place.line))


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
