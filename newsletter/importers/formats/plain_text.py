"""Pasted plain text -> blocks, recognizing the conventions that people use without markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.decoding import decode_draft, printable
from newsletter.importers.formats.footnote_marks import attach_footnotes
from newsletter.importers.formats.frontmatter import split_front
from newsletter.importers.formats.typed_notes import notes_at_end, with_references
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import BREAK, TextSpan, normalize_spans, with_links
from newsletter.importers.structure.lines import parse_credit_line
from newsletter.importers.structure.split import is_structural_line

WIDE = 100  # columns; a longer line is a whole paragraph, because manual line breaks come earlier
WRAPPED = 45  # columns; consecutive shorter lines are separate lines: credits, addresses, verse
_RULE = re.compile(r"[ \t]*(?:([-_=*~#—–•·])[ \t]*)(?:\1[ \t]*){2,}$")
_UNDERLINE = re.compile(r"(={3,}|-{3,}|~{3,})\s*$")
_BULLET = re.compile(r"([ \t]*)([-*•‣▪◦●–+·]|\(?(\d{1,3})[.)])[ \t]+(?=\S)")
_SURE = re.compile(r"[ \t]*[-*•‣▪◦●][ \t]+\S")  # unambiguous bullets
_QUOTED = re.compile(r"[ \t]*((?:>[ \t]?)+)")

Row = tuple[int, str]  # line number, text


def read_text_file(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in a text file, as a tuple of one."""
    return (read_plain_text(data, name),)


def read_plain_text(data: bytes, name: str) -> Draft:
    """Return the draft in a text file."""
    text, encoding = decode_draft(data, name)
    collector = DraftCollector()
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        collector.add_note("review", f"not UTF-8; read as {encoding}", "")
    front = split_front(printable(text), collector)
    meta = dict(front.meta)
    title = meta.pop("title", None)
    blocks = text_blocks(front.rest, collector, front.lines + 1)
    return Draft(name, "text", blocks, title, meta, (), collector.sorted_notes())


def text_blocks(
    text: str, collector: DraftCollector, first_line: int = 1
) -> tuple[DraftBlock, ...]:
    """Return the blocks of text that starts at a given line of its file."""
    lines = enumerate(text.split("\n"), first_line)
    rows = [(number, line.rstrip(" \r\f\v")) for number, line in lines]
    return _noted(rows, collector) or tuple(_blocks(rows, collector, 0))


def _noted(rows: list[Row], collector: DraftCollector) -> tuple[DraftBlock, ...] | None:
    """Return the blocks of text that ends with notes, or `None` if it does not."""
    chunks = _chunks(rows)
    end = notes_at_end(chunks)
    if end is None:
        return None
    before = [row for row in rows if row[0] < chunks[end.first][0][0]]
    blocks = with_references(_blocks(before, collector, 0), end.notes)
    if blocks is None:
        return None
    if end.heading:
        number, words = end.heading
        collector.add_note("changed", "heading of the notes removed", words.strip(), number)
    for note in end.notes:
        inside = _blocks(list(note.rows), collector, 0)
        blocks.append(make.footnote(note.name, inside, note.rows[0][0]))
    return attach_footnotes(blocks)


def _blocks(rows: list[Row], collector: DraftCollector, depth: int) -> list[DraftBlock]:
    result: list[DraftBlock] = []
    for chunk in _chunks(rows):
        for is_table, lines in _tables_apart(chunk):
            if is_table:
                result.append(_table(lines))
                continue
            rest = [(number, row.expandtabs(4)) for number, row in lines]
            while rest:
                rest = _append_block(rest, collector, depth, result)
    return result


def _chunks(rows: list[Row]) -> list[list[Row]]:
    """Return groups of lines separated by empty lines."""
    chunks: list[list[Row]] = [[]]
    for row in rows:
        if row[1].strip():
            chunks[-1].append(row)
        elif chunks[-1]:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _tables_apart(chunk: list[Row]) -> Iterator[tuple[bool, list[Row]]]:
    """Yield the lines of a group as runs: whether a run is a table, and its lines."""
    start = index = 0
    while index < len(chunk):
        has_cells = "\t" in chunk[index][1]
        run = _count(chunk[index:], lambda row: "\t" in row) if has_cells else 0
        rows = _tabbed(chunk[index : index + run])
        if rows:
            yield False, chunk[start:index]
            yield True, chunk[index : index + rows]
            start = index = index + rows
        else:
            index += max(run, 1)
    yield False, chunk[start:]


def _table(rows: list[Row]) -> DraftBlock:
    columns = max(row.count("\t") for _, row in rows) + 1
    cells = [_cells(row, columns) for _, row in rows]
    return replace(make.table(cells, rows[0][0]), end=rows[-1][0])


def _append_block(
    chunk: list[Row], collector: DraftCollector, depth: int, result: list[DraftBlock]
) -> list[Row]:
    """Append the block that a group of lines starts with; return the remaining lines."""
    number, words = chunk[0]
    if _RULE.match(words):
        result.append(make.thematic_break(number))
        return chunk[1:]
    if len(chunk) > 1 and _underlined(words, chunk[1][1]):
        level = 1 if chunk[1][1].lstrip().startswith("=") else 2
        result.append(
            replace(
                make.heading(_line([chunk[0]], collector), level, BlockPlace(number)),
                end=number + 1,
            )
        )
        return chunk[2:]
    if _QUOTED.match(words) and depth < 8:
        count = _count(chunk, lambda row: _QUOTED.match(row) is not None)
        inner = [(line, re.sub(r"^[ \t]*>[ \t]?", "", row, count=1)) for line, row in chunk[:count]]
        inside = _blocks(inner, collector, depth + 1)
        if inside:
            result.append(replace(make.quote(inside, number), end=chunk[count - 1][0]))
        return chunk[count:]
    if _lists(chunk):
        count = _count(chunk, lambda row: not _RULE.match(row))
        _list(chunk[:count], collector, result)
        return chunk[count:]
    count = max(
        1,
        _count(chunk, lambda row: not (_RULE.match(row) or _QUOTED.match(row) or _SURE.match(row))),
    )
    _paragraphs(chunk[:count], collector, result)
    return chunk[count:]


