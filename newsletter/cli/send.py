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
from newsletter.cli.subscribers import list_option
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage

if TYPE_CHECKING:
    from newsletter.model import Email, Issue
    from newsletter.pipeline.validate import ValidatedIssue
    from newsletter.send.presplit import PresplitMessage
    from newsletter.send.runs import Run
    from newsletter.send.sending import SendDesk
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
    from newsletter.send.sending import choose_list, open_desk

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
    with open_desk(workspace) as desk:
        if action in ("pause", "cancel"):
            _change(desk, _open_run(desk, issue, name), action)
        elif uncertain is not None:
            _settle(desk, _run_with_uncertain(desk, issue, name), uncertain, options)
        elif action == "resume":
            _continue(desk, _open_run(desk, issue, name), options)
        else:
            _send(desk, issue, name, options, dry_run=dry_run)


def _time_of(text: str | None) -> float | None:
    """Return a future time, by default in the local time zone. Raises `WrongUsage`."""
    if text is None:
        return None
    try:
        wanted = dt.datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise WrongUsage(
            f"--schedule: {text!r} is not a time", hint="Write it as 2026-03-01T07:00."
        ) from error
    if wanted.timestamp() <= time.time():
        raise WrongUsage(
            f"--schedule: {wanted:%Y-%m-%d %H:%M %Z} is in the past",
            hint="Leave --schedule out to send now.",
        )
    return wanted.timestamp()


# --- which run --------------------------------------------------------------------------------------


def _open_run(desk: SendDesk, issue: str | None, list_name: str) -> Run:
    """Return the run of an issue, or the only run that has not ended."""
    runs = [run for run in desk.journal.runs(list_name=list_name) if run.open]
    if issue is not None:
        runs = [run for run in runs if issue in run.slug]
    if len(runs) == 1:
        return runs[0]
    if not runs:
        raise WrongUsage(f"no send to {list_name} is running")
    names = ", ".join(run.slug for run in runs)
    raise WrongUsage(f"{len(runs)} issues are being sent: {names}", hint="Name the issue.")


def _run_with_uncertain(desk: SendDesk, issue: str | None, list_name: str) -> Run:
    runs = [
        run
        for run in desk.journal.runs(list_name=list_name)
        if (issue is None or issue in run.slug) and desk.journal.uncertain(run.id)
    ]
    if not runs:
        raise WrongUsage(f"no email to {list_name} has an unknown outcome")
    if len(runs) > 1:
        names = ", ".join(run.slug for run in runs)
        raise WrongUsage(
            f"{len(runs)} issues have emails with an unknown outcome: {names}",
            hint="Name the issue.",
        )
    return runs[0]


def _change(desk: SendDesk, run: Run, action: str) -> None:
    if action == "pause":
        desk.journal.set_state(run.id, "paused", "paused by a person")
        click.echo(f"Paused: {run.slug} to {run.list}. Continue: newsletter send {run.slug}")
        return
    left = desk.journal.cancel(run.id)
    click.echo(f"Cancelled: {run.slug} to {run.list}. {left:,} recipients were not reached.")


def _settle(desk: SendDesk, run: Run, decision: str, options: SendOptions) -> None:
    rows = desk.journal.uncertain(run.id)
    click.echo(f"{len(rows):,} emails of {run.slug} with an unknown outcome:", err=True)
    for _, address, at in rows:
        when = dt.datetime.fromtimestamp(at).astimezone()
        click.echo(f"  {when:%Y-%m-%d %H:%M:%S}  {address}", err=True)
    if decision == "resend":
        confirmed(run.slug, run.total, options)
    count = desk.journal.settle_uncertain(run.id, resend=decision == "resend")
    if decision == "skip":
        desk.journal.finish(run.id)
        click.echo(f"{count:,} skipped")
        return
    _start(desk, desk.journal.run(run.id), options)


# --- starting ---------------------------------------------------------------------------------------


def _send(
    desk: SendDesk, issue: str | None, list_name: str, options: SendOptions, *, dry_run: bool
) -> None:
    from newsletter.workspace import select_one

    sent = {run.slug for run in desk.journal.runs(list_name=list_name) if run.state == "done"}
    folder = select_one(desk.workspace, issue, here(), lambda path: path.name in sent)
    earlier = desk.journal.runs(folder.name, list_name)
    running = next((run for run in earlier if run.open), None)
    if running is not None and not dry_run:
        _continue(desk, running, options)
        return
    if done := next((run for run in earlier if run.state == "done"), None):
        raise _already_sent(desk, done)
    checked = _checked(desk.workspace, folder)
    issue_read, email = checked.loaded.issue, checked.email
    assert issue_read is not None, "an issue that cannot be read was rejected"
    assert email is not None, "an issue without an email was rejected"
    _refuse_unapproved(desk.workspace, folder, issue_read, email)
    from newsletter.send.sending import prepare_message

    message = prepare_message(desk.workspace, issue_read, email)
    if dry_run:
        _rehearse(desk, list_name, message, options)
        return
    run = _freeze(desk, issue_read, list_name, message, options)
    from newsletter.review.sent import keep_sent

    keep_sent(desk.workspace, folder, email, checked.findings)
    _start(desk, run, options)


