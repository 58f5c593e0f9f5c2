"""`newsletter doctor`."""

from __future__ import annotations

import sys

import click

from newsletter.cli.doctor_checks import DoctorRow, diagnose
from newsletter.cli.issue_argument import current_workspace

_SIGNS = {"missing": "missing ", "to do": "to do   ", "optional": "optional", "ok": "ok      "}
_COLORS = {"missing": "red", "to do": "yellow", "optional": "blue", "ok": "green"}


@click.command("doctor")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(json_: bool) -> None:
    """List what is missing before the first real send, with the command or line for each.

    Checks settings, DNS names to set, merge style, tokens and their rights, extras, Chromium and
    the repository, without using the network. Exits with 1 if something is missing; "to do" marks
    steps outside the workspace, which newsletter cannot verify.
    """
    rows = list(diagnose(current_workspace()))
    if json_:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    else:
        _print(rows)
    missing = sum(row.state == "missing" for row in rows)
    summary = f"{missing} missing" if missing else "Nothing is missing"
    click.echo(f"{summary}; {sum(row.state == 'to do' for row in rows)} to do elsewhere", err=True)
    if missing:
        sys.exit(1)


def _print(rows: list[DoctorRow]) -> None:
    for row in rows:
        sign = click.style(_SIGNS[row.state], fg=_COLORS[row.state])
        where = f"{row.where}: " if row.where else ""
        click.echo(f"{sign}  {row.subject}: {where}{row.what}")
        if row.fix and row.state != "ok":
            click.echo(f"            {row.fix}")
