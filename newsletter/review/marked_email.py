"""Mark the changes in an email: insertions as `ins`, deletions as `del` before what follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from newsletter.review.reader_document import ReaderBlock, WordToken, read_document
from newsletter.review.redline import compare_documents
from newsletter.review.redline_values import BlockChange, UnchangedBlocks

_INS = '<ins style="background:#cdeccd;color:#0d3b12;text-decoration:underline">'
_DEL = '<del style="background:#f6d3d3;color:#5c1010">'
_MOVED = '<i style="background:#fdf0c4;color:#4a3a00">'

Edit = tuple[int, str]  # an offset in the HTML, and what to insert there


def compared(old: str, new: str) -> tuple[BlockChange | UnchangedBlocks, ...]:
    """Return the changes between two emails' HTML, in reading order."""
    before = [block for block in read_document(old) if block.kind != "preheader"]
    after = [block for block in read_document(new) if block.kind != "preheader"]
    return compare_documents(before, after)


def with_marks(old: str, new: str) -> str:
    """Return the new HTML with every visible change marked."""
    entries = compared(old, new)
    edits: list[Edit] = []
    for index, entry in enumerate(entries):
        if isinstance(entry, BlockChange):
            edits += _edits(entry, _next_start(entries[index + 1 :], new), new)
    pieces: list[str] = []
    last = 0
    for at, text in sorted(edits, key=lambda edit: edit[0]):
        pieces += [new[last:at], text]
        last = at
    return "".join([*pieces, new[last:]])


def _next_start(entries: Sequence[BlockChange | UnchangedBlocks], html: str) -> int:
    """Return where the next words of the email begin, or the end of its body."""
    for entry in entries:
        blocks = entry.blocks if isinstance(entry, UnchangedBlocks) else (entry.after,)
        for block in blocks:
            if block is not None and block.tokens:
                return block.tokens[0].start
    end = html.rfind("</body>")
    return end if end >= 0 else len(html)


def _edits(change: BlockChange, following: int, html: str) -> Iterator[Edit]:
    if change.after is None:
        text = change.before.text if change.before else ""
        if text:
            yield following, f"{_DEL}{escape(text)}</del> "
        return
    tokens = change.after.tokens
    if change.moved_from and tokens:
        yield tokens[0].start, f"{_MOVED}moved from “{escape(change.moved_from)}”</i> "
    if change.what in ("moved", "appearance") or not tokens:
        return
    yield from _words(change, change.after, html)


def _words(change: BlockChange, block: ReaderBlock, html: str) -> Iterator[Edit]:
    """Yield the marks for a block's words; `position` counts characters of its new text."""
    position = 0
    for index, run in enumerate(change.runs):
        if run.op == "-":
            following = change.runs[index + 1 : index + 2]
            space = " " if following and following[0].op == "+" else ""
            yield _place(block.tokens, position), f"{_DEL}{escape(run.text)}</del>{space}"
            continue
        if run.op == "+":
            for start, end in _stretches(block.tokens, position, position + len(run.text), html):
                yield start, _INS
                yield end, "</ins>"
        position += len(run.text)


def _spans(tokens: Sequence[WordToken]) -> Iterator[tuple[int, int, WordToken]]:
    """Yield each token with its character range in the text."""
    position = 0
    for token in tokens:
        yield position, position + len(token.text), token
        position += len(token.text)


def _place(tokens: Sequence[WordToken], position: int) -> int:
    """Return the offset in the HTML of a character of a block's text."""
    for start, end, token in _spans(tokens):
        if start <= position < end:
            exact = token.end - token.start == len(token.text)
            return token.start + (position - start if exact else 0)
    return tokens[-1].end


def _stretches(
    tokens: Sequence[WordToken], begin: int, stop: int, html: str
) -> Iterator[tuple[int, int]]:
    """Yield the ranges of HTML that contain some characters without a tag in between."""
    first: int | None = None
    last = 0
    for start, end, token in _spans(tokens):
        if end <= begin or start >= stop or token.text.isspace():
            continue
        if first is not None and "<" in html[last : token.start]:
            yield first, last
            first = None
        exact = token.end - token.start == len(token.text)
        if first is None:
            first = token.start + (max(begin - start, 0) if exact else 0)
        last = token.start + min(stop - start, end - start) if exact else token.end
    if first is not None:
        yield first, last
