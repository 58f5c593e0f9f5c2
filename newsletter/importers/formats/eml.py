"""Emails and mailboxes -> drafts: the richest text part of each, with its inline images."""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.decoding import decode_draft, printable
from newsletter.importers.formats.email_attachments import attached_drafts
from newsletter.importers.formats.forwarded import without_forwarding
from newsletter.importers.formats.plain_text import text_blocks
from newsletter.importers.formats.web_page import draft_from_html
from newsletter.importers.sequence_audit import letters_only

_BETWEEN = re.compile(rb"(?:\A|\r?\n\r?\n)From \S+ .*\d\r?\n(?=[\w-]+:)")
DEPTH = 10  # nesting limit of parts
PARTS = 1_000
_REPLY = re.compile(
    r"^(?:\s*(?:\[[^\[\]]{1,40}\]\s*)?(?:re|fwd?|aw|wg|antw|sv|vs|vb|tr|rif|i|odp|pd|enc|res|ynt|"
    r"doorst|rv)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]"
    r"|\s*(?:回复|转发|答复|回覆|轉寄|答覆)\s*[:：])+",
    re.IGNORECASE,
)  # prefixes that mail clients add in many languages, and the names of mailing lists before them


def read_mailbox(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the drafts of a mailbox (mbox), one for each email that has content."""
    starts = [match.end() for match in _BETWEEN.finditer(data)] or [0]
    ends = [*[match.start() for match in _BETWEEN.finditer(data)][1:], len(data)]
    drafts = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        message = re.sub(rb"^>(>*From )", rb"\1", data[start:end], flags=re.MULTILINE)
        drafts.append(read_email(message, f"{name}!{number}"))
    return tuple(drafts)


def read_email_file(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in an email, or those attached to it if it is only a covering letter."""
    return message_drafts(_parsed(data, name), name)


def message_drafts(message: EmailMessage, name: str) -> tuple[Draft, ...]:
    """Return the draft in a parsed email, or those attached to it."""
    parts = _all_parts(message, name)
    draft = _draft_of(message, parts, name)
    return attached_drafts(parts, name, draft, message_drafts) or (draft,)


def _parsed(data: bytes, name: str) -> EmailMessage:
    """Return an email. Raises `NewsletterError` before parsing if it has too many parts."""
    if (count := data.count(b"\nContent-Type:")) > 2 * PARTS:  # each takes a millisecond
        raise _too_many(count, name)
    policy = email.policy.default.clone(max_line_length=None)
    message = email.message_from_bytes(data.lstrip(), policy=policy)
    assert isinstance(message, EmailMessage)
    return message


def _all_parts(message: EmailMessage, name: str) -> list[EmailMessage]:
    parts = list(_parts(message, name, 0))
    if len(parts) > PARTS:
        raise _too_many(len(parts), name)
    return parts


def _too_many(count: int, name: str) -> NewsletterError:
    message = f"Too many parts in {name} ({count:,}, limit {PARTS:,})"
    return NewsletterError(message, hint="Import the text separately.")


def read_email(data: bytes, name: str) -> Draft:
    """Return the draft in an email.

    Raises `NewsletterError` if it has more than `PARTS` parts.
    """
    message = _parsed(data, name)
    return _draft_of(message, _all_parts(message, name), name)


def _draft_of(message: EmailMessage, parts: list[EmailMessage], name: str) -> Draft:
    rich = next((part for part in parts if _is_text(part, "html")), None)
    plain = next((part for part in parts if _is_text(part, "plain")), None)
    files = _images(parts)
    base = _header(message, "Snapshot-Content-Location")
    collector = DraftCollector(files, base=base)
    if rich is not None:
        draft = draft_from_html(_text(rich, name), name, collector, numbered=True)
        if plain is not None:
            _note_text_only(draft, _text(plain, name), collector)
    else:
        text = _text(plain, name) if plain is not None else ""
        draft = Draft(name, "email", text_blocks(_unflowed(plain, printable(text)), collector))
    read = {id(rich), id(plain), *(id(part) for part in parts if _is_inline(part))}
    for part in parts:
        if id(part) not in read:
            _left_out(part, name, collector)
    draft = without_forwarding(draft, collector)
    head = {key: value for key, value in _head(message).items() if key not in draft.meta}
    meta = {**head, **draft.meta} if base else {**draft.meta, **head}
    title = meta.pop("title", None) or draft.title
    return replace(
        draft,
        kind="html" if base else "email",
        title=title,
        meta=meta,
        images=tuple(collector.images.values()),
        notes=collector.sorted_notes(),
    )


def _parts(message: EmailMessage, name: str, depth: int) -> Iterator[EmailMessage]:
    if depth > DEPTH:
        raise NewsletterError(
            f"Parts nested more than {DEPTH} levels deep in {name}",
            hint="Import the text separately.",
        )
    if not message.is_multipart() or message.get_content_type() == "message/rfc822":
        yield message
        return
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        yield from _parts(part, name, depth + 1)


def _is_text(part: EmailMessage, kind: str) -> bool:
    if part.get_content_disposition() == "attachment":
        return False
    content_type = part.get_content_type()
    if content_type.startswith("multipart/") and not part.is_multipart():
        content_type = (
            "text/plain"  # the boundary is missing or wrong: read the content as plain text
        )
    return content_type == f"text/{kind}"


def _is_inline(part: EmailMessage) -> bool:
    identity = part.get("Content-ID") or part.get("Content-Location")
    return part.get_content_maintype() == "image" and identity is not None


def _text(part: EmailMessage, name: str) -> str:
    """Return a part's text; its declared charset is tried first (RFC 2045 §5.2)."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return ""
    declared = part.get_content_charset() or ""
    return decode_draft(data, name, declared, first=True)[0]


def _unflowed(part: EmailMessage | None, text: str) -> str:
    """Return text with `format=flowed` line breaks removed (RFC 3676 §4.1)."""
    if part is None or part.get_param("format") != "flowed":
        return text
    joined = re.sub(r"(?<!^--) \n(?=\S)(?!>)", " ", text, flags=re.MULTILINE)
    return re.sub(r"^ (?=>| |From )", "", joined, flags=re.MULTILINE)


def _images(parts: list[EmailMessage]) -> dict[str, bytes]:
    """Return images by the addresses used in the HTML: `cid:`, or the location on a saved page."""
    result: dict[str, bytes] = {}
    for part in parts:
        data = part.get_payload(decode=True) if part.get_content_maintype() == "image" else None
        if not isinstance(data, bytes):
            continue
        if identity := str(part.get("Content-ID", "")).strip().strip("<>"):
            result[f"cid:{identity}"] = data
        if location := str(part.get("Content-Location", "")).strip():
            result[location] = data
    return result


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's text; one that the library cannot parse is returned as it is."""
    raw = next(
        (str(value) for key, value in message.raw_items() if key.lower() == name.lower()), ""
    )
    if (raw.isprintable() and not raw.isascii()) or re.search(r"[\udc80-\udcff]", raw):
        return " ".join(_eight_bit(raw).split())
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return " ".join(raw.split())


def _eight_bit(raw: str) -> str:
    """Return a header that was written in an undeclared encoding, against RFC 5322 §2.2."""
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return decode_draft(data, "header")[0]
    except NewsletterError:
        return data.decode("utf-8", "replace")


def _head(message: EmailMessage) -> dict[str, str]:
    """Return subject, sender and date; the draft's own title, deck and date take precedence."""
    result = {}
    if subject := _REPLY.sub("", _header(message, "Subject")).strip():
        result["title"] = subject
    name, _ = parseaddr(_header(message, "From"))  # an address without a display name is not a name
    if name and "@" not in name and message.get("Snapshot-Content-Location") is None:
        result["sender"] = name
    with suppress(TypeError, ValueError, IndexError, OverflowError):  # missing or invalid date
        result["sent"] = parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    return result


def _note_text_only(draft: Draft, plain: str, collector: DraftCollector) -> None:
    """Note the lines of the plain-text part that are missing from the HTML part."""
    have = letters_only(
        "".join(block.words + " ".join(block.links) for block in draft.blocks)
        + "".join(note.words for note in collector.notes)
    )
    for number, line in enumerate(printable(plain).split("\n"), 1):
        words = letters_only(re.sub(r"https?://\S+|\[(?:image|cid):[^\]]*\]", "", line))
        if words and words not in have:
            message = "text found only in the plain-text part"
            collector.add_note("omitted", message, line.strip(), number)


def _left_out(part: EmailMessage, name: str, collector: DraftCollector) -> None:
    kind = part.get_content_type()
    file = part.get_filename() or kind
    if kind == "message/rfc822":
        words = " ".join(_plain_words(inner, name) for inner in part.walk() if _is_read(inner))
        collector.add_note("omitted", "attached email", " ".join(f"{file} {words}".split()))
    elif _is_read(part):
        if words := _plain_words(part, name):
            collector.add_note("omitted", "additional text part", words)
    else:
        collector.add_note("omitted", "attachment; import it separately", file)


def _is_read(part: EmailMessage) -> bool:
    is_attached = part.get_content_disposition() == "attachment"
    return part.get_content_maintype() == "text" and not is_attached


def _plain_words(part: EmailMessage, name: str) -> str:
    """Return the words of a text part, without tags if it is HTML."""
    text = _text(part, name)
    if part.get_content_subtype() == "html":
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(text.split())
