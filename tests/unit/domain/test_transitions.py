"""Moves are legal by construction, and every ending carries what its reason demands."""

from datetime import timedelta

import pytest

from addon_portal.domain import endings, transitions
from addon_portal.domain.endings import Ending
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import REASONS, Reason
from addon_portal.domain.states import ACTIVE, FINAL, Outcome, RunState
from addon_portal.domain.transitions import LEGAL_MOVES, Transition
from addon_portal.domain.verdict import Tree
from tests.unit.domain.evidence_factory import NOW, SENT, STARTED_AT, STOP, exit_record, start_error
from tests.unit.domain.runs import RUNNING

RUN = RunId("run_" + "0" * 26)


def every_ending() -> list[Ending]:
    return [
        endings.from_exit_record(exit_record(0), None),
        endings.from_exit_record(exit_record(0x300), None),
        endings.from_exit_record(exit_record(9), None),
        endings.from_exit_record(exit_record(9, SENT), STOP),
        endings.from_exit(ProcessExit(9), NOW, "shim", None, (), oom_kills=1),
        endings.from_start_error(start_error(), None),
        endings.from_start_error(start_error("working_directory", 2), None),
        endings.from_start_error(start_error("gate_closed", 0), None),
        endings.never_began("proof", None, STOP),
        endings.unknown(None, NOW, "why"),
        endings.unknown(NOW, NOW, "why", host_restarted=True),
        endings.withdrawn("key:ada", NOW),
        endings.could_not_prepare("workspace", 28, "No space left on device", NOW),
    ]


@pytest.mark.parametrize("ending", every_ending(), ids=lambda ending: ending.reason)
def test_an_ending_has_the_evidence_its_reason_demands_and_a_whole_sentence(ending: Ending) -> None:
    assert "{" not in ending.message
    if ending.reason is not Reason.STOPPED_BY_PERSON:
        assert set(REASONS[ending.reason].evidence) <= set(ending.facts)


def test_a_start_that_failed_at_its_limits_is_not_the_commands_fault() -> None:
    for step, expected in (("limits", "control groups"), ("exec", "Correct the command")):
        ending = endings.from_start_error(start_error(step), None)
        run = transitions.ended(RUN, ending, Tree.PROVEN_EMPTY, NOW, "supervisor").applied_to(RUNNING)
        assert expected in (run.next_step or "")
    assert RUNNING.next_step is None
    assert endings.from_start_error(start_error("limits"), None).message == (
        "The program could not be started: its limits could not be applied: No such file or directory."
    )


def every_move() -> list[Transition]:
    return [
        transitions.claimed(RUN, NOW, "supervisor", "boot"),
        transitions.withdrawn(RUN, endings.withdrawn("key:ada", NOW), NOW, "key:ada"),
        transitions.started(RUN, STARTED_AT, "supervisor", supervised=True),
        transitions.stopping(RUN, NOW, NOW + timedelta(seconds=10), "supervisor", "key:ada"),
        transitions.refused(RUN, endings.could_not_prepare("workspace", 28, "full", NOW), NOW, "supervisor"),
        *(transitions.ended(RUN, ending, Tree.PROVEN_EMPTY, NOW, "supervisor") for ending in every_ending()),
    ]


@pytest.mark.parametrize("move", every_move(), ids=lambda move: f"{move.kind}-{move.to_state}")
def test_every_constructor_makes_a_legal_move(move: Transition) -> None:
    assert move.to_state is not None
    assert all(move.to_state in LEGAL_MOVES[state] for state in move.from_states)


def test_final_states_have_no_way_out_and_active_ones_do() -> None:
    assert all(not LEGAL_MOVES[state] for state in FINAL)
    assert all(LEGAL_MOVES[state] for state in ACTIVE)


def test_an_amendment_is_guarded_by_the_unknown_outcome() -> None:
    move = transitions.amended(
        RUN, endings.from_exit_record(exit_record(0), None), Tree.PROVEN_EMPTY, NOW, "supervisor"
    )
    assert (move.only_outcome, move.to_state) == (Outcome.UNKNOWN, RunState.COMPLETED)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_gives_a_final_state_that_fits_its_outcome(reason: Reason) -> None:
    info = REASONS[reason]
    assert info.state in FINAL
    assert (info.outcome is None) == (info.state is RunState.CANCELLED)
    assert (info.outcome is Outcome.SUCCESS) == (info.state is RunState.COMPLETED)


@pytest.mark.parametrize(
    ("status", "code", "signal", "core"),
    [
        (0, 0, None, False),
        (0x300, 3, None, False),
        (9, None, 9, False),
        (0x8B, None, 11, True),
        (0x8900, 137, None, False),
    ],
)
def test_a_wait_status_keeps_code_and_signal_apart(
    status: int, code: int | None, signal: int | None, core: bool
) -> None:
    seen = ProcessExit(status)
    assert (seen.exit_code, seen.signal, seen.core_dumped) == (code, signal, core)
