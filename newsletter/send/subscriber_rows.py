"""Imported subscriber rows: states, parsed addresses, merged duplicates, cleaned names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, get_args

from msgspec import Struct

from newsletter.send.address import InvalidAddress, ListAddress, parse_address

SubscriberState = Literal[
    "pending", "active", "unsubscribed", "bounced", "complained", "suppressed"
]
STATES: tuple[SubscriberState, ...] = get_args(SubscriberState)
# An import cannot reverse these states; only the subscriber's own request can.
CLOSED = frozenset(STATES[2:])


class SubscriberRow(Struct, frozen=True):
    """The row of one address in a file."""

    line: int
    address: str
    name: str = ""
    first_name: str = ""
    state: SubscriberState = "active"
    detail: str = ""  # evidence recorded by the other service: times, IP


class ImportResult(Struct, frozen=True):
    """The result of an import, or of a dry run."""

    added: int
    changed: int
    unchanged: int
    kept_closed: int  # on the list with a closed state that the file did not change
    forgotten: int
    duplicates: int
    invalid: tuple[tuple[int, str], ...]  # line, reason
    roles: tuple[tuple[int, str], ...]  # line, address


def merged_state(now: SubscriberState, imported: SubscriberState) -> SubscriberState:
    """Return the state after an import: the more restrictive of the two."""
    if now in CLOSED or imported in CLOSED:
        return max(now, imported, key=STATES.index)
    return "active" if "active" in (now, imported) else now


class RowReader:
    """Reads rows: parses addresses, merges duplicates, records the rest."""

    def __init__(self, *, roles: bool) -> None:
        self.let_roles = roles
        self.duplicates = 0
        self.invalid: list[tuple[int, str]] = []
        self.roles: list[tuple[int, str]] = []

    def addresses(self, rows: Iterable[SubscriberRow]) -> list[tuple[ListAddress, SubscriberRow]]:
        merged: dict[str, tuple[ListAddress, SubscriberRow]] = {}
        for row in rows:
            try:
                address = parse_address(row.address)
            except InvalidAddress as error:
                self.invalid.append((row.line, error.message))
                continue
            if address.is_role and not self.let_roles:
                self.roles.append((row.line, address.normalized))
                continue
            row = _cleaned(row)
            if address.key in merged:
                self.duplicates += 1
                address, first = merged[address.key]
                row = _joined(first, row)
            merged[address.key] = (address, row)
        return list(merged.values())


def _joined(first: SubscriberRow, second: SubscriberRow) -> SubscriberRow:
    return SubscriberRow(
        first.line,
        first.address,
        first.name or second.name,
        first.first_name or second.first_name,
        merged_state(first.state, second.state),
        first.detail or second.detail,
    )


def _cleaned(row: SubscriberRow) -> SubscriberRow:
    name = clean_name(row.name)
    first = clean_name(row.first_name) or first_name_of(name)
    return SubscriberRow(row.line, row.address, name, first, row.state, clean_name(row.detail))


# Bidi overrides reverse the text after a name; line endings would split a header.
_UNWANTED = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_name(text: str) -> str:
    """Return a name as one line of at most 200 characters, without control characters."""
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    text = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text
    )
    return " ".join(text.encode("utf-8", "ignore").decode().split())[:200]


def first_name_of(name: str) -> str:
    """Return the first word of a name, or what follows the comma in `Leal, Tomás`."""
    last, comma, first = name.partition(",")
    words = (first if comma else last).split()
    return words[0] if words else ""
