"""PostgreSQL: a server, several writers at a time.

Reading transactions see one state (REPEATABLE READ), of a glance each statement does; writing ones are READ COMMITTED
and rely on guarded updates, row locks and unique indexes. Nobody waits longer than the busy time-out for a lock, and a
process that is frozen in the middle of a transaction for twice as long loses it instead of stopping everybody. A server
that does not answer at all, frozen or behind a network that swallows packets, is given up from our side, since it keeps
no time-out of its own.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Never, TypeVar

import psycopg
from psycopg.types.string import TextLoader
from typing_extensions import override

from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import StorageBusy
from addon_portal.storage import errors
from addon_portal.storage.connection import LIST, NAME, NOTHING, Connection, Parameters, Row
from addon_portal.storage.pool import Pool

R = TypeVar("R")
Cursor = psycopg.Cursor[Row]
_LOOK_SECONDS = 0.1
_SHUN_SECONDS = 1.0
"""After a server let us wait in vain for a connection, nobody else waits for one so soon."""
_LEAST_PATIENCE_SECONDS = 1.0
"""Less than this of silence says nothing about a server."""
_SERVER_PART = 0.9
"""The server's own time-outs are this part of our patience: what it cancels itself costs no connection."""

_SERVER_LEAVES = "57P"
"""How the codes begin with which a server ends a connection (its appendix A, operator intervention)."""

_READS = re.compile(r"\s*(SELECT|WITH)\b")

_JOURNAL_LOCK = 0x41504A4C
"""Any number that other users of the database do not lock; the letters APJL."""


