"""Inline nodes, each with its HTML and its plain text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TypeVar

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from newsletter.languages import FSI, PDI, against, opposite, runs, strong
from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Direction, Image, Location, Node

N = TypeVar("N", bound=Node)


def html_of(nodes: Sequence[Node], page: HtmlWriter) -> Markup:
    """Return inline nodes as HTML, safe to print in a theme's partial."""
    return Markup("".join([node.html(page) for node in nodes]))


def text_of(nodes: Sequence[Node], page: TextWriter) -> str:
    """Return inline nodes as text, not yet wrapped."""
    return "".join([node.text(page) for node in nodes])


def plain(nodes: Sequence[Node]) -> str:
    """Return the text without markup, for alt texts, code and comparisons."""
    return "".join(map(_plain, nodes))


def _plain(node: Node) -> str:
    if isinstance(node, Text | Code | MergeField):
        return node.words
    if isinstance(node, InlineImage):
        return node.alt
    return " " if isinstance(node, Break) else plain(node.children)


class Text(Struct, frozen=True):
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return escape(self.words, quote=False)

    def text(self, page: TextWriter) -> str:
        return self.words


class Code(Struct, frozen=True):
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return f"<code>{escape(self.words, quote=False)}</code>"

    def text(self, page: TextWriter) -> str:
        return self.words


# Emphasis in the text part, as is customary in plain text.
_MARKS = {"em": "_", "strong": "*", "del": "~"}


class Emphasis(Struct, frozen=True):
    where: Location
    tag: str  # em, strong or del
    children: tuple[Node, ...]

    def html(self, page: HtmlWriter) -> str:
        return f"<{self.tag}>{html_of(self.children, page)}</{self.tag}>"

    def text(self, page: TextWriter) -> str:
        mark = _MARKS[self.tag]
        return f"{mark}{text_of(self.children, page)}{mark}"


class Link(Struct, frozen=True):
    where: Location
    url: str
    title: str
    children: tuple[Node, ...]
    at: Location | None = (
        None  # where the URL is written, possibly far below; None inside a YAML value
    )

    def html(self, page: HtmlWriter) -> str:
        title = f' title="{escape(self.title)}"' if self.title else ""
        return f'<a href="{escape(self.url)}"{title}>{html_of(self.children, page)}</a>'

    def text(self, page: TextWriter) -> str:
        words = text_of(self.children, page)
        title = f" ({self.title})" if self.title else ""
        if words in (self.url, self.url.removeprefix("mailto:")):
            return words + title
        return f"{words}{title} [{page.link(self.url)}]"


class InlineImage(Struct, frozen=True):
    """An image inside a line of text; an image alone in its paragraph is a figure."""

    where: Location
    src: str
    alt: str
    title: str = ""
    width: int | None = None  # requested, in CSS pixels
    at: Location | None = None  # as in `Link`
    alt_at: Location | None = None  # where the alternative text is written, if on a line of its own
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        image = page.image(self.src)
        title = f' title="{escape(self.title)}"' if self.title else ""
        url = escape(page.image_url(image))
        srcset = page.srcset(image)
        files = f'src="{url}"' + (f' srcset="{escape(srcset)}"' if srcset else "")
        return f'<img {files} alt="{escape(self.alt)}"{title}{size(image)} />'

    def text(self, page: TextWriter) -> str:
        words = " — ".join(filter(None, (self.alt, self.title)))
        return f"[{page.phrases['figure']}{page.phrases['colon']}{words}]" if words else ""


def size(image: Image) -> str:
    """Return the width and height attributes, the only size that Outlook's Word engine supports."""
    height = f' height="{image.height}"' if image.height else ""
    return f' width="{image.width}"{height}'


class Break(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return "<br />"

    def text(self, page: TextWriter) -> str:
        return "\n"


class NoteRef(Struct, frozen=True):
    """A footnote's mark; not a link, since anchors inside an email do not work in Gmail's apps."""

    where: Location
    label: str
    number: int
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return f"<sup>{self.number}</sup>"

    def text(self, page: TextWriter) -> str:
        return f" ({page.phrases['note'].lower()} {self.number})"


class Tag(Struct, frozen=True):
    """One of the few HTML tags an author may use, rendered well formed."""

    where: Location
    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Node, ...]

    def html(self, page: HtmlWriter) -> str:
        attributes = "".join(f' {key}="{escape(value)}"' for key, value in self.attributes)
        return f"<{self.name}{attributes}>{html_of(self.children, page)}</{self.name}>"

    def text(self, page: TextWriter) -> str:
        words = text_of(self.children, page)
        attributes = dict(self.attributes)
        if self.name == "sup":
            return f"^{words}"
        if title := attributes.get("title"):
            return f"{words} ({title})"
        return f"{FSI}{words}{PDI}" if self.name == "bdi" or "dir" in attributes else words


class MergeField(Struct, frozen=True):
    """A value that differs by reader; `render/merge.py` converts it for the sending service."""

    where: Location
    field: str
    fallback: str
    children: tuple[Node, ...] = ()

    @property
    def words(self) -> str:
        return f"%%{self.field}|{self.fallback}%%" if self.fallback else f"%%{self.field}%%"

    def html(self, page: HtmlWriter) -> str:
        return escape(self.words, quote=False)

    def text(self, page: TextWriter) -> str:
        return self.words


# --- runs in the other direction -----------------------------------------------------------------------


def isolate(nodes: Sequence[Node], base: Direction) -> tuple[Node, ...]:
    """Wrap each run against the base direction, with its emphasis and links, in one isolate.

    Two adjacent isolates would be displayed in the wrong order, hence one isolate per run.
    """
    foreign = against(base)
    result: list[Node] = []
    run: list[Node] = []  # opposite nodes, then neutral ones that join the run if more follow
    settled = 0

    def close() -> None:
        nonlocal settled
        if settled:
            inside = tuple(run[:settled])
            result.append(Tag(inside[0].where, "span", (("dir", opposite(base)),), inside))
        result.extend(run[settled:])
        run.clear()
        settled = 0

    for node in _pieces(nodes, base):
        words = plain([node])
        if isinstance(node, Tag) and (
            node.name == "bdi" or any(key == "dir" for key, _ in node.attributes)
        ):
            close()
            result.append(node)
        elif foreign.search(words) and not strong(base).search(words):
            run.append(node)
            settled = len(run)
        elif settled and not strong(base).search(words) and not isinstance(node, Break):
            run.append(node)
        else:
            close()
            result.append(_inside(node, base))
    close()
    return tuple(result)


def _pieces(nodes: Sequence[Node], base: Direction) -> list[Node]:
    pieces: list[Node] = []
    for node in nodes:
        if isinstance(node, Text) and against(base).search(node.words):
            offset = 0
            for words, _ in runs(node.words, base):
                where = node.where
                if where.column is not None and "\n" not in node.words[:offset]:
                    where = replace(where, column=where.column + offset)
                pieces.append(Text(where, words))
                offset += len(words)
        else:
            pieces.append(node)
    return pieces


def _inside(node: N, base: Direction) -> N:
    if isinstance(node, Emphasis | Link | Tag) and against(base).search(plain(node.children)):
        return replace(node, children=isolate(node.children, base))
    return node
