"""The engine: claims deliveries, submits them on several connections, groups commits of intents.

Commits run in a separate thread, so that connections never wait for the disk; while one commit is
written, the intents of all other connections are collected for the next.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from msgspec.structs import replace

from newsletter import __version__
from newsletter.send.addressing import Addressing
from newsletter.send.database import DatabaseLost
from newsletter.send.group_commit import GroupCommit
from newsletter.send.journal import Journal
from newsletter.send.outcome import Result, SmtpReply, requeued, result_of
from newsletter.send.pace import BUSY, UNREACHABLE, Backoff, EngineReport, EngineState, SendLimits
from newsletter.send.presplit import PresplitMessage, UnsafeField
from newsletter.send.runs import Delivery, Run, RunStatus
from newsletter.send.sending_limits import DomainLimits, SlidingWindow, steady_clock
from newsletter.send.submission import (
    ConnectionLost,
    MailServer,
    Refused,
    SmtpConnection,
    connect,
)

BLOCK = 100  # deliveries leased at once
HANDOVER = 120.0  # seconds from intent to data; later it may belong to another sender
REFUSED_CONTENT = 3  # consecutive 5xx for the content, after which the recipient is not the cause
REFUSED_AT_ONCE = 20  # 5xx for recipients before any was accepted: the server does not relay for us
REFUSED_IN_A_ROW = 200
T = TypeVar("T")


class Engine:
    """One sender working on one run."""

    def __init__(
        self,
        journal: Journal,
        run: Run,
        server: MailServer,
        addressing: Addressing,
        *,
        limits: SendLimits,
    ) -> None:
        self.journal, self.run, self.server = journal, run, server
        self.addressing, self.limits = addressing, limits
        self.message: PresplitMessage = journal.message(run)
        self.unreachable, self.busy = Backoff(UNREACHABLE), Backoff(BUSY)
        self.domains = DomainLimits(limits.per_domain)
        self.rate = SlidingWindow(limits.rate) if limits.rate else None
        self.sent = 0
        self.in_flight = 0
        self.wait_for_deferred = True
        self.budget: int | None = None  # deliveries to claim, for a batch
        self._thread = ThreadPoolExecutor(1, "journal")
        self._report: EngineReport | None = None
        self._refused: list[int] = []  # 5xx since the last success
        self._refused_content = 0

    # --- lifecycle ---

    async def work(self, stop: asyncio.Event) -> EngineReport:
        """Send until nothing is left, the run is paused, or the server or database fails.

        On return, every result that could be written is written, and all leases are released.
        """
        self._queue: asyncio.Queue[Delivery | None] = asyncio.Queue()
        self._low = asyncio.Event()
        self._commits = GroupCommit(self._write, self._database_lost)
        self._stop = asyncio.Event()
        if self.domains.windows:
            await self._journal(self.journal.index_domains)
        await self._look()
        commits = asyncio.create_task(self._commits.run())
        helpers = [
            asyncio.create_task(self._pause_on(stop)),
            asyncio.create_task(self._watch()),
            asyncio.create_task(self._feed()),
        ]
        senders = [asyncio.create_task(self._send()) for _ in range(self.limits.connections)]
        try:
            await self._first_failure(senders, helpers)
        finally:
            self._stop.set()
            await asyncio.gather(*senders, return_exceptions=True)
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._close(commits)
        report = self._report or EngineReport("paused")
        return replace(report, sent=self.sent)

    async def _first_failure(
        self, senders: list[asyncio.Task[None]], helpers: list[asyncio.Task[None]]
    ) -> None:
        """Wait for the senders; re-raise the first exception of any task."""
        pending: set[asyncio.Task[None]] = {*senders, *helpers}
        while pending & set(senders):
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (error := task.exception()) is not None:
                    raise error

    async def _close(self, commits: asyncio.Task[None]) -> None:
        """Write the last results, release the leases, and end the thread."""
        commits.cancel()
        await asyncio.gather(commits, return_exceptions=True)
        try:
            await self._commits.write_rest()
            if self._refused and self._report and self._report.state == "stopped":
                await self._journal(self.journal.requeue, self.run.id, self._refused)
            await self._journal(self.journal.leave)
        except DatabaseLost as error:
            if self._report is None or self._report.state not in ("stopped", "lost"):
                self._end("lost", error.message)
        finally:
            self._thread.shutdown()

    async def _write(self, intents: Sequence[int], results: Sequence[Result]) -> frozenset[int]:
        return await self._journal(self.journal.commit, self.run.id, intents, results)

    def _database_lost(self, reason: str) -> None:
        self._end("lost", reason)

    def _end(self, state: EngineState, reason: str = "", due_in: float | None = None) -> None:
        """Record why the run ended, keeping the first reason, and let all tasks finish."""
        if self._report is None:
            self._report = EngineReport(state, reason, due_in=due_in)
        self._stop.set()
        self._low.set()
        while not self._queue.empty():  # leased; released at the end
            self._queue.get_nowait()
        for _ in range(self.limits.connections):
            self._queue.put_nowait(None)

    async def _journal(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)

    async def _pause_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._end("paused", "interrupted")

    async def _watch(self) -> None:
        """Once a second, send a heartbeat and check whether the run was paused or cancelled."""
        tick = 0
        while not self._stop.is_set():
            try:
                await self._look()
                if tick % 60 == 0 and self.journal.database.shared:
                    await self._journal(self._recover_expired)
            except DatabaseLost as error:
                self._end("lost", error.message)
                return
            tick += 1
            await asyncio.sleep(1)

    async def _look(self) -> None:
        host, pid = socket.gethostname(), os.getpid()
        await self._journal(self.journal.heartbeat, self.run.id, host, pid, __version__)
        self._follow(await self._journal(self.journal.status, self.run.id))

    def _recover_expired(self) -> None:
        self.journal.recover(self.run.id, only_sender=False)

    def _follow(self, status: RunStatus) -> None:
        self.run = replace(self.run, sample=status.sample, state=status.state)
        if status.state == "cancelled":
            self._end("cancelled")
        elif status.state != "running":
            self._end("paused")
        elif self.rate is not None and self.limits.rate:
            self.rate.resize(self.limits.rate / max(1, status.others))

    # --- claims ---------------------------------------------------------------------------------

    async def _feed(self) -> None:
        """Keep a few deliveries ready until nothing of the run is left."""
        while not self._stop.is_set():
            count = BLOCK if self.budget is None else min(BLOCK, self.budget)
            if count == 0:
                await self._drain()
                self._end("limit")
                return
            try:
                claimed = await self._claim(count)
            except DatabaseLost as error:
                self._end("lost", error.message)
                return
            if self.budget is not None:
                self.budget -= len(claimed)
            for delivery in claimed:
                self._queue.put_nowait(delivery)
            if claimed:
                await self._until_low()
            elif await self._is_over():
                return

    async def _claim(self, count: int) -> list[Delivery]:
        claimed = await self._journal(
            self.journal.claim, self.run, count, self.domains.full(), self.limits.per_day
        )
        if not self.domains.windows:
            return claimed
        fit: list[Delivery] = []
        surplus: list[Delivery] = []
        for delivery in claimed:
            (fit if self.domains.take(delivery.domain) else surplus).append(delivery)
        self._record(*(requeued(delivery.n, "") for delivery in surplus))
        return fit

    async def _until_low(self) -> None:
        while self._queue.qsize() > BLOCK // 2 and not self._stop.is_set():
            self._low.clear()
            await self._low.wait()

    async def _drain(self) -> None:
        while (
            self._queue.qsize() or self.in_flight or self._commits.results
        ) and not self._stop.is_set():
            await asyncio.sleep(0.02)

    async def _is_over(self) -> bool:
        """Return whether nothing is left to do; sleep briefly if something is due later."""
        await self._drain()
        try:
            await self._journal(self.journal.finish, self.run.id)
            status = await self._journal(self.journal.status, self.run.id)
        except DatabaseLost as error:
            self._end("lost", error.message)
            return True
        self.run = replace(self.run, sample=status.sample)
        if status.state == "done":
            self._end("done")
            return True
        if status.waiting == 0 and status.due_in is None and self._sample_sent():
            await self._journal(self.journal.set_state, self.run.id, "paused", "sample sent")
            self._end("paused", "sample sent")
            return True
        if status.waiting == 0 and not self.wait_for_deferred:
            self._end("waiting", due_in=status.due_in)
            return True
        pause = self.domains.wait() or 1.0
        if status.waiting == 0 and status.due_in is not None:
            pause = min(max(status.due_in, 0.05), 1.0)
        await asyncio.sleep(min(pause, 1.0))
        return self._stop.is_set()

    def _sample_sent(self) -> bool:
        return self.run.sample is not None and self.run.sample < self.run.total

    def _record(self, *results: Result) -> None:
        self._commits.record(*results)

    # --- connections ----------------------------------------------------------------------------

    async def _send(self) -> None:
        """Send deliveries one after another, on one connection at a time."""
        connection: SmtpConnection | None = None
        try:
            while (delivery := await self._next()) is not None:
                self.in_flight += 1
                try:
                    connection = await self._hand_over(connection, delivery)
                finally:
                    self.in_flight -= 1
        finally:
            if connection is not None:
                await connection.quit()

    async def _next(self) -> Delivery | None:
        if self._queue.qsize() <= BLOCK // 2:
            self._low.set()
        delivery = await self._queue.get()
        return None if self._stop.is_set() else delivery

    async def _hand_over(
        self, connection: SmtpConnection | None, delivery: Delivery
    ) -> SmtpConnection | None:
        """Send one email; return the connection if it is still usable."""
        await self.busy.rest()
        await self.unreachable.rest()
        if self.rate is not None:
            await self.rate.slot(self._stop)
        if self._stop.is_set():
            return connection
        try:
            if connection is None or not connection.usable:
                connection = await connect(self.server)
                self.unreachable.succeeded()
            await self._deliver(connection, delivery)
        except ConnectionLost as error:
            self._lost(delivery, error)
        except Refused as error:
            self._not_opened(delivery, error)
        if connection is None or not connection.usable:
            return None
        if connection.sent >= self.limits.per_connection:
            await connection.quit()
            return None
        return connection

    async def _deliver(self, connection: SmtpConnection, delivery: Delivery) -> None:
        """Submit one email, committing the intent while MAIL, RCPT and DATA are in flight."""
        envelope = self.addressing.envelope(delivery)
        if not envelope.ascii and "SMTPUTF8" not in connection.features:
            self._record(
                Result(delivery.n, "rejected", 553, "the server does not support SMTPUTF8")
            )
            return
        try:
            message = self.message.fill(self.addressing.recipient(delivery))
        except UnsafeField as error:
            self._record(Result(delivery.n, "rejected", None, error.message))
            return
        started = steady_clock()
        intent = self._commits.intend(delivery.n)
        try:
            connection.begin(envelope, len(message))
            refused = await connection.accepted()
        finally:
            granted = await intent
        if refused is not None:
            if granted:
                self._handle_reply(delivery, *refused)
            return
        if not granted or steady_clock() - started > HANDOVER or self._is_cut_off():
            connection.close()  # the server expects data: closing is the only way to send none
            if granted:
                self._record(requeued(delivery.n, "not handed over in time"))
            return
        self._handle_reply(delivery, "final", await connection.finish(message))

    def _is_cut_off(self) -> bool:
        return self._report is not None and self._report.state in ("stopped", "lost")

    def _handle_reply(self, delivery: Delivery, step: str, reply: SmtpReply) -> None:
        """Record the server's reply, and attribute a failure to us, the server or the recipient."""
        if step == "final" and reply.positive:
            self.sent += 1
            self._refused, self._refused_content = [], 0
            self.busy.succeeded()
            self._record(Result(delivery.n, "sent", reply.code, reply.text[:300]))
            return
        if reply.code == 421 or (step == "MAIL" and reply.temporary):
            self._record(requeued(delivery.n, reply.text[:300]))
            if self.busy.failed():
                self._end("stopped", f"the mail server is busy: {reply.code} {reply.text}")
            return
        if step == "MAIL" or reply.code == 0:
            self._record(requeued(delivery.n, reply.text[:300]))
            self._end("stopped", f"the mail server refused the sender: {reply.code} {reply.text}")
            return
        self._record(result_of(delivery.n, reply, delivery.attempts, delivery.age))
        if not reply.temporary:
            self._count_refusal(delivery, step, reply)

    def _count_refusal(self, delivery: Delivery, step: str, reply: SmtpReply) -> None:
        """Stop the run if consecutive rejections show that the server rejects everyone."""
        self._refused.append(delivery.n)
        self._refused_content += step != "RCPT"
        everyone = REFUSED_AT_ONCE if self.sent == 0 else REFUSED_IN_A_ROW
        if self._refused_content >= REFUSED_CONTENT:
            self._end("stopped", f"the mail server refused the email: {reply.code} {reply.text}")
        elif len(self._refused) >= everyone:
            self._end(
                "stopped",
                f"the mail server refused {len(self._refused)} recipients in a row: "
                f"{reply.code} {_first_line(reply.text)}",
            )

    def _lost(self, delivery: Delivery, error: ConnectionLost) -> None:
        if error.after_data:
            self._record(Result(delivery.n, "uncertain", None, error.reason))
        else:
            self._record(requeued(delivery.n, error.reason))
        if self.unreachable.failed():
            self._end("stopped", f"the mail server cannot be reached: {error.reason}")

    def _not_opened(self, delivery: Delivery, error: Refused) -> None:
        self._record(requeued(delivery.n, str(error)))
        gives_up = self.busy.failed() if error.reply.temporary else True
        if gives_up:
            self._end("stopped", f"the mail server refused the connection: {error}")


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
