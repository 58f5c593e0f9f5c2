"""Shell completion of what the rules and the workspace define; it never fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from newsletter.cli.issue_argument import current_workspace

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from newsletter.workspace import Workspace


def complete_rules(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of a rule, by code or name; the help text describes the rule."""
    from click.shell_completion import CompletionItem

    from newsletter.check.registry import catalogue

    *before, last = incomplete.split(",")  # several codes may be given as `NL2,NL301`
    start = "".join(f"{code}," for code in before)
    codes = [
        CompletionItem(f"{start}{entry.code}", help=entry.name)
        for entry in catalogue().values()
        if entry.code.startswith(last.upper())
    ]
    return codes or [
        CompletionItem(f"{start}{entry.name}", help=entry.code)
        for entry in catalogue().values()
        if entry.name.startswith(last.lower())
    ]


def complete_target(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of the name of a target in the settings."""
    return _of_workspace(incomplete, lambda workspace: workspace.publication.targets)


def complete_theme(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of the name of a theme, packaged or in templates/."""
    from newsletter.theme.theme import theme_names

    return _of_workspace(incomplete, lambda workspace: theme_names(workspace.templates))


def complete_person(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of the id of a person in the masthead."""
    return _of_workspace(incomplete, people)


def people(workspace: Workspace) -> list[str]:
    """Return the ids of the people in the masthead, in its order; none if it cannot be read."""
    from newsletter.diagnostics import Report
    from newsletter.load.masthead import read_masthead
    from newsletter.load.workspace_reader import WorkspaceReader

    return list(read_masthead(WorkspaceReader(workspace, Report())).masthead.people)


def complete_role(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of a role that must approve an issue."""
    return _of_workspace(incomplete, lambda workspace: workspace.approval.required)


def complete_list(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return completions of the name of an own list."""
    return _of_workspace(incomplete, lambda workspace: workspace.lists)


def _of_workspace(
    incomplete: str, names: Callable[[Workspace], Iterable[str]]
) -> list[CompletionItem]:
    """Return completions of names that the workspace defines; none outside a workspace."""
    from click.shell_completion import CompletionItem

    from newsletter.errors import NewsletterError

    try:
        known = list(names(current_workspace()))
    except NewsletterError:
        return []
    return [CompletionItem(name) for name in known if name.startswith(incomplete)]
