"""The values of a redline: two versions of an email, and what changed between them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from newsletter.model import Email, Finding
from newsletter.review.link_diff import LinkChange
from newsletter.review.reader_document import ReaderBlock
from newsletter.review.table_diff import TableChange
from newsletter.review.word_diff import FactChange, RedlineRun

ChangeKind = Literal["changed", "added", "removed", "moved", "typography", "appearance"]


class EmailVersion(Struct, frozen=True):
    """One version of an email, with its metadata."""

    label: str  # for display: "published on 3 March 2026", "working files"
    email: Email
    sender: str = ""
    digest: str = ""  # of what a reader gets, as used in approvals and receipts
    findings: tuple[Finding, ...] | None = None  # None if they were not recorded
    tool: str = ""  # the tool version that made it


class FieldChange(Struct, frozen=True):
    """A change of the subject, preheader or sender."""

    name: str
    runs: tuple[RedlineRun, ...]
    facts: tuple[FactChange, ...] = ()


class StyleChange(Struct, frozen=True):
    """Words that are unchanged except for their style."""

    text: str
    before: str
    after: str


class BlockChange(Struct, frozen=True):
    """A paragraph, a heading, an image or a table that differs."""

    what: ChangeKind
    before: ReaderBlock | None
    after: ReaderBlock | None
    moved_from: str | None = None  # the section it was in before it moved
    runs: tuple[RedlineRun, ...] = ()  # of its words; for an image, of its alternative text
    links: tuple[LinkChange, ...] = ()
    styles: tuple[StyleChange, ...] = ()
    table: TableChange | None = None
    image_replaced: bool = False
    facts: tuple[FactChange, ...] = ()

    @property
    def block(self) -> ReaderBlock:
        """Return the current block, or the old one if it was removed."""
        block = self.after or self.before
        assert block is not None, "one of the two is always there"
        return block

    @property
    def section(self) -> str:
        """Return the heading the block belongs to."""
        return self.block.section


class UnchangedBlocks(Struct, frozen=True):
    """A run of blocks that are the same in both versions."""

    blocks: tuple[ReaderBlock, ...]

    @property
    def section(self) -> str:
        """Return the heading the last block belongs to."""
        return self.blocks[-1].section


class EmailSize(Struct, frozen=True):
    """The size of an email, and where Gmail would clip it."""

    html: int  # bytes
    images: int  # bytes
    clipped_before: str | None  # the first words that Gmail would clip


class Redline(Struct, frozen=True):
    """Everything that changed between two versions of an email."""

    before: EmailVersion
    after: EmailVersion
    fields: tuple[FieldChange, ...]
    entries: tuple[BlockChange | UnchangedBlocks, ...]  # in reading order
    sizes: tuple[EmailSize, EmailSize]
    findings_added: tuple[Finding, ...] = ()
    findings_removed: tuple[Finding, ...] = ()
    text_part: tuple[BlockChange, ...] = ()  # where only the plain-text part differs
    markup_only: bool = False  # the bytes differ in ways not covered above

    @property
    def changes(self) -> tuple[BlockChange, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry, BlockChange))

    @property
    def is_empty(self) -> bool:
        """Return whether both versions have the same bytes."""
        nothing = not (self.fields or self.changes or self.text_part)
        return nothing and not self.markup_only
