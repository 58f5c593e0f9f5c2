"""Markdown of any house -> our dialect: what is the same in both is taken over letter by letter.

One pass over the parser's events finds what our dialect has not: reference links, pictures elsewhere, addresses with
trackers. They are mended in place. A block with HTML in it goes through the reader of HTML.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyromark

from newsletter.faults import Report
from newsletter.importers import blocks as make
from newsletter.importers.draft import Block, Draft
from newsletter.importers.escape import escape_heading
from newsletter.importers.frontmatter import split_front
from newsletter.importers.inline import OPTIONS, destination
from newsletter.importers.plaintext import decode, printable
from newsletter.importers.tray import Tray
from newsletter.markup.fences import Fence, find_fences
from newsletter.markup.html import ALLOWED
from newsletter.markup.source import Source
from newsletter.merge import FIELD, FIELDS

_KINDS = {
    "Paragraph": "paragraph",
    "Heading": "heading",
    "List": "list",
    "BlockQuote": "quote",
    "CodeBlock": "code",
    "Table": "table",
    "FootnoteDefinition": "note",
    "HtmlBlock": "html",
}
_ENDS_LINE = frozenset(("Paragraph", "Heading", "Item", "TableRow", "TableHead", "CodeBlock"))
_BARE_TAG = re.compile(rf"</?(?:{'|'.join(ALLOWED)})\s*/?>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_COMMENTS = re.compile(r"\s*(?>(?:<!--.*?-->\s*)+)", re.DOTALL)
_OPEN = re.compile(
    r"<(/?)(div|section|article|figure|center|table|details|blockquote|ul|ol|aside|p|iframe|video)\b[^>]*?(/?)>",
    re.IGNORECASE,
)
_COLONS = re.compile(r"^([ \t>*+.)0-9-]*):::", re.MULTILINE)
_NOTE = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\]")
_HEADING_ID = re.compile(r"\s*\{[#.:][^{}\n]*\}\s*$")


def read_markdown(data: bytes, name: str, files: Mapping[str, bytes] | None = None) -> Draft:
    """Return what a Markdown file says."""
    text, encoding = decode(data, name)
    tray = Tray(files)
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        tray.tell("look", f"the file is not UTF-8; it was read as {encoding}", "")
    front = split_front(printable(text).lstrip("\n") if text.startswith("\n") else printable(text), tray)
    meta = dict(front.meta)
    title = meta.pop("title", None)
    blocks = markdown_blocks(front.rest, tray, front.lines + 1)
    return Draft(name, "markdown", blocks, title, meta, tuple(tray.pictures.values()), tuple(tray.told))


def markdown_blocks(text: str, tray: Tray, first_line: int = 1) -> tuple[Block, ...]:
    """Return the blocks of Markdown that starts at a line of its file."""
    from newsletter.importers.tree import settled  # with lxml, which most Markdown does not need

    reader = _Reader(text, tray, first_line)
    return settled(reader.blocks())


@dataclass(slots=True)
class _Found:
    """A block at the top, as far as it has been read."""

    kind: str
    start: int
    end: int = 0
    level: int = 0
    label: str = ""
    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    inside: tuple[int, int] = (-1, -1)  # of a heading: where its words stand
    html: bool = False
    picture: tuple[str, str, str] | None = None  # name, alt, title of its only picture
    besides: bool = False  # whether it says anything but that picture
    plain: bool = False  # has words that are not bold
    upright: bool = False  # has words that are not italic


@dataclass(slots=True)
class _Open:
    """An element whose end has not been met."""

    tag: str
    detail: Any
    start: int
    inner: int  # where the last thing inside it ended
    words: int  # how many pieces of text there were before it


class _Reader:
    """Reads the parser's events once, front to back."""

    def __init__(self, text: str, tray: Tray, first_line: int) -> None:
        self.tray, self.first_line = tray, first_line
        source = Source.of("", text)
        self.data = self.masked = source.data
        self.fences: tuple[Fence, ...] = ()
        if ":::" in text:
            self.masked, self.fences = _our_blocks(source)
        self.starts = source.lines
        self.used: set[str] = set()
        self.broken: list[int] = []
        self.stack: list[_Open] = []
        self.found: list[_Found] = []
        self.strong = self.italic = 0

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset) + self.first_line - 1

    def blocks(self) -> list[Block]:
        text = self.masked.decode()
        definitions = pyromark.reference_definitions(text, options=OPTIONS) if "]:" in text else {}
        for event, span in pyromark.events_with_range(text, options=OPTIONS, broken_link_callback=self.note_broken):
            self.event(event, span["start"], span["end"])
        for label, definition in definitions.items():
            start, end = definition["span"]["start"], definition["span"]["end"]
            if label.casefold() not in self.used:
                words = self.data[start:end].decode().strip()
                self.tray.tell("lost", "nothing in the text links to this address", words[:2000], self.line(start))
            for one in self.found:
                if one.start <= start < one.end and one.kind != "paragraph":
                    one.edits.append((start, end, ""))
        return self.written()

    def note_broken(self, link: Any) -> None:
        if link["link_type"] in ("Reference", "Collapsed"):
            self.broken.append(link["span"]["start"])

    # --- events ---

    def event(self, event: Any, start: int, end: int) -> None:
        if isinstance(event, str):
            self.mark(event, start, end)
            return
        ((name, value),) = event.items()
        if name == "Start":
            tag, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
            self.open(tag, detail, start, end)
        elif name == "End":
            self.close(end)
        else:
            self.leaf(name, value, start, end)

    def open(self, tag: str, detail: Any, start: int, end: int) -> None:
        if not self.stack:
            kind = _KINDS.get(tag, "paragraph")
            self.found.append(_Found(kind, start, end, label=detail if tag == "FootnoteDefinition" else ""))
            self.found[-1].html = tag == "HtmlBlock"
            if tag == "Heading":
                self.found[-1].level = int(detail["level"][1])
        top = self.found[-1]
        if tag in ("TableHead", "TableRow"):
            top.rows.append([])
        elif tag == "Image":
            top.besides = top.besides or top.picture is not None
        elif tag not in ("Paragraph", "Link"):
            top.besides = True
        self.strong += tag == "Strong"
        self.italic += tag == "Emphasis"
        self.stack.append(_Open(tag, detail, start, -1, len(top.words)))

    def close(self, end: int) -> None:
        frame, top = self.stack.pop(), self.found[-1]
        self.strong -= frame.tag == "Strong"
        self.italic -= frame.tag == "Emphasis"
        if frame.tag == "Link":
            self.link(frame, end, top)
        elif frame.tag == "Image":
            self.image(frame, end, top)
        elif frame.tag == "TableCell":
            top.rows[-1].append("".join(top.words[frame.words :]).strip())
            top.words.append("\t")
        elif frame.tag in _ENDS_LINE:
            top.words.append("\n")
        elif frame.tag == "HtmlBlock" and self.stack:
            top.html = True
        if frame.tag == "Heading" and not self.stack:
            top.inside = (top.inside[0], frame.inner)
        if self.stack:
            self.stack[-1].inner = end
        else:
            top.end = end

    def leaf(self, name: str, value: str, start: int, end: int) -> None:
        top = self.found[-1]
        if self.stack:
            frame = self.stack[-1]
            frame.inner = end
            if top.kind == "heading" and top.inside[0] < 0:
                top.inside = (self.stack[1].start if len(self.stack) > 1 else start, -1)
        if name == "FootnoteReference":
            top.notes.append(value)
            top.besides = True
            return
        if name in ("InlineHtml", "Html"):
            top.besides = True
            if name == "InlineHtml" and not _BARE_TAG.fullmatch(value):
                top.html = True
            elif value.lower().startswith("<br"):
                top.words.append("\n")
            return
        top.words.append(value)
        if value.strip():
            top.plain = top.plain or not self.strong
            top.upright = top.upright or not self.italic
            if not any(frame.tag == "Image" for frame in self.stack):
                top.besides = True
            if name == "Text" and value.startswith("<!--") and top.kind != "code":
                top.edits.append((start, start, "\\"))

    def mark(self, event: str, start: int, end: int) -> None:
        if event == "Rule" and not self.stack:
            self.found.append(_Found("rule", start, end))
            return
        if self.stack:
            self.stack[-1].inner = end
        self.found[-1].words.append("\n" if event == "HardBreak" else " ")

    # --- links and pictures ---

    def link(self, frame: _Open, end: int, top: _Found) -> None:
        detail = frame.detail
        self.used.add(detail["id"].casefold())
        url, kind = detail["dest_url"], detail["link_type"]
        if kind == "Email":
            top.links.append(f"mailto:{url.removeprefix('mailto:')}")
            return
        target = self.tray.link(url, "", self.line(frame.start))
        if target:
            top.links.append(target)
        if kind == "Autolink":
            if target != url:
                top.edits.append(
                    (frame.start, end, f"<{target}>" if target else f"\\{self.data[frame.start : end].decode()}")
                )
        elif target != url or kind != "Inline":
            self.target(frame, end, target, detail["title"], top)

    def image(self, frame: _Open, end: int, top: _Found) -> None:
        detail = frame.detail
        self.used.add(detail["id"].casefold())
        name = self.tray.picture(detail["dest_url"], self.line(frame.start), wish=_named(detail))
        title = " ".join(detail["title"].split())
        if name is None:
            top.edits.append((frame.start, frame.start + 1, ""))
            self.target(frame, end, "", title, top)
            top.besides = True
            return
        top.picture = (name, "".join(top.words[frame.words :]), title)
        top.words.append(f"\n{title}" if title else "")
        self.target(frame, end, f"images/{name}", title, top)

    def target(self, frame: _Open, end: int, url: str, title: str, top: _Found) -> None:
        """Write the end of a link or picture anew, `](…)`; without an address its words stay."""
        bracket = frame.start + (frame.tag == "Image")
        inner = frame.inner if frame.inner >= 0 else bracket + 1
        if not url:
            top.edits += [(bracket, bracket + 1, ""), (inner, end, f" ({title})" if title and frame.inner >= 0 else "")]
            return
        quoted = re.sub(r'[\\"]|&(?=#?\w+;)', lambda match: f"\\{match[0]}", title)
        top.edits.append((inner, end, f"]({destination(url)}{f' {chr(34)}{quoted}{chr(34)}' if title else ''})"))

    # --- from what was found to blocks ---

    def written(self) -> list[Block]:
        result: list[Block] = []
        marks = {fence.start: fence for fence in self.fences}
        position = 0
        while position < len(self.found):
            one = self.found[position]
            if one.kind == "rule" and one.start in marks:
                position = self.directive(marks[one.start], position, result)
                continue
            if one.html:
                position = self.through_html(position, result)
                continue
            result.append(self.block(one))
            position += 1
        return result

    def text(self, one: _Found, start: int, end: int) -> str:
        """Return a piece of the source with its edits made."""
        edits = [edit for edit in one.edits if start <= edit[0] and edit[1] <= end]
        edits += [(offset, offset, "\\") for offset in self.broken if start <= offset < end and one.kind != "code"]
        pieces, position = [], start
        for first, last, words in sorted(edits):
            if first >= position:
                pieces += [self.data[position:first].decode(), words]
                position = last
        text = "".join([*pieces, self.data[position:end].decode()])
        return text if one.kind == "code" else _safe(text, set(one.notes))

    def block(self, one: _Found) -> Block:
        text = self.text(one, one.start, one.end).strip("\n").rstrip()
        words = "".join(one.words).replace("\t\n", "\n").strip("\n").rstrip()
        last = self.line(max(one.end - 1, one.start))
        block = Block(
            one.kind,  # type: ignore[arg-type]
            text,
            words,
            self.line(one.start),
            last,
            links=tuple(dict.fromkeys(one.links)),
            notes=tuple(dict.fromkeys(one.notes)),
            bold=bool(words) and not one.plain and one.kind == "paragraph",
            italic=bool(words) and not one.upright and one.kind == "paragraph",
        )
        if one.kind == "heading":
            return self.heading(one, block)
        if one.kind == "rule":
            return replace(block, markdown="---")
        if one.kind == "note":
            return replace(block, label=one.label)
        if one.kind == "table":
            return replace(block, rows=tuple(map(tuple, one.rows)))
        if one.kind == "code":
            return replace(block, markdown=_undented(text))
        if one.kind == "paragraph" and one.picture and not one.besides:
            name, alt, title = one.picture
            return replace(block, kind="picture", picture=name, alt=alt, caption=title, bold=False, italic=False)
        return block

    def heading(self, one: _Found, block: Block) -> Block:
        start, end = one.inside
        text = self.text(one, start, end) if 0 <= start < end else ""
        text = _HEADING_ID.sub("", " ".join(text.split()))
        if re.fullmatch(r"\*\*(?:[^*\\]|\\.)+\*\*", text):
            text = text[2:-2].strip()
        words = _HEADING_ID.sub("", block.words.replace("\n", " "))
        return replace(block, level=one.level, markdown=f"{'#' * one.level} {escape_heading(text)}", words=words)

    def directive(self, fence: Fence, position: int, result: list[Block]) -> int:
        """Add a block of our own, letter by letter; return where reading goes on."""
        end = self.data.find(b"\n", fence.end)
        end = len(self.data) if end < 0 else end
        inside = position
        while inside < len(self.found) and self.found[inside].start < end:
            inside += 1
        text = self.data[fence.start : end].decode()
        words = " ".join(re.sub(r"^:::.*|^\w+:\s", " ", fence.body, flags=re.MULTILINE).split())
        notes = tuple(label for one in self.found[position:inside] for label in one.notes)
        result.append(
            Block("directive", text, words, self.line(fence.start), self.line(end - 1), style=fence.kind, notes=notes)
        )
        return inside

    def through_html(self, position: int, result: list[Block]) -> int:
        """Add blocks for a piece with HTML in it; return where reading goes on."""
        one = self.found[position]
        last = position
        depth = _depth(self.data[one.start : one.end].decode())
        while depth > 0 and last + 1 < len(self.found):
            last += 1
            depth += _depth(self.data[self.found[last].start : self.found[last].end].decode())
        if depth > 0:
            last = position
        group = self.found[position : last + 1]
        raw = self.data[one.start : one.end].decode()
        if last == position and one.kind == "html" and _COMMENTS.fullmatch(raw):
            words = re.sub(r"<!--|-->", " ", raw)
            result.append(
                Block("comment", raw.strip(), " ".join(words.split()), self.line(one.start), self.line(one.end - 1))
            )
            return last + 1
        text = "\n\n".join(self.text(part, part.start, part.end) for part in group)
        labels = dict.fromkeys(label for part in group for label in part.notes)
        lines = (self.line(one.start), self.line(max(group[-1].end - 1, one.start)))
        result += html_blocks(text, tuple(labels), self.tray, *lines)
        return last + 1


