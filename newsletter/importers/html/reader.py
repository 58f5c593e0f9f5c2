"""Reads HTML into blocks in a single walk over the elements, for drafts from any program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.html.elements import ADDED, all_text, element_text, line_of
from newsletter.importers.html.handlers import PARTS, plain_part
from newsletter.importers.html.inline_style import PLAIN, InlineStyle
from newsletter.importers.html.styles import DraftStyles, TextStyle
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import BREAK, TextSpan, normalize_spans, with_links

MAX_NESTING = 120  # nesting limit; a deeper page is broken or an attack, and only its text is read

BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody td "
    "tfoot th thead tr ul caption optgroup".split()
)
# `source` is not listed: the parser treats what follows it in a <picture> as its content.
SILENT = frozenset("base col colgroup head link meta param script style template title".split())
# Element -> message of the note about content that cannot be imported.
LOST: Mapping[str, str] = {
    **dict.fromkeys(("iframe", "embed", "object"), "embedded content"),
    **dict.fromkeys(("video", "audio"), "audio or video"),
    **dict.fromkeys(("svg", "canvas"), "vector drawing"),
    **dict.fromkeys(("button", "select", "textarea", "datalist"), "form field"),
    "noscript": "text for readers without scripts",
}
# Class in lower case -> style: of Google Docs, Word, and both HTML exports of LibreOffice.
STYLES: Mapping[str, str] = {
    **dict.fromkeys(("title", "msotitle", "paragraph-title", "doctitle"), "Title"),
    **dict.fromkeys(("subtitle", "msosubtitle", "paragraph-subtitle"), "Subtitle"),
    **dict.fromkeys(("msoquote", "msointensequote"), "Quote"),
}
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_MACHINE = re.compile(
    r"/?wp:|\[if|<!\[endif|(?:Start|End)Fragment|kg-card-(?:begin|end)|\*\|[A-Z]+:|(?:more|nextpage)$"
)  # comments written by programs


class HtmlReader:
    """Reads a tree once, front to back; `line` collects spans until a block ends."""

    def __init__(
        self,
        collector: DraftCollector,
        styles: DraftStyles,
        notes: Mapping[Any, str] | None = None,
        *,
        numbered: bool = False,
    ) -> None:
        self.collector, self.styles, self.numbered = collector, styles, numbered
        self.notes = notes or {}  # element that is a note's mark -> label of the note
        self.out: list[DraftBlock] = []
        self.line: list[TextSpan] = []
        self.location = BlockPlace()
        self.level = 0  # level of the current heading
        self.cell: list[TextSpan] | None = None  # current table cell
        self.depth = 0  # depth of enclosing lists and quotations
        self.nesting = 0
        self.last = 0  # line of the last element read, for elements without one

    def blocks(self, root: Any) -> tuple[DraftBlock, ...]:
        """Return the blocks of an element's content."""
        self.location = replace(self.location, line=self.line_of(root))
        return tuple(self.inner(root, PLAIN))

    def inner(self, element: Any, inline: InlineStyle) -> list[DraftBlock]:
        before = (self.out, self.line)
        self.out, self.line = [], []
        self.children(element, inline)
        self.flush()
        result = self.out
        self.out, self.line = before
        return result

    # --- on behalf of the handlers, see `BlockReader` ---

    @property
    def place(self) -> BlockPlace:
        return self.location

    @property
    def in_cell(self) -> bool:
        return self.cell is not None

    @property
    def nesting_depth(self) -> int:
        return self.depth

    @property
    def in_heading(self) -> bool:
        return self.level > 0

    def add(self, *blocks: DraftBlock) -> None:
        self.out += blocks

    def add_list(self, items: Sequence[Sequence[DraftBlock]], start: int | None, line: int) -> None:
        self.out.append(make.list_of([tuple(item) for item in items], start, line, self.out))

    def heading(self, element: Any, level: int, inline: InlineStyle) -> None:
        self.level = level
        self.children(element, inline)

    def with_tail(self, element: Any, inline: InlineStyle) -> list[DraftBlock]:
        before, self.out = self.out, []
        self.element(element, inline)
        self.words(element.tail, inline)
        self.flush()
        inside, self.out = self.out, before
        return inside

    def one_line(self, element: Any, inline: InlineStyle) -> tuple[TextSpan, ...]:
        before, self.cell, self.line = (self.cell, self.line), [], []
        self.children(element, inline)
        self.flush()
        line = normalize_spans(self.cell)
        self.cell, self.line = before
        return line

    @contextmanager
    def nested(self) -> Iterator[None]:
        self.depth += 1
        yield
        self.depth -= 1

    # --- walking ---

    def children(self, element: Any, inline: InlineStyle) -> None:
        self.words(element.text, inline)
        for child in element:
            self.element(child, inline)
            self.words(child.tail, inline)

    def words(self, text: str | None, inline: InlineStyle) -> None:
        if text:
            self.line.append(inline.span(_BLANKS.sub(" ", text)))

    def element(self, element: Any, inline: InlineStyle) -> None:
        if not isinstance(element.tag, str):
            self.comment(element)
            return
        name = element.tag.lower()
        if element in self.notes:
            self.line.append(TextSpan(self.notes[element], what="note"))
            return
        if name in SILENT:
            return
        if self.nesting > MAX_NESTING:
            self.words(f" {all_text(element)} ", inline)
            return
        css = self.styles.resolve(name, element.get("class", ""), element.get("style", ""))
        if (css.hidden or element.get("hidden") is not None) and name not in ("br", "wbr", "img"):
            self.lost(element, "hidden text")
            return
        self.nesting += 1
        inline = inline.inside(name, css, block=name in BLOCKS)
        if name in BLOCKS:
            self.block(name, element, css, inline)
        else:
            self.inline(name, element, inline)
        self.nesting -= 1

    def lost(self, element: Any, message: str, extra: str = "") -> None:
        if text := " ".join(filter(None, (all_text(element), extra))):
            self.collector.add_note("omitted", message, text, self.line_of(element))

    def comment(self, element: Any) -> None:
        words = (
            " ".join((element.text or "").split()) if "Comment" in type(element).__name__ else ""
        )
        if re.search(r"\w", words) and not _MACHINE.match(words):
            self.collector.add_note("omitted", "HTML comment", words, self.line_of(element))

    def line_of(self, element: Any) -> int:
        self.last = line_of(element, numbered=self.numbered) or self.last
        return self.last

    # --- inside a line ---

    def inline(self, name: str, element: Any, inline: InlineStyle) -> None:
        if name == "br":
            self.line_break()
        elif name == "img":
            self.image(element, inline)
        elif name == "a":
            self.anchor(element, inline)
        elif name in LOST:
            self.lost(element, LOST[name], element.get("src") or element.get("data") or "")
        elif name == "input":
            self.field(element)
        elif name == "q":
            self.line.append(inline.span("“"))
            self.children(element, inline)
            self.line.append(inline.span("”"))
        else:
            if name in ("abbr", "acronym") and (title := element.get("title")):
                self.collector.add_note(
                    "omitted", "expansion of an abbreviation", title, self.line_of(element)
                )
            self.children(element, inline)

    def line_break(self) -> None:
        """Add a line break; two in a row are a paragraph break in many programs."""
        last = next(
            (span for span in reversed(self.line) if span.what != "words" or span.words.strip()),
            None,
        )
        if last == BREAK and self.cell is None and not self.level:
            self.flush()
        else:
            self.line.append(BREAK)

    def anchor(self, element: Any, inline: InlineStyle) -> None:
        href = element.get("href")
        words = element_text(element)
        if href is None or href == "#top" or (href.startswith("#") and not words):
            self.children(element, inline)
            return
        url = self.collector.link(href, words, self.line_of(element))
        title = " ".join(element.get("title", "").split()) if url else ""
        if url:
            inline = replace(inline, url=url, title="" if title in (words, url) else title)
        self.children(element, inline)

    def image(self, element: Any, inline: InlineStyle) -> None:
        line = self.line_of(element)
        src = next(
            filter(None, (element.get(name) for name in ("data-src", "src", "data-original"))), ""
        )
        if element.get("src", "").startswith(("data:", "cid:")) and len(element.get("src")) > 200:
            src = element.get(
                "src"
            )  # the image itself, not the placeholder shown until it is loaded
        alt, title = (" ".join(element.get(name, "").split()) for name in ("alt", "title"))
        width, height = (element.get(side, "").removesuffix("px") for side in ("width", "height"))
        if width in ("0", "1") and height in ("0", "1"):
            self.collector.add_note("omitted", "tracking pixel", f"{alt} {src[:200]}".strip(), line)
            return
        shown = int(width) if width.isdecimal() and 0 < len(width) < 5 else None
        name = self.collector.image(src, line, width=shown or None)
        if name is None:
            self.words(f" {alt} ", inline)
            return
        title = "" if title == alt else title
        self.line.append(
            TextSpan(alt, url=inline.url, what="image", src=f"images/{name}", title=title)
        )

    def field(self, element: Any) -> None:
        kind = element.get("type", "").lower()
        if kind == "checkbox":
            self.line.append(TextSpan("☑ " if element.get("checked") is not None else "☐ "))
        elif kind != "hidden" and (text := element.get("value") or element.get("placeholder")):
            self.collector.add_note("omitted", "form field", text, self.line_of(element))

    # --- blocks ---

    def block(self, name: str, element: Any, css: TextStyle, inline: InlineStyle) -> None:
        self.flush()
        before = (self.location, self.level)
        self.location = self.placed(name, element, css)
        part = PARTS.get(name, plain_part)
        if self.cell is not None and name not in ("li", "hr"):
            part = plain_part
        part(self, element, inline)
        self.flush()
        self.location, self.level = before

    def placed(self, name: str, element: Any, css: TextStyle) -> BlockPlace:
        style = element.get(ADDED + "style", "")
        if not style:
            classes = element.get("class", "").lower().split()
            style = next((STYLES[name] for name in classes if name in STYLES), "")
        if not style:
            style = f"Heading {name[1]}" if re.fullmatch(r"h[1-6]", name) else self.location.style
        size = element.get(ADDED + "size")
        align = element.get("align", "").lower()
        centred = (
            self.location.centred
            if css.centred is None and not align
            else bool(css.centred) or align == "center"
        )
        return BlockPlace(
            self.line_of(element),
            style,
            bool(name == "center" or element.get(ADDED + "centred") or centred),
            float(size) if size else css.size or self.location.size,
            bool(element.get(ADDED + "bold")),
        )

    def flush(self) -> None:
        """End the block whose spans have been collected."""
        line, self.line = normalize_spans(self.line), []
        if not any(span.what in ("image", "note") or span.words.strip() for span in line):
            return  # also a non-breaking space, with which many programs write an empty line
        line = tuple(
            with_links(line, lambda address: self.collector.address(address, self.location.line))
        )
        if self.cell is not None:
            self.cell += [*line, BREAK]
            return
        if (
            self.out and self.out[-1].line > self.location.line
        ):  # text after a block inside the enclosing element
            self.location = replace(self.location, line=self.out[-1].line)
        images = [span for span in line if span.what == "image"]
        rest = normalize_spans(span for span in line if span.what != "image")
        if images and (not rest or self.level):
            self.out += [self.shown(span) for span in images]
            line = rest
        if line:
            self.out.append(
                make.heading(line, self.level, self.location)
                if self.level
                else make.paragraph(line, self.location)
            )

    def shown(self, span: TextSpan) -> DraftBlock:
        """Return an image block for a standalone image.

        A link to a larger version of the same image is dropped.
        """
        caption = make.paragraph((TextSpan(span.title),), self.location) if span.title else None
        link = "" if _LARGER.search(span.url) else span.url
        return make.image(
            span.src.removeprefix("images/"),
            span.words,
            self.location.line,
            caption=caption,
            link=link,
        )


_LARGER = re.compile(r"\.(?:png|jpe?g|gif|webp)(?:[?#]|$)|substackcdn\.com", re.IGNORECASE)
