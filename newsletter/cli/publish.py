"""`newsletter publish`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from newsletter.check.registry import catalogue, find_entry, near_miss
from newsletter.check.select import SelectionStack
from newsletter.cli.completion import complete_rules, complete_target
from newsletter.cli.delivering import confirm_delivery, deliver, delivered_line, delivered_row
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.report import show_findings
from newsletter.cli.waiting import published_everywhere, show_date
from newsletter.diagnostics import FOUND_LOADING
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.files.cache import RECEIPTS
from newsletter.files.output import write_folder
from newsletter.files.quotation import quoted
from newsletter.model import Email, Plan, RuleSelection, Severity
from newsletter.pipeline.check_batch import check_issue
from newsletter.pipeline.validate import ValidatedIssue
from newsletter.render.digest import reader_digest
from newsletter.targets import open_targets, receipts
from newsletter.targets.folder import FolderTarget, digest
from newsletter.targets.preflight import refuse_placeholders
from newsletter.workspace import Workspace, select_one


@click.command("publish")
@issue_argument(required=False)
@click.option(
    "--to",
    "names",
    multiple=True,
    metavar="TARGET",
    shell_complete=complete_target,
    help="Deliver to this target only; may be repeated.",
)
@click.option(
    "--allow",
    "allow",
    multiple=True,
    metavar="'CODE: REASON'",
    shell_complete=complete_rules,
    help="Publish despite this error; the reason is recorded in the receipt.",
)
@click.option(
    "--overwrite", is_flag=True, help="Replace edits made in a service since the last publish."
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation before creating drafts.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; open no connection.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    issue: str | None,
    names: tuple[str, ...],
    allow: tuple[str, ...],
    overwrite: bool,
    yes: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """Check an issue, build it, deliver it to its targets and write the receipt.

    A service that sends email gets a draft, which a person releases there; publish never sends.
    Without ISSUE: the issue in the current directory, or the only one not yet published.

    An issue with errors is not published. Errors recorded in the baseline of the settings are
    ignored. Safe to repeat: a target that holds the same content is not changed.
    """
    workspace = current_workspace()
    targets = open_targets(workspace, names, overwrite=overwrite)
    folder = select_one(workspace, issue, here(), published_everywhere(workspace, names))
    show_date(folder)
    earlier = receipts.read_receipts(folder, workspace.display_path(folder))
    sends = any(not isinstance(target, FolderTarget) for target in targets)
    checked, allowed = _checked(workspace, folder, _reasons(allow), sends=sends)
    if sends:
        refuse_placeholders(workspace, folder)
    email = checked.email
    assert email is not None, "an issue without an email was rejected"
    _refuse_unapproved(workspace, folder, checked)
    plans = [target.plan(email) for target in targets]
    if dry_run:
        reader = reader_digest(email, workspace.publication)
        plans = [_with_receipt(plan, email, earlier, reader) for plan in plans]
        _print_plans(email, plans, allowed, json_=json_)
        return
    confirm_delivery(email, folder.name[:10], targets, yes=yes)
    write_folder(workspace.dist / email.slug, email.files())
    done = [deliver(workspace, folder, checked, target, allowed) for target in targets]
    if json_:
        import json

        rows = [delivered_row(receipt, changed=changed) for receipt, changed in done]
        click.echo(
            json.dumps(_row(email, allowed) | {"targets": rows}, ensure_ascii=False, indent=2)
        )
        return
    _print_subject(email, allowed)
    for receipt, changed in done:
        click.echo(delivered_line(receipt, changed=changed))


def _reasons(allow: tuple[str, ...]) -> dict[str, str]:
    """Return code -> reason."""
    reasons = {}
    for words in allow:
        word, _, reason = (part.strip() for part in words.partition(":"))
        entry = find_entry(word)
        if entry is None:
            raise WrongUsage(f"Unknown rule {quoted(word)} for --allow", hint=near_miss(word))
        code = entry.code
        if code in FOUND_LOADING:
            hint = "Fix the issue; `newsletter check` lists the errors."
            raise WrongUsage(
                f"{code} blocks the build and cannot be allowed",
                hint=hint,
            )
        if not reason:
            raise WrongUsage(
                f"No reason given for --allow {code}",
                hint=f"Add one, as in `--allow '{code}: the agency asked for it'`.",
            )
        reasons[code] = reason
    return reasons


def _checked(
    workspace: Workspace, folder: Path, reasons: dict[str, str], *, sends: bool
) -> tuple[ValidatedIssue, dict[str, str]]:
    """Return a checked issue without errors, and the reasons that were needed to allow it.

    `sends` is whether a target can send the email. Raises `IssueRejected` with all findings.
    """
    severity: dict[str, Severity | Literal["information"]] = dict.fromkeys(reasons, "warning")
    if not sends:
        severity.setdefault("NL926", "info")  # placeholders in the settings reach no reader
    checked = check_issue(workspace, folder, RuleSelection(severity=severity))
    reported = tuple(finding for finding in checked.findings if finding.severity != "info")
    if checked.failed or checked.email is None:
        raise IssueRejected(folder.name, reported)
    show_findings(reported)
    needed = _stopping(workspace, checked)
    for code in reasons:
        if code not in needed:
            click.echo(f"--allow {code} was not needed: the issue has no such error", err=True)
    return checked, {code: reason for code, reason in reasons.items() if code in needed}


def _refuse_unapproved(workspace: Workspace, folder: Path, checked: ValidatedIssue) -> None:
    """Raise `NewsletterError` if a required approval or the commit to record is missing."""
    from newsletter.review.approvals import refuse_unapproved
    from newsletter.review.sent import refuse_uncommitted

    issue, email = checked.loaded.issue, checked.email
    assert issue is not None, "there is an email of it"
    assert email is not None, "an issue without an email was rejected"
    refuse_unapproved(workspace, folder, issue, email)
    refuse_uncommitted(workspace, folder)


def _stopping(workspace: Workspace, checked: ValidatedIssue) -> set[str]:
    """Return the codes of the errors that would block the issue if none were allowed."""
    own = SelectionStack.of_settings(workspace)
    if checked.loaded.issue:
        own = own.merged_with(checked.loaded.issue.choice)
    codes = {finding.code for finding in checked.findings}
    return {code for code in codes if own.severity(code, catalogue()[code].severity) == "error"}


def _with_receipt(plan: Plan, email: Email, earlier: list[dict[str, object]], reader: str) -> Plan:
    """Return a plan that includes writing a receipt for a delivery not yet recorded.

    That is the case if a target already has the bytes, but there is no receipt.
    """
    last = receipts.last(earlier, plan.target)
    if plan.changes or receipts.is_of(last, digest(email), reader):
        return plan
    return Plan(plan.target, (f"write the receipt into {RECEIPTS}",))


def _row(email: Email, allowed: dict[str, str]) -> dict[str, object]:
    passed = [{"code": code, "reason": reason} for code, reason in sorted(allowed.items())]
    return {"slug": email.slug, "subject": email.subject, "allowed": passed}


def _print_subject(email: Email, allowed: dict[str, str]) -> None:
    click.echo(email.subject)
    for code, reason in sorted(allowed.items()):
        click.echo(f"  allowed: {code} {catalogue()[code].name}: {reason}")


def _print_plans(email: Email, plans: list[Plan], allowed: dict[str, str], *, json_: bool) -> None:
    if json_:
        import json

        rows = [
            {
                "target": plan.target,
                "changes": plan.changes,
                "steps": list(plan.steps),
                **({"notes": list(plan.notes)} if plan.notes else {}),
            }
            for plan in plans
        ]
        click.echo(
            json.dumps(_row(email, allowed) | {"targets": rows}, ensure_ascii=False, indent=2)
        )
        return
    _print_subject(email, allowed)
    for plan in plans:
        click.echo(f"  {plan.target}: " + ("planned" if plan.changes else "up to date"))
        for step in plan.steps:
            click.echo(f"    {step}")
        for note in plan.notes:
            click.echo(f"    note: {note}")
