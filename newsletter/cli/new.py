"""`newsletter new`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import click

from newsletter import blueprint
from newsletter.cli.completion import complete_person, complete_theme, people
from newsletter.cli.issue_argument import current_workspace
from newsletter.cli.json_output import print_json
from newsletter.diagnostics import Report
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.output import write_folder
from newsletter.files.portable_names import unportable
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.text import read_text
from newsletter.files.yaml_reader import read_yaml
from newsletter.theme.theme import open_theme
from newsletter.workspace import Workspace


def on_day(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.date | None:
    """Parse the date of an option. Raises `click.BadParameter` if it is invalid."""
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError as error:
        raise click.BadParameter(
            f"Expected a date such as 2026-03-01, found {quoted(value)}"
        ) from error


@click.command("new")
@click.argument("title")
@click.option(
    "--date",
    callback=on_day,
    metavar="DATE",
    help="Day of publication, such as 2026-03-01; today by default.",
)
@click.option(
    "--by",
    metavar="PERSON",
    shell_complete=complete_person,
    help="The author, an id of the masthead; by default the first person there.",
)
@click.option(
    "--theme",
    metavar="THEME",
    shell_complete=complete_theme,
    help="The issue's theme, where it is not the publication's.",
)
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    title: str, date: dt.date | None, by: str | None, theme: str | None, json_: bool
) -> None:
    """Create an issue called TITLE from the blueprint.

    The blueprint is templates/blueprint/, if the workspace has one, or the packaged one. In its
    files, ${title}, ${date}, ${number} and ${by} are filled in.

    The issue is a draft: it contains TK wherever something is to be written.
    """
    title = " ".join(title.split())
    if not title:
        raise click.UsageError("Missing title")
    workspace = current_workspace()
    author = _author(workspace, by)
    if theme is not None:
        open_theme(workspace, theme)
    date = date or dt.date.today()  # noqa: DTZ011 - local date
    number = next_number(workspace)
    folder = workspace.issues / blueprint.slug(title, date, number)
    if folder.exists():
        message = f"{workspace.display_path(folder)} already exists"
        raise NewsletterError(message, hint="Choose another title or date; nothing was changed.")
    own = workspace.templates / "blueprint"
    files = blueprint.issue_files(
        own if own.is_dir() else blueprint.PACKAGED / "issue", title, date, number, by=author
    )
    _refuse_unportable(files)
    if theme is not None:
        files["issue.yaml"] = files.get("issue.yaml", b"") + f"theme: {theme}\n".encode()
    write_folder(folder, files)
    names = [f"{workspace.display_path(folder)}/{name}" for name in files]
    if json_:
        row = {"slug": folder.name, "number": number, "by": author, "files": names}
        print_json(row)
        return
    click.echo("\n".join(names))
    click.echo(f"Next: edit the files, then run newsletter build {folder.name}", err=True)


def _refuse_unportable(paths: Iterable[str]) -> None:
    """Raise `NewsletterError` for a file of the blueprint that not every system can have."""
    for name in (part for path in paths for part in path.split("/")):
        if reason := unportable(name):
            message = f"File name {quoted(name)} in the blueprint: {reason}"
            raise NewsletterError(message, hint="Rename the file in templates/blueprint/.")


def _author(workspace: Workspace, by: str | None) -> str:
    """Return the author's id: the given one, or the first in the masthead.

    Raises `WrongUsage` if the masthead has no such person.
    """
    known = people(workspace)
    if by is not None and known and by not in known:
        raise WrongUsage(
            f"Unknown person {quoted(by)} for --by",
            hint=spelling_hint(by, known, what="people in the masthead"),
        )
    return by or (known[0] if known else "editor")


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