def html_blocks(text: str, labels: tuple[str, ...], tray: Tray, first: int, last: int) -> list[Block]:
    """Return the blocks of Markdown with HTML in it; all of them have its lines."""
    from newsletter.importers.flow import ADDED, Flow
    from newsletter.importers.footnotes import drop
    from newsletter.importers.styles import Styles
    from newsletter.importers.tree import parse

    own = re.match(r"\[\^([^\]]+)\]:", text)
    defined = "".join(f"\n\n[^{label}]: x" for label in labels if not own or own[1] != label)
    root = parse(f"<body>{pyromark.html(text + defined, options=OPTIONS)}", "the draft")
    body = root.find("body")
    body.set(ADDED + "line", str(first))
    marks = {}
    note = None
    for element in list(body.iter("sup")):
        if element.get("class") == "footnote-reference" and len(element):
            marks[element] = element[0].get("href", "#")[1:]
    for element in list(body.iter("div")):
        if element.get("class") == "footnote-definition":
            if own and element.get("id") == own[1]:
                note = element
                drop(element[0])
            else:
                drop(element)
    flow = Flow(tray, Styles(), marks, numbered=True)
    blocks = list(flow.blocks(note if note is not None else body))
    if own and note is not None:
        blocks = [make.note(own[1], blocks, first)]
    return [replace(block, line=first, end=last) for block in blocks]


