"""What a supervisor does when evidence is damaged, the database is away, or somebody else was faster."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any, Literal

import pytest
from typing_extensions import override

from addon_portal.domain import endings, transitions
from addon_portal.domain.clock import SystemClock, to_text
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.verdict import Tree
from addon_portal.storage import Storage, UnitOfWork, apply
from addon_portal.storage.errors import StorageUnavailable
from tests.integration.supervisor.desk import Desk


@contextmanager
def busy(desk: Desk) -> Iterator[None]:
    """Somebody else writes and does not come to an end."""
    path = desk.options.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


class LosesCommits(Storage):
    """A storage whose database goes away just before a commit, before it has said that it happened, or altogether."""

    breaks: Literal["before", "after", "always"] | None = None

    @override
    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        if self.breaks == "always":
            raise StorageUnavailable("There is no server.")
        with super().read() as uow:
            yield uow

    @override
    @contextmanager
    def write(self, *, wakes_early: bool = False) -> Iterator[UnitOfWork]:
        with super().write(wakes_early=wakes_early) as uow:
            yield uow
            if self.breaks in {"before", "always"}:
                raise StorageUnavailable("The server went away.")
        if self.breaks == "after":
            raise StorageUnavailable("The server went away.")


@pytest.fixture
def breakable(make_desk: Callable[..., Desk]) -> tuple[Desk, LosesCommits]:
    """A desk without clean-ups at intervals, and its storage, to be broken."""
    desk = make_desk(cleanup_interval_seconds=0)
    storage = LosesCommits.open(desk.options.database_url, clock=SystemClock(), busy_timeout_seconds=0.05)
    assert isinstance(storage, LosesCommits)
    desk.storage.close()
    desk.storage = storage
    desk.restart_supervisor()
    return desk, storage


def test_a_damaged_record_makes_a_run_unreachable_and_says_why(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.runs[run_id].damaged = "child.json is damaged: Expecting value"
    desk.turn()
    run = desk.get(run_id)
    assert (run.state, run.conditions) == (RunState.RUNNING, frozenset({"unreachable"}))
    assert run.condition_detail == "child.json is damaged: Expecting value"
    desk.host.finish(run_id)
    desk.turn()
    assert desk.get(run_id).state is RunState.RUNNING
    desk.host.runs[run_id].damaged = None
    desk.turn()
    assert desk.get(run_id).state is RunState.COMPLETED


def test_the_only_witness_is_kept_until_the_end_is_written(desk: Desk) -> None:
    """Shim and keeper are dead: only the kernel knows the code, and tells it only through a descriptor of ours."""
    run_id = desk.unsupervised()
    with busy(desk):
        desk.host.finish(run_id, 0x700)
        desk.turn()
        desk.turn()
        assert desk.get(run_id).state is RunState.RUNNING
    desk.turn()
    desk.settle()
    run = desk.get(run_id)
    assert run.ending is not None
    assert (run.reason, run.exit_code, run.ending["source"]) == (Reason.EXIT_CODE, 7, "kernel")


@pytest.mark.parametrize("breaks", ["before", "after"])
def test_a_run_whose_final_commit_failed_is_still_watched(
    breakable: tuple[Desk, LosesCommits], breaks: Literal["before", "after"]
) -> None:
    desk, storage = breakable
    run_id = desk.running()
    storage.breaks = breaks
    desk.host.finish(run_id, 0x300)
    desk.turn()
    storage.breaks = None
    desk.turn()
    desk.settle()
    assert (desk.get(run_id).reason, desk.get(run_id).exit_code) == (Reason.EXIT_CODE, 3)
    assert desk.kinds(run_id) == ["requested", "claimed", "started", "ended"]


@pytest.mark.parametrize("breaks", ["before", "after"])
def test_nobody_is_asked_for_a_start_until_its_claim_is_known_to_be_committed(
    breakable: tuple[Desk, LosesCommits], breaks: Literal["before", "after"]
) -> None:
    desk, storage = breakable
    desk.turn()
    run_id = desk.request()
    storage.breaks = breaks
    desk.supervisor.wake()
    desk.turn()
    assert desk.host.starts == []
    storage.breaks = None
    desk.turn()
    desk.settle()
    assert desk.host.starts == [run_id]


def test_what_programs_need_is_done_while_the_database_is_away(breakable: tuple[Desk, LosesCommits]) -> None:
    desk, storage = breakable
    run_id, other = desk.running(), desk.unsupervised()
    desk.request_stop(other, grace_seconds=5.0)
    desk.host.is_stubborn = True
    desk.settle()
    assert desk.get(other).state is RunState.STOPPING
    storage.breaks = "always"
    desk.turn()
    desk.host.kill_shim(run_id)
    for _ in range(6):
        desk.turn()
    assert desk.host.runs[run_id].output_taken_over
    assert desk.host.runs[other].status == 9
    storage.breaks = None
    desk.turn()
    desk.settle()
    assert (desk.get(other).reason, desk.get(other).signal) == (Reason.STOPPED_BY_PERSON, 9)
    assert desk.get(run_id).conditions == frozenset({"unsupervised"})


def test_a_sweep_that_could_not_be_written_does_not_count(desk: Desk) -> None:
    desk.turn()
    before = desk.observed_at()
    with busy(desk):
        desk.turn()
        desk.turn()
        assert desk.observed_at() == before
    desk.turn()
    assert desk.observed_at() == desk.clock.now()


def test_a_lost_race_reads_the_row_again_and_writes_nothing(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.finish(run_id, 0x300)
    theirs = endings.from_exit(ProcessExit(0x300), desk.clock.now(), "shim", None)
    move = transitions.ended(run_id, theirs, Tree.PROVEN_EMPTY, desk.clock.now(), "supervisor:other")
    with desk.storage.write() as uow:
        assert apply(uow, move)
    desk.turn()
    assert [entry.actor for entry in desk.journal(run_id) if entry.kind == "ended"] == ["supervisor:other"]
    assert desk.clean_up()["looked_at"] == 0


def test_a_row_that_is_gone_is_let_go_and_found_again_by_its_directory(desk: Desk) -> None:
    run_id = desk.running()
    forget_rows(desk, run_id)
    desk.turn(6.0)
    desk.turn()
    run = desk.get(run_id)
    assert (run.state, desk.kinds(run_id)) == (RunState.RUNNING, ["imported", "started"])


def forget_rows(desk: Desk, *run_ids: RunId) -> None:
    """As if the database were older than these runs."""
    path = desk.options.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        for run_id in run_ids:
            connection.execute("DELETE FROM journal WHERE run_id = ?", (run_id,))
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
        connection.commit()


def facts_of(desk: Desk, run_id: RunId) -> dict[str, Any]:
    """The facts of a run's ending."""
    ending = desk.get(run_id).ending
    assert ending is not None
    facts = ending["facts"]
    assert isinstance(facts, dict)
    return facts


