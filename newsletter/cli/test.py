"""`newsletter test`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from email.utils import parseaddr
from functools import partial
from pathlib import Path

import click

from newsletter.check.formats import pluralize
from newsletter.check.select import STILL_TO_WRITE
from newsletter.cli.completion import complete_target
from newsletter.cli.issue_argument import complete_issue, current_workspace, here
from newsletter.cli.report import show_findings
from newsletter.cli.waiting import published_everywhere, show_date
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage
from newsletter.files.quotation import quoted
from newsletter.model import Email, SentTest
from newsletter.pipeline.check_batch import check_issue, is_draft
from newsletter.pipeline.validate import ValidatedIssue
from newsletter.targets.preflight import refuse_placeholders
from newsletter.workspace import Workspace, select_one

MOST = 20  # addresses per test; more would be a list
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.?[^\s@<>,;:\"()\[\]\\.]")


@click.command("test")
@click.argument("words", metavar="[ISSUE]", nargs=-1, shell_complete=complete_issue)
@click.option(
    "--to",
    "to",
    multiple=True,
    metavar="ADDRESS...",
    help="Send to this address; may be repeated. Otherwise: [smtp] test_to.",
)
@click.option(
    "--via",
    metavar="TARGET",
    shell_complete=complete_target,
    help="Let this target send the test from the draft it holds.",
)
@click.option("--force", is_flag=True, help="Send even if the issue has errors.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    words: tuple[str, ...], to: tuple[str, ...], via: str | None, force: bool, json_: bool
) -> None:
    """Send a test of an issue to named people, never to a list.

    The subject begins with [Test], both parts begin with a notice, and merge fields show a sample
    reader. The message has no List-Unsubscribe. The issue is checked first.
    """
    workspace = current_workspace()
    issue, named = _told_apart(words, to)
    addresses = _addresses(named or tuple(workspace.smtp.test_to))
    folder = select_one(workspace, issue, here(), published_everywhere(workspace))
    show_date(folder)
    checked = _checked(workspace, folder, force=force)
    refuse_placeholders(workspace, folder)
    email = checked.email
    assert email is not None, "an issue without an email was rejected"
    send = partial(_by_target, via=via) if via else _by_smtp
    sent = send(workspace, email, to=addresses)
    _print(sent, json_=json_)
    if sent.refused:
        refused = "; ".join(f"{address}: {why}" for address, why in sent.refused.items())
        raise NewsletterError(f"Not sent to every address: {refused}")


def _print(sent: SentTest, *, json_: bool) -> None:
    if json_:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(sent), indent=2).decode())
        return
    click.echo(sent.subject)
    click.echo(f"  sent through {sent.through} to {', '.join(sent.to)}")
    for note in sent.notes:
        click.echo(f"  note: {note}")


def _told_apart(words: tuple[str, ...], to: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Return the issue and the addresses: `--to a@b c@d` leaves c@d among the arguments."""
    issues = [word for word in words if "@" not in word]
    more = tuple(word for word in words if "@" in word)
    if more and not to:
        raise WrongUsage(
            "Addresses without --to", hint=f"Run `newsletter test --to {' '.join(more)}`."
        )
    if len(issues) > 1:
        raise WrongUsage(f"Expected one issue, found {len(issues)}: {', '.join(issues)}")
    return (issues[0] if issues else None), (*to, *more)


def _addresses(named: Sequence[str]) -> tuple[str, ...]:
    """Return the addresses without duplicates.

    Raises `WrongUsage` if there are none or too many, or if one is invalid.
    """
    pieces = [piece.strip() for text in named for piece in text.split(",")]
    addresses = tuple(dict.fromkeys(filter(None, pieces)))
    if not addresses:
        raise WrongUsage("No address to send to", hint="Give --to, or set [smtp] test_to.")
    if len(addresses) > MOST:
        raise WrongUsage(
            f"{len(addresses)} addresses; a test goes to {MOST} at most",
            hint="Use `newsletter publish` or `newsletter send` to reach a list.",
        )
    for address in addresses:
        if not _ADDRESS.fullmatch(address) or parseaddr(address)[1] != address:
            raise WrongUsage(
                f"Not an email address: {quoted(address)}",
                hint="Write the address alone: desk@example.org.",
            )
    return addresses


def _checked(workspace: Workspace, folder: Path, *, force: bool) -> ValidatedIssue:
    """Return a checked issue with an email.

    Raises `IssueRejected` if it has errors, unless `force`; what is still to be written in a draft
    is reported only.
    """
    draft = is_draft(folder)
    checked = check_issue(workspace, folder, draft=draft)
    shown = tuple(finding for finding in checked.findings if finding.severity != "info")
    if checked.email is None or (checked.failed and not force):
        raise IssueRejected(folder.name, shown)
    show_findings(shown)
    if checked.failed:
        click.echo("Errors ignored because of --force.", err=True)
    open_ = {finding.where for finding in shown if finding.code in STILL_TO_WRITE}
    if draft and open_:
        count = pluralize(len(open_), "place")
        click.echo(f"Draft: {count} without final text; publish refuses to deliver them.", err=True)
    return checked


def _by_smtp(workspace: Workspace, email: Email, to: Sequence[str]) -> SentTest:
    from newsletter.targets.marked_message import mark
    from newsletter.targets.smtp import smtp_password, smtp_server, smtp_session, submit

    server = smtp_server(workspace)
    password = smtp_password(server)
    marked = mark(email, workspace.publication, to, dt.datetime.now().astimezone())
    with smtp_session(server, password) as smtp:
        refused = submit(smtp, server, marked.sender, to, message=marked.data)
    accepted = tuple(address for address in to if address not in refused)
    return SentTest(email.slug, marked.subject, str(server), accepted, refused)


def _by_target(workspace: Workspace, email: Email, to: Sequence[str], *, via: str) -> SentTest:
    from newsletter.targets import open_targets

    (target,) = open_targets(workspace, (via,))
    send_test = getattr(target, "send_test", None)
    if send_test is None:
        raise WrongUsage(f"Target {quoted(via)} sends no tests", hint="Leave --via out.")
    sent: SentTest = send_test(email, tuple(to))
    return sent
