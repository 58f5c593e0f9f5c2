"""`newsletter doctor`."""

from __future__ import annotations

import sys
from typing import Any

import click

from newsletter.check.formats.json_ import place_json
from newsletter.cli.doctor_checks import DoctorRow, diagnose
from newsletter.cli.issue_argument import current_workspace
from newsletter.cli.json_output import print_json

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
        print_json([_as_json(row) for row in rows])
    else:
        _print(rows)
    missing = sum(row.state == "missing" for row in rows)
    summary = f"{missing} missing" if missing else "Nothing is missing"
    click.echo(f"{summary}; {sum(row.state == 'to do' for row in rows)} to do elsewhere", err=True)
    if missing:
        sys.exit(1)


def _as_json(row: DoctorRow) -> dict[str, Any]:
    """Return a row with the keys of a finding in `check --json`."""
    return {
        "subject": row.subject,
        "state": row.state,
        **place_json(row.where),
        "message": row.message,
        "hint": row.hint,
    }


def _print(rows: list[DoctorRow]) -> None:
    for row in rows:
        sign = click.style(_SIGNS[row.state], fg=_COLORS[row.state])
        where = f"{row.where}: " if row.where else ""
        click.echo(f"{sign}  {row.subject}: {where}{row.message}")
        if row.hint and row.state != "ok":
            click.echo(f"            {row.hint}")
