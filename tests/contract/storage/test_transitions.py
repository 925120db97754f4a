"""The one function that changes states: it wins or loses as a whole, with its journal row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from addon_portal.domain import endings, transitions
from addon_portal.domain.clock import to_text
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, Outcome, RunState
from addon_portal.domain.transitions import Transition
from addon_portal.domain.verdict import Tree
from addon_portal.storage import apply
from addon_portal.storage.errors import ConstraintViolated
from tests.contract.storage.world import CODE_3, SUPERVISOR, World

Make = Callable[[World, RunId], Transition]

MOVES: dict[str, Make] = {
    "claimed": World.claimed,
    "started": World.started,
    "ended": World.ended,
    "withdrawn": World.withdrawn,
    "stopping": lambda world, run_id: transitions.stopping(run_id, world.now(), world.now(), SUPERVISOR, "bob"),
    "refused": lambda world, run_id: transitions.refused(
        run_id, endings.could_not_prepare("directory", 28, "no space", world.now()), world.now(), SUPERVISOR
    ),
}

WAY_TO: dict[RunState, tuple[str, ...]] = {
    RunState.PENDING: (),
    RunState.STARTING: ("claimed",),
    RunState.RUNNING: ("claimed", "started"),
    RunState.STOPPING: ("claimed", "started", "stopping"),
    RunState.COMPLETED: ("claimed", "started", "ended"),
    RunState.FAILED: ("refused",),
    RunState.CANCELLED: ("withdrawn",),
}


def add_run_in(world: World, state: RunState) -> Run:
    run = world.add_run()
    assert all(world.apply(*(MOVES[name](world, run.id) for name in WAY_TO[state])))
    run = world.get(run.id)
    assert run.state is state
    return run


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", RunState)
def test_a_move_wins_exactly_from_the_states_it_names(world: World, state: RunState, name: str) -> None:
    before = add_run_in(world, state)
    move = MOVES[name](world, before.id)
    with world.storage.read() as uow:
        last = uow.journal.last_seq()
    won = world.apply(move) == [True]
    assert won == (state in move.from_states)
    after = world.get(before.id)
    with world.storage.read() as uow:
        entries = uow.journal.read_after(last, 9)
    if won:
        assert after.state is move.to_state
        (entry,) = entries
        assert (entry.kind, entry.from_state, entry.to_state) == (move.kind, state, move.to_state)
    else:
        assert after == before
        assert entries == ()


def test_a_run_that_is_not_there_makes_no_move(world: World) -> None:
    assert world.apply(world.claimed(RunId("run_nothing"))) == [False]


def test_a_claim_clears_what_the_run_waited_for(world: World) -> None:
    run = world.add_run()
    with world.storage.write() as uow:
        uow.host_runs.set_waiting_for({run.id: "a free place"})
    claim = world.claimed(run.id)
    world.apply(claim)
    assert world.get(run.id) == replace(
        run, state=RunState.STARTING, claimed_at=claim.happened_at, boot_id="boot", waiting_for=None
    )


def test_the_facts_of_an_ending_become_columns(world: World) -> None:
    run = world.add_running()
    ending, now = world.ending(CODE_3), world.now()
    world.apply(transitions.ended(run.id, ending, Tree.PROVEN_EMPTY, now, SUPERVISOR))
    ended = world.get(run.id)
    assert ended == replace(
        run,
        state=RunState.FAILED,
        reason=Reason.EXIT_CODE,
        outcome=Outcome.FAILURE,
        message="The program ended with exit code 3.",
        exit_code=3,
        tree="proven",
        ended_at=ending.ended_at,
        finished_at=now,
        ending={"facts": dict(ending.facts), "source": "shim", "notes": []},
    )


def test_a_start_that_nobody_saw_is_completed_by_the_end(world: World) -> None:
    run = world.add_run()
    world.apply(world.claimed(run.id))
    began = world.now()
    end = transitions.ended(run.id, world.ending(), Tree.PROVEN_EMPTY, world.now(), SUPERVISOR, began)
    assert world.apply(end) == [True]
    assert world.get(run.id).started_at == began


def test_conditions_are_learnt_without_a_move(world: World) -> None:
    run = world.add_running()
    seen = transitions.condition_changed(
        run.id, frozenset({"unsupervised", "finishing"}), "its shim is gone", world.now(), SUPERVISOR, ProcessExit(9)
    )
    assert world.apply(seen) == [True]
    learnt = world.get(run.id)
    assert learnt == replace(
        run, conditions=frozenset({"finishing", "unsupervised"}), condition_detail="its shim is gone", signal=9
    )
    world.apply(world.ended(run.id))
    assert world.apply(seen) == [False], "a final run has no health"


def test_only_the_first_stop_request_counts(world: World) -> None:
    run = world.add_running()
    first, second = world.stop_requested(run.id, "bob"), world.stop_requested(run.id, "alice")
    assert world.apply(first, second) == [True, False]
    stopping = world.get(run.id)
    assert stopping == replace(
        run,
        stop_requested_at=first.happened_at,
        stop_requested_by="bob",
        stop_why="person",
        stop_grace_seconds=2.5,
    )


def test_the_deadline_of_a_stop_is_brought_forward_and_never_put_off(world: World) -> None:
    run = world.add_running()
    sooner = world.grace_shortened(run.id, 4.0, is_running=True)
    assert world.apply(sooner) == [False], "nobody has asked for its end"
    world.apply(world.stop_requested(run.id), world.stopping(run.id))
    stopping = world.get(run.id)
    assert world.apply(world.grace_shortened(run.id, 11.0, is_running=True)) == [False]
    assert world.get(run.id) == stopping
    assert world.apply(sooner, sooner) == [True, False]
    deadline_at = sooner.happened_at + timedelta(seconds=4)
    assert world.get(run.id) == replace(stopping, stop_grace_seconds=4.0, stop_deadline_at=deadline_at)
    with world.storage.read() as uow:
        entry = uow.journal.list_for_run(world.scope, run.id)[-1]
    assert (entry.kind, entry.actor, entry.from_state, entry.to_state) == (
        "grace_shortened",
        "alice",
        RunState.STOPPING,
        None,
    )
    assert entry.detail == {"grace_seconds": 4.0, "deadline_at": to_text(deadline_at)}
    world.apply(world.ended(run.id))
    assert world.apply(world.grace_shortened(run.id, 0.0, is_running=True)) == [False]


def test_a_grace_that_has_not_begun_is_shortened_and_never_lengthened(world: World) -> None:
    run, by_definition = world.add_running(), world.add_running()
    assert world.apply(world.grace_shortened(run.id)) == [False], "nobody has asked for its end"
    world.apply(world.stop_requested(run.id))
    asked = world.get(run.id)
    assert world.apply(world.grace_shortened(run.id, 2.5), world.grace_shortened(run.id, 1.0)) == [False, True]
    assert world.get(run.id) == replace(asked, stop_grace_seconds=1.0)
    as_defined = transitions.stop_requested(by_definition.id, world.now(), "bob", "person", None)
    longer, shorter = (world.grace_shortened(by_definition.id, seconds) for seconds in (10.0, 9.5))
    assert world.apply(as_defined, longer, shorter) == [True, False, True]
    assert world.get(by_definition.id).stop_grace_seconds == 9.5


def test_a_stop_does_not_begin_with_a_grace_that_was_shortened_meanwhile(world: World) -> None:
    run, by_definition = world.add_running(), world.add_running()
    world.apply(world.stop_requested(run.id), world.grace_shortened(run.id))
    begun = [world.stopping(run.id, stop_grace_seconds=grace) for grace in (2.5, None, 1.0)]
    assert world.apply(*begun) == [False, False, True]
    world.apply(transitions.stop_requested(by_definition.id, world.now(), "bob", "person", None))
    begun = [world.stopping(by_definition.id, stop_grace_seconds=grace) for grace in (1.0, None)]
    assert world.apply(*begun) == [False, True]


def test_an_unknown_outcome_is_amended_once_and_only_once(world: World) -> None:
    run = world.add_running()
    assert world.apply(world.lost(run.id)) == [True]
    assert world.get(run.id).outcome is Outcome.UNKNOWN
    assert world.apply(world.amended(run.id, CODE_3), world.amended(run.id)) == [True, False]
    amended = world.get(run.id)
    assert (amended.state, amended.outcome, amended.exit_code) == (RunState.FAILED, Outcome.FAILURE, 3)
    with world.storage.read() as uow:
        entry = uow.journal.list_for_run(world.scope, run.id)[-1]
        assert (entry.kind, entry.from_state, entry.reason) == ("amended", RunState.FAILED, Reason.EXIT_CODE)


def test_an_amendment_that_is_unknown_again_is_still_the_only_one(world: World) -> None:
    run = world.add_running()
    world.apply(world.lost(run.id))
    unknown = endings.unknown(None, world.now(), "the boot id differs", host_restarted=True)
    again = transitions.amended(run.id, unknown, Tree.ASSUMED_EMPTY, world.now(), SUPERVISOR)
    assert world.apply(again, world.amended(run.id)) == [True, False]
    assert world.get(run.id).reason is Reason.HOST_RESTARTED


def test_an_amendment_may_prove_success(world: World) -> None:
    run = world.add_running()
    world.apply(world.lost(run.id))
    assert world.apply(world.amended(run.id)) == [True]
    assert world.get(run.id).state is RunState.COMPLETED


def test_a_known_outcome_is_never_amended(world: World) -> None:
    run = world.add_final(exit=CODE_3)
    assert world.apply(world.amended(run.id)) == [False]
    assert world.get(run.id) == run


def test_a_lost_race_leaves_the_others_of_its_transaction(world: World) -> None:
    winner, loser = world.add_run(), world.add_run()
    world.apply(world.withdrawn(loser.id))
    assert world.apply(world.claimed(loser.id), world.claimed(winner.id)) == [False, True]
    assert world.get(winner.id).state is RunState.STARTING


def test_a_failed_transaction_changes_nothing(world: World) -> None:
    run = world.add_run()
    with world.storage.read() as uow:
        last = uow.journal.last_seq()

    def fail_half_way() -> None:
        with world.storage.write() as uow:
            assert apply(uow, world.claimed(run.id))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert world.get(run.id) == run
    with world.storage.read() as uow:
        assert uow.journal.last_seq() == last


@pytest.mark.parametrize("state", sorted(FINAL))
def test_an_illegal_move_is_a_bug_and_changes_nothing(world: World, state: RunState) -> None:
    run = add_run_in(world, state)
    back = replace(world.claimed(run.id), from_states=frozenset({state}))
    with pytest.raises(AssertionError, match="illegal move"):
        world.apply(back)
    assert world.get(run.id) == run


def test_a_transition_cannot_change_who_a_run_is(world: World) -> None:
    run = world.add_run()
    with pytest.raises(AssertionError, match="tenant_id"):
        world.apply(replace(world.claimed(run.id), values={"tenant_id": world.charlie.id}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": None},
        {"finished_at": None},
        {"outcome": None},
        {"outcome": Outcome.FAILURE},
        {"exit_code": 1},
        {"exit_code": None},
        {"reason": Reason.EXIT_CODE},
    ],
)
def test_the_database_itself_refuses_a_success_that_cannot_be(world: World, wrong: dict[str, object]) -> None:
    run = world.add_running()
    end = world.ended(run.id)
    with pytest.raises(ConstraintViolated):
        world.apply(replace(end, values={**end.values, **wrong}))
    assert world.get(run.id) == run


def test_a_fact_with_characters_that_no_column_holds_is_recorded_all_the_same(world: World) -> None:
    run = world.add_run()
    ending = endings.could_not_prepare("directory", 2, "caf\udce9\0", world.now())
    assert world.apply(transitions.refused(run.id, ending, world.now(), SUPERVISOR)) == [True]
    failed = world.get(run.id)
    assert failed.message is not None
    assert "caf\\udce9\\x00" in failed.message
    assert failed.ending is not None
    assert failed.ending["facts"] == dict(ending.facts)
