"""Connections that are kept for the next transaction.

Hands out the most recently used one, so that a quiet process keeps few warm; makes a new one when none is
free, up to a limit. Leaves opening, checking and closing to the database that owns it.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from addon_portal.domain.errors import StorageBusy

C = TypeVar("C")


class Pool(Generic[C]):
    """At most `limit` connections in use at once; `keep` of them stay open while idle."""

    def __init__(
        self, connect: Callable[[], C], close: Callable[[C], None], *, limit: int, keep: int, timeout_seconds: float
    ) -> None:
        self._connect = connect
        self._close = close
        self._keep = keep
        self._timeout_seconds = timeout_seconds
        # A queue of tokens: a threading.Semaphore is written in Python and takes ten times as long.
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(limit):
            self._places.put(None)
        self._idle: list[C] = []
        self._closed = False

    def acquire(self) -> C:
        """A connection for the caller alone. Raises StorageBusy when all are in use for too long."""
        try:
            self._places.get(timeout=self._timeout_seconds)
        except Empty:
            raise StorageBusy("all connections are in use") from None
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._connect()
        except BaseException:
            self._places.put(None)
            raise

    def release(self, connection: C) -> None:
        """Give back a connection that is not in a transaction."""
        if self._closed or len(self._idle) >= self._keep:
            self._close(connection)
        else:
            self._idle.append(connection)
        self._places.put(None)

    def discard(self, connection: C) -> None:
        """Give back a connection that is broken."""
        self._close(connection)
        self._places.put(None)

    def close_idle(self) -> None:
        """Close what nobody uses; the next `acquire` connects anew."""
        while self._idle:
            self._close(self._idle.pop())

    def close(self) -> None:
        """Close what nobody uses now, and the rest when it is given back."""
        self._closed = True
        self.close_idle()
