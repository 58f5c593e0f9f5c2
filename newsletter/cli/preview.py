"""`newsletter preview`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.extra_command import install_command
from newsletter.files.find import real_path
from newsletter.workspace import Workspace, select

if TYPE_CHECKING:
    from newsletter.preview.studio import Studio

NEEDS = ("starlette", "uvicorn", "watchfiles")
LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")


@click.command("preview")
@issue_argument(required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port to listen on; the next free one if it is taken; 0 for any.",
)
@click.option(
    "--host",
    default=LOOPBACK,
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; 0.0.0.0 for all addresses of this machine, as containers need.",
)
@click.option("--poll", is_flag=True, help="Poll the files for changes, for network folders.")
@click.option("--no-open", is_flag=True, help="Print the address without opening a browser.")
@click.option(
    "--editor",
    metavar="NAME",
    help="Editor that links open: vscode, idea, …, or an address with {path}.",
)
@click.option(
    "--shots",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write screenshots of every view and an index.html into DIR, then exit.",
)
def command(
    issue: str | None,
    port: int,
    host: str,
    poll: bool,
    no_open: bool,
    editor: str | None,
    shots: Path | None,
) -> None:
    """Show an issue in a browser while you write it, as each reader will see it, with its problems.

    Listens on this machine only, unless --host is given. Press Ctrl-C to stop.
    """
    require_extra()
    workspace = current_workspace()
    folder = select(workspace, issue, here()) if issue or workspace.folders() else None
    studio = studio_of(workspace, folder, editor, host=host, poll=poll)
    if shots and folder is None:
        raise WrongUsage("No issues yet", hint="Create one with `newsletter new TITLE`.")
    if shots and folder:
        _take_screenshots(studio, folder.name, real_path(here() / shots))
    else:
        _serve(studio, host, port, no_open=no_open)


def require_extra() -> None:
    """Raise `NewsletterError` if the packages of the preview are not installed."""
    from importlib.util import find_spec

    if missing := [name for name in NEEDS if find_spec(name) is None]:
        hint = f"Run `{install_command('preview')}`."
        raise NewsletterError(f"The preview needs {', '.join(missing)}", hint=hint)


def studio_of(
    workspace: Workspace, folder: Path | None, editor: str | None, *, host: str, poll: bool
) -> Studio:
    """Return the preview of a workspace, not listening yet."""
    from newsletter.check.rule_settings import refuse_unknown
    from newsletter.cli.idle_collector import IdleCollector
    from newsletter.files.cache import BuildCache
    from newsletter.preview.issue_cache import IssueCache
    from newsletter.preview.studio import Studio

    refuse_unknown(workspace)
    named = "" if host in (LOOPBACK, *EVERYWHERE) else host
    studio = Studio(
        IssueCache(workspace, BuildCache(workspace.state / "cache")),
        folder.name if folder else None,
        editor,
        host=named,
        poll=poll,
        housekeeping=IdleCollector(),
    )
    studio.editor()  # reports an unknown editor at once
    return studio


def _serve(studio: Studio, host: str, port: int, *, no_open: bool) -> None:
    from newsletter.cli.idle_collector import collected_when_idle
    from newsletter.preview.server import listen, serve

    listener = listen(port, host)
    actual = listener.getsockname()[1]
    if port and actual != port:
        click.echo(f"Port {port} is taken; using {actual}.", err=True)
    if host != LOOPBACK:
        message = f"Listening on {host}: anyone who can reach port {actual} can read the drafts."
        click.echo(message, err=True)
    name = LOOPBACK if host in EVERYWHERE else host
    address = f"http://[{name}]:{actual}/" if ":" in name else f"http://{name}:{actual}/"

    def ready() -> None:
        click.echo(address)
        if not no_open:  # in a thread, because some browsers block their caller
            threading.Thread(target=_open, args=(address,), daemon=True).start()

    with contextlib.suppress(KeyboardInterrupt), collected_when_idle():
        asyncio.run(serve(studio, listener, ready, asyncio.Event()))
    click.echo("Stopped.", err=True)


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)


def _take_screenshots(studio: Studio, slug: str, folder: Path) -> None:
    from newsletter.preview.screenshots import take_screenshots

    for path in asyncio.run(take_screenshots(studio, slug, folder)):
        click.echo(studio.cache.workspace.display_path(path))
