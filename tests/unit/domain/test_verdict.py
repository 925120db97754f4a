"""Every row of the verdict table, and that no row ends a run without evidence."""

import itertools
from dataclasses import replace

import pytest

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.reasons import Reason
from addon_portal.domain.records import CheckRecord, RunRecords, StopRecord
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import SuccessCheck, Terms
from addon_portal.domain.verdict import (
    Alive,
    AskKeeper,
    CleanUp,
    Ended,
    Finishing,
    Keeper,
    Liveness,
    Lock,
    NotLinked,
    Place,
    RunEvidence,
    Starting,
    Tree,
    Unchecked,
    Unreachable,
    judge,
)
from tests.unit.domain.evidence_factory import (
    ASSUMED,
    CHILD,
    DONE,
    NOW,
    SENT,
    STARTED_AT,
    STOP,
    evidence,
    exit_record,
    start_error,
)


def ended(seen: RunEvidence) -> Ended:
    verdict = judge(seen)
    assert isinstance(verdict, Ended), verdict
    return verdict


def test_a_held_lock_and_a_living_program_is_running() -> None:
    assert judge(evidence()) == Alive(STARTED_AT, supervised=True)


def test_a_held_lock_without_a_child_record_is_starting() -> None:
    assert judge(evidence(child=None, program=Liveness.UNKNOWN)) == Starting()


def test_a_program_behind_its_gate_is_starting_whoever_lives() -> None:
    for lock in (Lock.HELD, Lock.FREE):
        assert judge(replace(evidence(lock), gate_held=True)) == Starting()


@pytest.mark.parametrize("program", [Liveness.ZOMBIE, Liveness.DEAD])
def test_a_dead_program_under_a_held_lock_is_finishing_with_the_code_the_kernel_shows(program: Liveness) -> None:
    seen = replace(evidence(program=program), kernel_exit=ProcessExit(0x300))
    assert judge(seen) == Finishing(STARTED_AT, ProcessExit(0x300))


def test_an_exit_record_under_a_held_lock_is_finishing_not_final() -> None:
    assert judge(evidence(exit=exit_record(0x300), program=Liveness.DEAD)) == Finishing(STARTED_AT, ProcessExit(0x300))


@pytest.mark.parametrize("lock", [Lock.HELD, Lock.FREE])
def test_exit_and_done_are_final_from_the_file(lock: Lock) -> None:
    verdict = ended(evidence(lock, exit=exit_record(0x300), done=DONE, program=Liveness.DEAD))
    assert (verdict.ending.reason, verdict.ending.exit, verdict.tree) == (
        Reason.EXIT_CODE,
        ProcessExit(0x300),
        Tree.PROVEN_EMPTY,
    )
    assert verdict.started_at == STARTED_AT


def test_a_tree_that_was_only_assumed_empty_is_said_to_be() -> None:
    assert ended(evidence(Lock.FREE, exit=exit_record(0), done=ASSUMED)).tree is Tree.ASSUMED_EMPTY


def test_an_exit_record_without_done_and_without_shim_ends_the_leftovers_first() -> None:
    seen = evidence(Lock.FREE, exit=exit_record(0), program=Liveness.DEAD)
    verdict = judge(seen)
    assert isinstance(verdict, CleanUp)
    assert verdict.ending.reason is Reason.SUCCEEDED
    assert ended(replace(seen, tree=Tree.ASSUMED_EMPTY)).tree is Tree.ASSUMED_EMPTY


def test_a_start_error_is_could_not_start_with_step_and_errno() -> None:
    verdict = ended(evidence(Lock.FREE, error=start_error(), program=Liveness.DEAD))
    assert verdict.ending.reason is Reason.COULD_NOT_START
    assert verdict.ending.message == "The program could not be started: command not found: no-such-program."
    assert verdict.started_at is None


def test_a_start_error_under_a_held_lock_is_still_starting() -> None:
    assert judge(evidence(error=start_error(), program=Liveness.ZOMBIE)) == Starting()


