"""One thread that waits for descriptors, signals and timers, and for nothing else.

Promises that nothing is missed between looking and waiting: signals arrive through a descriptor as well. Knows nothing
of what it waits for.
"""

import heapq
import os
import selectors
import signal
from collections.abc import Callable
from itertools import count

from addon_portal.domain.clock import SystemClock

Callback = Callable[[], None]


class EventLoop:
    """Callbacks by descriptor, signal and time. One per process: it owns the process's signal handlers."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callback]] = []
        self._order = count()
        self._clock = SystemClock()
        self._signals: dict[int, Callable[[int], None]] = {}
        self._result: int | None = None
        self._reader, writer = os.pipe()
        for descriptor in (self._reader, writer):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self.watch(self._reader, self._take_signals)

    def watch(self, descriptor: int, callback: Callback) -> None:
        """Call back whenever the descriptor can be read."""
        self._selector.register(descriptor, selectors.EVENT_READ, callback)

    def forget(self, descriptor: int) -> None:
        """Stop watching; the descriptor stays open."""
        self._selector.unregister(descriptor)

    def on_signal(self, number: int, callback: Callable[[int], None]) -> None:
        """Call back with the number of a signal, from the loop and not in the middle of something."""
        self._signals[number] = callback
        signal.signal(number, _noted_by_the_wakeup_descriptor)

    def now(self) -> float:
        """Seconds that never go back, for measuring how long something took."""
        return self._clock.monotonic()

    def call_later(self, seconds: float, callback: Callback) -> None:
        """Call back once, not before this many seconds have passed."""
        heapq.heappush(self._timers, (self.now() + seconds, next(self._order), callback))

    def finish(self, result: int) -> None:
        """Leave `run` with this result. The first one counts."""
        if self._result is None:
            self._result = result

    def run(self) -> int:
        """Wait and call back until somebody calls `finish`."""
        while self._result is None:
            for key, _ in self._selector.select(self._patience()):
                if self._selector.get_map().get(key.fd) is key:
                    key.data()
            self._fire_timers()
        return self._result

    def _patience(self) -> float | None:
        return max(0.0, self._timers[0][0] - self.now()) if self._timers else None

    def _fire_timers(self) -> None:
        while self._timers and self._timers[0][0] <= self.now():
            heapq.heappop(self._timers)[2]()

    def _take_signals(self) -> None:
        for number in dict.fromkeys(os.read(self._reader, 4096)):
            if number in self._signals:
                self._signals[number](number)


def _noted_by_the_wakeup_descriptor(number: int, frame: object) -> None:
    """Python writes the number to the wake-up descriptor before it calls this, signal.set_wakeup_fd."""
