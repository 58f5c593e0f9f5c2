"""`newsletter worker`."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import click

from newsletter.cli.issue_argument import current_workspace
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.send.queueing import SendWorker


@click.command("worker")
@click.option("--once", is_flag=True, help="Exit when the queue is empty.")
def command(once: bool) -> None:
    """Send batches that `newsletter send --workers` put into the queue, on as many machines as you like.

    Needs PostgreSQL ([send] database) and the settings; the issues are in the database. The first
    Ctrl-C or SIGTERM finishes the emails in progress.
    """
    from newsletter.send.queueing import SendWorker
    from newsletter.send.sending import mail_server
    from newsletter.send.storage import require

    require("procrastinate", "psycopg")
    workspace = current_workspace()
    worker = SendWorker(workspace, mail_server(workspace))
    click.echo("Waiting for batches. Press Ctrl-C to stop.", err=True)
    try:
        asyncio.run(_run(worker, once=once))
    except OSError as error:
        raise NewsletterError(f"The queue cannot be reached: {error}") from error
    click.echo(f"{worker.sent:,} sent by this worker", err=True)


async def _run(worker: SendWorker, *, once: bool) -> None:
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, worker.stop.set)
    await worker.run(once=once)
