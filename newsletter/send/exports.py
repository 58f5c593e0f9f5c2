"""Subscriber CSV files: our own format, and other services' exports, recognized by their columns.

Columns follow each service's documentation and its actual exports: Substack (email_list.csv),
Mailchimp (a ZIP of subscribed, unsubscribed and cleaned members), Buttondown, listmonk, Ghost.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted
from newsletter.model import Location
from newsletter.send.subscriber_rows import SubscriberRow, SubscriberState
from newsletter.send.subscribers import Subscriber


class ExportFormat(Struct, frozen=True):
    """The subscriber format of one service."""

    name: str
    marks: frozenset[str]  # columns unique to this service
    address: str
    full_name: str = ""
    first_name: str = ""
    last_name: str = ""
    state: str = ""  # the column; empty: all are active
    states: Mapping[str, SubscriberState] = {}  # its value in lower case -> state
    evidence: tuple[str, ...] = ()


FORMATS = (
    ExportFormat(
        "Substack",
        frozenset({"active_subscription", "email_disabled"}),
        "email",
        state="email_disabled",
        states={"true": "unsubscribed", "false": "active", "": "active"},
        evidence=("created_at",),
    ),
    ExportFormat(
        "Mailchimp",
        frozenset({"email address"}),
        "email address",
        first_name="first name",
        last_name="last name",
        evidence=("optin_time", "optin_ip", "confirm_time", "confirm_ip", "unsub_time"),
    ),
    ExportFormat(
        "Buttondown",
        frozenset({"subscriber_type", "creation_date"}),
        "email",
        state="subscriber_type",
        states={
            "regular": "active",
            "premium": "active",
            "gifted": "active",
            "trialed": "active",
            "paused": "active",
            "past_due": "active",
            "churned": "active",
            "unactivated": "pending",
            "unpaid": "pending",
            "upcoming": "pending",
            "unsubscribed": "unsubscribed",
            "removed": "unsubscribed",
            "disabled": "suppressed",
            "blocked": "suppressed",
            "undeliverable": "bounced",
            "complained": "complained",
            "spammy": "suppressed",
        },
        evidence=("creation_date", "source", "ip_address"),
    ),
    ExportFormat(
        "listmonk",
        frozenset({"uuid", "attributes"}),
        "email",
        full_name="name",
        state="status",
        states={"enabled": "active", "disabled": "unsubscribed", "blocklisted": "suppressed"},
        evidence=("created_at",),
    ),
    ExportFormat(
        "Ghost",
        frozenset({"subscribed_to_emails"}),
        "email",
        full_name="name",
        state="subscribed_to_emails",
        states={"true": "active", "false": "unsubscribed", "": "unsubscribed"},
        evidence=("created_at",),
    ),
    ExportFormat(
        "newsletter",
        frozenset({"address", "state"}),
        "address",
        full_name="name",
        first_name="first_name",
        state="state",
        states={
            name: name
            for name in ("pending", "active", "unsubscribed", "bounced", "complained", "suppressed")
        },
    ),
)
# A list from a spreadsheet: common names for these columns.
_ADDRESS = ("email", "e-mail", "address", "email address", "e-mail address", "mail")
_NAME = ("name", "full name", "full_name")
_FIRST = ("first name", "first_name", "firstname", "given name")
_LAST = ("last name", "last_name", "lastname", "surname", "family name")
# Mailchimp encodes the state in the file name.
_BY_FILE: tuple[tuple[str, SubscriberState], ...] = (
    ("unsubscribed", "unsubscribed"),
    ("cleaned", "bounced"),
    ("nonsubscribed", "unsubscribed"),
)


class ReadExport(Struct, frozen=True):
    """A parsed file of subscribers."""

    format: str
    rows: list[SubscriberRow]
    ignored: tuple[str, ...]  # columns that were not used


def read_export(path: Path) -> ReadExport:
    """Parse the subscribers in a CSV file or a ZIP of them.

    Raises `NewsletterError` with the line that cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{path} cannot be read: {error.strerror}") from error
    if not data.startswith(b"PK\x03\x04"):
        return _read_csv(path.name, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        read = [_read_csv(Path(name).name, archive.read(name)) for name in names]
    if not read:
        raise NewsletterError(f"{path.name} contains no CSV file")
    rows = [row for part in read for row in part.rows]
    ignored = dict.fromkeys(column for part in read for column in part.ignored)
    return ReadExport(read[0].format, rows, tuple(ignored))


def _read_csv(name: str, data: bytes) -> ReadExport:
    text = _decoded(name, data)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        form = _format(name, columns)
        used = {form.address, form.full_name, form.first_name, form.last_name, form.state}
        rows = list(_rows(name, reader, columns, form))
    except csv.Error as error:
        where = Location(name, reader.line_num)
        raise NewsletterError(f"Not a CSV file: {error}", where=where) from error
    ignored = [column for column in columns if column and column not in {*used, *form.evidence}]
    return ReadExport(form.name, rows, tuple(ignored))


def _decoded(name: str, data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        where = Location(name, data.count(b"\n", 0, error.start) + 1)
        raise NewsletterError(
            "Not UTF-8", where=where, hint='Export the file as "CSV UTF-8".'
        ) from error
    if "\0" in text:
        raise NewsletterError("Not a text file", where=Location(name))
    return text


def _format(name: str, columns: list[str]) -> ExportFormat:
    """Return the format for these columns. Raises `NewsletterError` if none holds addresses."""
    present = set(columns)
    for form in FORMATS:
        if form.marks <= present:
            return form
    first = {
        kind: next((column for column in names if column in present), "")
        for kind, names in (("a", _ADDRESS), ("n", _NAME), ("f", _FIRST), ("l", _LAST))
    }
    if not first["a"]:
        shown = ", ".join(columns[:8]) or "none"
        raise NewsletterError(
            f"No column of addresses; found: {shown}",
            where=Location(name, 1),
            hint='Name the column of addresses "email" in the first line.',
        )
    return ExportFormat("CSV", frozenset(), first["a"], first["n"], first["f"], first["l"])


def _rows(
    name: str, reader: Iterable[list[str]], columns: list[str], form: ExportFormat
) -> Iterator[SubscriberRow]:
    by_file = _state_of_file(name) if form.name == "Mailchimp" else None
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(columns, (_plain(cell) for cell in cells), strict=False))
        state = by_file or _state(name, number, row, form)
        first = row.get(form.first_name, "")
        last = row.get(form.last_name, "")
        full = row.get(form.full_name, "") or f"{first} {last}".strip()
        detail = "; ".join(f"{key} {row[key]}" for key in form.evidence if row.get(key))
        yield SubscriberRow(number, row.get(form.address, ""), full, first, state, detail)


def _state(name: str, line: int, row: Mapping[str, str], form: ExportFormat) -> SubscriberState:
    if not form.state:
        return "active"
    value = row.get(form.state, "").lower()
    if value not in form.states:
        raise NewsletterError(
            f"Unknown {form.state} {quoted(value)} in a {form.name} file",
            where=Location(name, line),
            hint=f"Use one of these: {', '.join(filter(None, form.states))}.",
        )
    return form.states[value]


def _state_of_file(name: str) -> SubscriberState:
    lower = name.lower()
    return next((state for mark, state in _BY_FILE if mark in lower), "active")


_FORMULA = ("=", "+", "-", "@")


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that stops spreadsheets from evaluating it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def write_export(subscribers: Iterable[Subscriber]) -> Iterator[str]:
    """Yield CSV lines that `read_export` can read; no cell is a spreadsheet formula."""
    yield "address,name,first_name,state\r\n"
    for subscriber in subscribers:
        line = io.StringIO()
        cells = (subscriber.address, subscriber.name, subscriber.first_name, subscriber.state)
        csv.writer(line).writerow(_without_formula(cell) for cell in cells)
        yield line.getvalue()


def _without_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
