"""What may be run or restarted now, and what the refusal says."""

from dataclasses import replace

import pytest

from addon_portal.domain import errors
from addon_portal.domain.ids import RunId
from addon_portal.domain.restarts import DEFAULT_RESTARTABLE, Obstacle, check_restart, check_run, obstacle_to
from addon_portal.domain.states import ACTIVE, FINAL, RunState
from tests.unit.domain.runs import RUNNING

ENDED = replace(RUNNING, state=RunState.FAILED)
OTHER = RunId("run_" + "1" * 26)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_every_final_run_may_be_restarted_by_default(state: RunState) -> None:
    run = replace(RUNNING, state=state)
    assert check_restart(run, None, DEFAULT_RESTARTABLE, confirmed=False) is run
    check_run(run)


@pytest.mark.parametrize("state", sorted(ACTIVE))
def test_an_active_run_is_in_the_way_of_both(state: RunState) -> None:
    run = replace(RUNNING, state=state)
    with pytest.raises(errors.NotRestartable, match=f"is {state}"):
        check_restart(run, run.id, DEFAULT_RESTARTABLE, confirmed=True)
    with pytest.raises(errors.AlreadyRunning, match=run.id):
        check_run(run)


def test_an_installation_may_allow_less() -> None:
    completed = replace(RUNNING, state=RunState.COMPLETED)
    with pytest.raises(errors.NotRestartable, match="only a run that is failed"):
        check_restart(completed, None, frozenset({RunState.FAILED}), confirmed=False)


def test_a_project_that_never_ran_has_nothing_to_restart() -> None:
    with pytest.raises(errors.NeverRun):
        check_restart(None, None, DEFAULT_RESTARTABLE, confirmed=False)
    check_run(None)


def test_a_run_that_is_not_the_newest_was_followed_already() -> None:
    with pytest.raises(errors.AlreadyRestarted) as refusal:
        check_restart(ENDED, OTHER, DEFAULT_RESTARTABLE, confirmed=False)
    assert refusal.value.fields == {"run_id": OTHER, "new_run_id": ENDED.id}


def test_leftovers_that_were_not_proven_gone_need_a_word() -> None:
    assumed = replace(ENDED, tree="assumed")
    with pytest.raises(errors.ConfirmationRequired):
        check_restart(assumed, assumed.id, DEFAULT_RESTARTABLE, confirmed=False)
    assert check_restart(assumed, assumed.id, DEFAULT_RESTARTABLE, confirmed=True) is assumed


@pytest.mark.parametrize("state", sorted(RunState))
@pytest.mark.parametrize("newest", [RUNNING.id, OTHER])
@pytest.mark.parametrize("restarted_by", [None, OTHER])
@pytest.mark.parametrize("restartable", [DEFAULT_RESTARTABLE, frozenset({RunState.FAILED})])
def test_what_is_shown_as_in_the_way_is_what_a_restart_is_refused_for(
    state: RunState, newest: RunId, restarted_by: RunId | None, restartable: frozenset[RunState]
) -> None:
    run = replace(RUNNING, state=state, restarted_by=restarted_by)
    if restarted_by is not None:
        newest = restarted_by
    try:
        check_restart(replace(run, id=newest), run.id, restartable, confirmed=True)
        is_refused = False
    except errors.DomainError:
        is_refused = True
    obstacle = obstacle_to(run, newest, None, restartable)
    assert (obstacle is not None) is is_refused
    assert obstacle is None or obstacle.explain(run).endswith(".")


@pytest.mark.parametrize(
    ("barred", "newest", "shown"),
    [
        (Obstacle.PROJECT_DELETED, ENDED.id, Obstacle.PROJECT_DELETED),
        (Obstacle.PROJECT_DELETED, OTHER, Obstacle.PROJECT_DELETED),
        (Obstacle.OWN_COMMAND_FORBIDDEN, ENDED.id, Obstacle.OWN_COMMAND_FORBIDDEN),
        (Obstacle.OWN_COMMAND_FORBIDDEN, OTHER, Obstacle.FOLLOWED),
    ],
)
def test_what_stands_against_a_whole_project_is_said_of_its_newest_run(
    barred: Obstacle, newest: RunId, shown: Obstacle
) -> None:
    assert obstacle_to(ENDED, newest, barred, DEFAULT_RESTARTABLE) is shown
