"""Blocks of a draft from pieces of lines: each kind's Markdown in one place."""

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

INDENT = "    "  # of what continues a note


class BlockPlace(Struct, frozen=True):
    """Where a block stands in the draft, and how it looks there."""

    line: int = 0
    style: str = ""
    centred: bool = False
    size: float | None = None
    bold: bool = False  # by its style, without a mark of its own


def paragraph(line: Sequence[TextSpan], location: BlockPlace) -> DraftBlock:
    """Return a paragraph; all of its marks go where all of its words have them."""
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
    """Return a heading on one line; it is bold by itself."""
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
    """Return a list; `start` is its first number, `None` for bullets. Its marks part it from a list just before."""
    before = after[-1].markdown if after and after[-1].kind == "list" else ""
    other = re.match(r"-" if start is None else r"\d+\.", before) is not None
    tight = all(len(item) == 1 or all(block.kind == "list" for block in item[1:]) for item in items)
    written = []
    for number, item in enumerate(items, start or 0):
        mark = ("*" if other else "-") if start is None else f"{number}{')' if other else '.'}"
        written.append(_hung(item, f"{mark} ", tight=tight))
    inside = [block for item in items for block in item]
    words = "\n".join(block.words for block in inside)
    return _around("list", ("\n" if tight else "\n\n").join(written), words, line, inside)


def _hung(item: Sequence[DraftBlock], mark: str, *, tight: bool) -> str:
    gap = "\n" if tight else "\n\n"
    # A list item cannot start with a comment, code or a rule and stay what it is everywhere: a paragraph can.
    text = gap.join(block.markdown for block in item)
    return mark + text.replace("\n", "\n" + " " * len(mark)).replace(
        "\n" + " " * len(mark) + "\n", "\n\n"
    )


def quote(inside: Sequence[DraftBlock], line: int, style: str = "") -> DraftBlock:
    """Return a quotation of blocks."""
    text = "\n\n".join(block.markdown for block in inside)
    written = "\n".join(f"> {row}".rstrip() for row in text.split("\n"))
    return replace(_around("quote", written, _said(inside), line, inside), style=style)


def pull_quote(inside: Sequence[DraftBlock], line: int) -> DraftBlock:
    """Return a quotation set large; what cannot stand in its block is quoted."""
    if any(block.kind in ("picture", "directive") for block in inside):
        return quote(inside, line)
    text = "\n\n".join(block.markdown for block in inside)
    return replace(
        _around("directive", f"::: pullquote\n{text}\n:::", _said(inside), line, inside),
        style="pullquote",
    )


def footnote(label: str, inside: Sequence[DraftBlock], line: int) -> DraftBlock:
    """Return a footnote; a picture or a table in it stays as it is."""
    text = "\n\n".join(block.markdown for block in inside)
    written = f"[^{label}]: " + text.replace("\n", "\n" + INDENT).replace(f"\n{INDENT}\n", "\n\n")
    return replace(_around("note", written, _said(inside), line, inside), label=label)


def code_block(words: str, line: int, language: str = "") -> DraftBlock:
    """Return code between more backticks than any run of them inside."""
    words = words.strip("\n")
    fence = "`" * max(3, max(map(len, re.findall("`+", words)), default=0) + 1)
    name = language if re.fullmatch(r"[\w+#-]+", language) else ""
    return DraftBlock("code", f"{fence}{name}\n{words}\n{fence}", words, line)


def thematic_break(line: int) -> DraftBlock:
    """Return a line across."""
    return DraftBlock("rule", "---", "", line)


def table(rows: Sequence[Sequence[Sequence[TextSpan]]], line: int) -> DraftBlock:
    """Return a table of lines; the first row is its head, and every row has as many cells as the longest."""
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
    """Return a cell, in which a bar is escaped even in code (GFM §4.10) and a line break is a tag."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", markdown(line)).replace("\\\n", "<br>")


def picture(
    name: str, alt: str, line: int, *, caption: DraftBlock | None = None, link: str = ""
) -> DraftBlock:
    """Return a picture that stands alone; with a caption, which is a paragraph, or a link it is a figure."""
    alt = " ".join(alt.split())
    written = markdown([TextSpan(alt, what="picture", src=f"images/{name}")])
    below = caption.markdown.replace("\\\n", " ") if caption else ""
    if below or link:
        keys = {"src": f"images/{name}", "alt": alt, "caption": below, "link": link}
        lines = [f"{key}: {_yaml(value)}" for key, value in keys.items() if value or key == "alt"]
        written = "\n".join(["::: figure", *lines, ":::"])
    return DraftBlock(
        "picture",
        written,
        "\n".join(filter(None, (alt, caption.words if caption else ""))),
        line,
        caption.line if caption else 0,
        links=(*([link] if link else []), *(caption.links if caption else ())),
        notes=caption.notes if caption else (),
        picture=name,
        alt=alt,
        caption=below,
    )


def button(label: str, url: str, line: int) -> DraftBlock:
    """Return one thing to do."""
    label = " ".join(label.split())
    written = f"::: button\nlabel: {_yaml(label)}\nurl: {_yaml(url)}\n:::"
    return DraftBlock("directive", written, label, line, style="button", links=(url,))


def comment(words: str, line: int) -> DraftBlock:
    """Return a note to colleagues."""
    return DraftBlock(
        "comment", f"<!-- {words.replace('--', '- -').strip()} -->", words.strip(), line
    )


def _yaml(value: str) -> str:
    """Return a value of a block's YAML: bare where YAML reads it as the same words, else in JSON's quotes."""
    if re.fullmatch(r"[A-Za-z][\w ,.()/’–-]*(?<! )", value) and value.lower() not in (
        "null",
        "true",
        "false",
    ):
        return value
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")


def _around(
    kind: str, written: str, words: str, line: int, inside: Sequence[DraftBlock]
) -> DraftBlock:
    return DraftBlock(
        kind,  # type: ignore[arg-type]
        written,
        words,
        line,
        links=tuple(url for block in inside for url in block.links),
        notes=tuple(label for block in inside for label in block.notes),
    )


def _said(inside: Sequence[DraftBlock]) -> str:
    return "\n".join(block.words for block in inside if block.words)


def _links(line: Iterable[TextSpan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.url for span in line if span.url))


def _notes(line: Iterable[TextSpan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.words for span in line if span.what == "note"))
