"""Builds draft blocks from spans; the Markdown of each block type is defined here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock
from newsletter.importers.markdown.escape import escape_heading
from newsletter.importers.markdown.inline_writer import markdown
from newsletter.importers.markdown.spans import TextSpan, plain_words

INDENT = "    "  # indentation of a note's further lines


class BlockPlace(Struct, frozen=True):
    """Position and style of a block in the draft."""

    line: int = 0
    style: str = ""
    centred: bool = False
    size: float | None = None
    bold: bool = False  # bold from the block's style, without markup


def paragraph(line: Sequence[TextSpan], location: BlockPlace) -> DraftBlock:
    """Return a paragraph; marks shared by all of its text become properties of the block."""
    words = [span for span in line if span.what == "words"]
    return DraftBlock(
        "paragraph",
        markdown(line),
        plain_words(line),
        location.line,
        style=location.style,
        centred=location.centred,
        size=location.size,
        bold=bool(words) and (location.bold or all("strong" in span.marks for span in words)),
        italic=bool(words) and all("em" in span.marks for span in words),
        links=_links(line),
        notes=_notes(line),
    )


def heading(line: Sequence[TextSpan], level: int, location: BlockPlace) -> DraftBlock:
    """Return a heading on one line, without bold, which headings imply."""
    one_line = [
        TextSpan(" ") if span.what == "break" else replace(span, marks=span.marks - {"strong"})
        for span in line
    ]
    block = paragraph(one_line, location)
    text = escape_heading(block.markdown)
    return replace(block, kind="heading", level=level, markdown=f"{'#' * level} {text}", bold=False)


def list_of(
    items: Sequence[tuple[DraftBlock, ...]],
    start: int | None,
    line: int,
    after: Sequence[DraftBlock] = (),
) -> DraftBlock:
    """Return a list; `start` is its first number, `None` for bullets.

    Its markers differ from those of a list directly before it, to keep the two separate.
    """
    before = after[-1].markdown if after and after[-1].kind == "list" else ""
    other = re.match(r"-" if start is None else r"\d+\.", before) is not None
    tight = all(len(item) == 1 or all(block.kind == "list" for block in item[1:]) for item in items)
    bullet, after_number = ("*", ")") if other else ("-", ".")
    written = []
    for number, item in enumerate(items, start or 0):
        mark = bullet if start is None else f"{number}{after_number}"
        written.append(_hung(item, f"{mark} ", tight=tight))
    inside = [block for item in items for block in item]
    words = "\n".join(block.words for block in inside)
    return _around("list", ("\n" if tight else "\n\n").join(written), words, line, inside=inside)


def _hung(item: Sequence[DraftBlock], mark: str, *, tight: bool) -> str:
    gap = "\n" if tight else "\n\n"
    # A list item that starts with a comment, code or a rule is not portable; one that starts with a
    # paragraph is.
    text = gap.join(block.markdown for block in item)
    return mark + text.replace("\n", "\n" + " " * len(mark)).replace(
        "\n" + " " * len(mark) + "\n", "\n\n"
    )


def quote(inside: Sequence[DraftBlock], line: int, style: str = "") -> DraftBlock:
    """Return a block quotation."""
    text = "\n\n".join(block.markdown for block in inside)
    written = "\n".join(f"> {row}".rstrip() for row in text.split("\n"))
    return replace(_around("quote", written, _words_of(inside), line, inside=inside), style=style)


def pull_quote(inside: Sequence[DraftBlock], line: int) -> DraftBlock:
    """Return a pull quote; content that its block does not allow becomes a block quotation."""
    if any(block.kind in ("image", "directive") for block in inside):
        return quote(inside, line)
    text = "\n\n".join(block.markdown for block in inside)
    return replace(
        _around("directive", f"::: pullquote\n{text}\n:::", _words_of(inside), line, inside=inside),
        style="pullquote",
    )


def footnote(label: str, inside: Sequence[DraftBlock], line: int) -> DraftBlock:
    """Return a footnote; images and tables in it are left as they are."""
    text = "\n\n".join(block.markdown for block in inside)
    written = f"[^{label}]: " + text.replace("\n", "\n" + INDENT).replace(f"\n{INDENT}\n", "\n\n")
    return replace(_around("note", written, _words_of(inside), line, inside=inside), label=label)


def code_block(words: str, line: int, language: str = "") -> DraftBlock:
    """Return a fenced code block, with a fence longer than any run of backticks inside."""
    words = words.strip("\n")
    fence = "`" * max(3, max(map(len, re.findall("`+", words)), default=0) + 1)
    name = language if re.fullmatch(r"[\w+#-]+", language) else ""
    return DraftBlock("code", f"{fence}{name}\n{words}\n{fence}", words, line)


def thematic_break(line: int) -> DraftBlock:
    """Return a thematic break."""
    return DraftBlock("rule", "---", "", line)


def table(rows: Sequence[Sequence[Sequence[TextSpan]]], line: int) -> DraftBlock:
    """Return a table; the first row is its header, and all rows are padded to the longest."""
    columns = max(map(len, rows))
    filled = [[*row, *[()] * (columns - len(row))] for row in rows]
    written = [_row([_cell(cell) for cell in row]) for row in filled]
    written.insert(1, _row(["---"] * columns))
    words = [tuple(plain_words(cell).replace("\n", " ") for cell in row) for row in filled]
    every = [span for row in filled for cell in row for span in cell]
    return DraftBlock(
        "table",
        "\n".join(written),
        "\n".join("\t".join(row) for row in words),
        line,
        links=_links(every),
        notes=_notes(every),
        rows=tuple(words),
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(line: Sequence[TextSpan]) -> str:
    """Return a cell; bars are escaped even in code (GFM §4.10), and line breaks become tags."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", markdown(line)).replace("\\\n", "<br>")


