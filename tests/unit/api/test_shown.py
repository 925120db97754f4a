"""How a run is shown: joined with the clock, its host and its neighbours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from addon_portal.api.schemas.runs import run_body
from addon_portal.api.services.shown import Circumstances, ShownRun, show
from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restarts import Obstacle
from addon_portal.domain.states import FINAL, Health, Outcome, RunState

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
RUN = Run(
    seq=1,
    id=RunId("run_1"),
    tenant_id=TenantId("ten_1"),
    project_id=ProjectId("prj_1"),
    number=1,
    definition_version=1,
    host_id=HostId("hst_1"),
    state=RunState.PENDING,
    requested_at=NOW,
    requested_by="key:ci",
)
RUNNING = replace(RUN, state=RunState.RUNNING, started_at=NOW - timedelta(hours=1))
FAILED = replace(RUNNING, state=RunState.FAILED, reason=Reason.EXIT_CODE, outcome=Outcome.FAILURE, message="It failed.")


def shown(
    run: Run, observed_at: datetime | None = NOW, restartable: frozenset[RunState] = FINAL, latest: str = "run_1"
) -> ShownRun:
    around = Circumstances(NOW, timedelta(hours=24), restartable)
    return show(run, "nightly", "worker-1", RunId(latest), None, observed_at, 4, around)


@pytest.mark.parametrize(
    ("age", "health"), [(0, Health.OK), (3, Health.OK), (3.000001, Health.UNREACHABLE), (None, Health.UNREACHABLE)]
)
def test_a_claimed_run_is_unreachable_after_three_seconds(age: float | None, health: Health) -> None:
    observed_at = None if age is None else NOW - timedelta(seconds=age)
    assert shown(RUNNING, observed_at).health == (health,)


def test_several_healths_are_ranked() -> None:
    run = replace(RUNNING, started_at=NOW - timedelta(hours=25), conditions=frozenset({"unsupervised"}))
    assert shown(run, None).health == (Health.UNREACHABLE, Health.UNSUPERVISED, Health.OVERDUE)


def test_a_pending_run_has_no_process_that_could_be_unreachable() -> None:
    assert shown(RUN, None).health == (Health.OK,)


@pytest.mark.parametrize(
    ("observed_at", "said", "waiting_for"),
    [
        (NOW, None, "the supervisor"),
        (NOW, "a free place: 2 of 2 are taken", "a free place: 2 of 2 are taken"),
        (NOW - timedelta(seconds=4), "a free place", "the supervisor of its host, which was last heard of at 2026"),
        (None, None, "the supervisor of its host, which has not been heard of yet"),
    ],
)
def test_a_pending_run_says_what_it_waits_for(observed_at: datetime | None, said: str | None, waiting_for: str) -> None:
    found = shown(replace(RUN, waiting_for=said), observed_at)
    assert found.waiting_for is not None
    assert found.waiting_for.startswith(waiting_for)
    assert found.queue_position == 4


def test_a_run_that_does_not_wait_has_no_place_in_the_queue() -> None:
    assert (shown(RUNNING).waiting_for, shown(RUNNING).queue_position) == (None, None)


def test_restartable_is_the_newest_final_run_in_an_allowed_state() -> None:
    assert run_body(shown(FAILED))["restartable"] is True
    assert run_body(shown(FAILED))["not_restartable_because"] is None
    assert shown(FAILED, latest="run_2").obstacle is Obstacle.FOLLOWED
    assert shown(RUNNING).obstacle is Obstacle.NOT_ENDED
    body = run_body(shown(FAILED, restartable=frozenset({RunState.COMPLETED})))
    sentence = "In this installation runs that are failed are not restarted (RESTARTABLE_STATUSES)."
    assert body["not_restartable_because"] == {"code": "state_not_restartable", "sentence": sentence}
    assert body["restartable"] is False


def test_a_final_run_has_no_health() -> None:
    body = run_body(shown(FAILED))
    assert (body["health"], body["health_all"], body["observed_at"]) == (None, [], None)
    assert body["execution_error"] == "It failed."


def test_a_signal_is_shown_by_name() -> None:
    body = run_body(shown(replace(FAILED, reason=Reason.SIGNAL, signal=9)))
    assert (body["signal"], body["signal_name"], body["exit_code"]) == (9, "SIGKILL", None)
