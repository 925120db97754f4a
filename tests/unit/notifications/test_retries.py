"""When a message is sent again."""

import random

import pytest
from typing_extensions import override

from addon_portal.notifications.retries import JITTER, SCHEDULE, seconds_to_next


class _Never(random.Random):
    """No chance: the shortest waits."""

    @override
    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize("tries", range(1, len(SCHEDULE) + 1))
def test_each_wait_is_the_schedules_or_a_little_longer(tries: int) -> None:
    wanted = SCHEDULE[tries - 1]
    for seed in range(20):
        waited = seconds_to_next(tries, None, SCHEDULE, random.Random(seed))
        assert waited is not None
        assert wanted <= waited <= wanted * (1 + JITTER)


def test_waits_differ_by_chance() -> None:
    assert len({seconds_to_next(1, None, SCHEDULE, random.Random(seed)) for seed in range(20)}) == 20


def test_after_the_last_one_there_is_none() -> None:
    assert seconds_to_next(len(SCHEDULE) + 1, None, SCHEDULE, _Never()) is None
    assert seconds_to_next(1, None, (), _Never()) is None


def test_a_receiver_is_left_alone_for_as_long_as_it_asks() -> None:
    assert seconds_to_next(1, 60.0, SCHEDULE, _Never()) == 60.0
    assert seconds_to_next(2, 60.0, SCHEDULE, _Never()) == SCHEDULE[1]


def test_the_schedule_is_that_of_the_specification_and_lasts_three_days() -> None:
    assert len(SCHEDULE) + 1 == 10
    assert 3 <= sum(SCHEDULE) / 86400 <= 3.5
