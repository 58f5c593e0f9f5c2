"""`newsletter status`."""

from __future__ import annotations

import sys
from typing import Any

import click

from newsletter.cli.completion import complete_target
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.waiting import show_date
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.cache import BuildCache
from newsletter.model import Email, Issue
from newsletter.pipeline.build import make, read
from newsletter.targets import Target, open_targets
from newsletter.targets.service_draft import TargetStatus
from newsletter.workspace import Workspace, select

WORDS = {
    "absent": "absent",
    "same": "draft, same as the issue",
    "older": "draft, older than the issue",
    "edited": "draft, edited there",
    "scheduled": "scheduled",
    "sent": "sent",
    "ambiguous": "several emails for this issue",
    "unknown": "unknown",
}


@click.command("status")
@issue_argument(required=False)
@click.option(
    "--to",
    "names",
    multiple=True,
    metavar="TARGET",
    shell_complete=complete_target,
    help="Query this target only; may be repeated.",
)
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(issue: str | None, names: tuple[str, ...], json_: bool) -> None:
    """Show what each target holds for an issue: absent, draft, scheduled or sent.

    A draft is the same as the issue, older than it, or was edited in the service; an edit is shown
    as a diff. Where approvals are required, who approved and who is missing is shown too. Makes no
    changes.
    """
    workspace = current_workspace()
    folder = select(workspace, issue, here())
    show_date(folder)
    cache = BuildCache(workspace.state / "cache")
    loaded = read(workspace, folder, cache)
    email = make(workspace, loaded, cache)
    assert loaded.issue is not None, "an issue that cannot be read was rejected"
    approval_text, approvals = _approvals(workspace, loaded.issue, email)
    failed = False
    rows: list[tuple[TargetStatus, str]] = []
    for target in open_targets(workspace, names):
        status, problem = _status_of(target, email)
        failed = failed or bool(problem)
        rows.append((status, problem))
    if json_:
        import msgspec

        data = [
            {**msgspec.structs.asdict(status), **({"error": problem} if problem else {})}
            for status, problem in rows
        ]
        row = {"slug": email.slug, "subject": email.subject, **approvals, "targets": data}
        click.echo(msgspec.json.format(msgspec.json.encode(row), indent=2).decode())
    else:
        click.echo(f"{email.slug}  {email.subject}")
        if approval_text:
            click.echo(f"  approvals: {approval_text}")
        for status, problem in rows:
            _show(status, problem)
    if failed:
        sys.exit(1)


def _approvals(workspace: Workspace, issue: Issue, email: Email) -> tuple[str, dict[str, Any]]:
    """Return the approvals of an email as text and for JSON; nothing where none are required.

    A published issue has them too: publishing it again needs them.
    """
    if not workspace.approval.required:
        return "", {}
    from newsletter.render.digest import reader_digest
    from newsletter.review.state import approvals_row, state_of_approvals

    state = state_of_approvals(workspace, issue, reader_digest(email, workspace.publication))
    assert state.approvals is not None, "approvals were read"
    return state.approval_text, {"approvals": approvals_row(issue, state.approvals)}


def _status_of(target: Target, email: Email) -> tuple[TargetStatus, str]:
    """Return a target's status, and the reason if it is unknown."""
    name = str(getattr(target, "name", "target"))
    status = getattr(target, "status", None)
    if status is None:
        return TargetStatus(name, type(target).__name__, "unknown"), ""
    try:
        target_status: TargetStatus = status(email)
    except IssueRejected as error:
        return _unknown(target, name), "; ".join(finding.message for finding in error.findings)
    except NewsletterError as error:
        hint = f" {error.hint}" if error.hint else ""
        return _unknown(target, name), f"{error.message}.{hint}"
    return target_status, ""


def _unknown(target: Target, name: str) -> TargetStatus:
    service = getattr(target, "service", None)
    return TargetStatus(name, str(getattr(service, "type", "")), "unknown")


def _show(status: TargetStatus, problem: str) -> None:
    words = WORDS[status.state]
    if status.date and status.state in ("scheduled", "sent"):
        words += f" ({status.date})"
    if status.differs and status.state in ("older", "edited"):
        words += f" ({', '.join(status.differs)})"
    place = f" -> {status.place}" if status.place else ""
    click.echo(f"  {status.target}: {words}{place}")
    if problem:
        click.echo(f"    {problem}", err=True)
    for line in status.diff.splitlines():
        click.echo(f"    {line}")
