"""`newsletter preview`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.issue_argument import here, issue_argument, open_workspace
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.workspace import Workspace, select

if TYPE_CHECKING:
    from newsletter.preview.studio import Studio

NEEDS = ("starlette", "uvicorn", "watchfiles")


@click.command("preview")
@issue_argument(required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Where to listen; the next that is free where it is taken, any for 0.",
)
@click.option("--no-open", is_flag=True, help="Say the address, and open no browser.")
@click.option(
    "--editor",
    metavar="NAME",
    help="Whose links open a file: vscode, idea, …, or an address of your own.",
)
@click.option(
    "--shots",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a picture of every view into DIR, and end.",
)
def command(
    issue: str | None, port: int, no_open: bool, editor: str | None, shots: Path | None
) -> None:
    """Watch an issue in a browser while you write it: as each reader will see it, with what is wrong beside it.

    Listens on this machine only. Ctrl-C ends it.
    """
    _need_extra()
    workspace = open_workspace()
    folder = select(workspace, issue, here()) if issue or workspace.folders() else None
    studio = _studio(workspace, folder, editor)
    if shots and folder is None:
        raise WrongUsage("No issues yet", hint="Create one with `newsletter new TITLE`.")
    if shots and folder:
        _shoot(studio, folder.name, (here() / shots).resolve())
    else:
        _watch(studio, port, no_open=no_open)


def _need_extra() -> None:
    from importlib.util import find_spec

    if missing := [name for name in NEEDS if find_spec(name) is None]:
        hint = "Install them: pip install 'newsletter[preview]'"
        raise NewsletterError(f"the studio needs {', '.join(missing)}", hint=hint)


def _studio(workspace: Workspace, folder: Path | None, editor: str | None) -> Studio:
    from newsletter.check.rule_settings import refuse_unknown
    from newsletter.files.cache import BuildCache
    from newsletter.preview.issue_cache import IssueCache
    from newsletter.preview.studio import Studio

    refuse_unknown(workspace)
    studio = Studio(
        IssueCache(workspace, BuildCache(workspace.state / "cache")),
        folder.name if folder else None,
        editor,
    )
    studio.editor()  # a name that no editor has is told at once
    return studio


def _watch(studio: Studio, port: int, *, no_open: bool) -> None:
    from newsletter.preview.server import HOST, listen, serve

    listener = listen(port)
    taken = listener.getsockname()[1]
    if port and taken != port:
        click.echo(f"Port {port} is taken; this is {taken}.", err=True)
    address = f"http://{HOST}:{taken}/"

    def ready() -> None:
        click.echo(address)
        if not no_open:
            threading.Thread(
                target=_open, args=(address,), daemon=True
            ).start()  # some browsers keep their caller

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(studio, listener, ready, asyncio.Event()))
    click.echo("Closed.", err=True)


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)


def _shoot(studio: Studio, slug: str, folder: Path) -> None:
    from newsletter.preview.shots import shoot

    for path in asyncio.run(shoot(studio, slug, folder)):
        click.echo(studio.kept.workspace.display_path(path))
