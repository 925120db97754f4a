"""Wake-ups through PostgreSQL: NOTIFY in the writing transaction, LISTEN on a connection of its own.

A thread holds that connection and reopens it when it breaks, so that a listener's descriptor stays the same and nobody
waits for a server that is away. A connection that has been quiet for a while is asked whether it still answers, since
one that hangs looks just the same. After a gap it wakes once, since something may have been missed.
"""

import contextlib
import os
import selectors
import threading
from collections.abc import Callable

import psycopg
from psycopg import sql

from addon_portal.domain.errors import StorageBusy
from addon_portal.storage.errors import StorageError
from addon_portal.storage.postgres import PostgresDatabase, Raw, refuse
from addon_portal.storage.wakeups import Listener

_RETRY_SECONDS = 1.0
_QUIET_SECONDS = 10.0


class PostgresWakeups:
    """Wake-ups between processes that share a database server."""

    def __init__(self, database: PostgresDatabase, *, quiet_seconds: float = _QUIET_SECONDS) -> None:
        self._database = database
        self.quiet_seconds = quiet_seconds
        """How long a listening connection may be quiet before it is asked whether it still answers."""

    def notify(self, channel: str) -> None:
        """Wake outside a transaction; inside one, the database does it at the commit."""
        with contextlib.suppress(StorageError, StorageBusy), self._database.write() as connection:
            self._database.take_turn(connection, journals=False, channels=(channel,))

    def listen(self, channel: str) -> Listener:
        return _PostgresListener(self._database.connect, channel, self.quiet_seconds)

    def close(self) -> None:
        """Nothing is kept."""


class _PostgresListener:
    def __init__(self, connect: Callable[[], Raw], channel: str, quiet_seconds: float) -> None:
        self._connect = connect
        self._channel = channel
        self._quiet_seconds = quiet_seconds
        raw = self._open()
        self._ear, self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._leave, self._leaving = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._work, args=(raw,), name=f"listen-{channel}", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        return self._ear

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._ear, 4096):
                pass

    def close(self) -> None:
        os.write(self._leaving, b"!")
        self._thread.join()
        for descriptor in (self._ear, self._bell, self._leave, self._leaving):
            os.close(descriptor)

    def _open(self) -> Raw:
        raw = self._connect()
        try:
            raw.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        except psycopg.Error as error:
            raw.close()
            refuse(error)
        return raw

    def _ring(self) -> None:
        # A full pipe is a wake-up that is already on its way.
        with contextlib.suppress(BlockingIOError):
            os.write(self._bell, b"!")

    def _work(self, raw: Raw | None) -> None:
        while True:
            if raw is not None:
                with contextlib.suppress(psycopg.Error):
                    self._hear(raw)
                broken = raw.closed
                raw.close()
                raw = None
                if not broken:
                    return
            if self._is_leaving(_RETRY_SECONDS):
                return
            with contextlib.suppress(psycopg.Error, StorageError):
                raw = self._open()
                self._ring()

    def _hear(self, raw: Raw) -> None:
        """Ring for every notification until asked to leave; raises psycopg.Error when the connection breaks."""
        with selectors.DefaultSelector() as selector:
            selector.register(raw.fileno(), selectors.EVENT_READ)
            selector.register(self._leave, selectors.EVENT_READ)
            while True:
                ready = selector.select(self._quiet_seconds)
                if any(key.fd == self._leave for key, _ in ready):
                    return
                if not ready:
                    raw.execute(b"SELECT 1")
                for _ in raw.notifies(timeout=0):
                    self._ring()

    def _is_leaving(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._leave, selectors.EVENT_READ)
            return bool(selector.select(seconds))
