"""`ISSUE` on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsletter.errors import WrongUsage
from newsletter.workspace import find, locate, misnamed

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from newsletter.workspace import Workspace


F = TypeVar("F", bound=Callable[..., Any])


def here() -> Path:
    """Return the current directory. Raises `click.UsageError` if it was removed."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise click.UsageError("The current directory no longer exists") from error


def current_workspace(*names: str) -> Workspace:
    """Return the workspace of the current directory or of the given paths."""
    return find(start(*names))


def start(*names: str) -> Path:
    """Return where to look for the workspace: the current directory, or the first path.

    Hooks run in the top folder of a repository, which may contain the workspace in a subfolder.
    """
    try:
        locate(here())
    except WrongUsage:
        paths = (here() / name for name in names)
        if path := next((path for path in paths if path.exists()), None):
            return path if path.is_dir() else path.parent
    return here()


def report_misnamed(workspace: Workspace) -> None:
    """Report folders in issues/ that are not issues."""
    for path in misnamed(workspace):
        name = workspace.display_path(path)
        message = (
            f"Not an issue folder: {name}; name it by date and topic, such as 2026-03-01-ports"
        )
        click.echo(message, err=True)


def complete_issue(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of a slug, the latest first."""
    from click.shell_completion import CompletionItem

    from newsletter.errors import NewsletterError

    try:
        folders = current_workspace().folders()
    except NewsletterError:
        return []
    return [
        CompletionItem(folder.name) for folder in reversed(folders) if incomplete in folder.name
    ]


def issue_argument(**settings: Any) -> Callable[[F], F]:
    """Return the decorator for an ISSUE argument, with shell completion."""
    metavar = "[ISSUE]..." if settings.get("nargs") == -1 else "[ISSUE]"
    return click.argument("issue", metavar=metavar, shell_complete=complete_issue, **settings)
