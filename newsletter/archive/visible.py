"""Which issues may be seen: those with a receipt and, where required, with approvals of these very bytes."""

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
    """What is known of an issue before it is read."""

    folder: Path
    published: bool
    receipts: tuple[str, ...]  # digests, the latest last


def published_state(workspace: Workspace, folder: Path) -> PublishedState:
    """Return whether an issue was published. Raises `NewsletterError` where its receipts are damaged."""
    receipts = read_receipts(folder, workspace.display_path(folder))
    digests = tuple(receipt["sha256"] for receipt in receipts)
    before = workspace.archive.published_before
    elsewhere = before is not None and folder.name[:10] < before.isoformat()
    return PublishedState(folder, bool(receipts) or elsewhere, digests)


def today() -> dt.date:
    """Return today's date, or that of SOURCE_DATE_EPOCH (reproducible-builds.org), in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()
    return dt.datetime.now(dt.UTC).date()


def future_issues(
    summaries: Iterable[IssueSummary], now: dt.date
) -> tuple[tuple[IssueSummary, ...], tuple[Finding, ...]]:
    """Return the summaries whose day has come, and findings for those whose has not."""
    kept, findings = [], []
    for summary in summaries:
        if summary.draft or summary.date <= now:
            kept.append(summary)
            continue
        message = f"Date in the future: {summary.date}; the issue is left out"
        hint = "Correct the date, or build the archive again on that day."
        findings.append(FUTURE_DATE.finding(place_of(summary), message, hint))
    return tuple(kept), tuple(findings)


def approval_error(workspace: Workspace, folder: Path) -> NewsletterError | None:
    """Return what lacks an approval the settings require; `None` where nothing does.

    The email is built for this, because approvals are of its bytes.
    """
    if not workspace.approval.required:
        return None
    from newsletter.files.cache import BuildCache
    from newsletter.pipeline.build import make, read
    from newsletter.review.approvals import refuse_unapproved

    shelf = BuildCache(workspace.state / "cache")
    try:
        loaded = read(workspace, folder, shelf)
        if loaded.issue is not None and loaded.sound:
            refuse_unapproved(workspace, folder, loaded.issue, make(workspace, loaded, shelf))
    except NewsletterError as error:
        return error
    return None
