"""Print findings and errors for people; the only module that does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.model import Finding

COLORS = {"error": "red", "warning": "yellow", "info": "blue"}


def paint(text: str, style: str) -> str:
    """Return text in the color of a severity, or in `bold` or `dim`."""
    if style in ("bold", "dim"):
        return click.style(text, bold=style == "bold" or None, dim=style == "dim" or None)
    return click.style(text, fg=COLORS[style])


def show_findings(
    findings: Iterable[Finding], root: Path | None = None, *, to_stdout: bool = False
) -> None:
    """Write findings with their source lines to standard error, or to standard output if requested.

    Paths are relative to `root`, by default the workspace of the current directory.
    """
    findings = tuple(findings)
    if not findings:
        return
    from newsletter.check.formats.text import render

    text = render(findings, root or _workspace_root(), paint)
    click.echo(text, nl=False, err=not to_stdout)


def _workspace_root() -> Path:
    from newsletter.cli.issue_argument import here
    from newsletter.workspace import locate

    try:
        return locate(here())[0]
    except NewsletterError:
        return here()


def show_error(error: NewsletterError, root: Path | None = None) -> None:
    """Write an error to standard error, with its location and hint."""
    if isinstance(error, IssueRejected):
        show_findings(error.findings, root)
        count = sum(finding.severity == "error" for finding in error.findings)
        problems = f"{count} error{'s' if count != 1 else ''}"
        click.echo(f"{error.slug}: {problems}", err=True)
        return
    location = click.style(f"{error.where}: ", bold=True) if error.where else ""
    click.echo(f"{location}{click.style('error', fg='red')}: {error.message}", err=True)
    if error.hint:
        click.echo(f"    hint: {error.hint}", err=True)
