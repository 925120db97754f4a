"""What follows when a schedule's time has come: on time, missed, made up for, and after a clock that was wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon_portal.domain.ids import HostId, ProjectId, TenantId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restart_policy import POLICY_ACTOR
from addon_portal.domain.schedules import (
    MOST_COUNTED,
    ON_TIME,
    SCHEDULE_ACTOR,
    Schedule,
    WhenMissed,
    WhenRunning,
    decide,
    is_planned_by_a_wrong_clock,
    why_called_off,
)
from addon_portal.domain.states import RunState
from tests.unit.domain.runs import RUNNING

HOUR = timedelta(hours=1)
THREE = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
SCHEDULE = Schedule(
    project_id=ProjectId("prj_" + "1" * 26),
    tenant_id=TenantId("ten_" + "1" * 26),
    host_id=HostId("hst_" + "1" * 26),
    cron="0 * * * *",
    time_zone="UTC",
    when_running=WhenRunning.SKIP,
    when_missed=WhenMissed.SKIP,
    created_at=THREE - HOUR,
    updated_at=THREE - HOUR,
    updated_by="key:ada",
    planned_at=THREE - HOUR,
    next_at=THREE,
)
MAKES_UP = replace(SCHEDULE, when_missed=WhenMissed.RUN_ONCE)


def hourly(after: datetime) -> Iterator[datetime]:
    """Every full hour."""
    return every(HOUR, after)


def every(step: timedelta, after: datetime) -> Iterator[datetime]:
    first = (after - THREE) // step + 1
    return (THREE + step * number for number in count(first))


@pytest.mark.parametrize("late", [timedelta(0), timedelta(milliseconds=5), ON_TIME - timedelta(microseconds=1)])
@pytest.mark.parametrize("schedule", [SCHEDULE, MAKES_UP])
def test_a_time_is_kept_if_somebody_looks_soon_enough(schedule: Schedule, late: timedelta) -> None:
    due = decide(schedule, hourly, THREE + late)
    assert (due.wanted, due.missed, due.next_at, due.is_late) == (THREE, 0, THREE + HOUR, False)


def test_a_time_at_which_nobody_was_there_is_missed() -> None:
    due = decide(SCHEDULE, hourly, THREE + 5 * timedelta(minutes=1))
    assert (due.wanted, due.missed, due.last_missed, due.next_at) == (None, 1, THREE, THREE + HOUR)


def test_of_many_that_were_missed_one_is_made_up_for_if_that_is_wanted() -> None:
    now = THREE + 5.5 * HOUR
    due = decide(SCHEDULE, hourly, now)
    assert (due.wanted, due.missed, due.next_at) == (None, 6, THREE + 6 * HOUR)
    due = decide(MAKES_UP, hourly, now)
    assert (due.wanted, due.missed, due.next_at, due.is_late) == (THREE + 5 * HOUR, 6, THREE + 6 * HOUR, True)


def test_whoever_is_back_on_time_keeps_that_time_and_counts_the_others() -> None:
    due = decide(MAKES_UP, hourly, THREE + 3 * HOUR + timedelta(seconds=2))
    assert (due.wanted, due.missed, due.last_missed) == (THREE + 3 * HOUR, 3, THREE + 2 * HOUR)
    assert not due.is_late


def test_no_more_are_counted_than_can_be_in_a_moment() -> None:
    minute = timedelta(minutes=1)
    due = decide(MAKES_UP, lambda after: every(minute, after), THREE + 1000 * HOUR + 1.5 * minute)
    assert due.missed == MOST_COUNTED
    assert due.next_at == THREE + 1000 * HOUR + 2 * minute


def test_a_time_without_others_behind_it_is_the_last() -> None:
    due = decide(SCHEDULE, lambda after: iter([THREE] if after < THREE else []), THREE)
    assert (due.wanted, due.next_at) == (THREE, None)


@given(st.integers(1, 90), st.integers(0, 5000), st.booleans())
def test_at_most_one_run_is_wanted_and_nothing_comes_twice(step: int, passed: int, makes_up: bool) -> None:
    def times(after: datetime) -> Iterator[datetime]:
        return every(timedelta(minutes=step), after)

    now = THREE + timedelta(seconds=7 * passed)
    due = decide(MAKES_UP if makes_up else SCHEDULE, times, now)
    assert due.next_at is not None
    assert due.next_at > now
    assert due.wanted is None or THREE <= due.wanted <= now
    if due.wanted is not None and not due.is_late:
        assert now - due.wanted <= ON_TIME


def test_a_clock_that_is_set_back_by_a_little_repeats_nothing_and_by_much_was_wrong() -> None:
    planned = replace(SCHEDULE, planned_at=THREE)
    assert not is_planned_by_a_wrong_clock(planned, THREE - 3 * HOUR)
    assert is_planned_by_a_wrong_clock(planned, THREE - 3.1 * HOUR)


QUEUED = replace(SCHEDULE, queued_for=THREE)
ENDED = replace(RUNNING, state=RunState.FAILED, requested_at=THREE - HOUR, requested_by="key:ada")


def test_what_waits_for_the_end_of_a_run_is_kept_when_that_ends_by_itself() -> None:
    assert why_called_off(QUEUED, None) is None
    assert why_called_off(QUEUED, replace(ENDED, reason=Reason.EXIT_CODE)) is None
    for actor in (SCHEDULE_ACTOR, POLICY_ACTOR):
        assert why_called_off(QUEUED, replace(ENDED, requested_at=THREE + HOUR, requested_by=actor)) is None


def test_what_somebody_asks_for_takes_its_place() -> None:
    stopped = replace(ENDED, state=RunState.CANCELLED, reason=Reason.STOPPED_BY_PERSON)
    assert why_called_off(QUEUED, stopped) == "somebody stopped the project"
    assert why_called_off(QUEUED, replace(ENDED, requested_at=THREE + HOUR)) == "somebody ran the project"
