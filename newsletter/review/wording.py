"""The wording of a redline, shared by all output formats: titles, details, facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from newsletter.review.link_diff import LinkChange
from newsletter.review.reader_document import ReaderBlock
from newsletter.review.redline_values import BlockChange, EmailSize, Redline, UnchangedBlocks
from newsletter.review.table_diff import TableChange
from newsletter.review.word_diff import FactChange, RedlineRun

FACTS = {"number": "Number", "name": "Name", "link": "Link", "quotation": "Quotation"}


class ChangeDetail(Struct, frozen=True):
    """One further change of a block: a link, a cell, a style."""

    label: str
    runs: tuple[RedlineRun, ...]


class FactLine(Struct, frozen=True):
    """One line of the list of changed facts; an empty side means nothing."""

    kind: str  # a key of `FACTS`
    before: str
    after: str
    about: str  # the words that follow, or the words of a link
    section: str


def title(change: BlockChange) -> str:
    """Return what happened to a block, e.g. `Paragraph moved from “In brief” and changed`."""
    kind = change.block.kind.capitalize()
    if change.what in ("added", "removed"):
        return f"{kind} {change.what}"
    if change.what == "typography":
        return f"{kind}: typography only"
    happened = [f"moved from “{change.moved_from}”"] if change.moved_from else []
    if change.image_replaced:
        happened.append("replaced")
    elif change.what == "changed":
        happened.append("changed")
    elif change.what == "appearance":
        happened.append("looks different")
    return f"{kind} {' and '.join(happened)}"


def details(change: BlockChange) -> Iterator[ChangeDetail]:
    """Yield the changes of a block other than its words."""
    if change.image_replaced and change.before and change.before.image:
        assert change.after is not None
        assert change.after.image is not None
        yield ChangeDetail("File", replaced(change.before.image.name, change.after.image.name))
    yield from map(_link, change.links)
    if change.table:
        yield from _table(change.table)
    for style in change.styles:
        label = f"Look of “{cut_words(style.text)}”" if style.text else "Look"
        yield ChangeDetail(label, replaced(style.before, style.after))


def replaced(before: str, after: str) -> tuple[RedlineRun, ...]:
    """Return the runs of a text that was replaced entirely; an empty side is left out."""
    deleted = (RedlineRun("-", before),) if before else ()
    inserted = (RedlineRun("+", after),) if after else ()
    return deleted + inserted


def _link(link: LinkChange) -> ChangeDetail:
    text = cut_words(link.text) or "image"
    if not link.before:
        return ChangeDetail(f"Link added to “{text}”", replaced("", link.after))
    if not link.after:
        return ChangeDetail(f"Link removed from “{text}”", replaced(link.before, ""))
    return ChangeDetail(f"Link of “{text}”", replaced(link.before, link.after))


def _table(table: TableChange) -> Iterator[ChangeDetail]:
    for before, after in table.columns_renamed:
        yield ChangeDetail("Column renamed", replaced(before, after))
    for name in table.columns_added:
        yield ChangeDetail("Column added", replaced("", name))
    for name in table.columns_removed:
        yield ChangeDetail("Column removed", replaced(name, ""))
    for cell in table.cells:
        yield ChangeDetail(f"Row “{cell.row}”, column “{cell.column}”", cell.runs)
    for row in table.rows_added:
        yield ChangeDetail("Row added", replaced("", " | ".join(row)))
    for row in table.rows_removed:
        yield ChangeDetail("Row removed", replaced(" | ".join(row), ""))
    for name in table.rows_moved:
        yield ChangeDetail("Row moved", (RedlineRun("=", name),))


def shown_runs(change: BlockChange) -> tuple[RedlineRun, ...]:
    """Return the runs of words to print for a block; a table's changes are listed by cell."""
    return () if change.table else change.runs


# --- facts first ----------------------------------------------------------------------------------


