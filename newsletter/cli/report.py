"""Findings and errors on standard error: the one place that turns them into text."""

from __future__ import annotations

from collections.abc import Iterable

import click

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.model import Finding

COLOURS = {"error": "red", "warning": "yellow", "information": "blue"}


def show_findings(findings: Iterable[Finding]) -> None:
    """Write findings to standard error, one place a line."""
    for finding in findings:
        where = click.style(f"{finding.where}:", bold=True)
        severity = click.style(finding.severity, fg=COLOURS[finding.severity])
        click.echo(f"{where} {severity} {finding.code} {finding.name}: {finding.message}", err=True)
        if finding.hint:
            click.echo(f"    hint: {finding.hint}", err=True)


def show_error(error: NewsletterError) -> None:
    """Write an error to standard error, with its place and remedy."""
    if isinstance(error, IssueRejected):
        show_findings(error.findings)
        count = sum(finding.severity == "error" for finding in error.findings)
        problems = f"{count} error{'s' if count != 1 else ''}"
        click.echo(f"{error.slug}: {problems}", err=True)
        return
    place = click.style(f"{error.where}: ", bold=True) if error.where else ""
    click.echo(f"{place}{click.style('error', fg='red')}: {error.message}", err=True)
    if error.hint:
        click.echo(f"    hint: {error.hint}", err=True)
