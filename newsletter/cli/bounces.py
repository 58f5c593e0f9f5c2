"""`newsletter bounces`."""

from __future__ import annotations

import json
import sys

import click

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
    from newsletter.send.sending import open_desk
    from newsletter.send.storage import require

    require("flufl.bounce")
    workspace = current_workspace()
    place = mailbox or workspace.send.bounce_mailbox
    if place is None:
        raise WrongUsage(
            "no mailbox given",
            hint="Set [send] bounce_mailbox, or add --mailbox with a Maildir or imaps://user@host/INBOX",
        )
    box = open_mailbox(place, here() if mailbox else workspace.root)
    with open_desk(workspace) as desk:
        register = BounceRegister(desk.subscribers, workspace.send.soft_bounces)
        found = register.read(box, workspace.send.bounce_address)
    if json_:
        row = {
            "read": found.read,
            "new": dict(sorted(found.kinds.items())),
            "known": found.known,
            "other": found.other,
            "suppressed": found.suppressed,
        }
        click.echo(json.dumps(row, indent=2))
    else:
        kinds = ", ".join(
            f"{count:,} {kind}" for kind, count in sorted(found.kinds.items()) if count
        )
        click.echo(f"{found.read:,} emails read: {kinds or 'nothing new'}")
        if found.other:
            click.echo(f"{found.other:,} not about our emails, left unread", err=True)
        click.echo(f"{found.suppressed:,} subscriptions ended")
    if found.policy:
        for reason in sorted(set(found.policy)):
            click.echo(f"refused by policy: {reason}", err=True)
        click.echo(
            "These are about the sender, not the readers: check SPF, DKIM and DMARC.", err=True
        )
        sys.exit(1)
