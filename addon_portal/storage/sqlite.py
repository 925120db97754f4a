"""SQLite: one file beside the data, one writer at a time.

Every connection is in WAL mode with `synchronous=FULL`, since what was acknowledged must survive a power cut
(https://sqlite.org/pragma.html#pragma_synchronous), and checks foreign keys. Writing transactions are BEGIN IMMEDIATE,
so that they wait at their beginning and never fail half way for a lock.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Never
from urllib.parse import quote

from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import StorageBusy
from addon_portal.storage import errors
from addon_portal.storage.connection import LIST, NOTHING, Connection, Parameters, Row
from addon_portal.storage.fifo import FifoLock
from addon_portal.storage.pool import Pool

_PRAGMAS = ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL", "PRAGMA journal_size_limit = 67108864")


class SqliteDatabase:
    """The database in one file."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, clock: Clock, busy_timeout_seconds: float) -> None:
        self.path = path
        self._clock = clock
        self._busy_timeout_seconds = busy_timeout_seconds
        self._turn = FifoLock()
        self._pool = Pool(
            self._connect, sqlite3.Connection.close, limit=1000, keep=4, timeout_seconds=busy_timeout_seconds
        )

    def _connect(self) -> sqlite3.Connection:
        try:
            raw = sqlite3.connect(
                f"file:{quote(str(self.path.absolute()))}?mode=rw",
                uri=True,
                timeout=self._busy_timeout_seconds,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            for pragma in _PRAGMAS:
                raw.execute(pragma)
        except sqlite3.Error as error:
            _refuse(error, self.path)
        return raw

    @contextmanager
    def read(self) -> Iterator[Connection]:
        raw = self._pool.acquire()
        try:
            self._execute(raw, "BEGIN")
            try:
                yield _SqliteConnection(raw, self.path, is_writable=False)
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
        finally:
            self._pool.release(raw)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        began = self._clock.monotonic()
        if not self._turn.acquire(self._busy_timeout_seconds):
            raise StorageBusy(f"others in this process were writing for {self._busy_timeout_seconds:g} s")
        try:
            raw = self._pool.acquire()
            try:
                self._begin(raw, self._clock.monotonic() - began)
                try:
                    yield _SqliteConnection(raw, self.path, is_writable=True)
                    self._execute(raw, "COMMIT")
                finally:
                    if raw.in_transaction:
                        raw.execute("ROLLBACK")
            finally:
                self._pool.release(raw)
        finally:
            self._turn.release()

    def _begin(self, raw: sqlite3.Connection, waited_seconds: float) -> None:
        """Begin with what is left of the time: the queue of this process has used some of it."""
        if waited_seconds < 0.01:
            self._execute(raw, "BEGIN IMMEDIATE")
            return
        left_ms = max(0, int((self._busy_timeout_seconds - waited_seconds) * 1000))
        raw.execute(f"PRAGMA busy_timeout = {left_ms}")
        try:
            self._execute(raw, "BEGIN IMMEDIATE")
        finally:
            raw.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_seconds * 1000)}")

    def _execute(self, raw: sqlite3.Connection, sql: str) -> None:
        try:
            raw.execute(sql)
        except sqlite3.Error as error:
            _refuse(error, self.path)

    def prepare_journal(self, connection: Connection) -> None:
        """Nothing: one writer at a time, so numbers appear in their order."""

    def lock_project(self, connection: Connection, tenant_id: str, project_id: str) -> None:
        """Nothing: a writing transaction holds everything."""

    def notify(self, connection: Connection, channels: Sequence[str]) -> None:
        """Nothing: `wakeups` sends datagrams after the commit."""

    def has_tables(self) -> bool:
        if not self.path.exists():
            return False
        with self.read() as connection:
            return bool(connection.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version'"))

    def create(self) -> None:
        """Make the file, readable by its owner alone, and put it into WAL mode, which stays with it."""
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise errors.StorageUnavailable(
                f"The database file {self.path} cannot be made: {error.strerror}. "
                "Create its directory, or name another with --data."
            ) from error
        raw = self._connect()
        try:
            self._execute(raw, "PRAGMA journal_mode = WAL")
        finally:
            raw.close()

    def close(self) -> None:
        self._pool.close()


class _SqliteConnection:
    def __init__(self, raw: sqlite3.Connection, path: Path, *, is_writable: bool) -> None:
        self._raw = raw
        self._path = path
        self.is_writable = is_writable

    def all(self, sql: str, parameters: Parameters = NOTHING) -> list[Row]:
        try:
            return self._raw.execute(_render(sql), _adapt(parameters)).fetchall()
        except sqlite3.Error as error:
            _refuse(error, self._path)

    def one(self, sql: str, parameters: Parameters = NOTHING) -> Row | None:
        # Fetching all ends the statement: one left half way would keep its snapshot open.
        rows = self.all(sql, parameters)
        return rows[0] if rows else None

    def change(self, sql: str, parameters: Parameters = NOTHING) -> int:
        assert self.is_writable, "a reading transaction changes nothing"
        try:
            return self._raw.execute(_render(sql), _adapt(parameters)).rowcount
        except sqlite3.Error as error:
            _refuse(error, self._path)

    def change_many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        assert self.is_writable, "a reading transaction changes nothing"
        try:
            self._raw.executemany(_render(sql), [_adapt(each) for each in parameters])
        except sqlite3.Error as error:
            _refuse(error, self._path)


@lru_cache(maxsize=512)
def _render(sql: str) -> str:
    return LIST.sub(r"IN (SELECT value FROM json_each(:\1))", sql)


def _adapt(parameters: Parameters) -> dict[str, object]:
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in parameters.items()}


def _refuse(error: sqlite3.Error, path: Path) -> Never:
    """Say what an error of SQLite means here (https://sqlite.org/rescode.html)."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match primary:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            raise StorageBusy("another process is writing") from error
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            what = "is not an SQLite database" if primary == sqlite3.SQLITE_NOTADB else "is damaged"
            raise errors.NotADatabase(
                f"{path} {what} ({error}). Restore it from a backup, or name another data directory with --data."
            ) from error
        case sqlite3.SQLITE_READONLY:
            raise errors.ReadOnlyDatabase(
                f"The database {path} can only be read ({error}). "
                "Make the file and its directory writable for the user of this process."
            ) from error
        case sqlite3.SQLITE_FULL:
            raise errors.StorageFull(f"The disk under {path} is full. Make room; nothing was changed.") from error
        case sqlite3.SQLITE_CONSTRAINT:
            raise errors.ConstraintViolated(f"The database refused a change: {error}.") from error
        case sqlite3.SQLITE_ERROR if "no such table" in str(error) or "no such column" in str(error):
            raise errors.SchemaTooOld(
                f"The tables of {path} are not complete ({error}). Run `addon-portal db upgrade`."
            ) from error
        case _:
            raise errors.StorageUnavailable(f"The database {path} cannot be used: {error}.") from error
