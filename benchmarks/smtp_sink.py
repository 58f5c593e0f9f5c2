"""A mail server that discards everything, as fast as Python can, with network latency.

Each reply is sent a fixed time after its command arrived; pipelined commands are handled
concurrently. `XSTAT` returns counts.

    python benchmarks/smtp_sink.py --delay 20
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from collections import Counter


class Sink:
    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.taken: Counter[bytes] = Counter()
        self.times: list[float] = []

    def stat(self) -> str:
        twice = sum(1 for count in self.taken.values() if count > 1)
        first, last = (self.times[0], self.times[-1]) if self.times else (0.0, 0.0)
        # The middle eight tenths: excludes process start-up and the last stragglers.
        tenth = len(self.times) // 10
        middle = self.times[-tenth - 1] - self.times[tenth] if tenth else 0.0
        rate = 0.8 * len(self.times) / middle if middle else 0.0
        return f"{sum(self.taken.values())} {len(self.taken)} {twice} {last - first:.3f} {rate:.2f}"


class Session(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()
        self.data = False
        self.searched = 0
        self.to = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.reply(b"220 sink ESMTP\r\n")

    def reply(self, data: bytes) -> None:
        if self.sink.delay:
            self.loop.call_later(self.sink.delay, self.transport.write, data)
        else:
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.step():
            pass

    def step(self) -> bool:
        if self.data:
            end = self.buffer.find(b"\r\n.\r\n", self.searched)
            if end < 0:
                self.searched = max(0, len(self.buffer) - 4)
                return False
            del self.buffer[: end + 5]
            self.data, self.searched = False, 0
            self.sink.taken[self.to] += 1
            self.sink.times.append(time.monotonic())
            self.reply(b"250 taken\r\n")
            return True
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        self.command(line)
        return True

    def command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self.reply(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"RCPT":
            match = re.search(rb"<(.*?)>", line)
            self.to = match[1] if match else b""
            self.reply(b"250 ok\r\n")
        elif verb == b"DATA":
            self.data = True
            self.reply(b"354 go on\r\n")
        elif verb == b"XSTA":
            self.reply(f"250 {self.sink.stat()}\r\n".encode())
        elif verb == b"QUIT":
            self.reply(b"221 bye\r\n")
        else:
            self.reply(b"250 ok\r\n")


async def main(delay: float) -> None:
    sink = Sink(delay)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(sink), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds before each reply")
    try:
        asyncio.run(main(parser.parse_args().delay / 1000))
    except KeyboardInterrupt:
        sys.exit(0)
