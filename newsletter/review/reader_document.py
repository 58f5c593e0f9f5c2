"""An email as readers see it: blocks of words, images and tables, with offsets in the HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.check.email.size import HtmlOffsets

CREDITS, FOOT = "Credits", "Footer"  # what follows the last section

BlockKind = Literal[
    "heading",
    "paragraph",
    "list item",
    "quotation",
    "code",
    "caption",
    "button",
    "note",
    "credits",
    "image",
    "table",
    "preheader",
]


class WordToken(Struct, frozen=True):
    """A word, a number, a punctuation mark or one space; `text` as a reader sees it."""

    text: str
    start: int  # offset in the HTML; a space starts where the white space does
    end: int
    link: str = ""  # the address it links to
    style: str = ""  # the surrounding elements that affect its style, such as `em strong`


class ImageContent(Struct, frozen=True):
    """An image of an email."""

    name: str  # the file name at the end of its address
    alt: str
    width: str
    link: str


class TableContent(Struct, frozen=True):
    """A data table: the text of its cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ReaderBlock(Struct, frozen=True):
    """A paragraph, a heading, an image or a table."""

    kind: BlockKind
    tokens: tuple[WordToken, ...]
    section: str = ""  # the heading it belongs to
    at: str | None = None  # `data-at` of the element, if the preview set it
    image: ImageContent | None = None
    table: TableContent | None = None
    level: int = 0  # of a heading

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)

    @property
    def key(self) -> tuple[object, ...]:
        """Return a key that is equal for blocks with the same content."""
        links = tuple(token.link for token in self.tokens if token.link)
        styles = tuple(token.style for token in self.tokens)
        return (self.kind, self.text, links, styles, self.image, self.table)


# Numbers, dates, times, addresses and hyphenated names are single tokens; scripts without spaces
# are split by character.
_TOKEN = re.compile(
    r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]"
    r"|[+\-−]?\d+(?:[.,:/’\u00a0\u202f](?=\d)\d+)*(?:[%‰°]|(?:st|nd|rd|th)\b)?"
    r"|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"|[^\W\d_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"(?:[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|"
    r"[\u0300-\u036f]|[’'\-](?=\w))*"
    r"|\s+|.",
    re.DOTALL,
)
_PIECE = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|.", re.DOTALL)
_BLOCKS = frozenset("blockquote caption div h1 h2 h3 h4 h5 h6 li p pre td th".split())
_STYLES = frozenset("b code del em i ins kbd mark s small strong sub sup u".split())
_PADDING = re.compile("[\u034f\u2007\u200c\u00ad\ufeff\u00a0\\s]+\\Z")


def split_words(text: str) -> list[str]:
    """Split a text into tokens that concatenate to it; each run of white space is one token."""
    return [match[0] for match in _TOKEN.finditer(text)]


def plain_block(text: str) -> ReaderBlock:
    """Return a paragraph without HTML, such as one of the plain-text part."""
    return ReaderBlock("paragraph", tuple(WordToken(word, 0, 0) for word in split_words(text)))


def read_document(html: str) -> tuple[ReaderBlock, ...]:
    """Return the visible blocks of an email in reading order.

    Hidden elements are left out, except the preheader. `html` is a finished email's.
    """
    return tuple(_DocumentReader(html).blocks())


