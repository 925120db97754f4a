"""Health follows from what the supervisor found and from the clock; it never ends a run."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from addon_portal.domain.health import UNREACHABLE_AFTER, health_of
from addon_portal.domain.models import Run
from addon_portal.domain.states import FINAL, Health, RunState
from tests.unit.domain.evidence_factory import NOW
from tests.unit.domain.runs import RUNNING

DAY = timedelta(hours=24)


def health(run: Run = RUNNING, observed_at: datetime | None = NOW) -> tuple[Health, ...] | None:
    return health_of(run, observed_at, NOW, DAY)


def test_a_watched_run_is_ok() -> None:
    assert health() == (Health.OK,)


def test_a_run_nobody_has_looked_at_for_too_long_is_unreachable() -> None:
    assert health(observed_at=NOW - UNREACHABLE_AFTER) == (Health.OK,)
    assert health(observed_at=NOW - UNREACHABLE_AFTER - timedelta(milliseconds=1)) == (Health.UNREACHABLE,)
    assert health(observed_at=None) == (Health.UNREACHABLE,)


def test_a_waiting_run_has_no_process_and_so_cannot_be_unreachable() -> None:
    assert health(replace(RUNNING, state=RunState.PENDING, started_at=None), None) == (Health.OK,)


def test_a_run_over_its_time_is_overdue_and_not_failed() -> None:
    for age, expected in ((DAY, Health.OK), (DAY + timedelta(seconds=1), Health.OVERDUE)):
        assert health(replace(RUNNING, started_at=NOW - age)) == (expected,)


def test_of_several_the_most_important_comes_first() -> None:
    run = replace(RUNNING, conditions=frozenset({"unsupervised"}), started_at=NOW - 2 * DAY)
    assert health(run, None) == (Health.UNREACHABLE, Health.UNSUPERVISED, Health.OVERDUE)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_final_run_has_no_health(state: RunState) -> None:
    assert health(replace(RUNNING, state=state)) is None
