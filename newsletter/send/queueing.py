"""Batches on procrastinate, a queue in PostgreSQL, for any number of workers.

A job only says "work on run 7"; the journal determines the deliveries. A duplicate job, or one
whose worker was presumed dead, finds nothing to claim. Lost jobs are replaced by `tend`, once a
minute: it recovers expired leases, requeues jobs of dead workers, and defers as many jobs as there
is work left.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from newsletter.errors import NewsletterError
from newsletter.send.database import Database, PostgresDatabase
from newsletter.send.pace import EngineReport
from newsletter.send.runs import Run
from newsletter.send.sending import SendServices, make_engine, open_services
from newsletter.send.storage import require
from newsletter.send.submission import MailServer

if TYPE_CHECKING:
    import procrastinate

    from newsletter.workspace import Workspace

BATCH = 1000  # deliveries per job: each opens new connections
QUEUE, ADMIN = "newsletter", "newsletter-admin"
STALLED = 60  # seconds without a heartbeat before a worker is presumed dead


def queue_app(address: str) -> procrastinate.App:
    """Return the queue of a database, usable from sync and async code."""
    require("procrastinate", "psycopg")
    import procrastinate

    connector = procrastinate.PsycopgConnector(
        conninfo=address, kwargs={"prepare_threshold": None}, min_size=1, max_size=4
    )
    return procrastinate.App(connector=connector)


def address_of(database: Database) -> str:
    """Return the PostgreSQL address. Raises `NewsletterError` for SQLite (single machine)."""
    if not isinstance(database, PostgresDatabase):
        raise NewsletterError(
            "Workers need PostgreSQL",
            hint='Set [send] database = "env:NEWSLETTER_DATABASE", and import the subscribers there.',
        )
    return database.address


def ensure_queue(database: Database) -> None:
    """Create the queue's tables if they are missing."""
    address = address_of(database)
    if database.has_table("procrastinate_jobs"):
        return
    with database.exclusive():
        if not database.has_table("procrastinate_jobs"):
            app = queue_app(address)
            with app.open():
                app.schema_manager.apply_schema()


def defer_run(database: Database, run: Run) -> int:
    """Queue batches for the rest of a run; return their number."""
    ensure_queue(database)
    with _opened(database) as app:
        return _defer_missing(app, database, run)


def _defer_missing(app: procrastinate.App, database: Database, run: Run) -> int:
    """Defer jobs until there are as many as batches left."""
    left = database.rows(
        "SELECT count(*) FROM deliveries WHERE run = :run"
        " AND (state = 'queued' OR (state = 'deferred' AND due <= epoch() + 60))",
        run=run.id,
    )[0][0]
    waiting = database.rows(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo'"
        " AND CAST(args ->> 'run' AS bigint) = :run",
        task=SEND,
        run=run.id,
    )[0][0]
    missing = max(0, -(-left // BATCH) - waiting)
    if missing:
        task = app.configure_task(SEND, queue=QUEUE, allow_unknown=True)
        jobs: list[dict[str, Any]] = [{"run": run.id}] * missing
        task.batch_defer(*jobs)
    return int(missing)


SEND, TEND = "newsletter.send", "newsletter.tend"


class SendWorker:
    """A worker process: takes jobs, sends, and maintains the queue."""

    def __init__(self, workspace: Workspace, server: MailServer) -> None:
        self.workspace, self.server = workspace, server
        self.stop = asyncio.Event()
        self.sent = 0
        with open_services(workspace) as services:
            ensure_queue(services.database)
            self.app = queue_app(address_of(services.database))
        self._register()

    def _register(self) -> None:
        @self.app.task(name=SEND, queue=QUEUE)
        async def send(run: int) -> None:
            await self.send_batch(run)

        @self.app.periodic(cron="* * * * *")
        @self.app.task(name=TEND, queue=ADMIN, queueing_lock=TEND, pass_context=True)
        async def tend(context: procrastinate.JobContext, timestamp: int) -> None:
            await self.tend()

    async def run(self, *, once: bool) -> None:
        """Work until `stop` is set; `once` ends when the queue is empty.

        On `stop`, emails in flight are completed and the rest is requeued: no job is aborted.
        """
        name = f"{socket.gethostname()}-{os.getpid()}"
        async with self.app.open_async():
            await self.tend()
            work = asyncio.create_task(self._work(name, once=once))
            admin = asyncio.create_task(self._administer(name)) if not once else None
            stopping = asyncio.create_task(self.stop.wait())
            try:
                await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (work, admin, stopping):
                    if task is not None:
                        task.cancel()
                await asyncio.gather(
                    *(task for task in (work, admin) if task is not None), return_exceptions=True
                )
        if work.done() and not work.cancelled() and (error := work.exception()) is not None:
            raise error

    async def _work(self, name: str, *, once: bool) -> None:
        await self.app.run_worker_async(
            queues=[QUEUE],
            name=name,
            concurrency=1,
            wait=not once,
            fetch_job_polling_interval=2.0,
            install_signal_handlers=False,
            delete_jobs="successful",
            stalled_worker_timeout=STALLED,
        )

    async def _administer(self, name: str) -> None:
        """Maintain the queue while sending, so that a long batch does not delay it."""
        await self.app.run_worker_async(
            queues=[ADMIN],
            name=f"{name}-admin",
            concurrency=1,
            install_signal_handlers=False,
            delete_jobs="always",
            stalled_worker_timeout=STALLED,
        )

    async def send_batch(self, run_id: int) -> EngineReport | None:
        """Send up to a batch of a run; `tend` defers what cannot be done now."""
        if self.stop.is_set():
            return None
        with open_services(self.workspace) as services:
            run = _run_to_work_on(services, run_id)
            if run is None:
                return None
            engine = make_engine(services, run, self.server)
            engine.budget = BATCH
            engine.wait_for_deferred = False
            report = await engine.work(self.stop)
            self.sent += report.sent
            if report.state == "stopped":  # every worker would be rejected
                services.journal.set_state(run.id, "paused", report.reason)
        return report

    async def tend(self) -> None:
        """Recover the work of dead workers, and defer missing jobs."""
        await self._retry_stalled()
        await asyncio.to_thread(self._tend_runs)

    async def _retry_stalled(self) -> None:
        manager: Any = self.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            if job.task_name == SEND:
                await manager.retry_job(job)

    def _tend_runs(self) -> None:
        with open_services(self.workspace) as services, _opened(services.database) as app:
            now = _now(services)
            for run in services.journal.runs():
                if run.state != "running" or run.due > now:
                    continue
                services.journal.recover(run.id, only_sender=False)
                services.journal.finish(run.id)
                _defer_missing(app, services.database, run)


def _opened(database: Database) -> AbstractContextManager[procrastinate.App]:
    return queue_app(address_of(database)).open()


def _run_to_work_on(services: SendServices, run_id: int) -> Run | None:
    """Return a run that is running and due."""
    run = services.journal.run(run_id)
    if run.state != "running" or run.due > _now(services):
        return None
    return run


def _now(services: SendServices) -> float:
    """Return the time by the database's clock, as machines' clocks may differ."""
    now: float = services.database.rows("SELECT epoch()")[0][0]
    return now