class Silence(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed. What it was asked to do, it may still do."""


class Raw(psycopg.Connection[tuple[Any, ...]]):
    """A connection that closes itself when the server does not answer a statement in time."""

    patience_seconds = 5.0

    # psycopg waits here for every statement.
    @override
    def wait(self, gen: Generator[Any, Any, R], interval: float = _LOOK_SECONDS, timeout: float | None = None) -> R:
        try:
            return super().wait(gen, interval, self.patience_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:  # noqa: SLF001  the wait functions raise nothing else
            if timeout is not None:
                raise  # Of a caller within psycopg, which expects it.
            self.close()
            raise Silence(f"the server has not answered for {self.patience_seconds:g} s") from error


class PostgresDatabase:
    """A database on a server.

    `patience_seconds`: how long the server may take for one answer before the connection is given up.
    """

    dialect = "postgresql"

    def __init__(self, url: str, *, clock: Clock, busy_timeout_seconds: float, patience_seconds: float) -> None:
        self.address = url
        self._clock = clock
        self._busy_timeout_seconds = busy_timeout_seconds
        self._patience_seconds = max(_LEAST_PATIENCE_SECONDS, patience_seconds)
        self._shunned_until = 0.0
        self._pool = Pool(
            self._connect_again,
            psycopg.Connection.close,
            limit=20,
            keep=4,
            timeout_seconds=busy_timeout_seconds,
        )

    def connect(self) -> Raw:
        """A connection of our kind; each statement is its own transaction unless BEGIN says otherwise."""
        raw = None
        try:
            # psycopg waits at least 2 s, for each host that the address names.
            raw = Raw.connect(self.address, autocommit=True, connect_timeout=max(2, int(self._patience_seconds)))
            raw.patience_seconds = self._patience_seconds
            raw.execute(self._limits())
        except psycopg.Error as error:
            if raw is not None:
                raw.close()
            if isinstance(error, Silence | psycopg.errors.ConnectionTimeout):
                self._shunned_until = self._clock.monotonic() + _SHUN_SECONDS
            raise errors.StorageUnavailable(
                f"No connection to the database: {_detail(error)}. "
                "See that its server runs, and that the URL names a database and a user that it has."
            ) from error
        # JSON is read as the text that was written, as on SQLite.
        raw.adapters.register_loader("json", TextLoader)
        return raw

    def _connect_again(self) -> Raw:
        # Whoever queued behind those who waited in vain has waited long enough.
        if self._clock.monotonic() < self._shunned_until:
            raise errors.StorageUnavailable("No connection to the database: its server did not answer a moment ago.")
        return self.connect()

    def _limits(self) -> bytes:
        """What makes the server itself end waiting: for a lock, for a statement, for us."""
        statement_ms = int(self._patience_seconds * _SERVER_PART * 1000)
        lock_ms = max(1, min(statement_ms, int(self._busy_timeout_seconds * 1000)))
        idle_ms = max(1, int(2 * self._busy_timeout_seconds * 1000))
        return (
            f"SET lock_timeout = {lock_ms}; SET statement_timeout = {statement_ms}; "
            f"SET idle_in_transaction_session_timeout = {idle_ms}"
        ).encode()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._transaction(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as raw:
            yield _PostgresConnection(raw)

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        glance = _Glance(self)
        try:
            yield glance
        finally:
            glance.leave()

    @contextmanager
    def write(self, before_synced: Callable[[], None] | None = None) -> Iterator[Connection]:  # noqa: ARG002
        with self._transaction(b"BEGIN") as raw:
            yield _PostgresConnection(raw)

    @contextmanager
    def _transaction(self, begin: bytes) -> Iterator[Raw]:
        raw, _ = self.ask_first(begin)
        try:
            yield raw
            _commit(raw)
        except psycopg.Error as error:
            _roll_back(raw)
            refuse(error)
        except BaseException:
            _roll_back(raw)
            raise
        finally:
            self.give_back(raw)

    def ask_first(self, statement: bytes, parameters: Parameters = NOTHING) -> tuple[Raw, Cursor]:
        """A connection, and its answer to a statement that changes nothing.

        One that went stale while it was idle is replaced unnoticed, once.
        """
        raw = self._pool.acquire()
        try:
            return raw, raw.execute(statement, parameters)
        except psycopg.Error as error:
            if not _is_lost(raw, error):
                self._pool.release(raw)
                refuse(error)
            self._pool.discard(raw)
            self._pool.close_idle()
            if isinstance(error, Silence):
                refuse(error)
        raw = self._pool.acquire()
        try:
            return raw, raw.execute(statement, parameters)
        except psycopg.Error as error:
            self._pool.discard(raw)
            refuse(error)

    def give_back(self, raw: Raw) -> None:
        """Have a connection used by others, unless it is lost."""
        if raw.closed:
            self._pool.discard(raw)
        else:
            self._pool.release(raw)

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

    def skip_journal_numbers(self, connection: Connection) -> None:
        """Nothing: what others see is on the server's disk."""

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


def _is_lost(raw: Raw, error: psycopg.Error) -> bool:
    return bool(raw.closed) or (error.sqlstate or "").startswith(_SERVER_LEAVES)


def _commit(raw: Raw) -> None:
    try:
        # A transaction in which a statement failed answers COMMIT with ROLLBACK, without an error.
        if raw.execute(b"COMMIT").statusmessage != "COMMIT":
            raise errors.StorageError("The transaction was rolled back because one of its statements had failed.")
    except Silence as error:
        raise errors.StorageUnavailable(
            f"The database cannot be used: {_detail(error)}. It is not known whether what was being written is, "
            "or will be."
        ) from error


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


class _Glance:
    """Statements that read, each for itself: BEGIN and COMMIT would be two of three waits for the server."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._raw: Raw | None = None

    def all(self, sql: str, parameters: Parameters = NOTHING) -> list[Row]:
        return self._ask(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Parameters = NOTHING) -> Row | None:
        return self._ask(sql, parameters).fetchone()

    def change(self, sql: str, parameters: Parameters = NOTHING) -> int:
        return self._ask(sql, parameters).rowcount

    def change_many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        for each in parameters:
            self._ask(sql, each)

    def leave(self) -> None:
        """Give the connection back."""
        if self._raw is not None:
            self._database.give_back(self._raw)

    def _ask(self, sql: str, parameters: Parameters) -> Cursor:
        if not _READS.match(sql):
            raise errors.StorageError(f"A glance changes nothing: {sql.strip()[:200]}")
        if self._raw is None:
            self._raw, found = self._database.ask_first(_render(sql), parameters)
            return found
        try:
            return self._raw.execute(_render(sql), parameters)
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
