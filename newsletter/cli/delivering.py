"""Deliver to targets: ask for confirmation for services, deliver, write the receipt at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from newsletter.cli.report import show_findings
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.output import locked
from newsletter.model import Email, Receipt
from newsletter.pipeline.validate import ValidatedIssue
from newsletter.render.digest import reader_digest
from newsletter.targets import Target, receipts
from newsletter.targets.folder import digest
from newsletter.targets.service_draft import TargetStatus
from newsletter.workspace import Workspace

CHANGES = {
    "absent": "create a draft",
    "older": "update the draft: {differs}",
    "edited": "replace the draft, which was edited there: {differs}",
    "same": "nothing, the draft is the same",
}


def deliver(
    workspace: Workspace,
    folder: Path,
    checked: ValidatedIssue,
    target: Target,
    allowed: Mapping[str, str],
) -> tuple[Receipt, bool]:
    """Deliver to one target, store a copy and write the receipt; return whether it changed.

    Concurrent runs are serialised: the second one finds the delivery of the first.
    """
    with locked(folder):
        receipt, changed = _deliver(workspace, folder, checked, target, allowed)
    show_findings(receipt.findings)
    for note in receipt.notes:
        click.echo(f"note: {receipt.target}: {note}", err=True)
    return receipt, changed


def _deliver(
    workspace: Workspace,
    folder: Path,
    checked: ValidatedIssue,
    target: Target,
    allowed: Mapping[str, str],
) -> tuple[Receipt, bool]:
    from newsletter.review.sent import keep_sent

    email = checked.email
    assert email is not None, "an issue without an email was rejected"
    written = receipts.read_receipts(folder, workspace.display_path(folder))
    plan = target.plan(email)
    receipt = target.deliver(email)
    last = receipts.last(written, plan.target)
    reader = reader_digest(email, workspace.publication)
    if receipt.action is None:
        changed = plan.changes or not receipts.is_of(last, digest(email), reader)
    else:
        recorded = last is not None and last.get("id") == receipt.details.get("id")
        changed = receipt.action != "unchanged" or not recorded
    if changed:
        keep_sent(workspace, folder, email, checked.findings)
        receipts.add_receipts(
            folder, written, (receipt,), email.subject, allowed=allowed, reader=reader
        )
    return receipt, changed


def confirm_delivery(email: Email, date: str, targets: Sequence[Target], *, yes: bool) -> None:
    """Show what a service would receive and ask for confirmation.

    Raises `WrongUsage` without a terminal.
    """
    unconfirmed = [target for target in targets if getattr(target, "needs_confirmation", False)]
    if yes or not unconfirmed:
        return
    if not sys.stdin.isatty():
        names = ", ".join(str(getattr(target, "name", "?")) for target in unconfirmed)
        raise WrongUsage(f"Confirmation needed to publish to {names}", hint="Add --yes.")
    for target in unconfirmed:
        status: TargetStatus = target.status(email)  # type: ignore[attr-defined]
        click.echo(email.subject, err=True)
        click.echo(f"  date:   {date}", err=True)
        click.echo(f"  target: {status.target} ({status.type}) {status.place}".rstrip(), err=True)
        click.echo(f"  change: {_change(status)}", err=True)
        if not click.confirm("Publish?", err=True):
            raise NewsletterError("Nothing was published")


def _change(status: TargetStatus) -> str:
    change = CHANGES.get(status.state, f"none possible: {status.state}")
    return change.format(differs=", ".join(status.differs))


def delivered_row(receipt: Receipt, *, changed: bool) -> dict[str, Any]:
    """Return a delivery for `--json`."""
    row: dict[str, Any] = {
        "target": receipt.target,
        "place": receipt.place,
        "sha256": receipt.digest,
        "changed": changed,
    }
    if receipt.action is not None:
        row |= {
            "action": receipt.action,
            "id": receipt.details.get("id"),
            "notes": list(receipt.notes),
            "differences": [finding.message for finding in receipt.findings],
        }
    return row


def delivered_line(receipt: Receipt, *, changed: bool) -> str:
    """Return a delivery as a line of text."""
    if receipt.action is None:
        note = "published" if changed else "published before, unchanged"
        return f"  {receipt.target}: {note} -> {receipt.place}/"
    notes = {
        "created": "draft created",
        "updated": "draft updated",
        "unchanged": "draft unchanged",
    }
    return f"  {receipt.target}: {notes[receipt.action]} -> {receipt.place}"
