"""Counting log-ins that failed, so that nobody can go on trying.

A link cannot be guessed; this keeps whoever tries from costing more than a look into a dictionary. Counted by address
and per process, and forgotten after a minute; those who get in do not count.
"""

import threading

from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import TooManyAttempts

MOST_FAILURES = 10
WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 10_000


class LogInAttempts:
    """Who has failed how often in the current minute. Called by any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._since = float("-inf")

    def refuse_too_many(self, address: str) -> None:
        """Raises TooManyAttempts for an address from which too many have failed."""
        with self._lock:
            left = self._since + WINDOW_SECONDS - self._clock.monotonic()
            if left > 0 and self._failures.get(address, 0) >= MOST_FAILURES:
                raise TooManyAttempts(int(left) + 1)

    def note_failure(self, address: str) -> None:
        """One more."""
        with self._lock:
            now = self._clock.monotonic()
            if now - self._since >= WINDOW_SECONDS or len(self._failures) >= _MOST_ADDRESSES:
                self._failures, self._since = {}, now
            self._failures[address] = self._failures.get(address, 0) + 1
