"""Which issues are visible: those with a receipt and, if required, approvals of the same bytes."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from newsletter.archive.summary import IssueSummary, place_of
from newsletter.diagnostics import FUTURE_DATE
from newsletter.errors import NewsletterError
from newsletter.model import Finding
from newsletter.targets.receipts import read_receipts
from newsletter.workspace import Workspace


class PublishedState(Struct, frozen=True):
    """The publication state of an issue, known before it is read."""

    folder: Path
    published: bool
    receipts: tuple[str, ...]  # digests, latest last


def published_state(workspace: Workspace, folder: Path) -> PublishedState:
    """Return whether an issue was published.

    Raises `NewsletterError` if its receipts are damaged.
    """
    receipts = read_receipts(folder, workspace.display_path(folder))
    digests = tuple(receipt["sha256"] for receipt in receipts)
    before = workspace.archive.published_before
    elsewhere = before is not None and folder.name[:10] < before.isoformat()
    return PublishedState(folder, bool(receipts) or elsewhere, digests)


def today() -> dt.date:
    """Return the current date, or that of SOURCE_DATE_EPOCH (reproducible-builds.org), in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()
    return dt.datetime.now(dt.UTC).date()


def future_issues(
    summaries: Iterable[IssueSummary], now: dt.date
) -> tuple[tuple[IssueSummary, ...], tuple[Finding, ...]]:
    """Return summaries dated today or earlier, and findings for those in the future."""
    current, findings = [], []
    for summary in summaries:
        if summary.draft or summary.date <= now:
            current.append(summary)
            continue
        message = f"Date in the future: {summary.date}; the issue is left out"
        hint = "Correct the date, or build the archive again on that day."
        findings.append(FUTURE_DATE.finding(place_of(summary), message, hint))
    return tuple(current), tuple(findings)


def approval_error(workspace: Workspace, folder: Path) -> NewsletterError | None:
    """Return an error for a missing required approval, otherwise `None`.

    This builds the email, because approvals apply to its bytes.
    """
    if not workspace.approval.required:
        return None
    from newsletter.files.cache import BuildCache
    from newsletter.pipeline.build import make, read
    from newsletter.review.approvals import refuse_unapproved

    blobs = BuildCache(workspace.state / "cache")
    try:
        loaded = read(workspace, folder, blobs)
        if loaded.issue is not None and loaded.sound:
            refuse_unapproved(workspace, folder, loaded.issue, make(workspace, loaded, blobs))
    except NewsletterError as error:
        return error
    return None
