"""`newsletter send`."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from newsletter.cli.issue_argument import here, issue_argument, open_workspace
from newsletter.cli.send_progress import finish, wait_until, work
from newsletter.cli.subscribers import list_option
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage

if TYPE_CHECKING:
    from newsletter.model import Email, Issue
    from newsletter.send.journal import Run
    from newsletter.send.presplit import PresplitMessage
    from newsletter.send.sending import SendDesk
    from newsletter.workspace import Workspace


class SendOptions(Struct, frozen=True, kw_only=True):
    """What the command line says."""

    confirm: str | None
    schedule: float | None  # seconds since 1970
    sample: int | None
    workers: bool
    wait: bool
    json: bool


@click.command("send")
@issue_argument(required=False)
@list_option
@click.option("--confirm", metavar="SLUG:COUNT", help="Confirm without being asked.")
@click.option("--dry-run", is_flag=True, help="Fill every recipient's email and send none.")
@click.option("--schedule", metavar="TIME", help="Wait until this time, such as 2026-03-01T07:00.")
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Send to the first N recipients, then pause.",
)
@click.option("--pause", "action", flag_value="pause", help="Pause a send that is running.")
@click.option("--resume", "action", flag_value="resume", help="Continue a send that was paused.")
@click.option("--cancel", "action", flag_value="cancel", help="End a send for good.")
@click.option(
    "--uncertain",
    type=click.Choice(["resend", "skip"]),
    help="Decide about emails whose outcome is unknown.",
)
@click.option("--workers", is_flag=True, help="Hand batches to `newsletter worker` processes.")
@click.option("--no-wait", is_flag=True, help="End while deferred emails wait for their next try.")
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

    The recipients are frozen at the start. Whatever interrupts the run, the same command continues it: nobody gets
    the issue twice. Emails whose outcome is unknown are listed by address and sent again only on request.
    """
    from newsletter.send.sending import choose_list, open_desk

    workspace = open_workspace()
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
    """Return a time in the future; without a zone it is this machine's. Raises `WrongUsage`."""
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
    """Return the run that is meant: of the named issue, or the only one that is not ended."""
    runs = [run for run in desk.journal.runs(list_name=list_name) if run.open]
    if issue is not None:
        runs = [run for run in runs if issue in run.slug]
    if len(runs) == 1:
        return runs[0]
    if not runs:
        raise WrongUsage(f"nothing is being sent to {list_name}")
    names = ", ".join(run.slug for run in runs)
    raise WrongUsage(f"{len(runs)} issues are being sent: {names}", hint="Name one.")


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
        raise WrongUsage(f"{len(runs)} issues have some: {names}", hint="Name one.")
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
        _confirmed(run.slug, run.total, options)
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
    checked, email = _checked(desk.workspace, folder)
    _refuse_unapproved(desk.workspace, folder, checked, email)
    from newsletter.send.sending import prepare_message

    message = prepare_message(desk.workspace, checked, email)
    if dry_run:
        _rehearse(desk, list_name, message, options)
        return
    run = _freeze(desk, checked, list_name, message, options)
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


def _checked(workspace: Workspace, folder: Path) -> tuple[Issue, Email]:
    """Return an issue and its email. Raises `IssueRejected` where the check finds errors."""
    from newsletter.cli.report import show_findings
    from newsletter.pipeline.check_batch import check_issue

    checked = check_issue(workspace, folder)
    shown = tuple(finding for finding in checked.findings if finding.severity != "info")
    if checked.failed or checked.email is None or checked.loaded.issue is None:
        raise IssueRejected(folder.name, shown)
    show_findings(shown)
    return checked.loaded.issue, checked.email


