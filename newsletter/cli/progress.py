"""Progress lines."""

from __future__ import annotations

import sys

import click


class Progress:
    """A progress line, shown only on a terminal and only for many issues."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self.total, self.done, self.failed = total, 0, 0
        self.shown = total > 3 and not quiet and sys.stderr.isatty()

    def advance(self, slug: str, *, failed: bool) -> None:
        self.done += 1
        self.failed += failed
        if self.shown:
            failures = f", {self.failed} failed" if self.failed else ""
            click.echo(f"\r\x1b[K{self.done}/{self.total} {slug}{failures}", nl=False, err=True)

    def close(self) -> None:
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)
