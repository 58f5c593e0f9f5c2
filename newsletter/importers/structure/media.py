"""Writes images and tables for an issue: `::: figure`, a file in data/, or a remote link."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from newsletter.importers.draft import DraftBlock, DraftImage, ImportNote

COLUMNS = 6  # a table with this many columns is hard to read in Markdown and is saved as CSV
WIDTH = 600  # CSS pixels for an image of unknown width: the text width of the packaged theme
_BRACKET = re.compile(r"\\.|[\[\]]")
_IMAGE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(images/([^\s()]+)(?: \"(?:\\.|[^\"\\])*\")?\)")


class MediaWriter(Struct):
    """Collects files and notes while the sections are written."""

    images: Mapping[str, DraftImage]
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[ImportNote] = field(default_factory=list)
    tables: int = 0

    def markdown(self, block: DraftBlock) -> str:
        """Return a block's Markdown, with its images and tables at their paths in the issue."""
        if block.kind == "image":
            return self.figure(block)
        if block.kind == "table" and (data := as_csv(block)):
            self.tables += 1
            name = f"data/table-{self.tables}.csv"
            self.files[name] = data
            return f"::: table\nsrc: {name}\n{_key('caption', block.caption)}:::"
        return self.inline(block)

    def figure(self, block: DraftBlock) -> str:
        image = self.images.get(block.image)
        if image is None:
            return block.markdown
        if image.data is not None:
            self.keep(image)
            return (
                block.markdown
                if block.markdown.startswith(":::")
                else self.fenced(block, f"images/{image.name}")
            )
        url = image.url or ""
        if not url.startswith("https://"):
            self.add_note(
                "review",
                "remote image imported as a link; --fetch downloads it",
                block,
            )
            return f"[{_words(block.alt) or 'Image'}]({_target(url)})" + (
                f"\n\n{block.caption}" if block.caption else ""
            )
        if image.width is None:
            self.add_note("review", f"remote image without a known width, set to {WIDTH}", block)
        else:
            self.add_note("review", "remote image; --fetch downloads it", block)
        return self.fenced(block, url, image.width or WIDTH)

    def fenced(self, block: DraftBlock, src: str, width: int | None = None) -> str:
        link = _link(block)
        keys = [f"src: {json.dumps(src, ensure_ascii=False) if ':' in src else src}\n"]
        keys.append(f"alt: {json.dumps(' '.join(block.alt.split()), ensure_ascii=False)}\n")
        keys.append(_key("caption", block.caption))
        keys.append(f"link: {json.dumps(link, ensure_ascii=False)}\n" if link else "")
        keys.append(f"width: {width}\n" if width else "")
        return f"::: figure\n{''.join(keys)}:::"

    def inline(self, block: DraftBlock) -> str:
        """Return inline Markdown with its images; a remote image becomes a link to it."""

        def replaced(match: re.Match[str]) -> str:
            image = self.images.get(match[2])
            if image is None:
                return match[0]
            if image.data is not None:
                self.keep(image)
                return match[0]
            url = image.url or ""
            words = match[1] or "Image"
            if _in_brackets(block.markdown, match.start()):  # links cannot be nested
                self.add_note("omitted", "remote image inside a link", block, url)
                return words
            self.add_note(
                "review",
                "remote image imported as a link; --fetch downloads it",
                block,
                url,
            )
            return f"[{words}]({_target(url)})"

        return _IMAGE.sub(replaced, block.markdown)

    def keep(self, image: DraftImage) -> None:
        if image.data is not None:
            self.files[f"images/{image.name}"] = image.data

    def add_note(self, kind: str, message: str, block: DraftBlock, words: str = "") -> None:
        self.notes.append(ImportNote(kind, message, words or block.alt, block.line))  # type: ignore[arg-type]

    def unused(self) -> Iterator[DraftImage]:
        """Yield the images that no section shows."""
        return (
            image
            for image in self.images.values()
            if image.data is not None and f"images/{image.name}" not in self.files
        )


def as_csv(block: DraftBlock) -> bytes | None:
    """Return a wide table as CSV.

    Returns `None` for a narrow table, and for content that only Markdown can express.
    """
    rows = block.rows
    if len(rows) < 2 or len(rows[0]) < COLUMNS or block.links or block.notes:
        return None
    if re.search(r"[*_`~<\\]", block.markdown) or not all(
        any(cell.strip() for cell in row) for row in rows
    ):
        return None
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    head = text.getvalue().split("\n", 1)[0]
    return (
        text.getvalue().encode()
        if head.count(",") > max(head.count(";"), head.count("\t"))
        else None
    )


def _link(block: DraftBlock) -> str | None:
    """Return the link target of an image; links in its caption do not count."""
    match = re.match(r"\[!\[.*\]\(<?([^\s<>]+?)>?(?: \"[^\"]*\")?\)$", block.markdown)
    if match:
        return match[1]
    line = re.search(r"^link: (\".*\"|.+)$", block.markdown, re.MULTILINE)
    if line is None:
        return None
    return json.loads(line[1]) if line[1].startswith('"') else line[1]


def _in_brackets(markdown: str, position: int) -> bool:
    """Return whether a position is in the text of a link."""
    depth = 0
    for match in _BRACKET.finditer(markdown, 0, position):
        if match[0] == "[":
            depth += 1
        elif match[0] == "]":
            depth = max(depth - 1, 0)
    return depth > 0


def _key(name: str, words: str) -> str:
    return f"{name}: {json.dumps(' '.join(words.split()), ensure_ascii=False)}\n" if words else ""


def _words(alt: str) -> str:
    return re.sub(r"([\\`*_\[\]<&~])", r"\\\1", " ".join(alt.split()))


def _target(url: str) -> str:
    return f"<{url}>" if re.search(r"[()\s]", url) else url
