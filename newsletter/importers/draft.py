"""Data model of an imported draft: Markdown blocks, images, and notes on what was not imported."""

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
    "image",
    "rule",
    "note",
    "comment",
    "directive",
]
# lost: missing from the blocks. changed: present in the blocks, but not as written. look: present
# as text, and should be reviewed.
NoteKind = Literal["omitted", "changed", "review"]
Unit = Literal["line", "paragraph"]


class DraftBlock(Struct, frozen=True):
    """One block of a draft; blocks are separated by an empty line in a section's file.

    Images are referenced as `images/NAME`, where NAME is the name of a `DraftImage`. A heading is
    always one line of `#`s and text. A note is always `[^label]: …`, with further paragraphs
    indented by four spaces.
    """

    kind: BlockKind
    markdown: str  # in our dialect; parses back to exactly `words`
    words: str  # text without markup; line breaks are "\n", table cells are separated by tabs
    line: int  # first line in the draft, in the draft's unit
    end: int = 0  # last line; 0 if it is the same as `line`
    level: int = 0  # heading level, 1 to 6
    style: str = ""  # style name in the source program: Title, Subtitle, Heading 2, Quote …
    bold: bool = False  # all of the text is bold
    italic: bool = False  # all of the text is italic
    centred: bool = False
    size: float | None = None  # points, of the first words of the paragraph
    links: tuple[str, ...] = ()  # link addresses, in document order
    notes: tuple[str, ...] = ()  # labels of the notes that the text refers to, in document order
    label: str = ""  # label of a note
    rows: tuple[tuple[str, ...], ...] = ()  # plain text of table cells; the first row is the header
    image: str = ""  # name of the DraftImage, for image blocks
    alt: str = ""
    caption: str = ""  # caption of an image or table: inline Markdown


class DraftImage(Struct, frozen=True):
    """An image of a draft: embedded (`data`), remote (`url`), or both."""

    name: str  # a safe file name, unique within the draft
    data: bytes | None = None
    url: str | None = None  # https or http; never fetched here
    width: int | None = None  # CSS pixels at which the image was shown
    line: int = 0


class ImportNote(Struct, frozen=True):
    """A note for the author about the import of a draft."""

    kind: NoteKind
    message: str  # a short phrase without a full stop: "tracked deletion"
    words: str  # the complete text that the note is about
    line: int = 0  # line in the draft; 0 means the whole draft


class Draft(Struct, frozen=True):
    """The content of one file, or of one of several texts in it."""

    origin: str  # file name; for an archive entry, the archive's name, `!`, and the entry's name
    kind: str  # docx, google, html, markdown, text, mail, substack
    blocks: tuple[DraftBlock, ...]
    title: str | None = (
        None  # from front matter, headers or document properties; never guessed from the text
    )
    # Front matter and headers under the names that issues use: date, author, tags, description (the
    # deck), slug, number, language, subject, draft. Other keys keep their own names. Values are the
    # text as written; lists are joined by ", ".
    meta: Mapping[str, str] = field(default_factory=dict)
    images: tuple[DraftImage, ...] = ()
    notes: tuple[ImportNote, ...] = ()
    unit: Unit = "line"  # unit of `line`
