"""The desired state of a draft in a service, its current state, and how the two differ."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Literal

from msgspec import Struct

from newsletter.check.formats.text import sanitize_terminal

DraftState = Literal["draft", "scheduled", "sent"]
StatusState = Literal[
    "absent", "same", "older", "edited", "scheduled", "sent", "ambiguous", "unknown"
]
LINES = 40  # maximum lines of a diff shown: one screen
WIDTH = 200  # maximum characters per line


class Content(Struct, frozen=True):
    """What the service should hold, in its template syntax.

    `fields` are compared: field name as displayed (subject, html, text, lists …) -> text.
    """

    key: str  # ours: the slug
    fields: Mapping[str, str]
    built: str = ""  # the HTML of the build, if the field contains more than that

    @property
    def fingerprint(self) -> str:
        return content_fingerprint(self.fields)


class ServiceDraft(Struct, frozen=True):
    """What a service holds under our key."""

    id: str
    state: DraftState
    state_label: str  # the service's own name for the state
    fields: Mapping[str, str]
    url: str  # where to open it in a browser
    marker: str | None = None  # the fingerprint stored with the content
    updated: str | None = None  # the service's own timestamp
    date: str | None = None  # when it is or was sent


class TargetStatus(Struct, frozen=True):
    """What a destination holds for one issue."""

    target: str
    type: str
    state: StatusState
    place: str = ""  # where to open it
    id: str | None = None
    date: str | None = None
    differs: tuple[str, ...] = ()  # names of fields
    diff: str = ""  # of edits made in the service


def content_fingerprint(fields: Mapping[str, str]) -> str:
    """Return 16 hexadecimal digits of a SHA-256 over normalised fields."""
    digest = hashlib.sha256()
    for name, text in sorted(fields.items()):
        data = normalised(text).encode()
        digest.update(f"{name}:{len(data)}\n".encode() + data)
    return digest.hexdigest()[:16]


def normalised(text: str) -> str:
    """Return text without invisible changes services make: line endings and trailing blanks."""
    return re.sub(r"[ \t]+\n", "\n", text.replace("\r\n", "\n")).strip()


def differing(wanted: Mapping[str, str], current: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the fields that differ."""
    return tuple(
        name
        for name, text in wanted.items()
        if normalised(text) != normalised(current.get(name, ""))
    )


def readable_diff(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return a diff of the fields that differ, at most one screen, HTML as visible text."""
    lines = [
        line
        for name in differing(before, after)
        for line in _field_diff(name, before[name], after.get(name, ""))
    ]
    if len(lines) > LINES:
        lines = [*lines[:LINES], f"… and {len(lines) - LINES} more lines"]
    return "\n".join(lines)


def _field_diff(name: str, before: str, after: str) -> Iterator[str]:
    yield f"{name}:"
    old, new = _words(before), _words(after)
    if old == new:  # only the markup changed
        old, new = _markup(before), _markup(after)
    for line in difflib.unified_diff(old, new, n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield f"  {sanitize_terminal(line[:WIDTH])}"


def _words(text: str) -> Sequence[str]:
    """Return the visible lines: one per HTML block, without tags and invisible padding."""
    if "<" in text:
        text = unescape(_TAG.sub("", _BLOCK.sub("\n", _HIDDEN.sub("", text))))
    lines = (" ".join(_INVISIBLE.sub(" ", line).split()) for line in normalised(text).split("\n"))
    return [line for line in lines if line]


def _markup(text: str) -> Sequence[str]:
    broken = re.sub(r"(?<=>)(?=<)", "\n", normalised(text))
    return [line for line in broken.split("\n") if line.strip()]


_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(
    r"</?(?:p|div|td|tr|table|h[1-6]|li|ul|ol|blockquote|section|br)\b[^>]*>", re.IGNORECASE
)
_HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200d\u2060\ufeff]")  # padding of the preheader
