"""`newsletter new`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from newsletter import blueprint
from newsletter.cli.issue_argument import current_workspace
from newsletter.diagnostics import Report
from newsletter.errors import NewsletterError
from newsletter.files.output import write_folder
from newsletter.files.text import read_text
from newsletter.files.yaml_reader import read_yaml
from newsletter.workspace import Workspace


def on_day(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.date | None:
    """Parse the date of an option. Raises `click.BadParameter` if it is invalid."""
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is not a date; write year, month and day, such as 2026-03-01."
        ) from error


@click.command("new")
@click.argument("title")
@click.option(
    "--date",
    callback=on_day,
    metavar="DATE",
    help="Day of publication, such as 2026-03-01; today by default.",
)
def command(title: str, date: dt.date | None) -> None:
    """Create an issue called TITLE from the blueprint.

    The blueprint is templates/blueprint/, if the workspace has one, or the packaged one.
    """
    title = " ".join(title.split())
    if not title:
        raise click.UsageError("Missing title")
    workspace = current_workspace()
    date = date or dt.date.today()  # noqa: DTZ011 - local date
    number = next_number(workspace)
    folder = workspace.issues / blueprint.slug(title, date, number)
    if folder.exists():
        message = f"{workspace.display_path(folder)} already exists"
        raise NewsletterError(message, hint="Choose another title or date; nothing was changed.")
    own = workspace.templates / "blueprint"
    files = blueprint.issue_files(
        own if own.is_dir() else blueprint.PACKAGED / "issue", title, date, number
    )
    write_folder(folder, files)
    for name in files:
        click.echo(f"{workspace.display_path(folder)}/{name}")
    click.echo(f"Next: edit the files, then run newsletter build {folder.name}", err=True)


def next_number(workspace: Workspace) -> int | None:
    """Return the next issue number, or `None` for a publication without numbers."""
    folders = workspace.folders()
    numbers = [
        number for folder in folders[-10:] if (number := _number(folder / "issue.yaml")) is not None
    ]
    if not numbers:
        return None if folders else 1
    return max(numbers) + 1


def _number(path: Path) -> int | None:
    report = Report()
    text = read_text(path, path.name, report)
    read = read_yaml(text, path.name, report) if text is not None else None
    value = read[0].get("number") if read and isinstance(read[0], dict) else None
    return int(value) if isinstance(value, str) and value.isdecimal() else None
