"""Several threads or processes that begin at the same moment."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from tests.support.nursery import Forked


def in_thread(do: Callable[[], object]) -> None:
    """Do something in another thread and wait for its end."""
    with Together([do]):
        pass


class Together:
    """Threads that begin together when the block is entered; its end waits for all and raises what one raised."""

    def __init__(self, work: Sequence[Callable[[], object]]) -> None:
        self._errors: list[BaseException] = []
        barrier = threading.Barrier(len(work))

        def run(do: Callable[[], object]) -> None:
            barrier.wait()
            try:
                do()
            except BaseException as error:
                self._errors.append(error)

        self._threads = [threading.Thread(target=run, args=(do,)) for do in work]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for thread in self._threads:
            thread.join()
        if error is None and self._errors:
            raise self._errors[0]

    @property
    def is_over(self) -> bool:
        """Whether every thread has ended."""
        return not any(thread.is_alive() for thread in self._threads)


def outcomes_of(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of the callables returned or raised, all begun together."""
    outcomes: list[Any] = [None] * len(work)

    def keep(at: int) -> None:
        try:
            outcomes[at] = work[at]()
        except Exception as error:
            outcomes[at] = error

    with Together([partial(keep, at) for at in range(len(work))]):
        pass
    return outcomes


def start_python(module: str, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
    """A process of ours that runs a module; its standard input and output are pipes."""
    return Forked[str](
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )
