"""SQLite: one file beside the data, one writer at a time.

Every connection is in WAL mode and checks foreign keys. What was acknowledged must survive a power cut: writers commit
with `synchronous=FULL`, or with NORMAL and a sync of their own (https://sqlite.org/pragma.html#pragma_synchronous).
Writing transactions are BEGIN IMMEDIATE, so that they wait at their beginning and never fail half way for a lock.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

_JOURNAL_GAP = 100
"""More entries than are ever seen before they are on disk."""
_SHORTEST_DATABASE_BYTES = 512
_SHORTEST_PAUSE_SECONDS = 0.0001
_LONGEST_PAUSE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class _Opened:
    """A connection, and which file it has open."""

    raw: sqlite3.Connection
    file: tuple[int, int]


class SqliteDatabase:
    """The database in one file."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, clock: Clock, busy_timeout_seconds: float) -> None:
        self.address = str(path.absolute())
        self._clock = clock
        self._busy_timeout_seconds = busy_timeout_seconds
        self._turn = FifoLock()
        self._readers = self._pool("PRAGMA query_only = ON", limit=1000, keep=8)
        self._writers = self._pool("PRAGMA busy_timeout = 0", limit=1, keep=1)

    def _pool(self, kind: str, *, limit: int, keep: int) -> Pool[_Opened]:
        return Pool(
            lambda: self._connect(kind),
            lambda opened: opened.raw.close(),
            limit=limit,
            keep=keep,
            timeout_seconds=self._busy_timeout_seconds,
        )

    def _connect(self, kind: str) -> _Opened:
        self._check_size()
        raw = None
        try:
            raw = sqlite3.connect(
                f"file:{quote(self.address)}?mode=rw",
                uri=True,
                timeout=self._busy_timeout_seconds,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            for pragma in (*_PRAGMAS, kind):
                raw.execute(pragma)
            return _Opened(raw, self._file())
        except (sqlite3.Error, OSError) as error:
            if raw is not None:
                raw.close()
            if isinstance(error, sqlite3.Error):
                refuse(error, self.address)
            raise errors.StorageUnavailable(f"The database {self.address} cannot be used: {error.strerror}.") from error

    def _check_size(self) -> None:
        """Refuse a file too short for a database: SQLite would take it for an empty one and write over it.

        By its size alone: closing any descriptor of the file would drop the locks that other connections of this
        process hold on it (https://sqlite.org/howtocorrupt.html, section 2.2).
        """
        with contextlib.suppress(OSError):
            if 0 < os.stat(self.address).st_size < _SHORTEST_DATABASE_BYTES:  # noqa: PTH116
                raise errors.NotADatabase(_not_a_database(self.address, "it is too short"))

    @contextmanager
    def _connection(self, pool: Pool[_Opened]) -> Iterator[sqlite3.Connection]:
        opened = pool.acquire()
        if not self._is_current(opened):
            # Removed or replaced under us: what went there would be lost, and nobody would know.
            pool.discard(opened)
            pool.close_idle()
            opened = pool.acquire()
        try:
            yield opened.raw
        finally:
            if _is_rolled_back(opened.raw):
                pool.release(opened)
            else:
                pool.discard(opened)

    def _file(self) -> tuple[int, int]:
        found = os.stat(self.address)  # noqa: PTH116 - half the time of Path.stat, in every transaction
        return found.st_dev, found.st_ino

    def _is_current(self, opened: _Opened) -> bool:
        try:
            return self._file() == opened.file
        except OSError:
            return False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._connection(self._readers) as raw:
            self._execute(raw, "BEGIN")
            yield _SqliteConnection(raw, self.address)

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        with self._connection(self._readers) as raw:
            yield _SqliteConnection(raw, self.address)

    @contextmanager
    def write(self, before_synced: Callable[[], None] | None = None) -> Iterator[Connection]:
        synchronous = "FULL" if before_synced is None else "NORMAL"
        deadline = self._clock.monotonic() + self._busy_timeout_seconds
        if not self._turn.acquire(self._busy_timeout_seconds):
            raise StorageBusy(f"others in this process were writing for {self._busy_timeout_seconds:g} s")
        try:
            with self._connection(self._writers) as raw:
                self._execute(raw, f"PRAGMA synchronous = {synchronous}")
                self._begin(raw, deadline)
                yield _SqliteConnection(raw, self.address)
                self._execute(raw, "COMMIT")
                if before_synced is not None:
                    before_synced()
                    self._sync()
        finally:
            self._turn.release()

    def _sync(self) -> None:
        """Bring to disk what NORMAL has left in the log of writes.

        No lock of SQLite's is on that file, so that closing it drops none: they are all on the two others.
        """
        try:
            log = os.open(f"{self.address}-wal", os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fdatasync(log)
            finally:
                os.close(log)
        except OSError as error:
            raise errors.StorageUnavailable(
                f"The database {self.address} cannot be brought to disk: {error.strerror}. "
                "It is not known whether what was being written will be there after a power cut."
            ) from error

    def _begin(self, raw: sqlite3.Connection, deadline: float) -> None:
        """Begin to write, waiting for other processes until the deadline on the monotonic clock.

        SQLite's own waiting sleeps 1, 2, 5, 10, … ms, much longer than a transaction takes; this looks more often.
        """
        pause = _SHORTEST_PAUSE_SECONDS
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.Error as error:
                if _code(error) & 0xFF != sqlite3.SQLITE_BUSY or self._clock.monotonic() >= deadline:
                    refuse(error, self.address)
            time.sleep(pause)
            pause = min(pause * 1.25, _LONGEST_PAUSE_SECONDS)

    def _execute(self, raw: sqlite3.Connection, sql: str) -> None:
        try:
            raw.execute(sql)
        except sqlite3.Error as error:
            refuse(error, self.address)

    def take_turn(self, connection: Connection, *, journals: bool, channels: Sequence[str]) -> None:
        """Nothing: a single writer's numbers appear in their order, and `wakeups` sends datagrams after the commit."""

    def skip_journal_numbers(self, connection: Connection) -> None:
        connection.change("UPDATE sqlite_sequence SET seq = seq + :gap WHERE name = 'journal'", {"gap": _JOURNAL_GAP})

    def lock_project(self, connection: Connection, tenant_id: str, project_id: str) -> None:
        """Nothing: a writing transaction holds everything."""

    def has_tables(self) -> bool:
        if not Path(self.address).exists():
            return False
        with self.read() as connection:
            tables = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version'"
            return connection.one(tables) is not None

    def create(self) -> None:
        """Make the file, readable by its owner alone, and put it into WAL mode, which stays with it."""
        try:
            # Only one that is new: see _check_size for why a file that is there is not opened.
            os.close(os.open(self.address, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            pass
        except PermissionError as error:
            raise errors.ReadOnlyDatabase(_read_only(self.address, error)) from error
        except OSError as error:
            raise errors.StorageUnavailable(
                f"The database file {self.address} cannot be made: {error.strerror}. "
                "Create its directory, or name another data directory with --data."
            ) from error
        opened = self._connect("PRAGMA query_only = OFF")
        try:
            self._execute(opened.raw, "PRAGMA journal_mode = WAL")
        finally:
            opened.raw.close()

    def close(self) -> None:
        self._readers.close()
        self._writers.close()


class _SqliteConnection:
    def __init__(self, raw: sqlite3.Connection, address: str) -> None:
        self._raw = raw
        self._address = address

    def all(self, sql: str, parameters: Parameters = NOTHING) -> list[Row]:
        try:
            return self._raw.execute(_render(sql), _adapt(parameters)).fetchall()
        except sqlite3.Error as error:
            refuse(error, self._address)

    def one(self, sql: str, parameters: Parameters = NOTHING) -> Row | None:
        # Fetching all ends the statement: one left half way would keep its snapshot open.
        rows = self.all(sql, parameters)
        return rows[0] if rows else None

    def change(self, sql: str, parameters: Parameters = NOTHING) -> int:
        try:
            return self._raw.execute(_render(sql), _adapt(parameters)).rowcount
        except sqlite3.Error as error:
            refuse(error, self._address)

    def change_many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        try:
            self._raw.executemany(_render(sql), [_adapt(each) for each in parameters])
        except sqlite3.Error as error:
            refuse(error, self._address)


@lru_cache(maxsize=512)
def _render(sql: str) -> str:
    return LIST.sub(r"IN (SELECT value FROM json_each(:\1))", sql)


def _adapt(parameters: Parameters) -> Parameters:
    for value in parameters.values():
        if isinstance(value, list):
            return {name: json.dumps(each) if isinstance(each, list) else each for name, each in parameters.items()}
    return parameters


def _is_rolled_back(raw: sqlite3.Connection) -> bool:
    """Undo what was not committed; False for a connection that cannot even do that and must not be used again."""
    try:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
    except sqlite3.Error:
        return False
    return True


def _not_a_database(address: str, why: str, *, damaged: bool = False) -> str:
    what = "is damaged" if damaged else "is not an SQLite database"
    return f"{address} {what} ({why}). Restore it from a backup, or name another data directory with --data."


def _read_only(address: str, error: Exception) -> str:
    return (
        f"The database {address} can only be read ({error}). "
        "Make the file and its directory writable for the user of this process."
    )


def _code(error: sqlite3.Error) -> int:
    # Errors of the module itself, such as a closed connection, have none.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code


def refuse(error: sqlite3.Error, address: str) -> Never:
    """Say what an error of SQLite means here (https://sqlite.org/rescode.html)."""
    code = _code(error)
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            raise StorageBusy("another process is writing") from error
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT as primary:
            raise errors.NotADatabase(
                _not_a_database(address, str(error), damaged=primary == sqlite3.SQLITE_CORRUPT)
            ) from error
        case sqlite3.SQLITE_READONLY:
            raise errors.ReadOnlyDatabase(_read_only(address, error)) from error
        case sqlite3.SQLITE_FULL:
            raise errors.StorageFull(f"The disk under {address} is full. Make room; nothing was changed.") from error
        case sqlite3.SQLITE_CONSTRAINT if code in {
            sqlite3.SQLITE_CONSTRAINT_UNIQUE,
            sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        }:
            raise errors.DuplicateValue(f"The database refused a change: {error}.") from error
        case sqlite3.SQLITE_CONSTRAINT:
            raise errors.ConstraintViolated(f"The database refused a change: {error}.") from error
        case sqlite3.SQLITE_ERROR if "no such table" in str(error) or "no such column" in str(error):
            raise errors.SchemaTooOld(
                f"The tables of {address} are not complete ({error}). Run `addon-portal db upgrade`."
            ) from error
        case _:
            raise errors.StorageUnavailable(f"The database {address} cannot be used: {error}.") from error
