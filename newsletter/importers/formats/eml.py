"""Mails and mailboxes -> drafts: the richer part of each, with its inline pictures."""

from __future__ import annotations

import email
import email.policy
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
from newsletter.importers.formats.plain_text import text_blocks
from newsletter.importers.formats.web_page import draft_from_html
from newsletter.importers.sequence_audit import letters_only

_BETWEEN = re.compile(rb"(?:\A|\r?\n\r?\n)From \S+ .*\d\r?\n(?=[\w-]+:)")
DEPTH = 10  # parts within parts
PARTS = 1_000


def read_mailbox(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the drafts of a mailbox (mbox), one for each mail that says something."""
    starts = [match.end() for match in _BETWEEN.finditer(data)]
    ends = [*[match.start() for match in _BETWEEN.finditer(data)][1:], len(data)]
    drafts = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        message = re.sub(rb"^>(>*From )", rb"\1", data[start:end], flags=re.MULTILINE)
        drafts.append(read_email(message, f"{name}!{number}"))
    return tuple(drafts)


def read_email_file(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in an email, or those attached to it if it has no text of its own."""
    return (read_email(data, name),)


def read_email(data: bytes, name: str) -> Draft:
    """Return what a mail says. Raises `NewsletterError` for one with more parts than any mail program makes."""
    message = email.message_from_bytes(
        data, policy=email.policy.default.clone(max_line_length=None)
    )
    assert isinstance(message, EmailMessage)
    parts = list(_parts(message, name, 0))
    if len(parts) > PARTS:
        raise NewsletterError(
            f"{name} has {len(parts):,} parts, which no mail does",
            hint="Import its text on its own.",
        )
    rich = next((part for part in parts if _is_text(part, "html")), None)
    plain = next((part for part in parts if _is_text(part, "plain")), None)
    files = _pictures(parts)
    collector = DraftCollector(files, base=str(message.get("Snapshot-Content-Location", "")))
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
    meta = {**draft.meta, **_head(message)}
    title = meta.pop("title", None) or draft.title
    saved = message.get("Snapshot-Content-Location") is not None
    return replace(
        draft,
        kind="html" if saved else "email",
        title=title,
        meta=meta,
        pictures=tuple(collector.pictures.values()),
        notes=collector.sorted_notes(),
    )


def _parts(message: EmailMessage, name: str, depth: int) -> Iterator[EmailMessage]:
    if depth > DEPTH:
        raise NewsletterError(
            f"{name} nests parts more than {DEPTH} deep", hint="Import its text on its own."
        )
    if not message.is_multipart() or message.get_content_type() == "message/rfc822":
        yield message
        return
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        yield from _parts(part, name, depth + 1)


def _is_text(part: EmailMessage, kind: str) -> bool:
    return (
        part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment"
    )


def _is_inline(part: EmailMessage) -> bool:
    identity = part.get("Content-ID") or part.get("Content-Location")
    return part.get_content_maintype() == "image" and identity is not None


def _text(part: EmailMessage, name: str) -> str:
    data = part.get_payload(decode=True)
    return (
        decode_draft(data, name, part.get_content_charset() or "")[0]
        if isinstance(data, bytes) and data.strip()
        else ""
    )


def _unflowed(part: EmailMessage | None, text: str) -> str:
    """Return text whose lines were broken on the way (`format=flowed`, RFC 3676 §4.1) as it was typed."""
    if part is None or part.get_param("format") != "flowed":
        return text
    joined = re.sub(r"(?<!^--) \n(?=\S)(?!>)", " ", text, flags=re.MULTILINE)
    return re.sub(r"^ (?=>| |From )", "", joined, flags=re.MULTILINE)


def _pictures(parts: list[EmailMessage]) -> dict[str, bytes]:
    """Return pictures by the addresses the HTML has for them: `cid:` and where a saved page had them."""
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


def _head(message: EmailMessage) -> dict[str, str]:
    result = {}
    if subject := " ".join(str(message.get("Subject", "")).split()):
        result["title"] = subject
    name, _ = parseaddr(
        str(message.get("From", ""))
    )  # an address alone is nobody to be credited with
    if name and message.get("Snapshot-Content-Location") is None:
        result["author"] = name
    with suppress(
        TypeError, ValueError, IndexError, OverflowError
    ):  # a mail without a day, or with one that is none
        result["date"] = parsedate_to_datetime(str(message["Date"])).date().isoformat()
    return result


def _note_text_only(draft: Draft, plain: str, collector: DraftCollector) -> None:
    """Tell the lines of the text part that the HTML part does not have."""
    have = letters_only(
        "".join(block.words + " ".join(block.links) for block in draft.blocks)
        + "".join(note.words for note in collector.notes)
    )
    for number, line in enumerate(printable(plain).split("\n"), 1):
        words = letters_only(re.sub(r"https?://\S+|\[(?:image|cid):[^\]]*\]", "", line))
        if words and words not in have:
            collector.add_note(
                "omitted",
                "text found only in the plain-text part",
                line.strip(),
                number,
            )


def _left_out(part: EmailMessage, name: str, collector: DraftCollector) -> None:
    kind = part.get_content_type()
    file = part.get_filename() or kind
    if kind == "message/rfc822":
        inner = part.get_payload(0) if part.is_multipart() else None
        body = inner.get_body(("plain", "html")) if isinstance(inner, EmailMessage) else None
        words = re.sub(r"<[^>]*>", " ", _text(body, name)) if isinstance(body, EmailMessage) else ""
        collector.add_note("omitted", "attached email", " ".join(f"{file} {words}".split()))
    elif kind.startswith("text/") and part.get_content_disposition() != "attachment":
        collector.add_note(
            "omitted",
            "additional text part",
            " ".join(re.sub(r"<[^>]*>", " ", _text(part, name)).split()),
        )
    else:
        collector.add_note("omitted", "attachment; import it separately", file)
