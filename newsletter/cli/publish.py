"""`newsletter publish`."""

from __future__ import annotations

import click

from newsletter import receipts
from newsletter.build import build
from newsletter.cache import Cache
from newsletter.cli.issues import here, issue_argument, open_workspace
from newsletter.model import Email, Plan
from newsletter.output import write_folder
from newsletter.targets import Target, open_targets
from newsletter.targets.folder import digest
from newsletter.workspace import select


@click.command("publish")
@issue_argument(required=False)
@click.option("--to", "names", multiple=True, metavar="TARGET", help="Deliver to this target only; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "json_", is_flag=True, help="Print what was done as JSON.")
def command(issue: str | None, names: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Check an issue, build it, deliver it to its targets and write the receipt.

    Safe to repeat: a target that holds these very bytes is left alone, and the receipt says so already.
    """
    workspace = open_workspace()
    folder = select(workspace, issue, here())
    targets = open_targets(workspace, names)
    kept = receipts.read_receipts(folder, workspace.shown(folder))
    email = build(workspace, folder, Cache(workspace.state / "cache"))
    if dry_run:
        plans = [target.plan(email) for target in targets]
        _print_plans(email, plans, json_=json_)
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
        receipts.add_receipts(folder, kept, delivered, email.subject)
    if json_:
        import json

        rows = [
            {"target": receipt.target, "place": receipt.place, "sha256": receipt.digest, "changed": changed}
            for receipt, changed in done
        ]
        click.echo(
            json.dumps({"slug": email.slug, "subject": email.subject, "targets": rows}, ensure_ascii=False, indent=2)
        )
        return
    click.echo(f"{email.subject}")
    for receipt, changed in done:
        note = "published" if changed else "published before, unchanged"
        click.echo(f"  {receipt.target}: {note} -> {receipt.place}/")


def _needed(target: Target, email: Email, kept: list[dict[str, object]]) -> bool:
    """Tell whether a target lacks these bytes, or holds them without a receipt."""
    plan = target.plan(email)
    last = receipts.last(kept, plan.target)
    return plan.changes or last is None or last["sha256"] != digest(email)


def _print_plans(email: Email, plans: list[Plan], *, json_: bool) -> None:
    if json_:
        import json

        rows = [{"target": plan.target, "changes": plan.changes, "steps": list(plan.steps)} for plan in plans]
        click.echo(
            json.dumps({"slug": email.slug, "subject": email.subject, "targets": rows}, ensure_ascii=False, indent=2)
        )
        return
    click.echo(email.subject)
    for plan in plans:
        click.echo(f"  {plan.target}: " + ("would" if plan.changes else "holds these bytes already"))
        for step in plan.steps:
            click.echo(f"    {step}")