def fact_lines(redline: Redline) -> list[FactLine]:
    """Return changed numbers, names, links and quotations, the facts an editor signs off."""
    lines = []
    for field in redline.fields:
        lines += [_fact(fact, field.name) for fact in field.facts]
    for change in redline.changes:
        section = change.section
        lines += [_fact(fact, section) for fact in change.facts]
        lines += [
            FactLine("link", link.before, link.after, cut_words(link.text), section)
            for link in change.links
        ]
    order = list(FACTS)
    return sorted(lines, key=lambda line: order.index(line.kind))


def _fact(fact: FactChange, section: str) -> FactLine:
    return FactLine(fact.kind, fact.before, fact.after, fact.follows, section)


def count_changes(redline: Redline) -> dict[str, int]:
    """Return the number of changed, added, removed, moved and restyled blocks, in this order."""
    counts = dict.fromkeys(("changed", "added", "removed", "moved", "typography", "appearance"), 0)
    for change in redline.changes:
        counts[change.what] += 1
    return {what: count for what, count in counts.items() if count}


_COUNTED = {"typography": "in typography only", "appearance": "in style only"}


def change_summary(redline: Redline) -> str:
    """Return one sentence, e.g. `3 changed, 1 added`."""
    if redline.is_empty:
        return "No changes: a reader gets the same bytes."
    parts = [
        f"{count} {_COUNTED.get(what, what)}" for what, count in count_changes(redline).items()
    ]
    parts += [f"{field.name} changed" for field in redline.fields]
    if redline.text_part:
        parts.append("the plain-text part changed")
    if redline.markup_only:
        parts.append("the words are the same; only markup, styles or image bytes differ")
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def size_lines(sizes: Sequence[EmailSize]) -> Iterator[ChangeDetail]:
    """Yield size and clip line, as runs."""
    before, after = sizes
    yield ChangeDetail(
        "Size of the HTML", _same_or_replaced(kilobytes(before.html), kilobytes(after.html))
    )
    if before.images or after.images:
        runs = _same_or_replaced(kilobytes(before.images), kilobytes(after.images))
        yield ChangeDetail("Size of the images", runs)
    if before.clipped_before or after.clipped_before:
        runs = _same_or_replaced(_clip(before), _clip(after))
        yield ChangeDetail("Gmail clips", runs)


def _same_or_replaced(before: str, after: str) -> tuple[RedlineRun, ...]:
    return (RedlineRun("=", after),) if before == after else replaced(before, after)


def _clip(size: EmailSize) -> str:
    return f"after “{size.clipped_before}”" if size.clipped_before else "nothing"


def kilobytes(size: int) -> str:
    """Return a readable size, in units of 1,024 bytes."""
    return f"{size / 1024:,.1f} KB"


def tool_change(redline: Redline) -> str | None:
    """Return a sentence if another version of newsletter made the bytes."""
    before, after = redline.before.tool, redline.after.tool
    if not before or not after or before == after:
        return None
    return f"Made by {before}, now by {after}: a new version can change the email without an edit."


class UnchangedContext(Struct, frozen=True):
    """The unchanged blocks to show after and before a change, and the number left out."""

    first: str
    left_out: str
    last: str


def context(entry: UnchangedBlocks, *, after: bool, before: bool) -> UnchangedContext:
    """Return the unchanged blocks to show after a change, before one, or both."""
    texts = [block.text or f"[{block.kind}]" for block in entry.blocks if not _heads(block)]
    if not texts:
        return UnchangedContext("", "", "")
    first = texts[0] if after else ""
    last = texts[-1] if before and (len(texts) > 1 or not after) else ""
    count = len(texts) - bool(first) - bool(last)
    noun = "block" if count == 1 else "blocks"
    left_out = f"{count} unchanged {noun}" if count else ""
    return UnchangedContext(first, left_out, last)


def _heads(block: ReaderBlock) -> bool:
    """Return whether a block is its section's heading, which the redline prints anyway."""
    return block.kind == "heading" and block.text == block.section


def cut_words(text: str, limit: int = 60) -> str:
    """Return a text cut at a word boundary, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + " …"
