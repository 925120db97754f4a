"""The baseline: a bare Python program that starts children with `subprocess` and waits for them in a thread.

Stores nothing: a child's output goes to one file, appended, because somebody has to read it.
"""

import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path


class DirectRun:
    """One child, waited for by a thread of its own."""

    def __init__(self, argv: Sequence[str], output: Path | None = None) -> None:
        self.asked_ns = time.monotonic_ns()
        file = output.open("ab") if output else subprocess.DEVNULL
        self._child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        if output:
            file.close()  # type: ignore[union-attr]
        self.ended_ns = 0
        self.code: int | None = None
        self._waiter = threading.Thread(target=self._wait)
        self._waiter.start()

    def _wait(self) -> None:
        self.code = self._child.wait()
        self.ended_ns = time.monotonic_ns()

    def join(self) -> int:
        """Wait until the thread knows the code."""
        self._waiter.join()
        assert self.code is not None
        return self.code


def throughput(argv: Sequence[str], at_once: int, count: int) -> float:
    """Children per second with so many threads, each starting one after the other."""
    left = iter(range(count))
    turn = threading.Lock()

    def work() -> None:
        while True:
            with turn:
                if next(left, None) is None:
                    return
            subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).wait()

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.monotonic() - began)