def _refuse_unapproved(workspace: Workspace, folder: Path, issue: Issue, email: Email) -> None:
    from newsletter.review.refusal import refuse_unapproved

    refuse_unapproved(workspace, folder, issue, email)


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
    """Show what would happen, have it confirmed, and freeze the recipients."""
    from newsletter.send.freezing import Freeze, audience, freeze

    reached = audience(desk.database, list_name, message.slug)
    if reached.count == 0:
        raise NewsletterError(
            f"the list {list_name} has no active subscribers who lack this issue",
            hint="Import some: newsletter subscribers import FILE",
        )
    rows = [
        ("Subject", issue.subject),
        ("Date", issue.date.isoformat()),
        ("List", list_name),
        ("Recipients", f"{reached.count:,}"),
        ("First", reached.first),
        ("Last", reached.last),
        *_pace(desk, reached.count),
    ]
    if reached.already:
        rows.append(("Left out", f"{reached.already:,} who got this issue before"))
    if options.schedule:
        when = dt.datetime.fromtimestamp(options.schedule).astimezone()
        rows.append(("Start", f"{when:%Y-%m-%d %H:%M %Z}"))
    _show(rows)
    _confirmed(message.slug, reached.count, options)
    if options.schedule is None and not options.workers:
        _reach_server(desk)
    wanted = Freeze(list_name, message, options.schedule or 0.0, options.sample)
    return desk.journal.run(freeze(desk.database, wanted, reached.count))


def _show(rows: list[tuple[str, str]]) -> None:
    for label, value in rows:
        click.echo(f"{label + ':':<12} {value}", err=True)


def _pace(desk: SendDesk, count: int) -> list[tuple[str, str]]:
    """Return the rate and the expected end, as far as they are known."""
    settings = desk.workspace.send
    rate, source = settings.rate, "limit"
    if rate is None:
        rate, source = _last_rate(desk), "as last time"
    if rate is None:
        return [("Rate", "as fast as the mail server takes them")]
    seconds = count / rate
    if settings.per_day is not None:
        seconds = max(seconds, (count / settings.per_day - 1) * 86400)
    end = dt.datetime.now().astimezone() + dt.timedelta(seconds=seconds)
    return [("Rate", f"{rate:,.1f} a second ({source})"), ("End", f"about {end:%Y-%m-%d %H:%M %Z}")]


def _last_rate(desk: SendDesk) -> float | None:
    """Return the emails per second of the last run that was done in one go."""
    for run in desk.journal.runs():
        if run.state == "done" and run.ended is not None and run.total >= 100:
            return run.total / max(run.ended - run.created, 1.0)
    return None


def _confirmed(slug: str, count: int, options: SendOptions) -> None:
    """Raise `WrongUsage` unless slug and count are confirmed, on the command line or by typing them."""
    wanted = f"{slug}:{count}"
    given = options.confirm
    if given is None:
        if not sys.stdin.isatty():
            raise WrongUsage("not confirmed", hint=f"Add --confirm {wanted}")
        given = click.prompt(f"Type {wanted} to send", err=True)
    if given.strip() != wanted:
        raise WrongUsage(
            f"confirmed {given.strip()}, but this is {wanted}", hint="Nothing was sent."
        )


def _clock(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"


def _reach_server(desk: SendDesk) -> None:
    """Raise `NewsletterError` where the mail server does not let us in, before anything is frozen."""
    from newsletter.send.sending import mail_server
    from newsletter.send.submission import ConnectionLost, Refused, connect

    server = mail_server(desk.workspace)

    async def try_once() -> None:
        await (await connect(server)).quit()

    try:
        asyncio.run(try_once())
    except (ConnectionLost, Refused) as error:
        raise NewsletterError(
            f"the mail server {server.host}:{server.port} does not let us in: {error}",
            hint="Check [smtp] in the settings. Nothing was sent.",
        ) from error


def _continue(desk: SendDesk, run: Run, options: SendOptions) -> None:
    """Go on with a run that was interrupted or paused."""
    from newsletter.send.run_report import delivery_report
    from newsletter.send.sending import only_sender

    if not options.workers:
        with only_sender(desk, run):  # say so before anyone is asked to confirm
            pass
    report = delivery_report(desk.journal, run)
    sent = report.counts.get("sent", 0)
    _show(
        [
            ("Subject", run.subject),
            ("List", f"{run.list}, frozen {_clock(run.created)}"),
            ("Recipients", f"{run.total:,}, {sent:,} sent, {report.left:,} left"),
            *_pace(desk, report.left),
        ]
    )
    _confirmed(run.slug, run.total, options)
    desk.journal.set_sample(run.id, options.sample)
    _start(desk, desk.journal.run(run.id), options)


def _start(desk: SendDesk, run: Run, options: SendOptions) -> None:
    """Send, on this machine or through workers, and say how it ended."""
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
    finish(desk, run, report, json_=options.json)
