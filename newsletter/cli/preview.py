"""`newsletter preview`."""

from __future__ import annotations

import click

from newsletter.cli.issues import here, issue_argument, open_workspace
from newsletter.errors import NewsletterError
from newsletter.workspace import select

NEEDS = "pip install 'newsletter[preview]'"


@click.command("preview")
@issue_argument(required=False)
@click.option("--port", type=click.IntRange(0, 65535), help="The first port to try; 8765 by default, 0 for any.")
@click.option("--no-open", is_flag=True, help="Say the address, and open no browser.")
@click.option("--editor", metavar="NAME", help="Whose links open a file: vscode, idea, …, or an address of your own.")
def command(issue: str | None, port: int | None, no_open: bool, editor: str | None) -> None:
    """Watch an issue in a browser while you write it: as each reader will see it, with what is wrong beside it."""
    import asyncio

    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
        import watchfiles  # noqa: F401
    except ImportError as error:
        raise NewsletterError(f"the studio needs {error.name}", hint=f"Install it: {NEEDS}") from error
    from newsletter.cache import Cache
    from newsletter.preview.app import make_app
    from newsletter.preview.editor import DEFAULT, Editor
    from newsletter.preview.kept import Kept
    from newsletter.preview.server import PORT, listen, serve
    from newsletter.preview.studio import Studio

    workspace = open_workspace()
    folder = select(workspace, issue, here()) if issue or workspace.folders() else None
    kept = Kept(workspace, Cache(workspace.state / "cache"))
    wanted = PORT if port is None else port
    listener = listen(wanted)
    taken = listener.getsockname()[1]
    if wanted and taken != wanted:
        click.echo(f"Port {wanted} is taken; using {taken}.", err=True)
    click.echo(f"http://127.0.0.1:{taken}/")
    studio = Studio(kept, Editor.of(editor or DEFAULT, workspace.root), folder.name if folder else None)
    if not no_open:
        import webbrowser

        webbrowser.open(f"http://127.0.0.1:{taken}/")
    try:
        asyncio.run(serve(make_app(studio), studio, listener))
    except KeyboardInterrupt:
        click.echo("Closed.", err=True)
