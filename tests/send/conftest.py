"""A workspace with a list, a mail server on loopback, and, where available, PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import SLUG, Desk
from tests.send.list_desk import ListDesk
from tests.send.postgres import PostgresServer, find_postgres, start_postgres
from tests.send.smtp_server import SmtpServer, smtp_server


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def list_desk(desk: Desk, server: SmtpServer) -> ListDesk:
    """The smallest workspace, with a list `weekly` and the mail server."""
    list_desk = ListDesk(desk, server, SLUG)
    list_desk.configure()
    return list_desk


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL on loopback, from this machine's package."""
    if find_postgres() is None:
        pytest.skip("needs PostgreSQL on this machine (Debian: apt install postgresql)")
    with start_postgres() as server:
        yield server