class _DocumentReader:
    """Reads the HTML of an email by the offsets of its elements."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.outline = HtmlOffsets(html)
        self.body = html.find("<body")

    def blocks(self) -> Iterator[ReaderBlock]:
        section, last_image = "", -1
        for block, members in self._grouped():
            read = self._block(block, members)
            if read is None:
                continue
            if read.kind == "image":
                last_image = block
            elif read.kind == "paragraph" and self._captions(block, last_image):
                read = _with_kind(read, "caption")
            if read.kind == "heading" and read.level <= 2:
                section = read.text.replace("\xa0", " ")  # the theme holds a last word with one
            elif read.kind == "credits":
                section = CREDITS
            elif section == CREDITS:
                section = FOOT
            yield _in_section(read, section)

    def _grouped(self) -> Iterator[tuple[int, list[int]]]:
        """Yield element -> offsets of its texts, block by block; an image is its own element."""
        starts: list[tuple[int, int]] = [
            (start, element) for start, (_, element) in self.outline.texts.items()
        ]
        starts += [
            (span.start, index)
            for index, span in enumerate(self.outline.spans)
            if index and span.tag == "img"
        ]
        group: tuple[int, list[int]] | None = None
        for start, element in sorted(starts):
            if start < self.body:
                continue
            block = self._block_of(element)
            if group is not None and group[0] == block:
                group[1].append(start)
                continue
            if group is not None:
                yield group
            group = (block, [start])
        if group is not None:
            yield group

    def _block_of(self, element: int) -> int:
        around = [element, *self._ancestors(element)]
        table = next((index for index in around if self._is_data_table(index)), None)
        if table is not None and not self._in_caption(around, table):
            return table
        if self.outline.spans[element].tag == "img":
            return element
        return next((index for index in around if self.outline.spans[index].tag in _BLOCKS), 0)

    def _in_caption(self, around: Sequence[int], table: int) -> bool:
        inside = around[: around.index(table)]
        return any(self.outline.spans[index].tag == "caption" for index in inside)

    def _is_data_table(self, index: int) -> bool:
        span = self.outline.spans[index]
        return span.tag == "table" and not re.search(
            r'\brole="(?:presentation|none)"', self._tag(index)
        )

    def _ancestors(self, element: int) -> Iterator[int]:
        index = self.outline.spans[element].parent
        while index:
            yield index
            index = self.outline.spans[index].parent

    def _tag(self, index: int) -> str:
        start = self.outline.spans[index].start
        match = re.compile(r"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>").match(self.html, start)
        return match[0] if match else ""

    def _attribute(self, index: int, name: str) -> str:
        match = re.search(rf'\s{name}="([^"]*)"', self._tag(index))
        return unescape(match[1]) if match else ""

    def _classes(self, index: int) -> list[str]:
        return self._attribute(index, "class").split()

    def _block(self, block: int, members: list[int]) -> ReaderBlock | None:
        around = [block, *self._ancestors(block)]
        hidden = any(
            re.search(r"display:\s*none", self._attribute(index, "style")) for index in around
        )
        if self.outline.spans[block].tag == "img":
            return None if hidden else self._image(block)
        tokens = self._tokens(members, block)
        if hidden:
            return self._preheader(tokens)
        if not tokens:
            return None
        if self._is_data_table(block):
            table = self._table(block)
            return ReaderBlock("table", tokens, at=self._at(block), table=table)
        kind = self._kind(block, around)
        tag = self.outline.spans[block].tag
        level = int(tag[1]) if kind == "heading" else 0
        return ReaderBlock(kind, tokens, at=self._at(block), level=level)

    def _preheader(self, tokens: tuple[WordToken, ...]) -> ReaderBlock | None:
        text = "".join(token.text for token in tokens)
        length = len(_PADDING.sub("", text))
        shown: list[WordToken] = []
        for token in tokens:
            if length <= 0:
                break
            shown.append(token)
            length -= len(token.text)
        return ReaderBlock("preheader", tuple(shown)) if shown else None

    def _at(self, block: int) -> str | None:
        for index in (block, *self._ancestors(block)):
            if self.outline.spans[index].tag in _BLOCKS and (
                place := self._attribute(index, "data-at")
            ):
                return place
        return None

    def _kind(self, block: int, around: Sequence[int]) -> BlockKind:
        tag = self.outline.spans[block].tag
        tags = [self.outline.spans[index].tag for index in around]
        if re.fullmatch("h[1-6]", tag):
            return "heading"
        if tag == "pre":
            return "code"
        if tag == "caption":
            return "caption"
        if any("n" in self._classes(index) for index in around if self._is("ol", index)):
            return "note"
        if any("w" in self._classes(index) for index in around if self._is("table", index)):
            return "credits"
        if tag == "td" and "u" in self._classes(block):
            return "button"
        if "blockquote" in tags:
            return "quotation"
        return "list item" if "li" in tags else "paragraph"

    def _is(self, tag: str, index: int) -> bool:
        return self.outline.spans[index].tag == tag

    def _captions(self, block: int, image: int) -> bool:
        """Return whether a block is a caption: directly below an image, in the same element."""
        if image < 0 or self.outline.spans[block].tag not in ("div", "p", "td"):
            return False
        parent = self.outline.spans[block].parent
        return parent in self._ancestors(image) and "f" in self._classes(parent)

    # --- words ------------------------------------------------------------------------------------

    def _tokens(self, members: Sequence[int], block: int) -> tuple[WordToken, ...]:
        """Return the words of a block, with one space wherever there is white space."""
        tokens: list[WordToken] = []
        preformatted = self.outline.spans[block].tag == "pre"
        for start in members:
            if start not in self.outline.texts:
                continue  # an image in a line of a table
            if tokens and self._breaks(tokens[-1].end, start):
                tokens.append(WordToken(" ", tokens[-1].end, tokens[-1].end))
            element = self.outline.texts[start][1]
            link, style = self._inline(element, block)
            for text, begin, end in self._split(start, preformatted):
                if text == " " and (not tokens or tokens[-1].text == " "):
                    continue
                tokens.append(WordToken(text, begin, end, link, style))
        while tokens and tokens[-1].text.isspace():
            tokens.pop()
        return tuple(replace(token, link="") if token.text == " " else token for token in tokens)

    def _breaks(self, end: int, start: int) -> bool:
        """Return whether a tag or white space separates two texts."""
        between = self.html[end:start]
        return bool(
            re.search(r"<(?:br|/?(?:p|div|li|td|th|tr|ul|ol|h[1-6]))\b|>\s+<|\A\s|\s\Z", between)
        )

    def _inline(self, element: int, block: int) -> tuple[str, str]:
        link, styles = "", []
        for index in (element, *self._ancestors(element)):
            if index == block:
                break
            tag = self.outline.spans[index].tag
            if tag == "a" and not link:
                link = self._attribute(index, "href")
            if tag in _STYLES:
                styles.append(tag)
        return link, " ".join(sorted(styles))

    def _split(self, start: int, preformatted: bool) -> Iterator[tuple[str, int, int]]:
        """Yield the tokens of a text with their offsets; an entity is one character."""
        following = self.html.find("<", start)
        raw = self.html[start : following if following >= 0 else len(self.html)]
        pieces = [
            (unescape(match[0]), match.start(), match.end()) for match in _PIECE.finditer(raw)
        ]
        text = "".join(piece for piece, _, _ in pieces)
        places = [(begin, end) for piece, begin, end in pieces for _ in range(len(piece))]
        for match in _TOKEN.finditer(text):
            begin, end = places[match.start()][0], places[match.end() - 1][1]
            word = match[0]
            if word.isspace() and not preformatted and not _kept_space(word):
                word = " "
            yield word, start + begin, start + end

    # --- images and tables ------------------------------------------------------------------------

    def _image(self, index: int) -> ReaderBlock:
        link = next(
            (
                self._attribute(around, "href")
                for around in self._ancestors(index)
                if self._is("a", around)
            ),
            "",
        )
        name = self._attribute(index, "src").rpartition("/")[2]
        image = ImageContent(
            name, self._attribute(index, "alt"), self._attribute(index, "width"), link
        )
        return ReaderBlock("image", (), at=self._at(index), image=image)

    def _table(self, table: int) -> TableContent:
        rows: list[list[str]] = []
        heads: list[bool] = []
        for index, span in enumerate(self.outline.spans):
            if index <= table or table not in self._ancestors(index):
                continue
            if span.tag == "tr":
                rows.append([])
                heads.append(True)
            elif span.tag in ("td", "th") and rows:
                rows[-1].append(self._words(span.start, span.end))
                heads[-1] = heads[-1] and span.tag == "th"
        if rows and heads[0]:
            return TableContent(tuple(rows[0]), tuple(map(tuple, rows[1:])))
        return TableContent((), tuple(map(tuple, rows)))

    def _words(self, start: int, end: int) -> str:
        texts = self.outline.texts
        return " ".join(texts[run][0] for run in self.outline.runs if start <= run < end)


def _kept_space(word: str) -> bool:
    """Return whether white space is deliberate: a no-break or a thin space."""
    return len(word) == 1 and word in "\u00a0\u202f\u2009"


def _with_kind(block: ReaderBlock, kind: BlockKind) -> ReaderBlock:
    return ReaderBlock(kind, block.tokens, block.section, block.at, block.image, block.table)


def _in_section(block: ReaderBlock, section: str) -> ReaderBlock:
    return ReaderBlock(
        block.kind, block.tokens, section, block.at, block.image, block.table, block.level
    )
