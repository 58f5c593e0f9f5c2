"""Handlers for headings, lists, quotations, code, figures, tables and buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from newsletter.importers.draft import DraftBlock
from newsletter.importers.html.elements import attributes_of, element_text
from newsletter.importers.html.inline_style import PLAIN, InlineStyle
from newsletter.importers.html.table_grid import is_layout, rows_of
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.spans import TextSpan, normalize_spans

if TYPE_CHECKING:
    from newsletter.importers.html.reader import HtmlReader

Part = Callable[["HtmlReader", Any, InlineStyle], None]
MAX_DEPTH = 8  # nesting limit of lists and quotations, for readability; our own overall limit is 30


def plain_part(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    """Read a paragraph, or a container of blocks."""
    classes = element.get("class", "").split()
    if reader.cell is None and "pullquote" in classes and not reader.depth:
        reader.out.append(make.pull_quote(reader.inner(element, inline), reader.location.line))
    elif reader.cell is None and "button-wrapper" in classes:
        _button(reader, element, inline)
    elif reader.cell is None and reader.location.style == "Title" and reader.level == 0:
        reader.level = 1
        reader.children(element, inline.without("strong"))
    else:
        reader.children(element, inline)


def _button(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    words = element_text(element)
    href = next((anchor.get("href") for anchor in element.iter("a") if anchor.get("href")), "")
    url = reader.collector.link(href, words, reader.location.line) if href else ""
    if url and words and not reader.depth:
        reader.out.append(make.button(words, url, reader.location.line))
    elif not href.startswith("%%"):
        reader.children(element, inline)


def _heading(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    reader.level = int(element.tag[1])
    reader.children(element, inline.without("strong"))


def _list(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    if reader.depth >= MAX_DEPTH:
        reader.children(element, inline)
        return
    reader.depth += 1
    line = reader.location.line
    items: list[tuple[DraftBlock, ...]] = []
    reader.words(element.text, inline)
    for child in element:
        inside = _list_child(reader, child, inline)
        if inside and inside[0].kind == "list" and items:
            items[-1] = (*items[-1], *inside)
        elif inside:
            items.append(tuple(inside))
    reader.depth -= 1
    if any(_at_the_edge(block) or block.kind == "heading" for item in items for block in item):
        reader.out += [
            block for item in items for block in item
        ]  # Google Docs writes numbered headings like this
    elif items:
        number = element.get("start", "1").strip()
        start = (
            (int(number) if number.isdecimal() and len(number) < 9 else 1)
            if element.tag == "ol"
            else None
        )
        reader.out.append(make.list_of(items, start, line, reader.out))


def _list_child(reader: HtmlReader, child: Any, inline: InlineStyle) -> list[DraftBlock]:
    before, reader.out = reader.out, []
    reader.element(child, inline)
    reader.words(child.tail, inline)
    reader.flush()
    inside, reader.out = reader.out, before
    return inside


def _at_the_edge(block: DraftBlock) -> bool:
    """Return whether a block is one of our directives, which cannot be indented."""
    return block.markdown.startswith(":::") or "\n:::" in block.markdown


def _item(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    if reader.cell is not None:
        reader.line.append(TextSpan("• "))
    reader.children(element, inline)


def _quote(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    if reader.depth >= MAX_DEPTH:
        reader.children(element, inline)
        return
    reader.depth += 1
    line, style = reader.location.line, reader.location.style
    inside = reader.inner(element, inline)
    reader.depth -= 1
    if any(map(_at_the_edge, inside)):
        reader.out += inside
    elif inside:
        reader.out.append(make.quote(inside, line, style))


def _code(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    for br in element.iter("br"):
        br.tail = "\n" + (br.tail or "")
    classes = " ".join(item.get("class", "") for item in element.iter("pre", "code"))
    language = re.search(r"(?:language|lang|highlight-source)-([\w+#-]+)", classes)
    words = str(element.xpath("string()"))
    if unseen := attributes_of(element):
        reader.collector.add_note(
            "omitted", "attributes inside a code block", unseen, reader.location.line
        )
    if words.strip():
        reader.out.append(
            make.code_block(words, reader.location.line, language[1] if language else "")
        )


def _rule(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    if reader.cell is None:
        reader.out.append(make.thematic_break(reader.location.line))


def _figure(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    lines: list[TextSpan] = []
    for caption in list(element.iter("figcaption")):
        lines += _line(reader, caption, PLAIN)
        reader.words(caption.tail, inline)
        caption.tail = None
        caption.getparent().remove(caption)
    inside = reader.inner(element, inline)
    text = normalize_spans(lines)
    last = next(
        (index for index in reversed(range(len(inside))) if inside[index].kind == "picture"), None
    )
    if text and last is not None and not inside[last].caption:
        block = inside[last]
        caption = make.paragraph(text, reader.location)
        inside[last] = make.picture(
            block.picture, block.alt, block.line, caption=caption, link=next(iter(block.links), "")
        )
    elif text:
        inside.append(make.paragraph(text, reader.location))
    reader.out += inside


def _table(reader: HtmlReader, element: Any, inline: InlineStyle) -> None:
    rows = rows_of(element)
    if is_layout(element, rows):
        reader.children(element, inline)
        return
    for caption in element.iterchildren("caption"):
        reader.out += reader.inner(caption, inline)
    lines = [
        [_line(reader, cell, inline) if cell is not None else () for cell in row] for row in rows
    ]
    lines = [row for row in lines if any(row)]
    if lines:
        reader.out.append(make.table(lines, reader.location.line))


def _line(reader: HtmlReader, element: Any, inline: InlineStyle) -> tuple[TextSpan, ...]:
    """Return the content of an element as one line, with breaks between its blocks."""
    before, reader.cell, reader.line = (reader.cell, reader.line), [], []
    reader.children(element, inline)
    reader.flush()
    line = normalize_spans(reader.cell)
    reader.cell, reader.line = before
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
