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
        self._waiters: deque[threading.Lock] = deque()

    def acquire(self, timeout_seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiters.append(turn)
        if turn.acquire(timeout=timeout_seconds):
            return True
        with self._guard:
            if turn in self._waiters:
                self._waiters.remove(turn)
                return False
        # The turn came between the time-out and the look.
        return True

    def release(self) -> None:
        """Hand over to whoever has waited longest."""
        with self._guard:
            if self._waiters:
                self._waiters.popleft().release()
            else:
                self._held = False

    @property
    def is_contended(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiters)