@pytest.mark.parametrize("restarts", [False, True], ids=["one supervisor", "restarted"])
def test_an_unknown_end_lies_after_the_last_look_that_found_it_alive(desk: Desk, restarts: bool) -> None:
    """Sweeps go on while the keeper is asked; none of them has seen the program alive."""
    run_id = desk.running()
    desk.turn()
    seen_alive = desk.clock.now()
    desk.host.kernel_tells = False
    desk.host.patience_seconds = 2.0
    desk.host.freeze_keeper()
    desk.host.kill_shim(run_id)
    desk.host.finish(run_id)
    for _ in range(3):
        desk.turn()
        if restarts:
            desk.restart_supervisor()
    desk.host.kill_keeper()
    desk.turn()
    desk.settle()
    run = desk.get(run_id)
    assert (run.reason, run.outcome) == (Reason.OUTCOME_UNKNOWN, Outcome.UNKNOWN)
    assert facts_of(desk, run_id)["last_seen_alive_at"] == to_text(seen_alive)
    assert facts_of(desk, run_id)["found_dead_at"] > to_text(seen_alive + timedelta(seconds=3))


def test_a_program_found_dead_in_a_sweep_was_not_alive_at_its_beginning(desk: Desk) -> None:
    """The sweep that finds it dead is complete before anything is known; a supervisor that starts then must know."""
    run_id = desk.running()
    desk.turn()
    seen_alive = desk.clock.now()
    desk.host.kernel_tells = False
    desk.host.patience_seconds = 2.0
    desk.host.freeze_keeper()
    desk.host.kill_shim(run_id)
    desk.host.finish(run_id)
    desk.turn()
    desk.restart_supervisor()
    desk.host.kill_keeper()
    desk.turn()
    desk.settle()
    assert facts_of(desk, run_id)["last_seen_alive_at"] == to_text(seen_alive)


