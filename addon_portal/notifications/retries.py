"""When a message that did not arrive is sent again. Pure, but for the chance in it."""

import random
from collections.abc import Sequence

SCHEDULE = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds before the second attempt, the third, and so on: ten attempts over three days, as the specification of
Standard Webhooks has them."""
JITTER = 0.2
"""How much longer, at most, as a part of the time: so that receivers are not asked by everybody at once."""


def seconds_to_next(
    tries: int, asked_for: float | None, schedule: Sequence[float], chance: random.Random
) -> float | None:
    """How long to wait after so many attempts that failed; None when it was the last.

    `asked_for` is how long the receiver wants to be left alone, which is granted.
    """
    if tries > len(schedule):
        return None
    seconds = schedule[tries - 1] * (1 + JITTER * chance.random())
    return max(seconds, asked_for or 0.0)
