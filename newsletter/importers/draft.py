"""A draft as it came in: blocks in our Markdown, pictures, and what could not come across."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

BlockKind = Literal[
    "heading",
    "paragraph",
    "list",
    "quote",
    "code",
    "table",
    "picture",
    "rule",
    "note",
    "comment",
    "directive",
]
# lost: stands nowhere in the blocks. changed: stands there, but not as it was written. look: stands there as words,
# and somebody should read them once more.
NoteKind = Literal["omitted", "changed", "review"]
Unit = Literal["line", "paragraph"]


class DraftBlock(Struct, frozen=True):
    """One block of a draft. Two blocks have an empty line between them in a section's file.

    Pictures are referred to as `images/NAME`, NAME being a `DraftPicture`'s. A heading is always one line of `#`s and
    words, a note always `[^label]: …`, with further paragraphs indented by four spaces.
    """

    kind: BlockKind
    markdown: str  # in our dialect; reads back as exactly `words`
    words: str  # without any markup; a line break is "\n", cells of a table are parted by tabs
    line: int  # where it starts in the draft, in the draft's unit
    end: int = 0  # the last line of it; 0 where it is the same as `line`
    level: int = 0  # of a heading: 1 to 6
    style: str = ""  # the name the draft's program has for it: Title, Subtitle, Heading 2, Quote …
    bold: bool = False  # all of its words
    italic: bool = False  # all of its words
    centred: bool = False
    size: float | None = None  # points, of the paragraph's first words
    links: tuple[str, ...] = ()  # addresses, in their order
    notes: tuple[str, ...] = ()  # labels of the notes its words refer to, in their order
    label: str = ""  # of a note
    rows: tuple[tuple[str, ...], ...] = ()  # of a table: plain words; the first row is its head
    picture: str = ""  # of a picture: the name of its DraftPicture
    alt: str = ""
    caption: str = ""  # of a picture or a table: inline Markdown


class DraftPicture(Struct, frozen=True):
    """A picture of a draft; it came along (`data`), is somewhere else (`url`), or both."""

    name: str  # one safe file name, each only once in a draft
    data: bytes | None = None
    url: str | None = None  # https or http; nothing here ever fetches it
    width: int | None = None  # CSS pixels it was shown at
    line: int = 0


class ImportNote(Struct, frozen=True):
    """Something about the draft that its author should know."""

    kind: NoteKind
    message: str  # a short sentence without a full stop: "tracked deletion"
    words: str  # the author's words it concerns, all of them
    line: int = 0  # its place in the draft; 0 is all of it


class Draft(Struct, frozen=True):
    """What one file, or one of several texts in it, says."""

    origin: str  # name of the file, with `!` and the name inside where it came out of an archive
    kind: str  # docx, google, html, markdown, text, mail, substack
    blocks: tuple[DraftBlock, ...]
    title: str | None = (
        None  # from front matter, headers or the document's properties, never guessed from the text
    )
    # Front matter and headers by the names issues know: date, author, tags, description (the deck), slug, number,
    # language, subject, draft; everything else under its own name. Text as it was written, lists parted by ", ".
    meta: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[DraftPicture, ...] = ()
    notes: tuple[ImportNote, ...] = ()
    unit: Unit = "line"  # what `line` counts
