"""What `newsletter check` prints: findings, changes, and the time of each rule."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module

import click

from newsletter.check.fix import FixedFile
from newsletter.check.formats import CheckResult, summary
from newsletter.check.registry import catalogue
from newsletter.cli.report import show_findings
from newsletter.pipeline.check_batch import CheckedIssue

FORMATS = {"json": "json_", "github": "github", "sarif": "sarif"}  # other than text -> module


def print_result(result: CheckResult, format_: str) -> None:
    """Write findings to standard output and the summary to standard error."""
    if format_ == "text":
        show_findings(result.findings, result.root, to_stdout=True)
    else:
        module = import_module(f"newsletter.check.formats.{FORMATS[format_]}")
        click.echo(module.render(result), nl=False)
    click.echo(summary(result), err=True)


def print_diff(changes: Sequence[FixedFile], *, to_stderr: bool) -> None:
    """Write changes to standard output, or to standard error if a document is printed there."""
    for change in changes:
        before, after = (
            data.decode().splitlines(keepends=True) for data in (change.before, change.after)
        )
        for line in difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}"):
            whole = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            click.echo(whole, nl=False, err=to_stderr)


def print_timing(checked: Sequence[CheckedIssue]) -> None:
    """Write the time of each rule in seconds to standard error, the slowest first."""
    total: dict[str, float] = {}
    for issue in checked:
        for key, seconds in issue.timing.items():
            total[key] = total.get(key, 0.0) + seconds
    for key, seconds in sorted(total.items(), key=lambda row: -row[1]):
        name = f" {catalogue()[key].name}" if key in catalogue() else ""
        click.echo(f"{seconds * 1000:9.1f} ms  {key}{name}", err=True)