def _tabbed(chunk: list[Row]) -> int:
    """Return how many lines are tab-separated table rows, as pasted from a spreadsheet.

    Cells at the end of a row can be missing; credits aligned with tabs are not a table.
    """
    count = _count(chunk, lambda row: "\t" in row.strip())
    if not count and len(chunk) > 1 and chunk[0][1].startswith("\t"):
        is_header = chunk[0][1].count("\t") == chunk[1][1].strip("\n").count("\t")
        if is_header and "\t" in chunk[1][1].strip():  # a header with an empty first cell
            below = _tabbed(chunk[1:])
            return below + 1 if below else 0
        return 0
    rows = [row for _, row in chunk[:count]]
    columns = max((row.count("\t") for row in rows), default=0)
    complete = sum(row.count("\t") == columns for row in rows)
    if count < 2 or complete * 2 < count or all(map(parse_credit_line, rows)):
        return 0
    return count


def _cells(row: str, columns: int) -> list[tuple[TextSpan, ...]]:
    cells = row.strip("\n").split("\t")
    return [_cell(words) for words in cells + [""] * (columns - len(cells))]


def _cell(words: str) -> tuple[TextSpan, ...]:
    return normalize_spans([TextSpan(" ".join(words.split()))])


def _lists(chunk: list[Row]) -> bool:
    """Return whether lines are a list.

    Dialogue that starts with a dash, and a line that starts with the number of a year's issue, are
    not.
    """
    if _SURE.match(chunk[0][1]):
        return True
    return (
        sum(_BULLET.match(words) is not None for _, words in chunk) > 1
        and _BULLET.match(chunk[0][1]) is not None
    )


def _count(chunk: list[Row], fits: Callable[[str], object]) -> int:
    return next((index for index, row in enumerate(chunk) if not fits(row[1])), len(chunk))


def _underlined(words: str, below: str) -> bool:
    return (
        bool(_UNDERLINE.match(below))
        and not _BULLET.match(words)
        and abs(len(below.strip()) - len(words.strip())) <= 3
    )


def _paragraphs(chunk: list[Row], collector: DraftCollector, result: list[DraftBlock]) -> None:
    """Append one paragraph, or one for each line if every line is a paragraph."""
    groups = [[row] for row in chunk] if any(len(words) > WIDE for _, words in chunk) else [chunk]
    for group in groups:
        line = _line(group, collector)
        if line:
            result.append(replace(make.paragraph(line, BlockPlace(group[0][0])), end=group[-1][0]))


def _line(group: list[Row], collector: DraftCollector) -> list[TextSpan]:
    """Join lines into one, preserving intended line breaks."""
    long = all(len(words.strip()) >= WRAPPED for _, words in group[:-1])
    # A byline or reference below a long title is a separate line, whatever its neighbors are.
    wrapped = (
        len(group) > 1 and long and not any(is_structural_line(words.strip()) for _, words in group)
    )
    between = TextSpan(" ") if wrapped else BREAK
    parts: list[TextSpan] = []
    for _, words in group:
        if parts:
            parts.append(between)
        parts.append(TextSpan(re.sub(r"[ \t\x0b\x0c]+", " ", words.strip())))
    return with_links(normalize_spans(parts), lambda url: collector.address(url, group[0][0]))


def _list(rows: list[Row], collector: DraftCollector, result: list[DraftBlock]) -> None:
    """Append lists; a deeper list nests in the item before it.

    A line without a marker continues the item.
    """
    base = len(_mark(rows[0])[1])
    items: list[list[Row]] = []
    numbers: list[str | None] = []
    for row in rows:
        match = _BULLET.match(row[1])
        if match is None or len(match[1]) > base:
            items[-1].append(row)
            continue
        if numbers and not _follows(numbers[-1], match[3]):
            _add_list(items, numbers, collector, result)
            items, numbers = [], []
        items.append([(row[0], row[1][match.end() :])])
        numbers.append(match[3])
    _add_list(items, numbers, collector, result)


def _mark(row: Row) -> re.Match[str]:
    match = _BULLET.match(row[1])
    assert match is not None
    return match


def _follows(before: str | None, number: str | None) -> bool:
    if before is None or number is None:
        return before is number
    return (
        int(number) == int(before) + 1
    )  # Markdown numbers items consecutively: any other number would be lost


def _add_list(
    items: list[list[Row]],
    numbers: list[str | None],
    collector: DraftCollector,
    result: list[DraftBlock],
) -> None:
    start = None if numbers[0] is None else int(numbers[0])
    block = make.list_of(
        [tuple(_item(item, collector)) for item in items], start, items[0][0][0], result
    )
    result.append(replace(block, end=items[-1][-1][0]))


def _item(item: list[Row], collector: DraftCollector) -> list[DraftBlock]:
    deeper = next(
        (index for index, (_, words) in enumerate(item[1:], 1) if _BULLET.match(words)), len(item)
    )
    result: list[DraftBlock] = []
    line = _line([(item[0][0], " ".join(words.strip() for _, words in item[:deeper]))], collector)
    result.append(make.paragraph(line, BlockPlace(item[0][0])))
    if deeper < len(item):
        _list(item[deeper:], collector, result)
    return result
