"""The record between runs: issues as they were read, files as they were written."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
from msgspec import Struct, field

from newsletter.archive.site_writer import WrittenFile
from newsletter.archive.summary import IssueSummary
from newsletter.errors import NewsletterError
from newsletter.files.output import write_file
from newsletter.model import Finding


class KnownIssue(Struct, frozen=True, array_like=True):
    """The record of one issue."""

    inputs: list[list[str | int]]
    when: int  # ns: when the inputs were read
    content: str  # digest of the inputs' bytes
    draft: bool
    summary: IssueSummary
    findings: tuple[Finding, ...] = ()


class KnownPage(Struct, frozen=True, array_like=True):
    """The files of one plan, as they were written."""

    key: str
    files: tuple[WrittenFile, ...]


class SiteRecord(Struct, frozen=True):
    """The state passed from one run to the next; losing it only costs time."""

    shared: str = ""
    issues: dict[str, KnownIssue] = field(default_factory=dict)
    pages: dict[str, KnownPage] = field(default_factory=dict)


def read_record(path: Path, shared: str) -> SiteRecord:
    """Return the record of the last run, or an empty one if it is missing or of another version."""
    try:
        record = msgspec.msgpack.decode(path.read_bytes(), type=SiteRecord)
    except (OSError, msgspec.MsgspecError):
        return SiteRecord()
    # Settings changed: every issue is read again; pages have keys of their own.
    return record if record.shared == shared else SiteRecord(shared, {}, record.pages)


def write_record(path: Path, record: SiteRecord) -> None:
    """Store a record; a failed write only costs the next run time."""
    with contextlib.suppress(NewsletterError):
        write_file(path, msgspec.msgpack.encode(record))