def test_a_gate_closed_unopened_is_an_interrupted_launch() -> None:
    verdict = ended(evidence(Lock.FREE, error=start_error("gate_closed", 0), program=Liveness.DEAD))
    assert verdict.ending.reason is Reason.LAUNCH_INTERRUPTED


def test_a_gate_closed_for_a_stop_is_cancelled() -> None:
    verdict = ended(evidence(Lock.FREE, error=start_error("gate_closed", 0), stop=STOP, program=Liveness.DEAD))
    assert (verdict.ending.reason, verdict.ending.state) == (Reason.STOPPED_BY_PERSON, RunState.CANCELLED)
    assert "stopped by the key ada" in verdict.ending.message


def test_no_link_means_that_the_start_may_be_asked_for_again() -> None:
    assert judge(evidence(Lock.MISSING, child=None, program=Liveness.UNKNOWN)) == NotLinked()


def test_a_link_won_and_let_go_without_a_child_is_an_interrupted_launch() -> None:
    verdict = ended(evidence(Lock.FREE, child=None, program=Liveness.UNKNOWN))
    assert (verdict.ending.reason, verdict.ending.outcome) == (Reason.LAUNCH_INTERRUPTED, Outcome.FAILURE)


def test_a_link_won_by_the_judge_for_a_stop_is_cancelled() -> None:
    verdict = ended(evidence(Lock.FREE, child=None, stop=STOP, program=Liveness.UNKNOWN))
    assert verdict.ending.reason is Reason.STOPPED_BY_PERSON


def test_a_living_program_without_its_shim_is_running_unsupervised() -> None:
    assert judge(evidence(Lock.FREE)) == Alive(STARTED_AT, supervised=False)


@pytest.mark.parametrize("program", [Liveness.ZOMBIE, Liveness.DEAD])
def test_a_dead_program_without_a_record_asks_the_keeper_before_anything_is_said(program: Liveness) -> None:
    assert judge(evidence(Lock.FREE, program=program)) == AskKeeper()


def test_a_silent_keeper_makes_the_run_unreachable_not_ended() -> None:
    assert isinstance(judge(replace(evidence(Lock.FREE, program=Liveness.DEAD), keeper=Keeper.SILENT)), Unreachable)


def test_a_keeper_that_has_not_written_its_record_yet_is_waited_for() -> None:
    seen = replace(evidence(Lock.FREE, program=Liveness.DEAD), keeper=Keeper.MINE)
    assert judge(seen) == Finishing(STARTED_AT, None)


def gone(**facts: object) -> RunEvidence:
    seen = evidence(Lock.FREE, program=Liveness.DEAD)
    return replace(seen, keeper=Keeper.NOT_MINE, tree=Tree.ASSUMED_EMPTY, **facts)  # type: ignore[arg-type]


def test_what_the_kernel_still_tells_is_final() -> None:
    verdict = ended(gone(kernel_exit=ProcessExit(9)))
    assert (verdict.ending.reason, verdict.ending.source) == (Reason.SIGNAL, "kernel")


def test_nobody_saw_the_end_is_unknown_with_its_interval() -> None:
    ending = ended(gone()).ending
    assert (ending.reason, ending.outcome, ending.ended_at) == (Reason.OUTCOME_UNKNOWN, Outcome.UNKNOWN, None)
    assert "2026-11-23T11:59:58" in ending.message
    assert "2026-11-23T12:00:00" in ending.message


def test_the_leftovers_of_an_unseen_end_are_ended_first() -> None:
    assert isinstance(judge(replace(gone(), tree=Tree.UNCHECKED)), CleanUp)


