"""`newsletter send`."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.send_confirmation import SendOptions, clock, confirmed, pace, show
from newsletter.cli.send_progress import end_progress, wait_until, work
from newsletter.cli.send_selection import running_send, send_with_uncertain
from newsletter.cli.subscribers import list_option
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage
from newsletter.files.quotation import quoted

if TYPE_CHECKING:
    from newsletter.model import Email, Issue
    from newsletter.pipeline.validate import ValidatedIssue
    from newsletter.send.presplit import PresplitMessage
    from newsletter.send.runs import Run
    from newsletter.send.sending import SendServices
    from newsletter.workspace import Workspace


@click.command("send")
@issue_argument(required=False)
@list_option
@click.option("--confirm", metavar="SLUG:COUNT", help="Confirm without being asked.")
@click.option(
    "--dry-run", is_flag=True, help="Fill in every recipient's email without sending any."
)
@click.option("--schedule", metavar="TIME", help="Wait until this time, such as 2026-03-01T07:00.")
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Send to the first N recipients, then pause.",
)
@click.option("--pause", "action", flag_value="pause", help="Pause a send that is running.")
@click.option("--resume", "action", flag_value="resume", help="Continue a send that was paused.")
@click.option(
    "--cancel", "action", flag_value="cancel", help="Cancel a send; it cannot be resumed."
)
@click.option(
    "--uncertain",
    type=click.Choice(["resend", "skip"]),
    help="Decide about emails whose outcome is unknown.",
)
@click.option("--workers", is_flag=True, help="Hand batches to `newsletter worker` processes.")
@click.option("--no-wait", is_flag=True, help="Exit without waiting for deferred emails.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    issue: str | None,
    list_name: str | None,
    confirm: str | None,
    dry_run: bool,
    schedule: str | None,
    sample: int | None,
    action: str | None,
    uncertain: str | None,
    workers: bool,
    no_wait: bool,
    json_: bool,
) -> None:
    """Send a checked issue to every active subscriber of a list, through the mail server of [smtp].

    The recipients are frozen at the start. After an interruption, the same command continues the
    run: no recipient gets the issue twice. Emails whose outcome is unknown are listed by address
    and sent again only on request.
    """
    from newsletter.send.sending import choose_list, open_services

    workspace = current_workspace()
    name = choose_list(workspace, list_name)
    options = SendOptions(
        confirm=confirm,
        schedule=_time_of(schedule),
        sample=sample,
        workers=workers,
        wait=not no_wait,
        json=json_,
    )
    with open_services(workspace) as services:
        if action in ("pause", "cancel"):
            _change(services, running_send(services, issue, name), action)
        elif uncertain is not None:
            _settle(services, send_with_uncertain(services, issue, name), uncertain, options)
        elif action == "resume":
            _continue(services, running_send(services, issue, name), options)
        else:
            _send(services, issue, name, options, dry_run=dry_run)


def _time_of(text: str | None) -> float | None:
    """Return a future time, by default in the local time zone. Raises `WrongUsage`."""
    if text is None:
        return None
    try:
        scheduled = dt.datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise WrongUsage(
            f"Expected a time for --schedule, found {quoted(text)}",
            hint="Write it as 2026-03-01T07:00.",
        ) from error
    if scheduled.timestamp() <= time.time():
        raise WrongUsage(
            f"Expected a time in the future for --schedule, found {scheduled:%Y-%m-%d %H:%M %Z}",
            hint="Leave --schedule out to send now.",
        )
    return scheduled.timestamp()


def _change(services: SendServices, run: Run, action: str) -> None:
    if action == "pause":
        services.journal.set_state(run.id, "paused", "paused by a person")
        click.echo(f"Paused: {run.slug} to {run.list}. Continue: newsletter send {run.slug}")
        return
    left = services.journal.cancel(run.id)
    click.echo(f"Cancelled: {run.slug} to {run.list}. {left:,} recipients were not reached.")


def _settle(services: SendServices, run: Run, decision: str, options: SendOptions) -> None:
    rows = services.journal.uncertain(run.id)
    click.echo(f"{len(rows):,} emails of {run.slug} with an unknown outcome:", err=True)
    for _, address, at in rows:
        when = dt.datetime.fromtimestamp(at).astimezone()
        click.echo(f"  {when:%Y-%m-%d %H:%M:%S}  {address}", err=True)
    if decision == "resend":
        confirmed(run.slug, run.total, options)
    count = services.journal.settle_uncertain(run.id, resend=decision == "resend")
    if decision == "skip":
        services.journal.finish(run.id)
        click.echo(f"{count:,} skipped")
        return
    _start(services, services.journal.run(run.id), options)


# --- starting ---------------------------------------------------------------------------------------


def _send(
    services: SendServices,
    issue: str | None,
    list_name: str,
    options: SendOptions,
    *,
    dry_run: bool,
) -> None:
    from newsletter.workspace import select_one

    sent = {run.slug for run in services.journal.runs(list_name=list_name) if run.state == "done"}
    folder = select_one(services.workspace, issue, here(), lambda path: path.name in sent)
    earlier = services.journal.runs(folder.name, list_name)
    running = next((run for run in earlier if run.open), None)
    if running is not None and not dry_run:
        _continue(services, running, options)
        return
    if done := next((run for run in earlier if run.state == "done"), None):
        raise _already_sent(services, done)
    checked = _checked(services.workspace, folder)
    issue_read, email = checked.loaded.issue, checked.email
    assert issue_read is not None, "an issue that cannot be read was rejected"
    assert email is not None, "an issue without an email was rejected"
    _refuse_unapproved(services.workspace, folder, issue_read, email)
    from newsletter.send.sending import prepare_message

    message = prepare_message(services.workspace, issue_read, email)
    if dry_run:
        _rehearse(services, list_name, message, options)
        return
    run = _freeze(services, issue_read, list_name, message, options)
    from newsletter.review.sent import keep_sent

    keep_sent(services.workspace, folder, email, checked.findings)
    _start(services, run, options)


def _already_sent(services: SendServices, run: Run) -> NewsletterError:
    when = dt.datetime.fromtimestamp(run.ended or run.created).astimezone()
    unknown = len(services.journal.uncertain(run.id))
    hint = f"Run `newsletter delivery {run.slug}` to see what happened."
    if unknown:
        hint = (
            f"Decide what happens to the {unknown} emails with an unknown outcome: "
            f"`newsletter send {run.slug} --uncertain resend|skip`."
        )
    return NewsletterError(
        f"{run.slug} was already sent to {run.list} on {when:%Y-%m-%d} ({run.total:,} recipients)",
        hint=hint,
    )


def _checked(workspace: Workspace, folder: Path) -> ValidatedIssue:
    """Return an issue with its email. Raises `IssueRejected` if the check finds errors."""
    from newsletter.cli.report import show_findings
    from newsletter.pipeline.check_batch import check_issue
    from newsletter.targets.preflight import refuse_placeholders

    checked = check_issue(workspace, folder)
    shown = tuple(finding for finding in checked.findings if finding.severity != "info")
    if checked.failed or checked.email is None or checked.loaded.issue is None:
        raise IssueRejected(folder.name, shown)
    show_findings(shown)
    refuse_placeholders(workspace, folder)
    return checked


def _refuse_unapproved(workspace: Workspace, folder: Path, issue: Issue, email: Email) -> None:
    from newsletter.review.approvals import refuse_unapproved
    from newsletter.review.sent import refuse_uncommitted

    refuse_unapproved(workspace, folder, issue, email)
    refuse_uncommitted(workspace, folder)


def _rehearse(
    services: SendServices, list_name: str, message: PresplitMessage, options: SendOptions
) -> None:
    from newsletter.send.rehearsal import rehearse

    rehearsal = rehearse(services, list_name, message)
    if options.json:
        row = {
            "slug": message.slug,
            "list": list_name,
            "recipients": rehearsal.count,
            "bytes": {
                "smallest": rehearsal.smallest,
                "largest": rehearsal.largest,
                "total": rehearsal.total,
            },
            "unfilled": dict(rehearsal.unfilled),
            "unsafe": rehearsal.unsafe,
        }
        click.echo(json.dumps(row, indent=2))
        return
    click.echo(f"{message.subject}")
    click.echo(f"  {rehearsal.count:,} emails to {list_name}, none sent")
    click.echo(
        f"  {rehearsal.smallest / 1024:,.1f} to {rehearsal.largest / 1024:,.1f} KB each, "
        f"{rehearsal.total / 1024 / 1024:,.1f} MB in all"
    )
    for field, count in sorted(rehearsal.unfilled.items()):
        click.echo(f"  %%{field}%% stays empty for {count:,}: give it a fallback, %%{field}|…%%")
    if rehearsal.unsafe:
        click.echo(f"  {rehearsal.unsafe:,} would be rejected: a field contains a line break")


def _freeze(
    services: SendServices,
    issue: Issue,
    list_name: str,
    message: PresplitMessage,
    options: SendOptions,
) -> Run:
    """Show what will happen, ask for confirmation, and freeze the recipients."""
    from newsletter.send.freezing import Freeze, audience, freeze

    reached = audience(services.database, list_name, message.slug)
    if reached.count == 0:
        raise NewsletterError(
            f"The list {list_name} has no active subscribers without this issue",
            hint="Import some with `newsletter subscribers import FILE`.",
        )
    rows = [
        ("Subject", issue.subject),
        ("Date", issue.date.isoformat()),
        ("List", list_name),
        ("Recipients", f"{reached.count:,}"),
        ("First", reached.first),
        ("Last", reached.last),
        *pace(services, reached.count),
    ]
    if reached.already:
        rows.append(("Left out", f"{reached.already:,} who got this issue before"))
    if options.schedule:
        when = dt.datetime.fromtimestamp(options.schedule).astimezone()
        rows.append(("Start", f"{when:%Y-%m-%d %H:%M %Z}"))
    show(rows)
    confirmed(message.slug, reached.count, options)
    if options.schedule is None and not options.workers:
        _reach_server(services)
    request = Freeze(list_name, message, options.schedule or 0.0, options.sample)
    return services.journal.run(freeze(services.database, request, reached.count))


def _reach_server(services: SendServices) -> None:
    """Raise `NewsletterError` if the mail server rejects the login; called before freezing."""
    from newsletter.send.sending import mail_server
    from newsletter.send.submission import ConnectionLost, Refused, connect

    server = mail_server(services.workspace)

    async def try_once() -> None:
        await (await connect(server)).quit()

    try:
        asyncio.run(try_once())
    except (ConnectionLost, Refused) as error:
        raise NewsletterError(
            f"The mail server {server.host}:{server.port} rejected the connection: {error}",
            hint="Check [smtp] in the settings; nothing was sent.",
        ) from error


def _continue(services: SendServices, run: Run, options: SendOptions) -> None:
    """Continue a run that was interrupted or paused."""
    from newsletter.send.run_report import delivery_report
    from newsletter.send.sending import only_sender

    if not options.workers:
        with only_sender(services, run):  # fails before the confirmation
            pass
    report = delivery_report(services.journal, run)
    sent = report.counts.get("sent", 0)
    show(
        [
            ("Subject", run.subject),
            ("List", f"{run.list}, frozen {clock(run.created)}"),
            ("Recipients", f"{run.total:,}, {sent:,} sent, {report.left:,} left"),
            *pace(services, report.left),
        ]
    )
    confirmed(run.slug, run.total, options)
    services.journal.set_sample(run.id, options.sample)
    _start(services, services.journal.run(run.id), options)


def _start(services: SendServices, run: Run, options: SendOptions) -> None:
    """Send, on this machine or through workers, and print the result."""
    if options.workers:
        from newsletter.send.queueing import defer_run

        services.journal.set_state(run.id, "running")
        count = defer_run(services.database, run)
        click.echo(f"{run.total:,} recipients in {count:,} batches; now run `newsletter worker`")
        return
    from newsletter.send.sending import mail_server, make_engine, only_sender

    with only_sender(services, run):
        wait_until(run)
        engine = make_engine(services, run, mail_server(services.workspace))
        engine.wait_for_deferred = options.wait
        services.journal.recover(run.id, only_sender=not services.database.shared)
        services.journal.set_state(run.id, "running")
        report = asyncio.run(work(engine, quiet=options.json))
    if report.state == "done":
        _write_receipt(services, run)
    end_progress(services, run, report, json_=options.json)


def _write_receipt(services: SendServices, run: Run) -> None:
    """Add the number of emails sent, never their recipients, to the receipts of the issue."""
    from newsletter.model import Receipt
    from newsletter.targets import receipts

    workspace = services.workspace
    folder = workspace.issues / run.slug
    if not folder.is_dir():  # sent from a workspace without the issue
        return
    written = receipts.read_receipts(folder, workspace.display_path(folder))
    target, digest = f"list {run.list}", run.digest.removeprefix("sha256:")
    last = receipts.last(written, target)
    if last is not None and last["sha256"] == digest:  # uncertain addresses were sent to again
        return
    receipt = Receipt(target, "send", digest, f"{run.total} recipients")
    receipts.add_receipts(folder, written, (receipt,), run.subject, reader=run.digest)
