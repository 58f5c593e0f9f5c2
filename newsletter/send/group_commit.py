"""Intents and results of all connections, committed together: while one commit is written, the next gathers."""

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
    """Gathers what connections want written; `run` writes it until it is cancelled."""

    def __init__(self, write: Write, lost: Callable[[str], None]) -> None:
        self.write, self.lost = write, lost
        self.intents: list[tuple[int, asyncio.Future[bool]]] = []
        self.results: list[Result] = []
        self.dirty = asyncio.Event()

    def record(self, *results: Result) -> None:
        """Have results written with the next commit."""
        self.results.extend(results)
        self.dirty.set()

    def intend(self, n: int) -> asyncio.Future[bool]:
        """Ask for an intent; the future tells whether it is granted and committed."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.intents.append((n, future))
        self.dirty.set()
        return future

    async def run(self) -> None:
        """Commit for ever. A commit that fails grants no intent, so nothing is sent that is not recorded."""
        while True:
            await self.dirty.wait()
            self.dirty.clear()
            intents, self.intents = self.intents, []
            results, self.results = self.results, []
            granted: frozenset[int] = frozenset()
            try:
                granted = await self.write([n for n, _ in intents], results)
            except DatabaseLost as error:
                self.results = results + self.results  # written at the end, if it can be
                self.lost(error.message)
                await asyncio.sleep(0.5 if not self.intents else 0)
            except asyncio.CancelledError:
                self.results = results + self.results  # writing them twice does no harm
                raise
            finally:
                for n, future in intents:
                    if not future.done():
                        future.set_result(n in granted)

    async def write_rest(self) -> None:
        """Write the last results, even if the database is away for a while. Raises `DatabaseLost`.

        A result that stays unwritten makes its delivery `uncertain`, which a person has to settle.
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
        raise DatabaseLost("the database does not take the last results")
