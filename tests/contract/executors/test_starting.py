"""Starting: asked for at will, happening at most once, and forbidden by whoever is first."""

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome
from addon_portal.domain.verdict import Alive, Ended, Finishing, NotLinked, Starting
from addon_portal.executors.base import CannotPrepare, Prepared
from tests.contract.executors.stages import STOP_SETTINGS, Stage


def count_starts_of_ended(stage: Stage, run_id: RunId) -> int:
    """How often a run's program has begun, asked when it has certainly said so."""
    stage.world.finish(run_id)
    stage.reach(run_id, Ended)
    return stage.world.count_starts(run_id)


def test_preparing_may_be_repeated_and_starts_nothing(stage: Stage) -> None:
    order = stage.world.order()
    assert [stage.executor.prepare(order) for _ in range(3)] == [Prepared.READY] * 3
    assert not stage.executor.was_launched(order.run_id)
    assert stage.judge(order.run_id) == NotLinked()


def test_what_was_launched_is_not_prepared_again(stage: Stage) -> None:
    order = stage.world.order()
    stage.executor.prepare(order)
    stage.ask_start(order.run_id)
    stage.reach(order.run_id, Alive)
    assert stage.executor.was_launched(order.run_id)
    assert stage.executor.prepare(order) is Prepared.ALREADY_LAUNCHED


def test_a_run_directory_that_cannot_be_made_is_said_with_its_step(stage: Stage) -> None:
    order = stage.world.order()
    stage.world.break_run_directory(order)
    with pytest.raises(CannotPrepare) as caught:
        stage.executor.prepare(order)
    assert (caught.value.step, bool(caught.value.errno), bool(caught.value.message)) == ("run_directory", True, True)


def test_a_workspace_that_cannot_be_made_is_said_with_its_step(stage: Stage) -> None:
    order = stage.world.order()
    stage.world.break_workspace(order)
    with pytest.raises(CannotPrepare) as caught:
        stage.executor.prepare(order)
    assert caught.value.step == "workspace"


def test_a_start_asked_for_again_and_again_happens_once(stage: Stage) -> None:
    run_id = stage.prepared()
    for _ in range(5):
        stage.ask_start_anew(run_id)
    stage.reach(run_id, Alive)
    stage.ask_start_anew(run_id)
    stage.reach(stage.started(), Alive)  # The keeper has served what was asked before.
    assert count_starts_of_ended(stage, run_id) == 1


def test_starts_asked_of_a_frozen_keeper_become_one_when_it_thaws(stage: Stage) -> None:
    run_id = stage.prepared()
    stage.world.freeze_keeper()
    for _ in range(5):
        stage.ask_start_anew(run_id)
    stage.restart()
    stage.ask_start(run_id)
    assert stage.judge(run_id) == NotLinked()
    stage.world.thaw_keeper()
    stage.reach(run_id, Alive)
    stage.reach(stage.started(), Alive)
    assert count_starts_of_ended(stage, run_id) == 1


def test_a_forbidden_start_never_happens(stage: Stage) -> None:
    run_id = stage.prepared()
    stage.world.freeze_keeper()
    stage.ask_start(run_id)
    stage.executor.forbid_start(run_id)
    stage.world.thaw_keeper()
    stage.ask_start_anew(run_id)
    stage.reach(stage.started(), Alive)
    assert stage.world.count_starts(run_id) == 0
    verdict = stage.judge(run_id)
    assert isinstance(verdict, Ended)
    assert verdict.ending.reason is Reason.LAUNCH_INTERRUPTED


def test_forbidding_loses_silently_to_a_start(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.executor.forbid_start(run_id)
    assert isinstance(stage.judge(run_id), Alive)
    assert count_starts_of_ended(stage, run_id) == 1


def test_forbidding_may_be_repeated(stage: Stage) -> None:
    run_id = stage.prepared()
    stage.executor.forbid_start(run_id)
    stage.executor.forbid_start(run_id)
    assert isinstance(stage.judge(run_id), Ended)


def test_a_life_is_seen_step_by_step(stage: Stage) -> None:
    stage.world.hold_gates()
    run_id = stage.prepared()
    assert stage.judge(run_id) == NotLinked()
    stage.ask_start(run_id)
    stage.world.reach_gate(run_id)
    assert stage.judge(run_id) == Starting()
    assert stage.world.count_starts(run_id) == 0
    stage.world.open_gate(run_id)
    alive = stage.reach(run_id, Alive)
    assert alive.supervised
    stage.world.freeze_shim(run_id)
    stage.world.finish(run_id, 3)
    finishing = stage.reach(run_id, Finishing)
    assert finishing.started_at == alive.started_at
    stage.world.thaw_shim(run_id)
    ended = stage.reach(run_id, Ended)
    assert ended.ending.exit
    assert (ended.ending.exit.exit_code, ended.started_at) == (3, alive.started_at)


def test_a_program_whose_shim_dies_before_the_gate_never_runs(stage: Stage) -> None:
    stage.world.hold_gates()
    run_id = stage.started()
    stage.world.reach_gate(run_id)
    assert stage.judge(run_id) == Starting()
    stage.world.kill_shim(run_id)
    ending = stage.reach(run_id, Ended).ending
    assert (ending.reason, ending.outcome) == (Reason.LAUNCH_INTERRUPTED, Outcome.FAILURE)
    assert stage.world.count_starts(run_id) == 0


def test_somebody_is_told_when_a_run_starts_and_when_it_ends(stage: Stage) -> None:
    run_id = stage.started()
    stage.hear_of(run_id)
    stage.reach(run_id, Alive)
    stage.world.finish(run_id)
    stage.hear_of(run_id)
    stage.reach(run_id, Ended)


def test_the_runs_are_listed_oldest_first_with_what_was_ordered(stage: Stage) -> None:
    runs = sorted(stage.prepared() for _ in range(3))
    assert list(stage.executor.list_runs()) == runs
    spec = stage.executor.read_spec(runs[0])
    assert (spec["run"], spec["stop"]) == (runs[0], STOP_SETTINGS)
    assert stage.executor.stop_settings(runs[0]).grace_seconds == 7.5
