"""Resolve names without private addresses, and connect only to addresses that were checked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

from newsletter.links.options import LinkOptions
from newsletter.links.private import is_public, is_unspecified_address, printed_address
from newsletter.schema.hosts import host_covers

if TYPE_CHECKING:
    from aiohappyeyeballs import AddrInfoType

# Reserved by RFC 2606 and served by IANA: if this name does not resolve, there is no name server.
WITNESS = "example.com"


class PrivateAddress(OSError):
    """The address is private.

    `filtered`: a filtering name server returned a null address instead of the real one.
    """

    def __init__(self, address: str, *, filtered: bool = False) -> None:
        self.address = printed_address(address)
        super().__init__(f"{self.address} is a private address")
        self.filtered = filtered


class UnresolvedHost(OSError):
    """No name server responded."""


class PublicResolver(AbstractResolver):
    """Resolves every name once per run.

    Addresses that readers cannot reach are omitted, except for `private` hosts.
    """

    def __init__(self, options: LinkOptions) -> None:
        self._lookup = options.lookup or system_lookup
        self._private = options.private
        self._admitted = set(
            options.private
        )  # private addresses that may be requested, by name or address
        self._known: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        self._resolved_any = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a host's public addresses. Raises `PrivateAddress` if it has only others."""
        addresses = await self._addresses(host)
        if host_covers(self._private, host):
            self._admitted.update(addresses)
            return [_result(host, address, port) for address in addresses]
        public = list(filter(is_public, addresses))
        if not public:
            filtered = all(map(is_unspecified_address, addresses))
            raise PrivateAddress(addresses[0], filtered=filtered)
        return [_result(host, address, port) for address in public]

    def guarded_socket(self, info: AddrInfoType) -> socket.socket:
        """Create the socket of a connection. Raises `PrivateAddress` if its address is private.

        This is the last call before connecting and receives the address itself, so it cannot be
        bypassed by the link (a number, a name, a redirect) or a second response of a name server.
        """
        family, kind, protocol, _, address = info
        if not (str(address[0]) in self._admitted or is_public(str(address[0]))):
            raise PrivateAddress(str(address[0]))
        return socket.socket(family, kind, protocol)

    async def _addresses(self, host: str) -> tuple[str, ...]:
        if host not in self._known:
            self._known[host] = asyncio.create_task(self._resolve_once(host))
        # Shielded because other links wait for it too: one link's timeout is not theirs.
        return await asyncio.shield(self._known[host])

    async def _resolve_once(self, host: str) -> tuple[str, ...]:
        try:
            addresses = await self._lookup(host)
        except UnicodeError as error:  # a label that is empty or longer than 63 characters
            raise socket.gaierror(socket.EAI_NONAME, "no such name") from error
        except socket.gaierror as error:
            # Some systems report "no such name" without any network; then the link is not to blame.
            if error.errno == socket.EAI_AGAIN or not await self._has_network():
                raise UnresolvedHost from error
            raise
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        self._resolved_any |= any(
            map(is_public, addresses)
        )  # this machine may resolve private ones itself
        return addresses

    async def _has_network(self) -> bool:
        """Return whether any public name has been resolved, or the test name can be."""
        if not self._resolved_any:
            try:
                self._resolved_any = bool(await self._lookup(WITNESS))
            except OSError:
                return False
        return self._resolved_any

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
    """Resolve a name with the system's resolver in its own thread.

    A thread in `getaddrinfo` cannot be stopped, and an unresponsive name server blocks it for half
    a minute: a pool would run out of threads, and wait for them at the end. A daemon thread is
    simply abandoned. Raises `OSError` and `UnicodeError`.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def settle(addresses: tuple[str, ...], error: Exception | None) -> None:
        if future.done():
            return
        if error:
            future.set_exception(error)
        else:
            future.set_result(addresses)

    def work() -> None:
        addresses: tuple[str, ...] = ()
        failure: Exception | None = None
        try:
            entries = socket.getaddrinfo(
                host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
            )
            addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, UnicodeError) as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the run has ended meanwhile
            loop.call_soon_threadsafe(settle, addresses, failure)

    threading.Thread(target=work, name=f"lookup {host}", daemon=True).start()
    return await future