def test_another_boot_without_an_exit_record_is_host_restarted() -> None:
    seen = replace(evidence(Lock.FREE, program=Liveness.UNKNOWN), place=Place.OTHER_BOOT)
    verdict = ended(seen)
    assert (verdict.ending.reason, verdict.tree) == (Reason.HOST_RESTARTED, Tree.PROVEN_EMPTY)
    assert ended(replace(seen, records=RunRecords(CHILD, exit=exit_record(0x300)))).ending.exit == ProcessExit(0x300)


def test_another_boot_is_never_taken_for_a_launch_that_did_not_happen() -> None:
    for lock in (Lock.FREE, Lock.MISSING):
        seen = replace(evidence(lock, child=None, program=Liveness.UNKNOWN), place=Place.OTHER_BOOT)
        assert ended(seen).ending.reason is Reason.HOST_RESTARTED


@pytest.mark.parametrize("lock", [Lock.HELD, Lock.FREE])
def test_a_living_other_namespace_is_unreachable(lock: Lock) -> None:
    seen = replace(evidence(lock, program=Liveness.UNKNOWN), place=Place.OTHER_NAMESPACE_ALIVE)
    assert isinstance(judge(seen), Unreachable)


def test_a_dead_other_namespace_is_host_restarted() -> None:
    seen = replace(evidence(Lock.FREE, program=Liveness.UNKNOWN), place=Place.OTHER_NAMESPACE)
    assert ended(seen).ending.reason is Reason.HOST_RESTARTED


def test_an_unmounted_run_root_is_unreachable_whatever_else_is_missing() -> None:
    seen = replace(evidence(Lock.MISSING, child=None), root_present=False, directory_present=False)
    assert isinstance(judge(seen), Unreachable)


def test_a_missing_directory_below_a_mounted_root_is_lost_evidence() -> None:
    seen = replace(evidence(Lock.MISSING, child=None, program=Liveness.UNKNOWN), directory_present=False)
    assert ended(seen).ending.reason is Reason.OUTCOME_UNKNOWN


def test_a_run_that_lives_without_its_directory_is_unreachable_not_ended() -> None:
    seen = replace(evidence(Lock.MISSING, child=None, program=Liveness.ALIVE), directory_present=False)
    assert isinstance(judge(seen), Unreachable)


def test_a_stop_that_sent_its_signal_first_is_cancelled_with_the_way_it_ended() -> None:
    ending = ended(evidence(Lock.FREE, exit=exit_record(0, SENT), done=DONE, stop=STOP)).ending
    assert (ending.reason, ending.outcome) == (Reason.STOPPED_BY_PERSON, None)
    assert "exit code 0" in ending.message


def test_a_stop_that_came_too_late_leaves_the_programs_own_ending_with_a_note() -> None:
    ending = ended(evidence(Lock.FREE, exit=exit_record(0), done=DONE, stop=STOP)).ending
    assert ending.reason is Reason.SUCCEEDED
    assert "had asked for a stop" in ending.message


LATE = replace(STOP, requested_by="supervisor:here", why="max_runtime", limit_seconds=60.0)


def test_a_run_that_we_stopped_for_its_time_has_failed_however_it_took_that() -> None:
    for status in (0, 15):
        ending = ended(evidence(Lock.FREE, exit=exit_record(status, SENT), done=DONE, stop=LATE)).ending
        assert (ending.reason, ending.outcome) == (Reason.TIMED_OUT, Outcome.FAILURE)
        assert ending.message.startswith("The run exceeded its limit of 60 s and was stopped by the portal. It ended ")


@pytest.mark.parametrize("why", ["stalled", "stalled_restart"])
def test_a_run_that_we_stopped_for_its_silence_has_stalled(why: str) -> None:
    stop = replace(LATE, why=why, limit_seconds=30.0)
    ending = ended(evidence(Lock.FREE, exit=exit_record(15, SENT), done=DONE, stop=stop)).ending
    assert (ending.reason, ending.outcome) == (Reason.STALLED, Outcome.FAILURE)
    assert ending.message.startswith("The program was silent for 30 s and ")


