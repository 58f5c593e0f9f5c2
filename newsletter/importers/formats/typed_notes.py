"""Footnotes in pasted text: marks such as `[1]`, `¹` or `*`, and the notes at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock

Row = tuple[int, str]  # line number, text

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SYMBOLS = ("*", "**", "***", "†", "‡", "§")
_START = re.compile(
    r"\s*(?:\[(?P<bracket>\d{1,3})\]|\((?P<round>\d{1,3})\)|(?P<raised>[⁰¹²³⁴-⁹]{1,3})"
    r"|(?P<symbol>\*{1,3}|[†‡§])|(?P<listed>\d{1,3})[.)])[:.]?\s*(?=\S)"
)
_HEADING = re.compile(
    r"\s*[#*_=-]*\s*(?:(?:foot|end)?notes|fu(?:ß|ss)noten|anmerkungen|notes de bas de page|notas"
    r"(?: (?:ao pie|de rodapé))?|note|noten|voetnoten|przypisy|примечания|сноски|הערות|حواشي|references)"
    r"\s*:?\s*[#*_=-]*\s*",
    re.IGNORECASE,
)
# How a mark is written in the text -> pattern in the Markdown of a block.
_MARKS = {
    "bracket": re.compile(r"\\?\[(\d{1,3})\\?\](?![(:\[])"),
    "raised": re.compile(r"(?<=\S)([⁰¹²³⁴-⁹]{1,3})"),
    "round": re.compile(r"(?<=\S) ?\((\d{1,3})\)"),
    "symbol": re.compile(r"(?<=[^\s\\*])((?:\\?\*){1,3}(?![\w*])|[†‡§])"),
}
# Form of the notes -> forms of the marks they can belong to.
_FITTING = {
    "bracket": ("bracket", "raised"),
    "round": ("round",),
    "raised": ("raised",),
    "symbol": ("symbol",),
    "listed": ("bracket", "raised", "round"),
}


class TypedNote(Struct, frozen=True):
    """A note at the end of a text; `label` is its number or symbol as typed."""

    form: str
    label: str
    rows: tuple[Row, ...]  # without the mark

    @property
    def name(self) -> str:
        """Return the label in our dialect, which consists of letters and digits."""
        if self.label in _SYMBOLS:
            return f"note{_SYMBOLS.index(self.label) + 1}"
        return self.label


class NotesAtEnd(Struct, frozen=True):
    notes: tuple[TypedNote, ...]
    first: int  # index of the first row that belongs to the notes
    heading: Row | None = None  # the line `Notes:` above them


def notes_at_end(chunks: Sequence[Sequence[Row]]) -> NotesAtEnd | None:
    """Return the notes in the last groups of lines, or `None` if there are none.

    `first` is the index of a group. Numbers as in a list (`1.`) only count below a heading.
    """
    notes: list[TypedNote] = []
    first, heading = len(chunks), None
    while first and heading is None:
        rows = chunks[first - 1]
        if _HEADING.fullmatch(rows[0][1]) and (len(rows) > 1 or notes):
            heading, rows = rows[0], rows[1:]
        if rows and not _START.match(rows[0][1]):
            heading = None
            break
        notes[:0] = _notes_in(rows)
        first -= 1
    if heading is None and any(note.form == "listed" for note in notes):
        return None
    labels = [note.label for note in notes]
    if not notes or len(set(labels)) < len(labels):
        return None
    return NotesAtEnd(tuple(notes), first, heading)


def _notes_in(rows: Sequence[Row]) -> list[TypedNote]:
    result: list[TypedNote] = []
    for number, text in rows:
        match = _START.match(text)
        if match is None:
            result[-1] = replace(result[-1], rows=(*result[-1].rows, (number, text)))
            continue
        form = str(match.lastgroup)
        label = match[form].translate(_SUPERSCRIPT)
        result.append(TypedNote(form, label, ((number, text[match.end() :]),)))
    return result


def with_references(
    blocks: Sequence[DraftBlock], notes: Sequence[TypedNote]
) -> list[DraftBlock] | None:
    """Return blocks with marks replaced by references, or `None` if a note has no mark."""
    names = {note.label: note.name for note in notes}
    for form in _FITTING[notes[0].form]:
        pattern = _MARKS[form]
        marked = {label for block in blocks for label in _labels(block, pattern)}
        if names.keys() <= marked:
            return [_referring(block, pattern, names) for block in blocks]
    return None


def _label(match: re.Match[str]) -> str:
    return match[1].replace("\\", "").translate(_SUPERSCRIPT)


def _labels(block: DraftBlock, pattern: re.Pattern[str]) -> list[str]:
    if block.kind not in ("paragraph", "list", "quote"):
        return []
    return [_label(match) for match in pattern.finditer(block.markdown)]


def _referring(block: DraftBlock, pattern: re.Pattern[str], names: dict[str, str]) -> DraftBlock:
    notes = [names[label] for label in _labels(block, pattern) if label in names]
    if not notes:
        return block

    def reference(match: re.Match[str]) -> str:
        return f"[^{names[_label(match)]}]" if _label(match) in names else match[0]

    def removal(match: re.Match[str]) -> str:
        return "" if _label(match) in names else match[0]

    return replace(
        block,
        markdown=pattern.sub(reference, block.markdown),
        words=pattern.sub(removal, block.words),
        notes=tuple(dict.fromkeys(notes)),
    )
