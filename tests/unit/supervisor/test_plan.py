"""What is done about a run follows from its row, its evidence and the time, and from nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.models import Run, StopSettings
from addon_portal.domain.reasons import Reason
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import OnStall, Stall, SuccessCheck, Terms
from addon_portal.domain.transitions import Transition
from addon_portal.domain.verdict import Keeper, Liveness, Lock, RunEvidence, Tree, judge
from addon_portal.supervisor import plan as plans
from addon_portal.supervisor.plan import Action, Situation, plan
from tests.unit.domain.evidence_factory import CHILD, DONE, NOW, SENT, STARTED_AT, STOP, evidence, exit_record
from tests.unit.domain.runs import RUNNING

RUN = RUNNING
STOP_ASKED: dict[str, Any] = {"stop_requested_at": NOW, "stop_requested_by": "key:ada", "stop_why": "person"}


def actions(seen: RunEvidence, run: Run = RUN, finishing_for_seconds: float = 1.0) -> list[Action]:
    situation = Situation(run, seen, judge(seen), "supervisor:here", StopSettings(), finishing_for_seconds)
    assert plan(situation) == plan(situation)
    return plan(situation)


def records(todo: list[Action]) -> list[Transition]:
    return [action.transition for action in todo if isinstance(action, plans.Record)]


def kinds(todo: list[Action]) -> list[type]:
    return [type(action) for action in todo]


def test_a_healthy_run_needs_nothing() -> None:
    assert actions(evidence()) == []


@pytest.mark.parametrize("gate_held", [False, True])
def test_an_end_that_is_no_event_is_looked_for(gate_held: bool) -> None:
    seen = replace(evidence(), death_is_heard=False, gate_held=gate_held)
    assert actions(seen) == [plans.LookAgain(plans.LOOK_AGAIN_SECONDS)]


def test_a_start_that_was_seen_is_recorded_as_of_the_child_record() -> None:
    [started] = records(actions(evidence(), replace(RUN, state=RunState.STARTING)))
    assert (started.to_state, started.happened_at) == (RunState.RUNNING, STARTED_AT)


def test_a_short_run_is_recorded_as_started_and_ended_at_once() -> None:
    seen = evidence(Lock.FREE, exit=exit_record(0), done=DONE)
    moves = records(actions(seen, replace(RUN, state=RunState.STARTING, started_at=None)))
    assert [move.to_state for move in moves] == [RunState.RUNNING, RunState.COMPLETED]


def test_a_claimed_run_without_link_is_asked_for_again_and_again() -> None:
    seen = evidence(Lock.MISSING, child=None)
    assert kinds(actions(seen, replace(RUN, state=RunState.STARTING))) == [plans.AskStart]


def test_a_stop_before_the_start_goes_to_disk_and_then_forbids_the_start() -> None:
    seen = evidence(Lock.MISSING, child=None)
    todo = kinds(actions(seen, replace(RUN, state=RunState.STARTING, **STOP_ASKED)))
    assert todo[:2] == [plans.WriteStop, plans.ForbidStart]


def test_a_stop_has_the_grace_that_was_asked_for_or_that_of_the_definition() -> None:
    for asked, expected in ((None, 10.0), (0.5, 0.5)):
        [write] = actions(evidence(), replace(RUN, stop_grace_seconds=asked, **STOP_ASKED))
        assert isinstance(write, plans.WriteStop)
        assert write.stop.deadline_at == NOW + timedelta(seconds=expected)


def test_a_run_that_is_stopping_reminds_its_shim() -> None:
    todo = actions(evidence(stop=STOP), replace(RUN, state=RunState.STOPPING, **STOP_ASKED))
    assert kinds(todo) == [plans.WakeShim]


@pytest.mark.parametrize(("left", "grace"), [(2, 2.0), (-1, 0.0)])
@pytest.mark.parametrize("lock", [Lock.HELD, Lock.FREE])
def test_a_deadline_that_was_brought_forward_goes_to_disk(lock: Lock, left: int, grace: float) -> None:
    earlier = NOW + timedelta(seconds=left)
    run = replace(RUN, state=RunState.STOPPING, stop_deadline_at=earlier, stop_grace_seconds=7.0, **STOP_ASKED)
    todo = actions(evidence(lock, stop=replace(STOP, signals=(SENT,))), run)
    [write] = [action for action in todo if isinstance(action, plans.WriteStop)]
    assert write.stop == replace(STOP, signals=(SENT,), deadline_at=earlier, grace_seconds=grace)
    assert plans.SignalProgram(9, "deadline") not in todo, "its shim, or the next look, kills it by what stands on disk"
    assert not [move for move in records(todo) if move.to_state is not None]


def test_a_deadline_is_never_put_off() -> None:
    later = STOP.deadline_at + timedelta(seconds=1)
    for deadline_at in (STOP.deadline_at, later, None):
        run = replace(RUN, state=RunState.STOPPING, stop_deadline_at=deadline_at, **STOP_ASKED)
        assert plans.WriteStop not in kinds(actions(evidence(stop=STOP), run))


def test_a_frozen_shim_long_after_the_deadline_is_helped() -> None:
    late = replace(STOP, deadline_at=NOW - plans.FROZEN_SHIM_SLACK)
    todo = actions(evidence(stop=late), replace(RUN, state=RunState.STOPPING, **STOP_ASKED))
    assert plans.SignalProgram(9, "deadline") in todo


@pytest.mark.parametrize(
    ("signals", "deadline", "expected"),
    [((), 5, (15, "stop")), ((SENT,), 5, None), ((SENT,), -1, (9, "deadline"))],
)
def test_a_program_without_shim_is_asked_politely_once_and_killed_after_the_deadline(
    signals: tuple[object, ...], deadline: int, expected: tuple[int, str] | None
) -> None:
    stop = replace(STOP, signals=signals, deadline_at=NOW + timedelta(seconds=deadline))  # type: ignore[arg-type]
    unsupervised = frozenset({"unsupervised"})
    run = replace(RUN, state=RunState.STOPPING, conditions=unsupervised, **STOP_ASKED)
    sent = [
        (action.number, action.why)
        for action in actions(evidence(Lock.FREE, stop=stop), run)
        if isinstance(action, plans.SignalProgram)
    ]
    assert sent == ([expected] if expected else [])
    if deadline > 0:
        assert plans.LookAgain(float(deadline)) in actions(evidence(Lock.FREE, stop=stop), run)


def limited(limit: float, ran: float | None, lock: Lock = Lock.HELD) -> RunEvidence:
    """A run that may take `limit` seconds and has taken `ran`."""
    seen = evidence(lock, child=replace(CHILD, terms=Terms(max_runtime_seconds=limit)))
    return replace(seen, runs_for_seconds=ran)


@pytest.mark.parametrize("lock", [Lock.HELD, Lock.FREE])
def test_a_run_whose_time_is_over_is_asked_to_end_as_by_a_person_once(lock: Lock) -> None:
    run = replace(RUN, conditions=frozenset({"unsupervised"} if lock is Lock.FREE else ()))
    [asked] = records(actions(limited(60, 60.0, lock), run))
    assert (asked.kind, asked.to_state, asked.actor) == ("stop_requested", None, "supervisor:here")
    assert asked.values["stop_why"] == "max_runtime"
    todo = actions(limited(60, 61.0, lock), asked.applied_to(run))
    [write] = [action for action in todo if isinstance(action, plans.WriteStop)]
    assert (write.stop.why, write.stop.limit_seconds) == ("max_runtime", 60)
    assert records(actions(limited(60, 61.0, lock), replace(run, **STOP_ASKED))) == []


def test_the_end_of_the_time_is_not_slept_over() -> None:
    assert actions(limited(60, 59.0)) == []
    assert actions(limited(60, 59.75)) == [plans.LookAgain(0.25)]


def test_a_run_of_which_nobody_knows_how_long_it_took_is_left_alone() -> None:
    assert actions(limited(60, None)) == []


def test_a_program_that_has_ended_is_not_asked_to_end_for_its_time() -> None:
    seen = replace(limited(60, 61.0), program=Liveness.ZOMBIE)
    assert [move.kind for move in records(actions(seen))] == ["condition"]


def test_a_success_check_is_asked_for_until_somebody_evaluates_it() -> None:
    child = replace(CHILD, terms=Terms(success_check=SuccessCheck(file="out.csv")))
    seen = evidence(Lock.FREE, child=child, exit=exit_record(0), done=DONE)
    todo = actions(seen)
    assert kinds(todo) == [plans.AskCheck, plans.Record, plans.LookAgain]
    [said] = records(todo)
    assert (said.to_state, said.values["conditions"], said.values["exit_code"]) == (None, frozenset({"finishing"}), 0)
    assert said.values["condition_detail"] == "its success check is being evaluated"
    assert plans.AskCheck not in kinds(actions(replace(seen, check_runs=True)))
    unread = evidence(Lock.FREE, child=child, exit=exit_record(0), done=replace(DONE, by="keeper"))
    assert kinds(actions(unread))[:2] == [plans.SaveOutput, plans.AskCheck]


def silent(on_stall: OnStall, warned: float, lock: Lock = Lock.HELD) -> RunEvidence:
    """A run whose shim has heard nothing for longer than its project allows."""
    seen = evidence(lock, child=replace(CHILD, terms=Terms(stall=Stall(30, on_stall))))
    return replace(seen, said=NotifyRecord(None, None, None, 30.0 + warned, warned))


SILENT = replace(RUN, conditions=frozenset({"silent"}), condition_detail="nothing was heard of the program for 30 s")


@pytest.mark.parametrize("on_stall", OnStall)
def test_a_silent_run_is_said_to_be_before_anything_is_done(on_stall: OnStall) -> None:
    [said] = records(actions(silent(on_stall, 1000.0)))
    assert said.values["conditions"] == frozenset({"silent"})
    assert said.values["condition_detail"] == "nothing was heard of the program for 30 s (heartbeat)"


def test_a_silence_has_one_beginning_however_often_it_is_told() -> None:
    seen = silent(OnStall.WARN, 0.0)
    assert seen.said is not None
    since = NOW - timedelta(seconds=30)
    begun = replace(seen, said=replace(seen.said, silent_since=since))
    run = records(actions(begun))[0].applied_to(RUN)
    assert run.silent_since == since
    later = replace(begun, said=replace(seen.said, silent_since=since + timedelta(milliseconds=3)))
    assert records(actions(later, run)) == []
    another = replace(begun, said=replace(seen.said, silent_since=since + timedelta(minutes=1)))
    assert records(actions(another, run))[0].applied_to(run).silent_since == since + timedelta(minutes=1)
    spoken = replace(begun, said=NotifyRecord())
    assert records(actions(spoken, run))[0].applied_to(run).silent_since is None


def test_a_silence_that_a_shim_has_not_dated_has_no_beginning() -> None:
    run = records(actions(silent(OnStall.WARN, 0.0)))[0].applied_to(RUN)
    assert (run.conditions, run.silent_since) == (frozenset({"silent"}), None)
    assert records(actions(silent(OnStall.WARN, 10.0), run)) == []


@pytest.mark.parametrize(
    ("on_stall", "why"), [(OnStall.WARN, None), (OnStall.STOP, "stalled"), (OnStall.RESTART, "stalled_restart")]
)
def test_what_follows_the_warning_is_what_the_project_says(on_stall: OnStall, why: str | None) -> None:
    run = records(actions(silent(on_stall, 0.0)))[0].applied_to(RUN)
    assert records(actions(silent(on_stall, 9.0), run)) == []
    asked = records(actions(silent(on_stall, 10.0), run))
    assert [move.values["stop_why"] for move in asked] == ([why] if why else [])
    for move in asked:
        todo = actions(silent(on_stall, 10.0), move.applied_to(run))
        [write] = [action for action in todo if isinstance(action, plans.WriteStop)]
        assert (write.stop.why, write.stop.limit_seconds) == (why, 30)


def test_the_silence_of_a_run_without_its_shim_says_nothing() -> None:
    [said] = records(actions(silent(OnStall.STOP, 1000.0, Lock.FREE), SILENT))
    assert said.values["conditions"] == frozenset({"unsupervised"})


def test_a_run_that_is_heard_again_is_no_longer_silent() -> None:
    heard = replace(silent(OnStall.STOP, 0.0), said=NotifyRecord(NOW))
    [said] = records(actions(heard, SILENT))
    assert said.values["conditions"] == frozenset()


def test_an_unsupervised_program_keeps_its_output_flowing_and_says_so() -> None:
    todo = actions(evidence(Lock.FREE))
    assert plans.TakeOutput() in todo
    [said] = records(todo)
    assert (said.to_state, said.values["conditions"]) == (None, frozenset({"unsupervised"}))


def test_a_program_that_just_ended_is_not_worth_a_row_yet() -> None:
    seen = evidence(exit=exit_record(0x300), program=Liveness.DEAD)
    assert kinds(actions(seen, finishing_for_seconds=0.0)) == [plans.LookAgain]


def test_a_long_clean_up_shows_the_code_before_the_run_is_final() -> None:
    [said] = records(actions(evidence(exit=exit_record(0x300), program=Liveness.DEAD)))
    assert (said.values["conditions"], said.values["exit_code"]) == (frozenset({"finishing"}), 3)


def test_a_shim_that_takes_long_to_record_an_end_is_woken_in_case_it_is_frozen() -> None:
    frozen, gone = evidence(program=Liveness.ZOMBIE), replace(evidence(Lock.FREE, program=Liveness.ZOMBIE))
    assert plans.WakeShim() in actions(frozen)
    assert plans.WakeShim() not in actions(frozen, finishing_for_seconds=0.0)
    assert plans.WakeShim() not in actions(replace(gone, keeper=Keeper.MINE))


def test_a_stop_is_heard_while_a_run_is_finishing() -> None:
    todo = actions(evidence(program=Liveness.ZOMBIE), replace(RUN, **STOP_ASKED))
    assert kinds(todo)[0] is plans.WriteStop


def test_the_last_output_is_saved_before_and_the_last_witness_let_go_after_the_end_is_recorded() -> None:
    by_keeper = replace(DONE, by="keeper")
    todo = kinds(actions(evidence(Lock.FREE, exit=exit_record(0), done=by_keeper)))
    assert todo == [plans.SaveOutput, plans.Record, plans.Forget]


def test_what_a_shim_calls_done_has_no_output_left_to_save() -> None:
    todo = kinds(actions(evidence(Lock.FREE, exit=exit_record(0), done=DONE)))
    assert todo == [plans.Record, plans.Forget]


def test_a_run_whose_output_cannot_be_saved_shows_its_code_and_why_it_is_not_final() -> None:
    seen = evidence(Lock.FREE, exit=exit_record(0x300), done=DONE)
    situation = Situation(RUN, seen, judge(seen), "supervisor:here", StopSettings(), 0.0)
    [said] = records(plans.cannot_finish(situation, "No space left on device"))
    assert (said.to_state, said.values["exit_code"]) == (None, 3)
    assert (said.values["conditions"], said.values["condition_detail"]) == (
        frozenset({"finishing"}),
        "No space left on device",
    )


def test_an_unsupervised_run_keeps_no_moment_of_having_been_alive() -> None:
    [said] = records(actions(evidence(Lock.FREE)))
    assert said.values["last_seen_alive_at"] is None


def test_leftovers_are_ended_before_the_run_is_final() -> None:
    todo = actions(evidence(Lock.FREE, exit=exit_record(0x300), program=Liveness.DEAD))
    assert plans.EndLeftovers() in todo
    assert all(move.to_state is None for move in records(todo))


def test_what_cannot_be_looked_at_is_said_and_not_ended() -> None:
    seen = replace(evidence(), root_present=False)
    [said] = records(actions(seen))
    assert (said.to_state, said.values["conditions"]) == (None, frozenset({"unreachable"}))
    assert said.values["last_seen_alive_at"] == seen.last_seen_alive_at


def test_a_condition_that_is_already_said_is_not_said_again() -> None:
    run = replace(RUN, conditions=frozenset({"unsupervised"}))
    assert records(actions(evidence(Lock.FREE), run)) == []


def test_an_unknown_outcome_is_amended_only_by_evidence() -> None:
    gone = replace(evidence(Lock.FREE, program=Liveness.DEAD), keeper=Keeper.NOT_MINE, tree=Tree.ASSUMED_EMPTY)
    found = evidence(Lock.FREE, exit=exit_record(0), done=DONE)
    told = replace(gone, kernel_exit=ProcessExit(0x300))
    seen_reasons = [
        [move.values["reason"] for move in records(plans.amend(Situation(RUN, seen, judge(seen), "s", StopSettings())))]
        for seen in (gone, found, told)
    ]
    assert seen_reasons == [[], [Reason.SUCCEEDED], [Reason.EXIT_CODE]]


def test_a_late_start_is_said_once_and_taken_back_when_somebody_starts_it() -> None:
    starting = replace(RUN, state=RunState.STARTING)
    late = replace(evidence(Lock.MISSING, child=None), start_trouble="no keeper is there")
    todo = actions(late, starting)
    assert kinds(todo) == [plans.Record, plans.AskStart]
    said = records(todo)[0].applied_to(starting)
    assert (said.state, said.conditions, said.condition_detail) == (
        RunState.STARTING,
        frozenset(),
        "no keeper is there",
    )
    assert kinds(actions(late, said)) == [plans.AskStart]
    [taken_back] = records(actions(evidence(Lock.HELD, child=None), said))
    assert taken_back.applied_to(said).condition_detail is None
    assert records(actions(evidence(Lock.HELD, child=None), starting)) == []
    [started] = records(actions(evidence(), said))
    assert started.applied_to(said).condition_detail is None
