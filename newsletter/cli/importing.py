"""Shared code of `import`, `import --all` and `import --update`."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
from msgspec import Struct
from msgspec.structs import replace

from newsletter.cli.report import show_error
from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft
from newsletter.importers.import_line import ImportContext, ReadDraft
from newsletter.importers.structure.outline import Outline
from newsletter.importers.structure.outline_file import format_outline, parse_outline
from newsletter.model import Finding
from newsletter.workspace import Workspace

PATIENCE = 1.0  # seconds before slow work on one draft shows that it is running


class ImportOptions(Struct, frozen=True):
    """The options of the command line that every kind of import reads."""

    date: dt.date | None
    slug: str | None
    dry_run: bool
    json: bool
    edit: bool
    fetch: bool
    interactive: bool  # a person can answer questions


def end_with_errors(findings: Iterable[Finding]) -> None:
    """End with exit code 1 if a check of what was imported found errors."""
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


def confirm(question: str, options: ImportOptions) -> None:
    """Ask before writing. Raises `click.Abort` if the answer is no."""
    if options.interactive and not click.confirm(question, default=True, err=True):
        raise click.Abort


def fetch_images(read: ReadDraft, workspace: Workspace, *, fetch: bool) -> ReadDraft:
    """Return a draft with its remote images downloaded, if requested."""
    if not fetch:
        return read
    from newsletter.importers.issue.remote_images import with_remote
    from newsletter.links.options import link_options

    return replace(read, text=with_remote(read.text, link_options(workspace)))


def edit_outline(
    outline: Outline, draft: Draft, context: ImportContext, options: ImportOptions
) -> Outline:
    """Open an outline in the editor until it is valid. Raises `click.Abort` if it was emptied."""
    text = format_outline(outline, draft, context.kinds)
    while True:
        text = _open_editor(text)
        try:
            changed = parse_outline(text, draft, context.kinds, "outline")
        except NewsletterError as error:
            if not options.interactive:
                raise
            show_error(error)
            if not click.confirm("Edit it again?", default=True, err=True):
                raise click.Abort from error
            continue
        if changed is None:
            raise click.Abort
        return changed


def _open_editor(text: str) -> str:
    """Return the edited text. Raises `NewsletterError` if the editor fails or saves non-UTF-8."""
    try:
        return click.edit(text, extension=".outline", require_save=False) or ""
    except click.ClickException as error:
        hint = "Set EDITOR to an editor that is installed; nothing was written."
        raise NewsletterError(f"Editor failed: {error.message}", hint=hint) from error
    except UnicodeDecodeError as error:
        hint = "Save the outline as UTF-8; nothing was written."
        raise NewsletterError("Outline is not UTF-8 text", hint=hint) from error
    except OSError as error:
        message = f"Cannot read the outline: {error.strerror}"
        raise NewsletterError(message, hint="Run the import again; nothing was written.") from error


@contextmanager
def slow_work(label: str, *, quiet: bool) -> Iterator[None]:
    """Count seconds on a terminal while work on one draft takes longer than `PATIENCE`."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    counter = threading.Thread(target=_count_seconds, args=(label, done), daemon=True)
    counter.start()
    try:
        yield
    finally:
        done.set()
        counter.join()


def _count_seconds(label: str, done: threading.Event) -> None:
    seconds = 0
    while not done.wait(PATIENCE):
        seconds += 1
        click.echo(f"\r\x1b[K{label} … {seconds} s", nl=False, err=True)
    if seconds:
        click.echo("\r\x1b[K", nl=False, err=True)
