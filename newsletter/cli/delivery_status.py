"""`newsletter delivery`."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.issue_argument import current_workspace, issue_argument
from newsletter.cli.subscribers import list_option
from newsletter.errors import WrongUsage

if TYPE_CHECKING:
    from newsletter.send.run_report import DeliveryReport
    from newsletter.send.runs import Run
    from newsletter.send.sending import SendServices

SHOWN = 20  # uncertain addresses that are printed


@click.command("delivery")
@issue_argument(required=False)
@list_option
@click.option(
    "--json",
    "json_",
    is_flag=True,
    help="Print as JSON; the only addresses are those with an unknown outcome.",
)
@click.option("--csv", "csv_", is_flag=True, help="Print every address with its state as CSV.")
@click.option("--once", is_flag=True, help="Print once, even on a terminal.")
def command(issue: str | None, list_name: str | None, json_: bool, csv_: bool, once: bool) -> None:
    """Show what happened to each email: counts by state, rate, domains, what is uncertain.

    On a terminal, a running send is followed until it ends.
    """
    from newsletter.send.run_report import delivery_report
    from newsletter.send.sending import open_services

    with open_services(current_workspace()) as services:
        run = _chosen(services, issue, list_name)
        if csv_:
            _print_csv(services, run)
            return
        report = delivery_report(services.journal, run)
        if json_:
            click.echo(json.dumps(report_json(report), indent=2, ensure_ascii=False))
            return
        while sys.stdout.isatty() and not once and report.senders:
            click.clear()
            _print(report)
            time.sleep(1)
            report = delivery_report(services.journal, services.journal.run(run.id))
        _print(report)


def _chosen(services: SendServices, issue: str | None, list_name: str | None) -> Run:
    """Return the latest run, optionally of an issue and a list."""
    runs = [
        run
        for run in services.journal.runs(list_name=list_name)
        if issue is None or issue.rstrip("/").rpartition("/")[2] in run.slug
    ]
    if not runs:
        raise WrongUsage(
            "Nothing has been sent yet" if issue is None else f"{issue} was not sent",
            hint="Send an issue with `newsletter send ISSUE`.",
        )
    return runs[0]


def _print(report: DeliveryReport) -> None:
    run = report.run
    click.echo(f"{run.slug} to {run.list}: {run.state}" + (f" ({run.note})" if run.note else ""))
    click.echo(f"  {run.subject}")
    for state, count in sorted(report.counts.items()):
        click.echo(f"  {count:>9,}  {state}")
    for kind, count in sorted(report.bounces.items()):
        click.echo(f"  {count:>9,}  {_KINDS[kind]}")
    if report.senders:
        click.echo(f"  {report.rate:,.1f} a second, sent by {', '.join(report.senders)}")
    if report.deferred_until:
        when = dt.datetime.fromtimestamp(report.deferred_until).astimezone()
        click.echo(f"  next deferred email at {when:%Y-%m-%d %H:%M:%S %Z}")
    for row in report.domains:
        rest = f", {row.rejected:,} rejected" if row.rejected else ""
        rest += f", {row.deferred:,} deferred" if row.deferred else ""
        click.echo(f"  {row.domain}: {row.sent:,} of {row.total:,} sent{rest}")
    if report.uncertain:
        click.echo("  unknown outcome:")
        for address in report.uncertain[:SHOWN]:
            click.echo(f"    {address}")
        if len(report.uncertain) > SHOWN:
            click.echo(f"    and {len(report.uncertain) - SHOWN:,} more (--csv)")


_KINDS = {
    "hard": "bounced",
    "soft": "bounced for now",
    "complaint": "complained",
    "policy": "refused by policy",
}


def report_json(report: DeliveryReport) -> dict[str, Any]:
    """Return a report as JSON values."""
    run = report.run
    return {
        "issue": run.slug,
        "list": run.list,
        "digest": run.digest,
        "state": run.state,
        "note": run.note,
        "total": run.total,
        "counts": dict(sorted(report.counts.items())),
        "bounces": dict(sorted(report.bounces.items())),
        "rate": round(report.rate, 2),
        "deferred_until": _iso(report.deferred_until),
        "domains": [
            {
                "domain": row.domain,
                "total": row.total,
                "sent": row.sent,
                "rejected": row.rejected,
                "deferred": row.deferred,
            }
            for row in report.domains
        ],
        "uncertain": list(report.uncertain),
        "senders": list(report.senders),
    }


def _print_csv(services: SendServices, run: Run) -> None:
    from newsletter.send.run_report import delivery_rows

    click.echo("address,state,attempts,at,code,reply")
    for row in delivery_rows(services.database, run):
        line = io.StringIO()
        cells = (row.address, row.state, row.attempts, _iso(row.at), row.code, row.reply)
        csv.writer(line, lineterminator="").writerow(cells)
        click.echo(line.getvalue())


def _iso(seconds: float | None) -> str | None:
    if not seconds:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")
