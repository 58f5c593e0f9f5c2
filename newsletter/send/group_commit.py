"""Group commit: while one commit is written, intents and results are collected for the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from newsletter.send.database import DatabaseLost
from newsletter.send.outcome import Result

Write = Callable[[Sequence[int], Sequence[Result]], Awaitable[frozenset[int]]]
RETRIES = (
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
    15.0,
)  # seconds for which the last results wait for the database


class GroupCommit:
    """Collects pending writes of all connections; `run` writes them until it is cancelled."""

    def __init__(self, write: Write, lost: Callable[[str], None]) -> None:
        self.write, self.lost = write, lost
        self.intents: list[tuple[int, asyncio.Future[bool]]] = []
        self.results: list[Result] = []
        self.dirty = asyncio.Event()

    def record(self, *results: Result) -> None:
        """Write results with the next commit."""
        self.results.extend(results)
        self.dirty.set()

    def intend(self, n: int) -> asyncio.Future[bool]:
        """Request an intent; the future resolves to whether it is granted and committed."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.intents.append((n, future))
        self.dirty.set()
        return future

    async def run(self) -> None:
        """Commit forever; a failed commit grants no intent, so nothing unrecorded is sent."""
        while True:
            await self.dirty.wait()
            self.dirty.clear()
            intents, self.intents = self.intents, []
            results, self.results = self.results, []
            granted: frozenset[int] = frozenset()
            try:
                granted = await self.write([n for n, _ in intents], results)
            except DatabaseLost as error:
                self.results = results + self.results  # written at the end, if possible
                self.lost(error.message)
                await asyncio.sleep(0.5 if not self.intents else 0)
            except asyncio.CancelledError:
                self.results = results + self.results  # writing them twice is harmless
                raise
            finally:
                for n, future in intents:
                    if not future.done():
                        future.set_result(n in granted)

    async def write_rest(self) -> None:
        """Write the last results, retrying while the database is away. Raises `DatabaseLost`.

        A result that is never written leaves its delivery `uncertain`, to be settled by a person.
        """
        for pause in RETRIES:
            try:
                await self.write((), tuple(self.results))
            except DatabaseLost:
                if not self.results:
                    raise
                await asyncio.sleep(pause)
            else:
                self.results = []
                return
        raise DatabaseLost("The database did not accept the last results")
