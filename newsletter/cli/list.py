"""`newsletter list`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from newsletter.check.structure import check_structure
from newsletter.cli.issues import open_workspace, tell_misnamed
from newsletter.context import count_words
from newsletter.errors import NewsletterError
from newsletter.load import load
from newsletter.markup.width import display_width
from newsletter.receipts import read_receipts
from newsletter.workspace import Workspace


@click.command("list")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(json_: bool) -> None:
    """List issues, the latest first, with date, state, words and problems.

    Problems are those that keep an issue from being built; `newsletter check --all` finds the others.
    """
    workspace = open_workspace()
    tell_misnamed(workspace)
    rows = [_row(workspace, folder) for folder in reversed(workspace.folders())]
    if json_:
        import json

        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("There is no issue yet. Make one with `newsletter new TITLE`.", err=True)
        return
    widest = max(display_width(row["slug"]) for row in rows)
    for row in rows:
        problems = f"{row['problems']} problem{'s' if row['problems'] != 1 else ''}" if row["problems"] else ""
        columns = (f"{row['slug']:<{widest}}", f"{row['state']:<9}", f"{row['words']:>6,} words", f"{problems:<11}")
        click.echo("  ".join((*columns, row["title"] or "")).rstrip())


def _row(workspace: Workspace, folder: Path) -> dict[str, Any]:
    loaded = load(workspace, folder)
    issue = loaded.issue
    problems = len(loaded.findings) + (len(check_structure(workspace, issue)[0]) if issue else 0)
    try:
        published = bool(read_receipts(folder, workspace.shown(folder)))
    except NewsletterError:
        published, problems = True, problems + 1
    return {
        "slug": folder.name,
        "title": issue.title if issue else None,
        "date": issue.date.isoformat() if issue else folder.name[:10],
        "state": "published" if published else "draft",
        "words": sum(map(count_words, issue.sections)) if issue else 0,
        "problems": problems,
    }
