"""`newsletter list`."""

from __future__ import annotations

import click

from newsletter.check.formats import pluralize
from newsletter.cli.issue_argument import current_workspace, report_misnamed
from newsletter.cli.json_output import print_json
from newsletter.markup.width import display_width
from newsletter.pipeline import listing


@click.command("list")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(json_: bool) -> None:
    """List issues, the latest first, with date, state, words and errors.

    Only errors that block the build are counted; `newsletter check --all` finds all others.
    """
    from newsletter.review.state import state_row

    workspace = current_workspace()
    report_misnamed(workspace)
    rows = [
        listing.row(workspace, folder) | state_row(workspace, folder)
        for folder in reversed(workspace.folders())
    ]
    if json_:
        print_json(rows)
        return
    if not rows:
        click.echo("No issues yet. Create one with `newsletter new TITLE`.", err=True)
        return
    widest = max(display_width(row["slug"]) for row in rows)
    for row in rows:
        problems = pluralize(row["problems"], "problem") if row["problems"] else ""
        columns = (
            f"{row['slug']:<{widest}}",
            f"{row['state']:<9}",
            f"{row['words']:>6,} words",
            f"{problems:<11}",
        )
        approvals = f"[{row['approvals']}]" if row.get("approvals") else ""
        click.echo("  ".join((*columns, row["title"] or "", approvals)).rstrip())
    if any(row["problems"] for row in rows):
        click.echo(
            "Only errors that block the build are counted; newsletter check --all finds the others.",
            err=True,
        )
