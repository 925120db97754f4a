"""Ending: whoever dies first, the true end is told, or it is said that nobody knows it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import SuccessCheck, Terms, terms_to_json
from addon_portal.domain.verdict import Alive, AskKeeper, CleanUp, Ended, Finishing, Unchecked, Unreachable
from tests.contract.executors.stages import Stage


def unsupervised(stage: Stage) -> RunId:
    """A run whose shim was killed while its program goes on."""
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.kill_shim(run_id)
    assert not stage.reach(run_id, Alive).supervised
    return run_id


def test_a_program_without_its_shim_runs_on_and_its_code_is_told(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.world.finish(run_id, 5)
    ending = stage.reach(run_id, Ended, acting=True).ending
    assert ending.exit
    assert (ending.exit.exit_code, ending.source) == (5, "keeper")


@pytest.mark.slow
def test_the_keeper_is_asked_before_anything_is_said_of_a_dead_program(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.world.freeze_keeper()
    stage.world.finish(run_id, 5)
    stage.reach(run_id, AskKeeper)
    stage.executor.ask_adoption(run_id)
    stage.reach(run_id, Unreachable)
    stage.world.thaw_keeper()
    ending = stage.reach(run_id, Ended, acting=True).ending
    assert ending.exit
    assert ending.exit.exit_code == 5


def test_without_shim_and_keeper_the_kernel_tells_whoever_held_on(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.world.kill_keeper()
    assert isinstance(stage.judge(run_id), Alive)
    stage.world.finish(run_id, 7)
    ending = stage.reach(run_id, Ended, acting=True).ending
    if stage.world.tells_after_reaping:
        assert ending.exit
        assert (ending.exit.exit_code, ending.source) == (7, "kernel")
    else:
        assert ending.outcome is Outcome.UNKNOWN


def test_without_shim_keeper_and_witness_the_outcome_is_unknown(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.world.kill_keeper()
    stage.executor.forget(run_id)
    stage.world.finish(run_id, 7)
    # Nobody looks until it is gone: a zombie would still tell.
    stage.world.await_gone(run_id)
    ending = stage.reach(run_id, Ended, acting=True).ending
    assert (ending.reason, ending.outcome, ending.exit) == (Reason.OUTCOME_UNKNOWN, Outcome.UNKNOWN, None)


def test_what_the_program_leaves_behind_is_ended_before_the_run_is_final(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.world.finish(run_id, 5, leftovers=True)
    stage.reach(run_id, CleanUp, acting=True)
    assert stage.world.count_leftovers(run_id) > 0
    ending = stage.reach(run_id, Ended, acting=True).ending
    assert ending.exit
    assert ending.exit.exit_code == 5
    assert stage.world.count_leftovers(run_id) == 0


def test_leftovers_are_found_without_a_keeper_too(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.world.kill_keeper()
    assert isinstance(stage.judge(run_id), Alive)
    stage.world.finish(run_id, 5, leftovers=True)
    stage.reach(run_id, Ended, acting=True)
    assert stage.world.count_leftovers(run_id) == 0


def test_the_shim_ends_what_its_program_leaves_behind(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.finish(run_id, 0, leftovers=True)
    stage.reach(run_id, Ended)
    assert stage.world.count_leftovers(run_id) == 0


def test_a_success_is_not_said_before_its_check_was_evaluated(stage: Stage) -> None:
    order = stage.world.order()
    terms = terms_to_json(Terms(success_check=SuccessCheck(file="absent.csv")))
    stage.executor.prepare(replace(order, spec={**order.spec, "terms": terms}))
    stage.ask_start(order.run_id)
    stage.reach(order.run_id, Alive)
    stage.world.finish(order.run_id, 0)
    stage.reach(order.run_id, Unchecked)
    for _ in range(2):
        stage.executor.ask_check(order.run_id, {"PATH": "/usr/bin:/bin", "ADDON_PORTAL_RUN_ID": order.run_id})
    stage.world.end_check(order.run_id)
    ending = stage.reach(order.run_id, Ended).ending
    assert (ending.reason, ending.facts["check"]) == (Reason.CHECK_FAILED, "the file absent.csv does not exist")


def test_the_first_request_to_stop_stays(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    first = stage.executor.write_stop(run_id, stage.stop_record("key:ada"))
    assert stage.executor.write_stop(run_id, stage.stop_record("key:bob")) == first
    assert stage.observe(run_id).records.stop == first


def test_a_later_request_only_brings_the_deadline_forward(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    first = stage.executor.write_stop(run_id, stage.stop_record("key:ada"))
    bobs = replace(stage.stop_record("key:bob"), deadline_at=first.deadline_at - timedelta(seconds=1), grace_seconds=2)
    stands = stage.executor.write_stop(run_id, bobs)
    assert stands == replace(first, deadline_at=bobs.deadline_at, grace_seconds=2)
    assert stage.observe(run_id).records.stop == stands
    assert stage.executor.write_stop(run_id, first) == stands


def test_a_stop_reaches_the_program_through_its_shim(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.executor.write_stop(run_id, stage.stop_record())
    stage.executor.wake_shim(run_id)
    ending = stage.reach(run_id, Ended).ending
    assert (ending.reason, ending.state) == (Reason.STOPPED_BY_PERSON, RunState.CANCELLED)


def test_a_frozen_shim_is_thawed_for_a_stop(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.freeze_shim(run_id)
    stage.executor.write_stop(run_id, stage.stop_record())
    stage.executor.wake_shim(run_id)
    assert stage.reach(run_id, Ended).ending.reason is Reason.STOPPED_BY_PERSON


def test_a_stop_at_the_gate_keeps_the_program_from_running(stage: Stage) -> None:
    stage.world.hold_gates()
    run_id = stage.started()
    stage.world.reach_gate(run_id)
    stage.executor.write_stop(run_id, stage.stop_record())
    stage.world.open_gate(run_id)
    assert stage.reach(run_id, Ended).ending.reason is Reason.STOPPED_BY_PERSON
    assert stage.world.count_starts(run_id) == 0


def test_a_signal_to_a_program_without_shim_is_on_record_before_it_is_sent(stage: Stage) -> None:
    run_id = unsupervised(stage)
    stage.executor.signal_program(run_id, 15, "stop")
    assert isinstance(stage.judge(run_id), Alive), "nobody has asked for a stop"
    stage.executor.write_stop(run_id, stage.stop_record())
    stage.executor.signal_program(run_id, 15, "stop")
    ended = stage.reach(run_id, Ended, acting=True)
    assert ended.ending.reason is Reason.STOPPED_BY_PERSON
    stop = stage.observe(run_id).records.stop
    assert stop
    assert [(sent.signal, sent.why) for sent in stop.signals] == [(15, "stop")]


def test_what_is_seen_has_happened_before_it_was_looked_at(stage: Stage) -> None:
    for _ in range(5):
        run_id = stage.started()
        stage.reach(run_id, Alive)
        stage.world.finish(run_id)
        ended_at = stage.reach(run_id, Ended).ending.ended_at
        assert ended_at is not None
        assert ended_at <= stage.observe(run_id).looked_at
        assert stage.last_seen.records.done is not None
        assert stage.last_seen.records.done.at <= stage.last_seen.looked_at


def test_forgetting_changes_no_verdict_that_is_on_record(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.finish(run_id, 3)
    before = stage.reach(run_id, Ended)
    stage.executor.save_output(run_id)
    for _ in range(2):
        stage.executor.forget(run_id)
        assert stage.judge(run_id) == before


def test_another_supervisor_sees_what_this_one_saw(stage: Stage) -> None:
    supervised, alone = stage.started(), unsupervised(stage)
    before = [stage.reach(supervised, Alive), stage.reach(alone, Alive)]
    stage.restart()
    assert [stage.judge(supervised), stage.judge(alone)] == before
    stage.world.finish(alone, 4)
    ending = stage.reach(alone, Ended, acting=True).ending
    assert ending.exit
    assert ending.exit.exit_code == 4


def test_a_program_that_has_ended_under_a_frozen_shim_is_finishing(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.freeze_shim(run_id)
    stage.world.finish(run_id, 6)
    stage.reach(run_id, Finishing)
    stage.world.kill_shim(run_id)
    ending = stage.reach(run_id, Ended, acting=True).ending
    assert ending.exit
    assert ending.exit.exit_code == 6
