"""Choose the issue for commands that cannot be undone, and report a date in the future."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import click

from newsletter.targets import receipts, target_names
from newsletter.workspace import Workspace, days_ahead


def published_everywhere(
    workspace: Workspace, names: tuple[str, ...] = ()
) -> Callable[[Path], bool]:
    """Return a predicate: whether all these targets (by default, all) have a receipt."""
    required = set(names or target_names(workspace))

    def done(folder: Path) -> bool:
        written = receipts.read_receipts(folder, workspace.display_path(folder))
        return required <= {receipt["target"] for receipt in written}

    return done


def show_date(folder: Path) -> None:
    """Report a date in the future on standard error."""
    days = days_ahead(folder, dt.datetime.now().astimezone().date())
    if days:
        unit = "day" if days == 1 else "days"
        click.echo(f"{folder.name} is dated {folder.name[:10]}, {days} {unit} from now.", err=True)
