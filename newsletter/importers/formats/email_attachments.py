"""Drafts attached to an email that is only a covering letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import EmailMessage

from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.structure.outline import outline_words

COVER = 60  # words; a shorter email with an attached draft counts as a covering letter
_ENDINGS = (".docx", ".odt", ".md", ".markdown", ".txt", ".html", ".htm", ".eml", ".zip")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES = {
    _WORD: ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "text/markdown": ".md",
    "message/rfc822": ".eml",
}
DEEP = 2  # emails attached to one another; deeper ones are listed
_FROM_COVER = ("sender", "sent")  # what a draft without an author or date takes from its email


ReadMessage = Callable[[EmailMessage, str], tuple[Draft, ...]]


def attached_drafts(
    parts: Sequence[EmailMessage], name: str, cover: Draft, read_message: ReadMessage
) -> tuple[Draft, ...]:
    """Return the drafts attached to a covering letter, empty if the email is a text of its own.

    The letter and attachments that cannot be read become notes of the first draft. `read_message`
    reads an attached email.
    """
    if name.count("!") > DEEP or sum(outline_words(block.words) for block in cover.blocks) > COVER:
        return ()
    drafts: list[Draft] = []
    unread: list[ImportNote] = []
    read: list[str] = []
    for part in parts:
        file = _file_name(part)
        if not file:
            continue
        try:
            drafts += _drafts_in(part, f"{name}!{file}", read_message)
            read.append(part.get_filename() or part.get_content_type())
        except NewsletterError as error:
            unread.append(ImportNote("review", f"attachment not read: {error.message}", file))
    if not drafts:
        return ()
    notes = (*_letter(cover, read), *unread)
    first = replace(drafts[0], notes=(*notes, *drafts[0].notes))
    return tuple(_with_cover(draft, cover) for draft in (first, *drafts[1:]))


def _file_name(part: EmailMessage) -> str:
    """Return the file name of an attachment that can be a draft, else ""."""
    file = (part.get_filename() or "").strip()
    if file.lower().endswith(_ENDINGS):
        return file
    ending = _TYPES.get(part.get_content_type(), "")
    if not ending or (ending != ".eml" and part.get_content_disposition() != "attachment"):
        return ""
    return f"{file or 'attached'}{ending}"


def _drafts_in(part: EmailMessage, name: str, read_message: ReadMessage) -> tuple[Draft, ...]:
    """Return the drafts of an attachment. Raises `NewsletterError` if it has no text."""
    from newsletter.importers import read_drafts

    inner = part.get_payload(0) if part.is_multipart() else None
    if isinstance(inner, EmailMessage):
        read = read_message(inner, name)
    else:
        payload = part.get_payload(decode=True)
        read = read_drafts(payload if isinstance(payload, bytes) else b"", name)
    drafts = tuple(draft for draft in read if draft.blocks)
    if not drafts:
        raise NewsletterError(f"No text found in {name}", hint="Import it separately.")
    return drafts


def _letter(cover: Draft, read: Sequence[str]) -> list[ImportNote]:
    """Return notes about the covering letter, without those on attachments that were read."""
    words = "\n".join((cover.title or "", *(block.words for block in cover.blocks))).strip()
    letter = ImportNote("omitted", "email around the attached draft", words)
    others = [note for note in cover.notes if not note.words.startswith(tuple(read))]
    return [letter, *others]


def _with_cover(draft: Draft, cover: Draft) -> Draft:
    from_cover = {key: cover.meta[key] for key in _FROM_COVER if key in cover.meta}
    return replace(draft, meta={**from_cover, **draft.meta})
