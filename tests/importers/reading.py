"""The text of a draft after conversion to a section, read by the same parser as every issue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.diagnostics import Report
from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.languages import direction
from newsletter.markup.button import Button
from newsletter.markup.code import CodeBlock
from newsletter.markup.comment import Comment
from newsletter.markup.directives import BlockContext
from newsletter.markup.inline import Break, Code, InlineImage, MergeField, Text
from newsletter.markup.parse import parse
from newsletter.markup.source import SourceText
from newsletter.model import Finding, Node

MARK = re.compile(r"q\d+z")  # matches every word of a generated draft


def one(data: bytes, name: str = "draft") -> Draft:
    (draft,) = read_drafts(data, name)
    return draft


def section(draft: Draft) -> str:
    return "\n\n".join(block.markdown for block in draft.blocks) + "\n"


def parsed(markdown: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the findings of a section and its words, with blocks and lines separated by spaces."""
    report = Report()
    nodes = parse(
        SourceText.of("10-essay.md", markdown),
        "en",
        direction("en"),
        BlockContext(lambda *_: [["a"], ["b"]]),
        report=report,
    )
    return " ".join("".join(_words(nodes)).split()), tuple(report.findings)


def _words(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Text | Code | MergeField):
            yield node.words
        elif isinstance(node, CodeBlock | Comment):
            yield f" {node.words} "
        elif isinstance(node, InlineImage):
            yield f" {node.alt} {node.title} "
        elif isinstance(node, Button):
            yield f" {node.label} "
        elif isinstance(node, Break):
            yield " "
        block = type(node).__module__.rpartition(".")[2] != "inline"
        yield " " if block else ""
        yield from _words(node.children)
        yield " " if block else ""


def typed(words: str) -> str:
    """Return words with quotation marks, dashes and ellipses as they are printed."""
    words = re.sub(r"[‘’‚“”„«»'\"]", "'", words)
    return re.sub(r"\.\.\.", "…", words.replace("---", "—").replace("--", "–"))


def outline(draft: Draft) -> str:
    """Return a draft as readable text: its metadata, blocks, images and notes."""
    head = [
        f"{draft.kind}: {draft.title}",
        *(f"{key}: {value}" for key, value in draft.meta.items()),
    ]
    blocks = []
    for block in draft.blocks:
        marks = [
            f"{draft.unit} {block.line}"
            + (f"–{block.end}" if block.end not in (0, block.line) else "")
        ]
        marks += [block.style] if block.style else []
        marks += [name for name in ("bold", "italic", "centred") if getattr(block, name)]
        marks += [f"{block.size:g}pt"] if block.size else []
        blocks.append(f"[{block.kind}, {', '.join(marks)}]\n{block.markdown}")
    images = [
        f"{image.name}: {'along' if image.data else image.url}"
        + (f", {image.width}px" if image.width else "")
        for image in draft.images
    ]
    notes = [f"{note.kind} {note.line}: {note.message}: {note.words}" for note in draft.notes]
    return (
        "\n\n".join(filter(None, ("\n".join(head), *blocks, "\n".join(images), "\n".join(notes))))
        + "\n"
    )
