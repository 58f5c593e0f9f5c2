"""`newsletter diff`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

import click

from newsletter.cli.issue_argument import complete_issue, current_workspace, here
from newsletter.errors import WrongUsage
from newsletter.files.output import write_file
from newsletter.workspace import Workspace, select

FORMATS = ("text", "markdown", "json")


@click.command("diff")
@click.argument("names", metavar="[ISSUE] [REV]", nargs=-1, shell_complete=complete_issue)
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the redline as a self-contained web page.",
)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", help="Output format."
)
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(
    names: tuple[str, ...],
    page: Path | None,
    format_: Literal["text", "markdown", "json"],
    json_: bool,
) -> None:
    """Show what changed in an email, as a reader would see it.

    REV is `published`, `approved`, a git revision, or another issue's slug or folder; omitted: what
    was published last, or else approved, or else committed.
    """
    from newsletter.review.redline import redline
    from newsletter.review.versions import earlier_version, working_version

    workspace = current_workspace(*names[:1])
    folder, revision = _issue_and_revision(workspace, names)
    before = earlier_version(workspace, folder, revision)
    result = redline(before, working_version(workspace, folder))
    if page is not None:
        from newsletter.review.redline_html import redline_page

        write_file(page, redline_page(result).encode())
        click.echo(str(page), err=True)
    if json_ or format_ == "json":
        from newsletter.review.redline_json import redline_json

        click.echo(redline_json(result), nl=False)
    elif format_ == "markdown":
        from newsletter.review.redline_markdown import redline_markdown

        click.echo(redline_markdown(result), nl=False)
    elif page is None:
        from newsletter.review.redline_text import redline_text

        click.echo(redline_text(result, color=_shows_color()), nl=False)


def _issue_and_revision(workspace: Workspace, names: tuple[str, ...]) -> tuple[Path, str | None]:
    """Return the issue and what to compare it with; a single name may be either."""
    if len(names) > 2:
        raise click.UsageError("Expected at most an issue and a revision")
    if len(names) == 2:
        return select(workspace, names[0], here()), names[1]
    if not names:
        return select(workspace, None, here()), None
    try:
        return select(workspace, names[0], here()), None
    except WrongUsage as error:
        if _is_revision(workspace, names[0]):
            return select(workspace, None, here()), names[0]
        raise error from None


def _is_revision(workspace: Workspace, name: str) -> bool:
    from newsletter.review.git_history import commit_of, is_repository
    from newsletter.review.versions import APPROVED, PUBLISHED

    if name in (APPROVED, PUBLISHED):
        return True
    return is_repository(workspace.root) and commit_of(workspace.root, name) is not None


def _shows_color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
