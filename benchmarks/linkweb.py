"""A local web for the link benchmark: hosts from 127.0.1.1 up, each address with its own delay.

python linkweb.py LINKS HOSTS    prints one line of JSON (port, addresses, floor), then
                                 serves until its input ends

It runs in its own process and does as little as possible, so that the client is what is measured.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from typing import ClassVar

BODY = (
    b"<!doctype html><title>A page of the harbour</title><p>"
    + b"Ships come and go with the tide. " * 60
)[:2000]
SLOW = (50, 300)  # milliseconds
IN_FLIGHT, PER_HOST = 64, 6


def links(count: int, hosts: int, port: int) -> list[str]:
    """Return addresses that contain their delays in milliseconds, generated from a seed."""
    dice = random.Random(count)
    places = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(hosts)] * -(-count // hosts)
    dice.shuffle(places)  # in mixed order, as in a real text, not host by host
    return [
        f"http://{place}:{port}/{dice.randint(*SLOW)}/page-{n}"
        for n, place in enumerate(places[:count])
    ]


def floor(addresses: list[str]) -> float:
    """Return the minimum seconds possible within the limits: overall, and for the slowest host."""
    hosts: Counter[str] = Counter()
    for address in addresses:
        host, ms = address.split("/")[2:4]
        hosts[host] += int(ms)
    return max(hosts.total() / IN_FLIGHT, max(hosts.values()) / PER_HOST) / 1000


class Web(asyncio.Protocol):
    """One connection; state shared by all connections is on the class."""

    index = b""
    active: ClassVar[Counter[str]] = Counter()
    most: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]
        self.waiting = False

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()

    def data_received(self, data: bytes) -> None:
        if not data.endswith(b"\r\n\r\n"):
            return
        method, target, _ = data.split(b" ", 2)
        if target == b"/":
            self._say(self.index, method)
        elif target == b"/most":
            self._say(json.dumps({"most": self.most}).encode(), method)
            self.most.clear()
        else:
            self.waiting = True
            for name in (self.host, "all"):
                self.active[name] += 1
                self.most[name] = max(self.most[name], self.active[name])
            parts = target.split(b"/")
            seconds = int(parts[1]) / 1000 if parts[1].isdigit() else 0
            asyncio.get_running_loop().call_later(seconds, self._serve, method)

    def _serve(self, method: bytes) -> None:
        self._rest()
        if not self.transport.is_closing():
            self._say(BODY, method)

    def _rest(self) -> None:
        if self.waiting:
            self.waiting = False
            self.active.subtract((self.host, "all"))

    def _say(self, body: bytes, method: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(
            body
        )
        self.transport.write(head if method == b"HEAD" else head + body)


async def main(count: int, hosts: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Web, "0.0.0.0", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    addresses = links(count, hosts, port)
    Web.index = b"<!doctype html><title>Links</title>" + b"".join(
        b'<a href="%s">page</a>\n' % address.encode() for address in addresses
    )
    print(json.dumps({"port": port, "addresses": addresses, "floor": floor(addresses)}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
