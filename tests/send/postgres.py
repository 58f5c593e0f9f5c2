"""A private PostgreSQL: its own folder and port, removed with the tests."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

_NUMBERS = count(1)


@dataclass(frozen=True)
class PostgresServer:
    programs: Path
    folder: Path
    port: int

    def database(self) -> str:
        """Return the address of a new, empty database."""
        name = f"newsletter_{os.getpid()}_{next(_NUMBERS)}"
        address = f"postgresql://postgres@127.0.0.1:{self.port}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"{address}/{name}"

    def control(self, *words: str) -> None:
        """Call pg_ctl: `stop -m immediate` simulates a crash."""
        run_as_owner(self.programs / "pg_ctl", "-D", str(self.folder / "data"), "-w", *words)

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1"
            f" -c unix_socket_directories={self.folder} -c max_connections=60"
        )
        log = self.folder / "log"
        self.control("-l", str(log), "-o", options, "start")


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs, which Debian keeps off the PATH."""
    if folders := sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        return folders[-1]
    result = shutil.which("initdb")
    return Path(result).resolve().parent if result else None


def run_as_owner(*command: str | Path) -> None:
    """Run a program as a user other than root, because PostgreSQL refuses to run as root."""
    words = list(map(str, command))
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))


@contextlib.contextmanager
def start_postgres() -> Iterator[PostgresServer]:
    """Run a cluster in its own folder, which its owner must be able to reach."""
    programs = find_postgres()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="newsletter-postgres-", dir="/tmp"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = str(folder / "data")
    words = ("-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
    run_as_owner(programs / "initdb", *words)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = PostgresServer(programs, folder, port)
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(RuntimeError):
            server.control("-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
