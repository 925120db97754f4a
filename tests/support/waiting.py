"""Waiting for something to become true: the only place in the tests that polls or sleeps.

Use it where no event can be waited for (another process changes a file or a row). It returns as soon as the
condition holds, so that the limit costs nothing when things work and says what was missing when they do not.
"""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_SECONDS = 120.0
"""How long anything may take on a busy machine before a test fails."""

T = TypeVar("T")

_PAUSE_SECONDS = 0.01


def wait_until(condition: Callable[[], T], what: str, seconds: float = 10.0) -> T:
    """Return the first truthy value of `condition`; fail after `seconds`, with `what` and the last value.

    An exception of the condition counts as a bug of the test, and is not swallowed.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}; last seen: {value!r}")
        time.sleep(_PAUSE_SECONDS)
