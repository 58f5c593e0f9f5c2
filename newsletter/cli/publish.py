"""`newsletter publish`."""

from __future__ import annotations

from pathlib import Path

import click

from newsletter.check.registry import catalogue, find_entry, near_miss
from newsletter.check.select import SelectionStack
from newsletter.cli.issue_argument import here, issue_argument, open_workspace
from newsletter.cli.report import show_findings
from newsletter.diagnostics import FOUND_LOADING
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.files.cache import RECEIPTS
from newsletter.files.output import write_folder
from newsletter.model import Email, Plan, RuleSelection
from newsletter.pipeline.check_batch import check_issue
from newsletter.pipeline.validate import ValidatedIssue
from newsletter.render.digest import reader_digest
from newsletter.targets import Target, open_targets, receipts
from newsletter.targets.folder import digest
from newsletter.workspace import Workspace, select


@click.command("publish")
@issue_argument(required=False)
@click.option(
    "--to",
    "names",
    multiple=True,
    metavar="TARGET",
    help="Deliver to this target only; may be repeated.",
)
@click.option(
    "--allow",
    "allow",
    multiple=True,
    metavar="'CODE: REASON'",
    help="Let one error pass; the receipt says why.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "json_", is_flag=True, help="Print what was done as JSON.")
def command(
    issue: str | None, names: tuple[str, ...], allow: tuple[str, ...], dry_run: bool, json_: bool
) -> None:
    """Check an issue, build it, deliver it to its targets and write the receipt.

    An issue with errors is not published, and all of them are told. What the settings' baseline knows stops nothing.

    Safe to repeat: a target that holds these very bytes is left alone, and the receipt says so already.
    """
    workspace = open_workspace()
    folder = select(workspace, issue, here())
    targets = open_targets(workspace, names)
    kept = receipts.read_receipts(folder, workspace.display_path(folder))
    checked, allowed = _checked(workspace, folder, _reasons(allow))
    email = checked.email
    assert email is not None, "an issue without an email was rejected"
    _refuse_unapproved(workspace, folder, checked)
    if dry_run:
        plans = [_with_receipt(target.plan(email), email, kept) for target in targets]
        _print_plans(email, plans, allowed, json_=json_)
        return
    write_folder(workspace.dist / email.slug, email.files())
    done, delivered = [], []
    for target in targets:
        changes = _needed(target, email, kept)
        receipt = target.deliver(email)
        done.append((receipt, changes))
        if changes:
            delivered.append(receipt)
    if delivered:
        from newsletter.review.sent import keep_sent

        keep_sent(workspace, folder, email, checked.findings)
        receipts.add_receipts(
            folder,
            kept,
            delivered,
            email.subject,
            allowed,
            reader=reader_digest(email, workspace.publication),
        )
    if json_:
        import json

        rows = [
            {
                "target": receipt.target,
                "place": receipt.place,
                "sha256": receipt.digest,
                "changed": changed,
            }
            for receipt, changed in done
        ]
        click.echo(
            json.dumps(_row(email, allowed) | {"targets": rows}, ensure_ascii=False, indent=2)
        )
        return
    _print_subject(email, allowed)
    for receipt, changed in done:
        note = "published" if changed else "published before, unchanged"
        click.echo(f"  {receipt.target}: {note} -> {receipt.place}/")


def _reasons(allow: tuple[str, ...]) -> dict[str, str]:
    """Return code -> reason."""
    reasons = {}
    for words in allow:
        word, _, reason = (part.strip() for part in words.partition(":"))
        entry = find_entry(word)
        if entry is None:
            raise WrongUsage(
                f"--allow: no rule has the code or name {word!r}", hint=near_miss(word)
            )
        code = entry.code
        if code in FOUND_LOADING:
            hint = "Mend the issue: newsletter check says where."
            raise WrongUsage(
                f"--allow: {code} keeps an issue from being a mail and cannot be let pass",
                hint=hint,
            )
        if not reason:
            raise WrongUsage(
                f"--allow {code}: say why",
                hint=f"Such as --allow '{code}: the agency asked for it'.",
            )
        reasons[code] = reason
    return reasons


def _checked(
    workspace: Workspace, folder: Path, reasons: dict[str, str]
) -> tuple[ValidatedIssue, dict[str, str]]:
    """Return an issue without errors as it was checked, and which of the reasons were needed for that.

    Raises `IssueRejected` with everything that was found.
    """
    found = check_issue(
        workspace, folder, RuleSelection(severity=dict.fromkeys(reasons, "warning"))
    )
    told = tuple(finding for finding in found.findings if finding.severity != "info")
    if found.failed or found.email is None:
        raise IssueRejected(folder.name, told)
    show_findings(told)
    needed = _stopping(workspace, found)
    for code in reasons:
        if code not in needed:
            click.echo(f"--allow {code} was not needed: no such error stands in the way", err=True)
    return found, {code: reason for code, reason in reasons.items() if code in needed}


def _refuse_unapproved(workspace: Workspace, folder: Path, checked: ValidatedIssue) -> None:
    """Raise `NewsletterError` where a required approval or the commit to keep is missing."""
    from newsletter.review.approvals import refuse_unapproved
    from newsletter.review.sent import refuse_uncommitted

    issue, email = checked.loaded.issue, checked.email
    assert issue is not None, "there is an email of it"
    assert email is not None, "an issue without an email was rejected"
    refuse_unapproved(workspace, folder, issue, email)
    refuse_uncommitted(workspace, folder)


def _stopping(workspace: Workspace, found: ValidatedIssue) -> set[str]:
    """Return the codes of what would have stopped an issue, had nothing been let pass."""
    own = SelectionStack.of_settings(workspace)
    if found.loaded.issue:
        own = own.merged_with(found.loaded.issue.choice)
    codes = {finding.code for finding in found.findings}
    return {code for code in codes if own.severity(code, catalogue()[code].severity) == "error"}


def _needed(target: Target, email: Email, kept: list[dict[str, object]]) -> bool:
    """Tell whether a target lacks these bytes, or holds them without a receipt."""
    plan = target.plan(email)
    last = receipts.last(kept, plan.target)
    return plan.changes or last is None or last["sha256"] != digest(email)


def _with_receipt(plan: Plan, email: Email, kept: list[dict[str, object]]) -> Plan:
    """Return a plan that also tells of the receipt, where a target holds the bytes and nobody wrote that down."""
    last = receipts.last(kept, plan.target)
    if plan.changes or (last is not None and last["sha256"] == digest(email)):
        return plan
    return Plan(plan.target, (f"write the receipt into {RECEIPTS}",))


def _row(email: Email, allowed: dict[str, str]) -> dict[str, object]:
    passed = [{"code": code, "reason": reason} for code, reason in sorted(allowed.items())]
    return {"slug": email.slug, "subject": email.subject, "allowed": passed}


def _print_subject(email: Email, allowed: dict[str, str]) -> None:
    click.echo(email.subject)
    for code, reason in sorted(allowed.items()):
        click.echo(f"  let pass: {code} {catalogue()[code].name}: {reason}")


def _print_plans(email: Email, plans: list[Plan], allowed: dict[str, str], *, json_: bool) -> None:
    if json_:
        import json

        rows = [
            {"target": plan.target, "changes": plan.changes, "steps": list(plan.steps)}
            for plan in plans
        ]
        click.echo(
            json.dumps(_row(email, allowed) | {"targets": rows}, ensure_ascii=False, indent=2)
        )
        return
    _print_subject(email, allowed)
    for plan in plans:
        click.echo(
            f"  {plan.target}: " + ("would" if plan.changes else "holds these bytes already")
        )
        for step in plan.steps:
            click.echo(f"    {step}")