def _already_sent(desk: SendDesk, run: Run) -> NewsletterError:
    when = dt.datetime.fromtimestamp(run.ended or run.created).astimezone()
    unknown = len(desk.journal.uncertain(run.id))
    hint = f"See what happened: newsletter delivery {run.slug}"
    if unknown:
        hint = (
            f"{unknown} have an unknown outcome: newsletter send {run.slug} --uncertain resend|skip"
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
    desk: SendDesk, list_name: str, message: PresplitMessage, options: SendOptions
) -> None:
    from newsletter.send.rehearsal import rehearse

    found = rehearse(desk, list_name, message)
    if options.json:
        row = {
            "slug": message.slug,
            "list": list_name,
            "recipients": found.count,
            "bytes": {
                "smallest": found.smallest,
                "largest": found.largest,
                "total": found.total,
            },
            "unfilled": dict(found.unfilled),
            "unsafe": found.unsafe,
        }
        click.echo(json.dumps(row, indent=2))
        return
    click.echo(f"{message.subject}")
    click.echo(f"  {found.count:,} emails to {list_name}, none sent")
    click.echo(
        f"  {found.smallest / 1024:,.1f} to {found.largest / 1024:,.1f} KB each, "
        f"{found.total / 1024 / 1024:,.1f} MB in all"
    )
    for field, count in sorted(found.unfilled.items()):
        click.echo(f"  %%{field}%% stays empty for {count:,}: give it a fallback, %%{field}|…%%")
    if found.unsafe:
        click.echo(f"  {found.unsafe:,} would be rejected: a field contains a line break")


def _freeze(
    desk: SendDesk, issue: Issue, list_name: str, message: PresplitMessage, options: SendOptions
) -> Run:
    """Show what will happen, ask for confirmation, and freeze the recipients."""
    from newsletter.send.freezing import Freeze, audience, freeze

    reached = audience(desk.database, list_name, message.slug)
    if reached.count == 0:
        raise NewsletterError(
            f"the list {list_name} has no active subscribers without this issue",
            hint="Import some: newsletter subscribers import FILE",
        )
    rows = [
        ("Subject", issue.subject),
        ("Date", issue.date.isoformat()),
        ("List", list_name),
        ("Recipients", f"{reached.count:,}"),
        ("First", reached.first),
        ("Last", reached.last),
        *pace(desk, reached.count),
    ]
    if reached.already:
        rows.append(("Left out", f"{reached.already:,} who got this issue before"))
    if options.schedule:
        when = dt.datetime.fromtimestamp(options.schedule).astimezone()
        rows.append(("Start", f"{when:%Y-%m-%d %H:%M %Z}"))
    show(rows)
    confirmed(message.slug, reached.count, options)
    if options.schedule is None and not options.workers:
        _reach_server(desk)
    wanted = Freeze(list_name, message, options.schedule or 0.0, options.sample)
    return desk.journal.run(freeze(desk.database, wanted, reached.count))


def _reach_server(desk: SendDesk) -> None:
    """Raise `NewsletterError` if the mail server rejects the login; called before freezing."""
    from newsletter.send.sending import mail_server
    from newsletter.send.submission import ConnectionLost, Refused, connect

    server = mail_server(desk.workspace)

    async def try_once() -> None:
        await (await connect(server)).quit()

    try:
        asyncio.run(try_once())
    except (ConnectionLost, Refused) as error:
        raise NewsletterError(
            f"the mail server {server.host}:{server.port} rejected the connection: {error}",
            hint="Check [smtp] in the settings. Nothing was sent.",
        ) from error


def _continue(desk: SendDesk, run: Run, options: SendOptions) -> None:
    """Continue a run that was interrupted or paused."""
    from newsletter.send.run_report import delivery_report
    from newsletter.send.sending import only_sender

    if not options.workers:
        with only_sender(desk, run):  # fails before the confirmation
            pass
    report = delivery_report(desk.journal, run)
    sent = report.counts.get("sent", 0)
    show(
        [
            ("Subject", run.subject),
            ("List", f"{run.list}, frozen {clock(run.created)}"),
            ("Recipients", f"{run.total:,}, {sent:,} sent, {report.left:,} left"),
            *pace(desk, report.left),
        ]
    )
    confirmed(run.slug, run.total, options)
    desk.journal.set_sample(run.id, options.sample)
    _start(desk, desk.journal.run(run.id), options)


def _start(desk: SendDesk, run: Run, options: SendOptions) -> None:
    """Send, on this machine or through workers, and print the result."""
    if options.workers:
        from newsletter.send.queueing import defer_run

        desk.journal.set_state(run.id, "running")
        count = defer_run(desk.database, run)
        click.echo(f"{run.total:,} recipients in {count:,} batches; now run `newsletter worker`")
        return
    from newsletter.send.sending import mail_server, make_engine, only_sender

    with only_sender(desk, run):
        wait_until(run)
        engine = make_engine(desk, run, mail_server(desk.workspace))
        engine.wait_for_deferred = options.wait
        desk.journal.recover(run.id, alone=not desk.database.shared)
        desk.journal.set_state(run.id, "running")
        report = asyncio.run(work(engine, quiet=options.json))
    if report.state == "done":
        _write_receipt(desk, run)
    end_progress(desk, run, report, json_=options.json)


def _write_receipt(desk: SendDesk, run: Run) -> None:
    """Add the number of emails sent, never their recipients, to the receipts of the issue."""
    from newsletter.model import Receipt
    from newsletter.targets import receipts

    workspace = desk.workspace
    folder = workspace.issues / run.slug
    if not folder.is_dir():  # sent from a workspace without the issue
        return
    written = receipts.read_receipts(folder, workspace.display_path(folder))
    target, bare = f"list {run.list}", run.digest.removeprefix("sha256:")
    last = receipts.last(written, target)
    if last is not None and last["sha256"] == bare:  # uncertain addresses were sent to again
        return
    receipt = Receipt(target, "send", bare, f"{run.total} recipients")
    receipts.add_receipts(folder, written, (receipt,), run.subject, reader=run.digest)
