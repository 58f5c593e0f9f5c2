"""Detects the outline of a draft (weekly letter, digest, link roundup) from headings or text."""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.structure.about_lines import capital_byline
from newsletter.importers.structure.head import IssueHead, find_head
from newsletter.importers.structure.labels import label_kind
from newsletter.importers.structure.lines import LONG, is_credits_block, parse_credit_line
from newsletter.importers.structure.outline import (
    CREDITS,
    ISSUE,
    SKIP,
    Outline,
    OutlinePart,
    OutlineRow,
    outline_words,
)
from newsletter.importers.structure.outline_builder import HEADLINE, OpenPart, OutlineBuilder
from newsletter.importers.structure.roles import SILENT, body_words, is_data, is_roundup, role_of

ESSAY = 250  # words from which a text without a headline is an essay, not a note
LONGEST = 1000  # characters of a credits block
ARTICLE = 600  # words from which an article of a digest is classified as an article


def detect_outline(draft: Draft, labels: Iterable[str] = (), people: Iterable[str] = ()) -> Outline:
    """Return the detected parts of a draft.

    `labels` are the masthead's role labels, `people` its names. Every block except notes is in
    exactly one part; notes follow their references.
    """
    credits = _credits(draft.blocks, tuple(labels))
    head = find_head(draft, credits)
    signature = _signature(draft, credits)
    taken = {*credits, *head.places, *(row.block for part in signature for row in part.rows)}
    names = {name.casefold() for name in people}
    rest = [block for index, block in enumerate(draft.blocks) if index not in taken]
    if byline := capital_byline([block for block in rest if block.kind not in SILENT]):
        names.add(byline.strip().casefold())
    builder = OutlineBuilder(draft, taken, frozenset(names))
    parts = [_with_kind(part, draft, index) for index, part in enumerate(builder.parts())]
    parts = _with_credited(parts, draft, credits)
    return Outline((*_head_part(head), *parts, *_credits_part(credits, draft.blocks), *signature))


def _signature(draft: Draft, credits: frozenset[int]) -> tuple[OutlinePart, ...]:
    """Return the email signature below the `-- ` separator (RFC 3676 §4.3)."""
    places = range(len(draft.blocks)) if draft.kind == "email" else ()
    start = next(
        (index for index in places if draft.blocks[index].words.split("\n")[0].strip() == "--"),
        None,
    )
    below = places[start:] if start is not None else ()
    rows = tuple(
        OutlineRow(index, "text")
        for index in below
        if index not in credits and draft.blocks[index].kind != "note"
    )
    return (OutlinePart(SKIP, rows, "medium", "email signature"),) if rows else ()


# --- credits and head -----------------------------------------------------------------------------


def _credits(blocks: tuple[DraftBlock, ...], labels: tuple[str, ...]) -> frozenset[int]:
    """Return the indexes of the credits block: credits, and adjacent lines that are credits too."""
    kinds = ("paragraph", "heading", "list")
    short = [
        index
        for index, block in enumerate(blocks)
        if block.kind in kinds and len(block.words) <= LONGEST
    ]
    text = [index for index in short if is_credits_block(blocks[index].words, labels)]
    certain = [index for index in text if not _is_title(blocks, index, text)]
    grown = set(certain)
    for index in certain:
        for step in (-1, 1):
            neighbor = index + step
            while 0 <= neighbor < len(blocks) and _credits_too(blocks[neighbor]):
                grown.add(neighbor)
                neighbor += step
    return frozenset(grown)


def _is_title(blocks: tuple[DraftBlock, ...], index: int, content: list[int]) -> bool:
    """Return whether a line opens a section, such as `Data: Ships and Cranes`.

    Such a line is a block of its own and is followed by text.
    """
    block = blocks[index]
    if "\n" in block.words or not label_kind(block.words) or {index - 1, index + 1} & set(content):
        return False
    after = next((block for block in blocks[index + 1 :] if block.kind not in SILENT), None)
    text = after is not None and not parse_credit_line(after.words)
    return text and (block.kind == "heading" or len(content) > 1)