def image(
    name: str, alt: str, line: int, *, caption: DraftBlock | None = None, link: str = ""
) -> DraftBlock:
    """Return a standalone image; with a caption (a paragraph) or a link it becomes a figure."""
    alt = " ".join(alt.split())
    written = markdown([TextSpan(alt, what="image", src=f"images/{name}")])
    below = caption.markdown.replace("\\\n", " ") if caption else ""
    if below or link:
        keys = {"src": f"images/{name}", "alt": alt, "caption": below, "link": link}
        lines = [f"{key}: {_yaml(value)}" for key, value in keys.items() if value or key == "alt"]
        written = "\n".join(["::: figure", *lines, ":::"])
    return DraftBlock(
        "image",
        written,
        "\n".join(filter(None, (alt, caption.words if caption else ""))),
        line,
        caption.line if caption else 0,
        links=(*([link] if link else []), *(caption.links if caption else ())),
        notes=caption.notes if caption else (),
        image=name,
        alt=alt,
        caption=below,
    )


def button(label: str, url: str, line: int) -> DraftBlock:
    """Return a call-to-action button."""
    label = " ".join(label.split())
    written = f"::: button\nlabel: {_yaml(label)}\nurl: {_yaml(url)}\n:::"
    return DraftBlock("directive", written, label, line, style="button", links=(url,))


def comment(words: str, line: int) -> DraftBlock:
    """Return a comment for colleagues."""
    words = words.strip()
    inside = re.sub("-(?=-)", "- ", words)  # two dashes could end it
    return DraftBlock("comment", f"<!-- {inside} -->", words, line)


def _yaml(value: str) -> str:
    """Return a YAML value: plain where YAML reads it as the same text, else quoted as in JSON."""
    if re.fullmatch(r"[A-Za-z][\w ,.()/’–-]*(?<! )", value) and value.lower() not in (
        "null",
        "true",
        "false",
    ):
        return value
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")


def _around(
    kind: str, written: str, words: str, line: int, *, inside: Sequence[DraftBlock]
) -> DraftBlock:
    return DraftBlock(
        kind,  # type: ignore[arg-type]
        written,
        words,
        line,
        links=tuple(url for block in inside for url in block.links),
        notes=tuple(label for block in inside for label in block.notes),
    )


def _words_of(inside: Sequence[DraftBlock]) -> str:
    return "\n".join(block.words for block in inside if block.words)


def _links(line: Iterable[TextSpan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.url for span in line if span.url))


def _notes(line: Iterable[TextSpan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.words for span in line if span.what == "note"))
