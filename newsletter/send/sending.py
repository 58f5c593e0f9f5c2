"""Assemble what sending an issue needs from a workspace, for commands and workers."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model import Email, Issue
from newsletter.render.message import ascii_domain
from newsletter.send.addressing import addressing, envelope_sender, unsubscribe_base
from newsletter.send.database import Database, PostgresDatabase, SqliteDatabase
from newsletter.send.engine import Engine
from newsletter.send.journal import Journal
from newsletter.send.pace import SendLimits
from newsletter.send.presplit import PresplitMessage, presplit
from newsletter.send.runs import Run
from newsletter.send.storage import open_database
from newsletter.send.submission import MailServer
from newsletter.send.subscribers import SubscriberStore
from newsletter.send.tokens import Signer, open_signer
from newsletter.targets.authority import tls_context
from newsletter.targets.smtp import smtp_password, smtp_server
from newsletter.workspace import Workspace

NO_LISTS = "No lists in the settings"
ADD_LIST = "Add a table such as [lists.weekly] to the settings."


class SendServices(Struct, frozen=True):
    """An open database with the objects that use it."""

    workspace: Workspace
    database: Database
    signer: Signer
    subscribers: SubscriberStore
    journal: Journal


@contextlib.contextmanager
def open_services(workspace: Workspace) -> Iterator[SendServices]:
    """Open the database of a workspace. Raises `NewsletterError`."""
    database = open_database(workspace)
    try:
        signer = open_signer(database, workspace.send.key)
        owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        yield SendServices(
            workspace, database, signer, SubscriberStore(database, signer), Journal(database, owner)
        )
    finally:
        database.close()


def choose_list(workspace: Workspace, name: str | None) -> str:
    """Return the named list, or the only one. Raises `WrongUsage`."""
    known = list(workspace.lists)
    if not known:
        raise WrongUsage(NO_LISTS, hint=ADD_LIST)
    if name is None:
        if len(known) > 1:
            raise WrongUsage(
                f"The settings have {len(known)} lists: {', '.join(known)}",
                hint=f"Name one with `--list {known[0]}`.",
            )
        return known[0]
    if name not in known:
        raise WrongUsage(
            f"No list {quoted(name)} in the settings",
            hint=spelling_hint(name, known, what="lists"),
        )
    return name


def prepare_message(workspace: Workspace, issue: Issue, email: Email) -> PresplitMessage:
    """Return an issue's email, split at its personal fields.

    Raises `NewsletterError` if it has no way to unsubscribe, or if settings are missing.
    """
    publication = workspace.publication
    if publication.merge != "plain":
        raise NewsletterError(
            f"Merge fields are written for {publication.merge}, which does not send this email",
            where=workspace.place(workspace.settings),
            hint='Set [merge] style = "plain" to send to an own list.',
        )
    unsubscribe_base(workspace.send)
    envelope_sender(publication)
    message = presplit(issue, publication, email, dt.datetime.now(dt.UTC))
    contexts = {slot.context for slot in message.slots if slot.field == "unsubscribe_url"}
    for part, context in (("HTML", {"url", "html"}), ("text", {"text"})):
        if not contexts & context:
            raise NewsletterError(
                f"No unsubscribe link in the {part} part of {issue.slug}",
                hint="Set unsubscribe_url in the settings, and keep %%unsubscribe_url%% in the theme.",
            )
    return message


def mail_server(workspace: Workspace) -> MailServer:
    """Return the mail server of `[smtp]`, with its password. Raises `NewsletterError`."""
    server = smtp_server(workspace)
    password = smtp_password(server)
    return MailServer(
        server.host,
        server.port,
        server.security,
        server.user,
        password.reveal() if password else None,
        tls_context(server.ca) if server.security != "none" else None,
        _own_name(workspace),
    )


def _own_name(workspace: Workspace) -> str:
    """Return our EHLO name: this machine's if it is fully qualified (RFC 5321 §4.1.4)."""
    name = socket.getfqdn()
    if "." in name and name.isascii():
        return name
    sender = workspace.publication.sender_email or ""
    return ascii_domain(sender.rpartition("@")[2]) or "localhost"


def send_limits(workspace: Workspace) -> SendLimits:
    """Return the limits of `[send]`."""
    settings = workspace.send
    return SendLimits(
        settings.connections,
        settings.rate,
        settings.per_connection,
        dict(settings.per_domain),
        settings.per_day,
    )


def make_engine(services: SendServices, run: Run, server: MailServer) -> Engine:
    """Return the engine for a run. Raises `NewsletterError` for incomplete settings."""
    workspace = services.workspace
    return Engine(
        services.journal,
        run,
        server,
        addressing(workspace.publication, workspace.send, services.signer, run),
        limits=send_limits(workspace),
    )


@contextlib.contextmanager
def only_sender(services: SendServices, run: Run) -> Iterator[None]:
    """Lock a run against a second `newsletter send`; the system releases it on process exit.

    Raises `NewsletterError` naming the holder.
    """
    database = services.database
    if isinstance(database, PostgresDatabase):
        with _advisory_lock(database, run, services):
            yield
        return
    assert isinstance(database, SqliteDatabase)
    path = database.path.with_name(f"{database.path.name}.run-{run.id}.lock")
    with _file_lock(
        path, run
    ):  # the file remains: removing it would let a third process lock another one
        yield


def _busy(run: Run, sender: str) -> NewsletterError:
    return NewsletterError(
        f"{run.slug} is already being sent to {run.list} by {sender}",
        hint=f"Follow it with `newsletter delivery {run.slug}`, or pause it with "
        f"`newsletter send --pause {run.slug}`.",
    )


@contextlib.contextmanager
def _file_lock(path: Path, run: Run) -> Iterator[None]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            _lock(handle)
        except OSError as error:
            pid = os.pread(handle, 20, 0).decode() if hasattr(os, "pread") else ""
            raise _busy(run, f"process {pid}" if pid else "another process") from error
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """Lock a file for this process, or raise `OSError`."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 1000, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _advisory_lock(database: PostgresDatabase, run: Run, services: SendServices) -> Iterator[None]:
    """Hold a database advisory lock, on a connection of its own."""
    connection = database.reconnect()
    try:
        locked = connection.rows(
            "SELECT pg_try_advisory_lock(CAST(:kind AS int), CAST(:run AS int))",
            kind=_RUN_LOCK,
            run=run.id,
        )[0][0]
        if not locked:
            senders = services.journal.senders(run.id)
            who = ", ".join(f"{host} (process {pid})" for host, pid, _ in senders)
            raise _busy(run, who or "another machine")
        yield
    finally:
        connection.close()


_RUN_LOCK = 0x72756E  # any number, the same in every version
