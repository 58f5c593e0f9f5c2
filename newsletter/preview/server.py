"""The preview's web server, on the loopback address by default."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.quotation import quoted
from newsletter.preview.studio import Studio

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

PORT = 8765
TRIES = 20
HOST = "127.0.0.1"


def listen(port: int, host: str = HOST) -> socket.socket:
    """Return a socket at this port, or the next free one.

    Raises `NewsletterError` if none is free, and `WrongUsage` for a port or an address that this
    machine cannot use.
    """
    for candidate in range(port, min(port + TRIES, 65536)) if port else (0,):
        listener = _socket(host)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
        except PermissionError as error:
            listener.close()
            hint = "Choose a port above 1023."
            raise WrongUsage(f"Port {candidate} requires elevated privileges", hint=hint) from error
        except socket.gaierror as error:
            listener.close()
            raise _not_ours(host) from error
        except OSError as error:
            listener.close()
            if "assign" in str(error):  # EADDRNOTAVAIL, as worded by every system
                raise _not_ours(host) from error
        else:
            return listener
    raise NewsletterError(
        f"No free port from {port} to {port + TRIES - 1}", hint="Choose another with `--port 9000`."
    )


def _socket(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # on Windows it would let two servers share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener


def _not_ours(host: str) -> WrongUsage:
    hint = "Use 127.0.0.1, 0.0.0.0, or an address of this machine."
    return WrongUsage(
        f"Expected an address of this machine for --host, found {quoted(host)}", hint=hint
    )


class OneLine(logging.Formatter):
    """Logs an error in one line without its traceback, as reconnecting pages repeat it."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name in the standard library
        return ""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = record.stack_info = None
        reason = f": {type(error).__name__}: {error}" if error else ""
        first = (record.getMessage().splitlines() or [""])[0]
        return f"preview: {first}{reason}"[:300]


class NoRepeats(logging.Filter):
    """Drops a line that equals the one before it."""

    def __init__(self) -> None:
        super().__init__()
        self.last: tuple[str, str] | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        line = (record.getMessage(), repr(error))
        is_new = line != self.last
        self.last = line
        return is_new


def _log_short() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    handler.addFilter(NoRepeats())
    return handler


async def serve(
    studio: Studio, listener: socket.socket, ready: Callable[[], None], until: asyncio.Event
) -> None:
    """Serve and watch until Ctrl-C or `until`; call `ready` once requests are accepted."""
    from newsletter.preview.app import make_app
    from newsletter.preview.watcher import watch

    with _short_log() as log:
        server = _server(make_app(studio), studio, log, ready)

        async def end() -> None:
            await until.wait()
            studio.events.close()
            server.should_exit = True

        tasks = [asyncio.create_task(watch(studio)), asyncio.create_task(end())]
        try:
            await server.serve([listener])
        finally:
            studio.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _short_log() -> Iterator[logging.Logger]:
    """Log the server's errors in one line each while it runs."""
    log = logging.getLogger("uvicorn.error")
    handler = _log_short()
    log.addHandler(handler)
    log.propagate = False
    try:
        yield log
    finally:
        log.removeHandler(handler)
        log.propagate = True


def _server(
    app: ASGIApp, studio: Studio, log: logging.Logger, ready: Callable[[], None]
) -> uvicorn.Server:
    """Return a server that calls `ready`, and ends its event streams when it stops."""
    import uvicorn

    loop = asyncio.get_running_loop()

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # An open event stream would prevent the server from stopping.
            loop.call_soon_threadsafe(studio.events.close)
            log.setLevel(logging.CRITICAL)  # connections cut off now are not errors
            super().handle_exit(sig, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    return Server(uvicorn.Config(app, **_CONFIG))


_CONFIG: Mapping[str, Any] = {
    "loop": "asyncio",
    "http": "h11",
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "log_level": "error",
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 1,
}
