"""The studio on this machine's loopback address."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from types import FrameType

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.preview.studio import Studio

PORT = 8765
TRIES = 20
HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a socket on loopback: this port, or the next that is free. Raises `NewsletterError` where none is."""
    for candidate in range(port, min(port + TRIES, 65536)) if port else (0,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen(128)
        except PermissionError as error:
            listener.close()
            raise WrongUsage(
                f"port {candidate} is not yours to use", hint="Take one above 1023."
            ) from error
        except OSError:
            listener.close()
        else:
            return listener
    raise NewsletterError(
        f"no port from {port} to {port + TRIES - 1} is free", hint="Name another: --port 9000"
    )


async def serve(
    studio: Studio, listener: socket.socket, ready: Callable[[], None], until: asyncio.Event
) -> None:
    """Answer and watch until Ctrl-C or `until`. `ready` is called once answers are given."""
    import uvicorn

    from newsletter.preview.app import make_app
    from newsletter.preview.watch import watch

    loop = asyncio.get_running_loop()

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # A stream of events would keep the server from stopping for as long as its page is open.
            loop.call_soon_threadsafe(studio.events.close)
            logging.getLogger("uvicorn.error").setLevel(
                logging.CRITICAL
            )  # who is cut off now is nobody's fault
            super().handle_exit(sig, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    config = uvicorn.Config(
        make_app(studio),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)

    async def ending() -> None:
        await until.wait()
        studio.events.close()
        server.should_exit = True

    beside = [asyncio.create_task(watch(studio)), asyncio.create_task(ending())]
    try:
        await server.serve([listener])
    finally:
        studio.close()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
