"""The redline: compare two emails as readers see them, in pure functions without I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from newsletter.check.email.size import CLIP, SizeReport, carried
from newsletter.model import Email, Finding, Image
from newsletter.review.block_matching import MatchedBlocks, match_blocks
from newsletter.review.link_diff import LinkChange, anchors, compare_links
from newsletter.review.reader_document import ReaderBlock, plain_block, read_document
from newsletter.review.redline_values import (
    BlockChange,
    ChangeKind,
    EmailSize,
    EmailVersion,
    FieldChange,
    Redline,
    StyleChange,
    UnchangedBlocks,
)
from newsletter.review.table_diff import TableChange, compare_tables
from newsletter.review.word_diff import (
    FactChange,
    RedlineRun,
    compare_texts,
    facts_in,
    is_typographic,
    numbers_of,
)


def redline(before: EmailVersion, after: EmailVersion) -> Redline:
    """Compare two versions of an email."""
    old, new = read_document(before.email.html), read_document(after.email.html)
    entries = compare_documents(_without_preheader(old), _without_preheader(new))
    fields = tuple(_fields(before, after, old, new))
    changed = fields or any(isinstance(entry, BlockChange) for entry in entries)
    text_part = () if changed else _text_part(before.email, after.email)
    added, removed = _findings(before, after)
    return Redline(
        before,
        after,
        fields,
        entries,
        (_size(before.email, old), _size(after.email, new)),
        added,
        removed,
        text_part,
        not changed and not text_part and _bytes_differ(before, after),
    )


def compare_documents(
    old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> tuple[BlockChange | UnchangedBlocks, ...]:
    """Return changed and unchanged blocks in reading order, removed ones at their old position."""
    entries: list[BlockChange | UnchangedBlocks] = []
    unchanged: list[ReaderBlock] = []
    for change in _in_reading_order(old, new):
        if isinstance(change, ReaderBlock):
            unchanged.append(change)
            continue
        if unchanged:
            entries.append(UnchangedBlocks(tuple(unchanged)))
            unchanged = []
        entries.append(change)
    if unchanged:
        entries.append(UnchangedBlocks(tuple(unchanged)))
    return tuple(entries)


def _in_reading_order(
    old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> Iterator[BlockChange | ReaderBlock]:
    pairs = match_blocks(old, new)
    by_new = {pair.new: pair for pair in pairs}
    removed = set(range(len(old))) - {pair.old for pair in pairs}
    reported = 0  # old blocks before this index were reported
    anchors_ahead = [pair for pair in pairs if not pair.moved]
    for index, block in enumerate(new):
        while anchors_ahead and anchors_ahead[0].new < index:
            reported = anchors_ahead.pop(0).old + 1
        following = anchors_ahead[0].old if anchors_ahead else len(old)
        yield from _removed(old, removed, reported, following)
        reported = following
        pair = by_new.get(index)
        yield _added(block) if pair is None else _compared(pair, old, new)
    start = max(reported, anchors_ahead[-1].old + 1) if anchors_ahead else reported
    yield from _removed(old, removed, start, len(old))


def _removed(
    old: Sequence[ReaderBlock], removed: set[int], start: int, end: int
) -> Iterator[BlockChange]:
    for index in range(start, end):
        if index in removed:
            block = old[index]
            runs = (RedlineRun("-", _words(block)),) if _words(block) else ()
            numbers = numbers_of(_words(block))
            facts = (FactChange("number", numbers, ""),) if numbers else ()
            links = tuple(LinkChange(text, address, "") for text, address in anchors(block))
            yield BlockChange("removed", block, None, runs=runs, links=links, facts=facts)


def _added(block: ReaderBlock) -> BlockChange:
    runs = (RedlineRun("+", _words(block)),) if _words(block) else ()
    numbers = numbers_of(_words(block))
    facts = (FactChange("number", "", numbers),) if numbers else ()
    links = tuple(LinkChange(text, "", address) for text, address in anchors(block))
    return BlockChange("added", None, block, runs=runs, links=links, facts=facts)


def _words(block: ReaderBlock) -> str:
    return block.image.alt if block.image else block.text


def _compared(
    pair: MatchedBlocks, old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> BlockChange | ReaderBlock:
    before, after = old[pair.old], new[pair.new]
    moved_from = before.section or before.kind if pair.moved else None
    if before.key == after.key:
        if moved_from is None:
            return after
        runs = compare_texts(_words(before), _words(after))
        return BlockChange("moved", before, after, moved_from, runs)
    table = compare_tables(before.table, after.table) if before.table and after.table else None
    runs = compare_texts(_words(before), _words(after), quoted=after.kind == "quotation")
    facts = facts_in(runs)
    if table:
        facts = tuple(_table_facts(table))
    return BlockChange(
        _kind(before, after),
        before,
        after,
        moved_from,
        runs,
        compare_links(before, after),
        tuple(_styles(before, after)),
        table,
        _image_name(before) != _image_name(after),
        facts,
    )


def _table_facts(table: TableChange) -> Iterator[FactChange]:
    for cell in table.cells:
        yield from (replace(fact, follows=cell.row) for fact in facts_in(cell.runs))
    for row in table.rows_removed:
        yield FactChange("number", numbers_of(" | ".join(row[1:])), "", row[0])
    for row in table.rows_added:
        yield FactChange("number", "", numbers_of(" | ".join(row[1:])), row[0])


def _kind(before: ReaderBlock, after: ReaderBlock) -> ChangeKind:
    if is_typographic(_words(before), _words(after)) and not compare_links(before, after):
        return "typography"
    same_words = _words(before) == _words(after) and before.table == after.table
    if same_words and not compare_links(before, after):
        return "changed" if _image_name(before) != _image_name(after) else "appearance"
    return "changed"


def _image_name(block: ReaderBlock) -> str:
    return block.image.name if block.image else ""


_STYLE_NAMES = {
    "b": "bold",
    "strong": "bold",
    "em": "italic",
    "i": "italic",
    "del": "struck through",
    "s": "struck through",
    "u": "underlined",
    "ins": "underlined",
    "sub": "subscript",
    "sup": "superscript",
    "mark": "highlighted",
    "code": "code",
    "kbd": "code",
    "small": "small",
}


def _styles(before: ReaderBlock, after: ReaderBlock) -> Iterator[StyleChange]:
    """Yield ranges of words whose style changed although the words did not."""
    if before.text != after.text:
        return
    if before.kind != after.kind or before.level != after.level:
        yield StyleChange(after.text, _described(before), _described(after))
    if before.image and after.image and before.image.width != after.image.width:
        yield StyleChange("", f"{before.image.width} px wide", f"{after.image.width} px wide")
    text, style_pair = "", ("", "")
    for old_token, new_token in zip(before.tokens, after.tokens, strict=True):
        now = (old_token.style, new_token.style)
        if now != style_pair and text:
            yield StyleChange(text.strip(), _style_name(style_pair[0]), _style_name(style_pair[1]))
            text = ""
        style_pair = now
        if old_token.style != new_token.style:
            text += new_token.text
    if text:
        yield StyleChange(text.strip(), _style_name(style_pair[0]), _style_name(style_pair[1]))


def _described(block: ReaderBlock) -> str:
    return f"{block.kind} of level {block.level}" if block.level else block.kind


def _style_name(style: str) -> str:
    return ", ".join(dict.fromkeys(_STYLE_NAMES[tag] for tag in style.split())) or "plain"


# --- outside the body ---


def field_changes(before: EmailVersion, after: EmailVersion) -> tuple[FieldChange, ...]:
    """Return what changed around the body: subject, preheader, sender."""
    old, new = read_document(before.email.html), read_document(after.email.html)
    return tuple(_fields(before, after, old, new))


def _fields(
    before: EmailVersion,
    after: EmailVersion,
    old: Sequence[ReaderBlock],
    new: Sequence[ReaderBlock],
) -> Iterator[FieldChange]:
    pairs = (
        ("subject", before.email.subject, after.email.subject),
        ("preheader", preheader(old), preheader(new)),
        ("sender", before.sender, after.sender),
    )
    for name, gone, come in pairs:
        if gone != come:
            runs = compare_texts(gone, come)
            yield FieldChange(name, runs, facts_in(runs))


def preheader(blocks: Sequence[ReaderBlock]) -> str:
    """Return the text that inboxes show after the subject."""
    return next((block.text for block in blocks if block.kind == "preheader"), "")


def _without_preheader(blocks: Sequence[ReaderBlock]) -> list[ReaderBlock]:
    return [block for block in blocks if block.kind != "preheader"]


def _size(email: Email, blocks: Sequence[ReaderBlock]) -> EmailSize:
    decoded = len(email.html.encode())
    report = SizeReport(email.html, decoded, carried(email.message) or decoded, 0, (), ())
    cut = report.clip() if report.total > CLIP else None
    images = sum(len(image.data or b"") for image in email.images if image.variant_of is None)
    return EmailSize(decoded, images, None if cut is None else _after(blocks, cut))


def _after(blocks: Sequence[ReaderBlock], offset: int) -> str:
    """Return the first words of the block at an offset of the HTML."""
    shown = ""
    for block in blocks:
        if block.tokens and block.tokens[0].start > offset:
            break
        shown = block.text or shown
    return shown[:60]


def _findings(
    before: EmailVersion, after: EmailVersion
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return added and removed findings, ignoring line numbers."""
    if before.findings is None or after.findings is None:
        return (), ()
    old = {(finding.code, finding.message): finding for finding in before.findings}
    new = {(finding.code, finding.message): finding for finding in after.findings}
    return (
        tuple(finding for key, finding in new.items() if key not in old),
        tuple(finding for key, finding in old.items() if key not in new),
    )


def _text_part(before: Email, after: Email) -> tuple[BlockChange, ...]:
    """Return the changes in the plain-text part, by paragraph."""
    entries = compare_documents(_paragraphs(before.text), _paragraphs(after.text))
    return tuple(entry for entry in entries if isinstance(entry, BlockChange))


def _paragraphs(text: str) -> list[ReaderBlock]:
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return [plain_block(paragraph) for paragraph in paragraphs if paragraph]


def _bytes_differ(before: EmailVersion, after: EmailVersion) -> bool:
    def images(email: Email) -> list[tuple[str, bytes | None]]:
        return [(image.name, image.data) for image in email.images]

    same_parts = before.email.html == after.email.html and before.email.text == after.email.text
    return not same_parts or images(before.email) != images(after.email)


def find_image(version: EmailVersion, name: str) -> Image | None:
    """Return an image of an email by its file name; `None` for a remote one."""
    return next((image for image in version.email.images if image.name == name), None)
