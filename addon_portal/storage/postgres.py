"""PostgreSQL: a server, several writers at a time.

Reading transactions see one state (REPEATABLE READ); writing ones are READ COMMITTED and rely on guarded updates, row
locks and unique indexes. Nobody waits longer than the busy time-out for a lock, and a process that is frozen in the
middle of a transaction for twice as long loses it instead of stopping everybody.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, Never

import psycopg
from psycopg.types.string import TextLoader

from addon_portal.domain.errors import StorageBusy
from addon_portal.storage import errors
from addon_portal.storage.connection import LIST, NAME, NOTHING, Connection, Parameters, Row
from addon_portal.storage.pool import Pool

Raw = psycopg.Connection[tuple[Any, ...]]

_JOURNAL_LOCK = 0x41504A4C
"""Any number that other users of the database do not lock; the letters APJL."""


class PostgresDatabase:
    """A database on a server."""

    dialect = "postgresql"

    def __init__(self, url: str, *, busy_timeout_seconds: float) -> None:
        self.address = url
        self._busy_timeout_seconds = busy_timeout_seconds
        self._pool = Pool(
            self.connect, psycopg.Connection.close, limit=20, keep=4, timeout_seconds=busy_timeout_seconds
        )

    def connect(self) -> Raw:
        """A connection of our kind; each statement is its own transaction unless BEGIN says otherwise."""
        busy_ms = max(1, int(self._busy_timeout_seconds * 1000))
        try:
            raw = psycopg.connect(
                self.address, autocommit=True, connect_timeout=max(2, round(self._busy_timeout_seconds))
            )
            limits = f"SET lock_timeout = {busy_ms}; SET idle_in_transaction_session_timeout = {2 * busy_ms}"
            raw.execute(limits.encode())
        except psycopg.Error as error:
            raise errors.StorageUnavailable(
                f"No connection to the database: {_detail(error)}. "
                "See that its server runs, and that the URL names a database and a user that it has."
            ) from error
        # JSON is read as the text that was written, as on SQLite.
        raw.adapters.register_loader("json", TextLoader)
        return raw

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._transaction(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as raw:
            yield _PostgresConnection(raw)

    def glance(self) -> AbstractContextManager[Connection]:
        # BEGIN is also how a connection that went stale is found and replaced.
        return self.read()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._transaction(b"BEGIN") as raw:
            yield _PostgresConnection(raw)

    @contextmanager
    def _transaction(self, begin: bytes) -> Iterator[Raw]:
        raw = self._begun(begin)
        try:
            yield raw
            # A transaction in which a statement failed answers COMMIT with ROLLBACK, without an error.
            if raw.execute(b"COMMIT").statusmessage != "COMMIT":
                raise errors.StorageError("The transaction was rolled back because one of its statements had failed.")
        except psycopg.Error as error:
            _roll_back(raw)
            refuse(error)
        except BaseException:
            _roll_back(raw)
            raise
        finally:
            if raw.closed:
                self._pool.discard(raw)
            else:
                self._pool.release(raw)

    def _begun(self, begin: bytes) -> Raw:
        """A connection in a transaction. One that went stale while it was idle is replaced unnoticed, once."""
        raw = self._pool.acquire()
        try:
            raw.execute(begin)
            return raw
        except psycopg.Error:
            self._pool.discard(raw)
            self._pool.close_idle()
        raw = self._pool.acquire()
        try:
            raw.execute(begin)
            return raw
        except psycopg.Error as error:
            self._pool.discard(raw)
            refuse(error)

    def take_turn(self, connection: Connection, *, journals: bool, channels: Sequence[str]) -> None:
        """In one statement: the journal's lock, held until after the commit, and NOTIFY, sent by the commit.

        Without the lock, sequence numbers would commit out of order and a reader would miss the late ones.
        """
        parameters: dict[str, object] = {f"channel{at}": channel for at, channel in enumerate(channels)}
        calls = [f"pg_notify(:{name}, '')" for name in parameters]
        if journals:
            calls.append("pg_advisory_xact_lock(:key)")
            parameters["key"] = _JOURNAL_LOCK
        connection.one(f"SELECT {', '.join(calls)}", parameters)

    def lock_project(self, connection: Connection, tenant_id: str, project_id: str) -> None:
        connection.one(
            "SELECT 1 FROM projects WHERE id = :project_id AND tenant_id = :tenant_id FOR NO KEY UPDATE",
            {"project_id": project_id, "tenant_id": tenant_id},
        )

    def has_tables(self) -> bool:
        with self.read() as connection:
            return connection.one("SELECT to_regclass('alembic_version') IS NOT NULL") == (True,)

    def create(self) -> None:
        """Nothing: the database on the server is the operator's to make."""

    def close(self) -> None:
        self._pool.close()


def _roll_back(raw: Raw) -> None:
    try:
        raw.execute(b"ROLLBACK")
    except psycopg.Error:
        raw.close()


class _PostgresConnection:
    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def all(self, sql: str, parameters: Parameters = NOTHING) -> list[Row]:
        try:
            return self._raw.execute(_render(sql), parameters).fetchall()
        except psycopg.Error as error:
            refuse(error)

    def one(self, sql: str, parameters: Parameters = NOTHING) -> Row | None:
        try:
            return self._raw.execute(_render(sql), parameters).fetchone()
        except psycopg.Error as error:
            refuse(error)

    def change(self, sql: str, parameters: Parameters = NOTHING) -> int:
        try:
            return self._raw.execute(_render(sql), parameters).rowcount
        except psycopg.Error as error:
            refuse(error)

    def change_many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        try:
            with self._raw.cursor() as cursor:
                cursor.executemany(_render(sql), parameters)
        except psycopg.Error as error:
            refuse(error)


@lru_cache(maxsize=512)
def _render(sql: str) -> bytes:
    sql = LIST.sub(r"= ANY(CAST(:\1 AS text[]))", sql.replace("%", "%%"))
    return NAME.sub(r"%(\1)s", sql).encode()


def _detail(error: psycopg.Error) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def refuse(error: psycopg.Error) -> Never:
    """Say what an error of PostgreSQL means here (its appendix A, error codes)."""
    detail = _detail(error)
    match error:
        case (
            psycopg.errors.LockNotAvailable()
            | psycopg.errors.DeadlockDetected()
            | psycopg.errors.SerializationFailure()
            | psycopg.errors.QueryCanceled()
        ):
            raise StorageBusy(detail) from error
        case psycopg.errors.ReadOnlySqlTransaction():
            raise errors.ReadOnlyDatabase(
                f"The database can only be read ({detail}). Connect to the primary server, not to a replica."
            ) from error
        case psycopg.errors.DiskFull():
            raise errors.StorageFull(f"The disk of the database server is full ({detail}). Make room there.") from error
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            raise errors.SchemaTooOld(
                f"The tables are not complete ({detail}). Run `addon-portal db upgrade`."
            ) from error
        case psycopg.errors.UniqueViolation():
            raise errors.DuplicateValue(f"The database refused a change: {detail}.") from error
        case psycopg.errors.IntegrityError() | psycopg.errors.DataError():
            raise errors.ConstraintViolated(f"The database refused a change: {detail}.") from error
        case _:
            raise errors.StorageUnavailable(f"The database cannot be used: {detail}.") from error
