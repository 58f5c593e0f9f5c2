"""`newsletter approve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.check.formats import pluralize
from newsletter.cli.completion import complete_role
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.json_output import print_json
from newsletter.cli.report import show_findings
from newsletter.errors import IssueRejected
from newsletter.workspace import Workspace, select_one

if TYPE_CHECKING:
    from newsletter.model import Issue
    from newsletter.pipeline.validate import ValidatedIssue
    from newsletter.review.approval_records import Approval, ApprovalState


@click.command("approve")
@issue_argument(required=False)
@click.option(
    "--role",
    required=True,
    metavar="ROLE",
    shell_complete=complete_role,
    help="The role to approve in.",
)
@click.option(
    "--sign/--no-sign",
    "signed",
    default=None,
    help="Sign with git's SSH key; the default if your key is in allowed_signers.",
)
@click.option("--withdraw", is_flag=True, help="Withdraw your approval in this role.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(issue: str | None, role: str, signed: bool | None, withdraw: bool, json_: bool) -> None:
    """Approve an issue: exactly the bytes a reader would get now, with the findings that remain.

    You are identified by git's user.email, which must belong to a person in the masthead. Any later
    change of the email voids the approval. Commit the files in approvals/ to share them.
    """
    from newsletter.review import approval_records

    workspace = current_workspace()
    folder = select_one(workspace, issue, here(), _is_published)
    checked = _checked(workspace, folder, needs_email=not withdraw)
    loaded = checked.loaded.issue
    assert loaded is not None, "an issue that cannot be read was rejected"
    if withdraw:
        person = approval_records.withdraw(workspace, loaded, role)
        _print_withdrawn(folder.name, role, person.name, json_=json_)
        return
    assert checked.email is not None, "an issue without an email was rejected"
    show_findings(finding for finding in checked.findings if finding.severity != "info")
    approval = approval_records.approve(
        workspace, loaded, checked.email, role, findings=checked.findings, signed=signed
    )
    state = approval_records.approval_state(workspace, loaded, approval.digest)
    if json_:
        _print_json(approval, state)
    else:
        _print_approval(workspace, loaded, approval, state)


def _is_published(folder: Path) -> bool:
    return (folder / "published.json").exists()


def _checked(workspace: Workspace, folder: Path, *, needs_email: bool) -> ValidatedIssue:
    """Return a checked issue. Raises `IssueRejected` if it has errors and must have none."""
    from newsletter.pipeline.check_batch import check_issue

    checked = check_issue(workspace, folder)
    if checked.loaded.issue is None or (needs_email and (checked.failed or not checked.email)):
        raise IssueRejected(folder.name, checked.findings)
    return checked


def _print_withdrawn(slug: str, role: str, name: str, *, json_: bool) -> None:
    if json_:
        row = {"slug": slug, "role": role, "withdrawn": True}
        print_json(row)
        return
    click.echo(f"{slug}: approval as {role} by {name} withdrawn")


def _print_json(approval: Approval, state: ApprovalState) -> None:

    row = {
        "slug": approval.slug,
        "role": approval.role,
        "person": approval.person,
        "at": approval.at.isoformat(),
        "digest": approval.digest,
        "signed": approval.signature is not None,
        "findings": len(approval.findings),
        "missing": list(state.missing),
        "complete": state.complete,
    }
    print_json(row)


def _print_approval(
    workspace: Workspace, issue: Issue, approval: Approval, state: ApprovalState
) -> None:
    person = issue.masthead.people[approval.person]
    signed = ", signed" if approval.signature else ""
    click.echo(f"{issue.slug}: approved as {approval.role} by {person.name}{signed}")
    click.echo(f"  subject: {issue.subject}")
    click.echo(f"  digest: {approval.digest}")
    if approval.findings:
        click.echo(f"  findings accepted: {pluralize(len(approval.findings), 'finding')}")
    if state.one_person:
        click.echo("  still missing: an approval by a second person")
    elif state.missing:
        click.echo(f"  still missing: {', '.join(state.missing)}")
    else:
        click.echo("  all required approvals are given")
    click.echo(f"Commit {workspace.display_path(approval.path.parent)}/ to share it.", err=True)
