"""A lock whose waiters are served in the order they came.

SQLite lets one transaction write at a time and makes the others poll; threads of one process queue here instead, so
that nobody is overtaken and nobody sleeps while the database is free.
"""

import threading
from collections import deque


class FifoLock:
    """Mutual exclusion, first come first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._holder: int | None = None
        self._waiters: deque[threading.Lock] = deque()

    def acquire(self, timeout_seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time."""
        me = threading.get_ident()
        assert self._holder != me, "a writing transaction inside another of the same thread would wait for itself"
        with self._guard:
            if not self._held:
                self._held, self._holder = True, me
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiters.append(turn)
        if not turn.acquire(timeout=timeout_seconds):
            with self._guard:
                if turn in self._waiters:
                    self._waiters.remove(turn)
                    return False
            # Otherwise the turn came between the time-out and the look.
        self._holder = me
        return True

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiters)

    def release(self) -> None:
        """Hand over to whoever has waited longest."""
        with self._guard:
            self._holder = None
            if self._waiters:
                self._waiters.popleft().release()
            else:
                self._held = False
