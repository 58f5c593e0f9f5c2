"""`newsletter bounces`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newsletter.cli.file_argument import named_folder
from newsletter.cli.issue_argument import current_workspace, here
from newsletter.errors import WrongUsage


@click.command("bounces")
@click.option(
    "--mailbox",
    metavar="PLACE",
    help="A Maildir, or imaps://user@host/INBOX; [send] bounce_mailbox by default.",
)
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(mailbox: str | None, json_: bool) -> None:
    """Read returned emails and complaints, and suppress the addresses that are gone.

    Only reports with a signature of ours are used, because others can be forged. Reading the same
    mailbox twice changes nothing.
    """
    from newsletter.send.bounces import BounceRegister
    from newsletter.send.mailbox import open_mailbox
    from newsletter.send.sending import open_services
    from newsletter.send.storage import require

    require("flufl.bounce")
    workspace = current_workspace()
    address = mailbox or workspace.send.bounce_mailbox
    if address is None:
        raise WrongUsage(
            "No mailbox given",
            hint="Set [send] bounce_mailbox, or add --mailbox with a Maildir or "
            "imaps://user@host/INBOX.",
        )
    if mailbox and "://" not in mailbox:
        named_folder(Path(mailbox).expanduser(), hint="Name a Maildir or imaps://user@host/INBOX.")
    box = open_mailbox(address, here() if mailbox else workspace.root)
    with open_services(workspace) as services:
        register = BounceRegister(services.subscribers, workspace.send.soft_bounces)
        result = register.read(box, workspace.send.bounce_address)
    if json_:
        row = {
            "read": result.read,
            "new": dict(sorted(result.kinds.items())),
            "known": result.known,
            "other": result.other,
            "suppressed": result.suppressed,
        }
        click.echo(json.dumps(row, indent=2))
    else:
        kinds = ", ".join(
            f"{count:,} {kind}" for kind, count in sorted(result.kinds.items()) if count
        )
        click.echo(f"{result.read:,} emails read: {kinds or 'nothing new'}")
        if result.other:
            click.echo(f"{result.other:,} not about our emails, left unread", err=True)
        click.echo(f"{result.suppressed:,} subscriptions ended")
    if result.policy:
        for reason in sorted(set(result.policy)):
            click.echo(f"refused by policy: {reason}", err=True)
        click.echo(
            "These are about the sender, not the readers: check SPF, DKIM and DMARC.", err=True
        )
        sys.exit(1)