def _our_blocks(source: Source) -> tuple[bytes, tuple[Fence, ...]]:
    """Return the text with our own `:::` blocks cut out, where all of them are sound; others are only words."""
    report = Report()
    masked, fences = find_fences(source, report)
    return (source.data, ()) if report.findings else (masked, fences)


def _safe(text: str, known: set[str]) -> str:
    """Escape what is a mark in our dialect and was none in the draft."""
    if ":::" in text:
        text = _COLONS.sub(r"\1\\:::", text)
    if "[^" in text:
        text = _NOTE.sub(
            lambda match: match[0] if match[1] in known or _defines(text, match) else f"\\{match[0]}", text
        )
    if "%%" in text:
        text = FIELD.sub(lambda match: match[0] if match[1] in FIELDS else f"%<!-- -->{match[0][1:]}", text)
    return text


def _defines(text: str, match: re.Match[str]) -> bool:
    return match.start() == 0 and text[match.end() : match.end() + 1] == ":"


def _undented(text: str) -> str:
    """Return code between fences, which stays code wherever it is put; indented code would not."""
    if re.match(r" {0,3}(?:`{3}|~{3})", text):
        return text
    return make.code_block(
        "\n".join(line[4:] if line[:4] == "    " else line.lstrip("\t") for line in text.split("\n")), 0
    ).markdown


def _depth(text: str) -> int:
    return sum(-1 if match[1] else 1 for match in _OPEN.finditer(text) if not match[3] and match[2].lower() != "p")


def _named(detail: Mapping[str, str]) -> str:
    """Return a name for a picture that only has a label, as Google Docs' export has."""
    return f"{detail['id']}" if detail["dest_url"].startswith("data:") and detail["id"] else ""
