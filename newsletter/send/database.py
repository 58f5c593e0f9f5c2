"""One interface to the subscriber database: SQLite next to the workspace, or PostgreSQL.

SQL is written once, with `:name` for values. Differences between the two are written as

`epoch()`         the database's clock, seconds since 1970
`numbers(:x)`     the integers of a JSON list, for `IN`; `texts(:x)` its strings
`records(:x; a bigint, b text) r`   the objects of a JSON list as rows `r`
`FOR UPDATE SKIP LOCKED`   omitted for SQLite, which has a single writer
`@id`, `@bytes`   column types
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    import psycopg

Row = tuple[Any, ...]


class DatabaseLost(NewsletterError):
    """The database does not respond or cannot write; committed data is safe."""


class Database(Protocol):
    """A connection, used by one thread at a time."""

    shared: bool  # other machines may use it too

    def rows(self, sql: str, **values: Any) -> list[Row]: ...
    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None: ...
    def transaction(self) -> contextlib.AbstractContextManager[None]: ...
    def exclusive(self) -> contextlib.AbstractContextManager[None]: ...
    def has_table(self, name: str) -> bool: ...
    def reconnect(self) -> Database: ...
    def close(self) -> None: ...


class SqliteDatabase:
    """An SQLite file: WAL so that readers never wait, FULL so that intents survive a power cut."""

    shared = False

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path, self.clock = path, clock
        with _sqlite_errors(path):
            self.connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10
            )
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA cache_size = -32000")  # KB: indexes of a large list
            self.connection.create_function("epoch", 0, clock)

    def rows(self, sql: str, **values: Any) -> list[Row]:
        with _sqlite_errors(self.path):
            return self.connection.execute(_sqlite(sql), values).fetchall()

    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with _sqlite_errors(self.path):
            self.connection.executemany(_sqlite(sql), rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(NewsletterError):
                self.rows("ROLLBACK")
            raise
        try:
            self.rows("COMMIT")
        except NewsletterError:  # a full disk: the transaction is rolled back
            with contextlib.suppress(NewsletterError):
                self.rows("ROLLBACK")
            raise

    exclusive = transaction

    def has_table(self, name: str) -> bool:
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE name = :name", name=name))

    def reconnect(self) -> SqliteDatabase:
        """Return another connection to the same file."""
        return SqliteDatabase(self.path, self.clock)

    def close(self) -> None:
        self.connection.close()


@cache
def _sqlite(sql: str) -> str:
    sql = sql.replace("FOR UPDATE SKIP LOCKED", "").replace("@id", "INTEGER PRIMARY KEY")
    sql = sql.replace("@bytes", "BLOB")
    sql = re.sub(_RECORDS, _sqlite_records, sql)
    return re.sub(r"(?:numbers|texts)\((:\w+)\)", r"(SELECT value FROM json_each(\1))", sql)


_RECORDS = r"records\((:\w+); ([^)]*)\) (\w+)"


def _sqlite_records(match: re.Match[str]) -> str:
    names = [column.split()[0] for column in match[2].split(",")]
    columns = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
    return f"(SELECT {columns} FROM json_each({match[1]})) {match[3]}"


@contextlib.contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseLost(f"{path.name}: {error}", hint=_hint(str(error))) from error


def _hint(reason: str) -> str:
    if "full" in reason:
        return "Free some disk space and run the command again; committed data is kept."
    if "locked" in reason:
        return "Try again in a moment; another program is writing to the file."
    if "not a database" in reason or "malformed" in reason:
        return "Restore the file from a backup."
    return "Check that the folder exists and is writable."


class PostgresDatabase:
    """A PostgreSQL connection, reopened by the next call outside a transaction if it is lost."""

    shared = True

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection: psycopg.Connection[Row] | None = None
        self._inside = False
        self._open()

    def _open(self) -> psycopg.Connection[Row]:
        import psycopg

        if self._connection is None or self._connection.closed:
            with _postgres_errors():
                self._connection = psycopg.connect(
                    self.address,
                    autocommit=True,
                    connect_timeout=10,
                    prepare_threshold=None,  # PgBouncer before 1.21 mixes up prepared statements
                    keepalives_idle=15,
                    keepalives_interval=5,
                    keepalives_count=3,
                    # A process that hangs inside a transaction would lock its rows for all others.
                    options="-c statement_timeout=60000 -c lock_timeout=60000"
                    " -c idle_in_transaction_session_timeout=10000",
                )
        return self._connection

    def _usable(self) -> psycopg.Connection[Row]:
        if self._inside and self._connection is not None:
            return self._connection  # a transaction must not continue on another connection
        return self._open()

    def rows(self, sql: str, **values: Any) -> list[Row]:
        with _postgres_errors():
            cursor = self._usable().execute(_postgres(sql).encode(), values)
            return cursor.fetchall() if cursor.description else []

    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with _postgres_errors(), self._usable().cursor() as cursor:
            cursor.executemany(_postgres(sql).encode(), rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        connection = self._open()
        self._inside = True
        try:
            with _postgres_errors(), connection.transaction():
                yield
        finally:
            self._inside = False

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold a transaction during which no other process migrates or freezes.

        There is no time limit.
        """
        with self.transaction():
            self.rows("SET LOCAL statement_timeout = 0")
            self.rows(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            yield

    def has_table(self, name: str) -> bool:
        return bool(
            self.rows(
                "SELECT 1 FROM information_schema.tables"
                " WHERE table_name = :name AND table_schema = current_schema()",
                name=name,
            )
        )

    def reconnect(self) -> PostgresDatabase:
        """Return another connection to the same database."""
        return PostgresDatabase(self.address)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


_MIGRATION_LOCK = 0x6E657773  # any number, the same in every version


@cache
def _postgres(sql: str) -> str:
    sql = re.sub(_RECORDS, r"json_to_recordset(CAST(\1 AS json)) AS \3(\2)", sql)
    sql = re.sub(
        r"numbers\((:\w+)\)",
        r"(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(\1 AS json)))",
        sql,
    )
    sql = re.sub(
        r"texts\((:\w+)\)", r"(SELECT value FROM json_array_elements_text(CAST(\1 AS json)))", sql
    )
    sql = sql.replace("@id", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
    sql = sql.replace("@bytes", "BYTEA").replace("%", "%%")
    sql = sql.replace("epoch()", "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)")
    return re.sub(r":(\w+)", r"%(\1)s", sql)


@contextlib.contextmanager
def _postgres_errors() -> Iterator[None]:
    import psycopg

    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DatabaseLost(
            f"PostgreSQL: {_without_password(reason)}",
            hint="Check the address in [send] database, and that the server runs.",
        ) from None
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise NewsletterError(f"PostgreSQL: {_without_password(reason)}") from error


def _without_password(reason: str) -> str:
    return re.sub(r"(://[^:/\s]+):[^@\s]+@", r"\1:…@", reason)