def _credits_too(block: DraftBlock) -> bool:
    return (
        block.kind == "paragraph"
        and not role_of(block)
        and all(map(parse_credit_line, block.words.split("\n")))
    )


def _head_part(head: IssueHead) -> tuple[OutlinePart, ...]:
    return (OutlinePart(ISSUE, head.rows, head.confidence, head.reason),) if head.rows else ()


def _credits_part(
    credits: frozenset[int], blocks: tuple[DraftBlock, ...]
) -> tuple[OutlinePart, ...]:
    if not credits:
        return ()
    produced = any("produced by" in blocks[index].words.lower() for index in credits)
    rows = tuple(OutlineRow(index, "credit") for index in sorted(credits))
    return (
        OutlinePart(
            CREDITS, rows, "high" if produced or len(rows) > 1 else "medium", "roles and names"
        ),
    )


# --- kinds ----------------------------------------------------------------------------------------


def _with_kind(part: OpenPart, draft: Draft, index: int) -> OutlinePart:
    """Set the kind of a part from its text."""
    if part.kind:
        return OutlinePart(part.kind, tuple(part.rows), part.confidence, part.reason)
    text = [draft.blocks[row.block] for row in part.rows if row.role in ("text", "heading")]
    words = body_words(text)
    roles = {row.role for row in part.rows}
    kind, confidence = "note", part.confidence
    if is_roundup(text):
        kind = "links"
    elif is_data(text) and not roles & {"heading", "by"}:
        kind = "data"
    elif (
        words >= ARTICLE or "heading" in roles or (index == 0 and words >= ESSAY and not part.brief)
    ):
        kind = "essay"
    elif roles & {"by", "source", "tags"} or part.brief:
        kind = "brief"
    elif index == 0 and part.level is not None:
        kind, confidence = "essay", "low"
    return OutlinePart(kind, tuple(part.rows), confidence, part.reason)


def _with_credited(
    parts: list[OutlinePart], draft: Draft, credits: frozenset[int]
) -> list[OutlinePart]:
    """Assign the essay and the postscript named in the credits if none has been detected.

    A first part with a short title before headlines becomes the essay even without a credit.
    """
    credited = " ".join(draft.blocks[index].words.lower() for index in credits)
    kinds = {part.kind for part in parts}
    if "essay" not in kinds and parts and parts[0].kind in ("brief", "note"):
        if "essay" in credited:
            parts = [
                OutlinePart(
                    "essay",
                    parts[0].rows,
                    "medium",
                    "first part, and the credits name an essay",
                ),
                *parts[1:],
            ]
        elif _leads_headlines(parts, draft):
            parts = [
                OutlinePart("essay", parts[0].rows, "medium", "short title before headlines"),
                *parts[1:],
            ]
    return (
        _with_postscript(parts, draft)
        if "postscript" in credited and "postscript" not in kinds
        else parts
    )


def _leads_headlines(parts: list[OutlinePart], draft: Draft) -> bool:
    """Return whether the first part has a short title and the next ones are news.

    This is the order of the weekly letter.
    """
    title = [draft.blocks[index] for index in parts[0].of("title")]
    cites = any(row.role in ("source", "tags") for row in parts[0].rows)
    return (
        bool(title)
        and not cites
        and outline_words(title[0].words) < LONG
        and any(HEADLINE in part.reason for part in parts[1:])
    )


def _with_postscript(parts: list[OutlinePart], draft: Draft) -> list[OutlinePart]:
    """Split the text below the last rule from the text above it."""
    if not parts:
        return parts
    *before, last = parts
    rules = [i for i, row in enumerate(last.rows) if draft.blocks[row.block].kind == "rule"]
    while rules and all(draft.blocks[row.block].kind in SILENT for row in last.rows[rules[-1] :]):
        rules.pop()
    if not rules or rules[-1] == 0 or any(row.role != "text" for row in last.rows[rules[-1] :]):
        return parts
    first = OutlinePart(last.kind, last.rows[: rules[-1]], last.confidence, last.reason)
    return [
        *before,
        first,
        OutlinePart("postscript", last.rows[rules[-1] :], "medium", "text below the last divider"),
    ]
