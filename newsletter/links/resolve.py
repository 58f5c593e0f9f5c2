"""Names become addresses, and a connection goes to the very address that was judged."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

from newsletter.links.private import is_nowhere, is_public
from newsletter.links.settings import LinkSettings, covers

if TYPE_CHECKING:
    from aiohappyeyeballs import AddrInfoType

# RFC 2606 keeps this name, and IANA answers for it: who cannot find it has no name server.
WITNESS = "example.com"


class PrivateAddress(OSError):
    """The address is private; `filtered` where a filter in the name server put nothing in its place."""

    def __init__(self, address: str, *, filtered: bool = False) -> None:
        super().__init__(f"{address} is a private address")
        self.address = address
        self.filtered = filtered


class UnresolvedHost(OSError):
    """No name server said anything, neither yes nor no."""


class PublicResolver(AbstractResolver):
    """Looks every name up once a run and leaves out addresses that readers cannot reach, but for hosts we were told."""

    def __init__(self, settings: LinkSettings) -> None:
        self._lookup = settings.lookup or system_lookup
        self._private = settings.private
        self._admitted = set(
            settings.private
        )  # private addresses that may be asked: those named, and of named hosts
        self._known: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        self._found_any = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = await self._addresses(host)
        if covers(self._private, host):
            self._admitted.update(addresses)
            return [_result(host, address, port) for address in addresses]
        public = list(filter(is_public, addresses))
        if not public:
            raise PrivateAddress(addresses[0], filtered=all(map(is_nowhere, addresses)))
        return [_result(host, address, port) for address in public]

    def guarded_socket(self, info: AddrInfoType) -> socket.socket:
        """Make the socket of one connection, unless it would lead to a private address.

        This is the last call before connecting, with the address itself: whatever stood in the link (a number, a name,
        a redirect) and whatever a name server says a second time, there is no way around it.
        """
        family, kind, protocol, _, address = info
        if not (str(address[0]) in self._admitted or is_public(str(address[0]))):
            raise PrivateAddress(str(address[0]))
        return socket.socket(family, kind, protocol)

    async def _addresses(self, host: str) -> tuple[str, ...]:
        if host not in self._known:
            self._known[host] = asyncio.create_task(self._ask(host))
        return await asyncio.shield(
            self._known[host]
        )  # others wait for it too: one link's timeout is not theirs

    async def _ask(self, host: str) -> tuple[str, ...]:
        try:
            addresses = await self._lookup(host)
        except UnicodeError as error:  # a label that is empty or has over 63 characters
            raise socket.gaierror(socket.EAI_NONAME, "no such name") from error
        except socket.gaierror as error:
            # Some systems say "no such name" when there is no network at all; then no link is to blame.
            if error.errno == socket.EAI_AGAIN or not (
                self._found_any or await self._finds_witness()
            ):
                raise UnresolvedHost from error
            raise
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        self._found_any |= any(
            map(is_public, addresses)
        )  # of others this machine may know by itself
        return addresses

    async def _finds_witness(self) -> bool:
        try:
            self._found_any = bool(await self._lookup(WITNESS))
        except OSError:
            return False
        return self._found_any

    async def close(self) -> None:
        for task in self._known.values():
            task.cancel()


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=numeric
    )


async def system_lookup(host: str) -> tuple[str, ...]:
    """Ask the system, in a thread of its own.

    A thread in `getaddrinfo` cannot be stopped, and a dead name server holds it for half a minute: a pool would run
    out of threads, and wait for them at the end. A daemon is left behind.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def settle(addresses: tuple[str, ...], error: Exception | None) -> None:
        if not answer.done():
            answer.set_exception(error) if error else answer.set_result(addresses)

    def work() -> None:
        found: tuple[str, ...] = ()
        failed: Exception | None = None
        try:
            entries = socket.getaddrinfo(
                host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
            )
            found = tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, UnicodeError) as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the run ended meanwhile
            loop.call_soon_threadsafe(settle, found, failed)

    threading.Thread(target=work, name=f"lookup {host}", daemon=True).start()
    return await answer