def test_a_program_that_ended_before_the_signal_for_its_time_keeps_its_own_ending() -> None:
    ending = ended(evidence(Lock.FREE, exit=exit_record(0), done=DONE, stop=LATE)).ending
    assert ending.reason is Reason.SUCCEEDED
    assert "because of the limit of 60 s, but the program ended by itself" in ending.message


WITH_CHECK = replace(CHILD, terms=Terms(success_check=SuccessCheck(file="out.csv")))
HELD = CheckRecord(NOW, None)
BROKEN = CheckRecord(NOW, "the file out.csv does not exist")


def checkable(status: int = 0, check: CheckRecord | None = None, stop: StopRecord | None = None) -> RunEvidence:
    """A run with a success check whose program has ended."""
    signals = (SENT,) if stop else ()
    record = exit_record(status, *signals)
    return evidence(Lock.FREE, child=WITH_CHECK, exit=record, done=DONE, check=check, stop=stop)


def test_exit_code_0_is_no_success_before_the_check_was_evaluated() -> None:
    verdict = judge(checkable())
    assert isinstance(verdict, Unchecked)
    assert verdict.exit.succeeded


def test_a_check_that_holds_makes_a_success_and_one_that_does_not_a_failure_with_its_words() -> None:
    assert ended(checkable(0, HELD)).ending.reason is Reason.SUCCEEDED
    ending = ended(checkable(0, BROKEN)).ending
    assert (ending.reason, ending.outcome) == (Reason.CHECK_FAILED, Outcome.FAILURE)
    assert ending.message.endswith("success check did not hold: the file out.csv does not exist.")


@pytest.mark.parametrize(("status", "stop", "reason"), [(768, None, "exit_code"), (0, STOP, "stopped_by_person")])
def test_what_did_not_succeed_anyway_is_not_checked(status: int, stop: StopRecord | None, reason: str) -> None:
    assert ended(checkable(status, None, stop)).ending.reason == reason


def test_leftovers_are_ended_before_a_check_and_never_while_it_runs() -> None:
    alone = replace(checkable(), records=replace(checkable().records, done=None))
    assert isinstance(judge(alone), CleanUp)
    assert isinstance(judge(replace(alone, tree=Tree.ASSUMED_EMPTY)), Unchecked)
    assert isinstance(judge(replace(alone, check_runs=True)), Unchecked)


def test_a_success_that_only_the_kernel_saw_is_checked_too() -> None:
    gone = evidence(Lock.FREE, child=WITH_CHECK, program=Liveness.DEAD)
    gone = replace(gone, keeper=Keeper.NOT_MINE, kernel_exit=ProcessExit(0), tree=Tree.ASSUMED_EMPTY)
    assert isinstance(judge(gone), Unchecked)


ALL_FACTS = list(
    itertools.product(
        Lock,
        Liveness,
        Place,
        Keeper,
        Tree,
        (False, True),
        (None, CHILD),
        (None, exit_record(0x300)),
        (None, start_error()),
        (None, ProcessExit(0x700)),
    )
)


def test_success_is_said_only_with_a_wait_status_of_zero_and_an_end_only_with_evidence() -> None:
    for lock, program, place, keeper, tree, gate, child, ended_as, error, kernel in ALL_FACTS:
        seen = RunEvidence(
            evidence().looked_at,
            lock=lock,
            records=RunRecords(child, error, ended_as),
            place=place,
            program=program,
            gate_held=gate,
            keeper=keeper,
            kernel_exit=kernel,
            tree=tree,
        )
        verdict = judge(seen)
        if not isinstance(verdict, Ended):
            continue
        assert verdict.ending.outcome is not Outcome.SUCCESS
        assert lock is not Lock.HELD, seen
        if program is Liveness.ALIVE and place is Place.HERE and child and not ended_as and not error:
            pytest.fail(f"a living program was called ended: {seen}")
        if verdict.ending.exit is not None:
            assert verdict.ending.exit in (ended_as.exit if ended_as else None, kernel)