def test_an_unknown_outcome_is_amended_once_when_the_evidence_comes_back(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.runs[run_id].is_lost = True
    desk.host.finish(run_id, 0x300)
    desk.turn()
    assert desk.get(run_id).outcome is Outcome.UNKNOWN
    assert desk.clean_up()["changed"] == []
    desk.host.runs[run_id].is_lost = False
    [change] = desk.clean_up()["changed"]
    assert (change["what"], change["reason"]) == ("amended", "exit_code")
    assert (desk.get(run_id).outcome, desk.get(run_id).exit_code) == (Outcome.FAILURE, 3)
    assert desk.clean_up()["changed"] == []
    assert desk.kinds(run_id).count("amended") == 1


def test_an_unknown_outcome_is_amended_however_many_others_there_are(desk: Desk) -> None:
    runs = [desk.request() for _ in range(110)]
    desk.settle()
    for run_id in runs:
        desk.host.runs[run_id].is_lost = True
        desk.host.finish(run_id, 0x300)
    desk.turn()
    desk.host.runs[runs[-1]].is_lost = False
    for _ in range(3):
        desk.clean_up()
    assert desk.get(runs[-1]).exit_code == 3


def test_an_end_whose_last_output_cannot_be_stored_is_not_final_and_says_why(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.kill_shim(run_id)
    desk.turn()
    desk.host.disk_is_full = True
    desk.host.finish(run_id, 0x300)
    for _ in range(3):
        desk.turn()
    run = desk.get(run_id)
    assert (run.state, run.exit_code, run.conditions) == (RunState.RUNNING, 3, frozenset({"finishing"}))
    assert run.condition_detail == "its last output cannot be stored: [Errno 28] No space left on device"
    desk.host.disk_is_full = False
    desk.turn(1.1)
    desk.settle()
    assert (desk.get(run_id).reason, desk.get(run_id).exit_code) == (Reason.EXIT_CODE, 3)


def test_waiting_for_a_keeper_does_not_make_looks_pile_up(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.kill_shim(run_id)
    desk.host.finish(run_id, 0x300, leftovers=1)
    desk.host.freeze_keeper()
    for _ in range(30):
        desk.turn(1.03)
    before = desk.executor.looks
    for _ in range(50):
        desk.turn(0.02)
    # In one second: a sweep, perhaps a clean-up, and five looks.
    assert desk.executor.looks - before <= 8


def test_a_long_end_is_shown_with_its_code_until_it_is_final(make_desk: Callable[..., Desk], database_url: str) -> None:
    desk = make_desk(database_url)
    run_id = desk.running()
    desk.host.trees_linger = True
    desk.host.finish(run_id, 0x300)
    desk.turn()
    assert desk.get(run_id).conditions == frozenset()
    desk.turn()
    assert (desk.get(run_id).conditions, desk.get(run_id).exit_code) == (frozenset({"finishing"}), 3)
    desk.host.trees_linger = False
    desk.turn()
    desk.settle()
    assert (desk.get(run_id).conditions, desk.get(run_id).reason) == (frozenset(), Reason.EXIT_CODE)
