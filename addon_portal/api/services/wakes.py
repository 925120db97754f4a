"""The moments at which something may have changed, for threads that wait for a change.

Promises that no wake is lost between looking and waiting. What has changed is for the waiter to look up; leaves
receiving wakes from other processes to `run_changes`.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from addon_portal.domain.clock import Clock

T = TypeVar("T")

MOST_WAITING = 10
"""Threads that wait at the same time. Each is one that answers no other request meanwhile, of 40 that there are."""


class Wakes:
    """Counts wakes; any thread may wait for the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._count = 0
        self._waiting = 0
        self.on_waiting: Callable[[], None] = lambda: None
        """Told when somebody begins to wait; before that nobody needs to listen."""

    @property
    def is_awaited(self) -> bool:
        """Whether anybody waits."""
        return self._waiting > 0

    def wake(self) -> None:
        """Something may have changed."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_for(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Look now and after every wake, until there is something or the time is over; then None.

        Where `MOST_WAITING` wait already it is looked once.
        """
        with self._condition:
            is_full = self._waiting >= MOST_WAITING
            self._waiting += 1
        deadline = self._clock.monotonic() + (0 if is_full else seconds)
        self.on_waiting()
        try:
            while True:
                seen = self._count
                found = look()
                left = deadline - self._clock.monotonic()
                if found is not None or left <= 0:
                    return found
                with self._condition:
                    if self._count == seen:
                        self._condition.wait(left)
        finally:
            with self._condition:
                self._waiting -= 1
