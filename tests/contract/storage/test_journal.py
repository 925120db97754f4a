"""The journal: what is written, in which order it is read, and that nothing is missed while several write."""

from contextlib import ExitStack, closing
from functools import partial

import pytest

from addon_portal.domain.errors import StorageBusy
from addon_portal.domain.models import JournalEntry
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage, apply
from tests.contract.storage.concurrency import Together, in_thread
from tests.contract.storage.world import CODE_3, SteppedClock, World


def test_the_journal_tells_the_life_of_a_run(world: World) -> None:
    run = world.add_final(exit=CODE_3)
    with world.storage.read() as uow:
        entries = uow.journal.list_for_run(world.scope, run.id)
    assert [(entry.kind, entry.from_state, entry.to_state, entry.reason) for entry in entries] == [
        ("requested", None, RunState.PENDING, None),
        ("claimed", RunState.PENDING, RunState.STARTING, None),
        ("started", RunState.STARTING, RunState.RUNNING, None),
        ("ended", RunState.RUNNING, RunState.FAILED, Reason.EXIT_CODE),
    ]
    assert [entry.actor for entry in entries] == ["alice", "supervisor", "supervisor", "supervisor"]
    assert {(entry.tenant_id, entry.project_id) for entry in entries} == {(run.tenant_id, run.project_id)}
    assert entries[-1].happened_at == run.ended_at
    assert entries[-1].recorded_at > entries[-1].happened_at
    assert entries[-1].detail["message"] == "The program ended with exit code 3."


def test_numbers_that_a_power_cut_may_have_taken_back_are_not_given_again(world: World) -> None:
    world.add_run()
    with world.storage.write() as uow:
        uow.journal.skip_numbers()
        lost = uow.journal.last_seq() + 1
    world.add_run()
    with world.storage.read() as uow:
        assert uow.journal.last_seq() > lost or uow.database.dialect == "postgresql"


def test_a_restart_says_what_it_follows(world: World) -> None:
    first = world.add_final()
    second = world.add_run(first.project_id, restart_of=first.id)
    with world.storage.read() as uow:
        (entry,) = uow.journal.list_for_run(world.scope, second.id)
    assert (entry.cause, entry.detail) == ("restart", {"restart_of": first.id})


def test_the_stream_goes_on_where_it_stopped(world: World) -> None:
    with world.storage.read() as uow:
        assert uow.journal.last_seq() == 0
        assert uow.journal.read_after(0, 9) == ()
    for _ in range(3):
        world.add_final()
    with world.storage.read() as uow:
        whole = uow.journal.read_after(0, 100)
        assert len(whole) == 12
        assert uow.journal.last_seq() == whole[-1].seq
        seen: list[JournalEntry] = []
        while part := uow.journal.read_after(seen[-1].seq if seen else 0, 5):
            seen += part
        heads = [(entry.seq, entry.tenant_id, entry.run_id, entry.to_state) for entry in whole[4:]]
        assert uow.journal.read_heads_after(whole[3].seq, 100) == heads
    assert tuple(seen) == whole
    assert [entry.seq for entry in whole] == sorted({entry.seq for entry in whole})


def test_a_transaction_that_ends_later_gets_the_later_numbers(world: World, tables_url: str) -> None:
    """Two transactions side by side: the one that began first ends last, and nobody who has read misses it."""
    early, late = world.add_run(), world.add_run()
    with world.storage.read() as uow:
        last = uow.journal.last_seq()
    with ExitStack() as stack:
        second = Storage.open(tables_url, clock=SteppedClock())
        stack.callback(second.close)
        with world.storage.write() as uow:
            assert apply(uow, world.claimed(early.id))
            if tables_url.startswith("postgresql"):
                # SQLite lets only one write; PostgreSQL lets this one overtake.
                with second.write() as other:
                    assert apply(other, world.claimed(late.id))
                with second.read() as other:
                    (seen,) = other.journal.read_after(last, 9)
                assert seen.run_id == late.id
                last = seen.seq
        with second.read() as other:
            (entry,) = other.journal.read_after(last, 9)
    assert entry.run_id == early.id


@pytest.mark.postgres
def test_nobody_takes_a_number_while_a_smaller_one_is_not_committed(postgres_tables_url: str) -> None:
    with (
        closing(Storage.open(postgres_tables_url, clock=SteppedClock())) as storage,
        closing(Storage.open(postgres_tables_url, clock=SteppedClock(), busy_timeout_seconds=0.05)) as impatient,
    ):
        world = World(storage, SteppedClock()).found()
        early, late = world.add_run(), world.add_run()

        def overtake() -> None:
            with impatient.write() as uow:
                assert apply(uow, world.claimed(late.id))

        with storage.write() as uow:
            assert apply(uow, world.claimed(early.id))
            uow.finish()
            with pytest.raises(StorageBusy):
                overtake()
        overtake()
        with storage.read() as uow:
            assert [entry.run_id for entry in uow.journal.read_after(0, 9)][-2:] == [early.id, late.id]


def test_a_reader_that_follows_several_writers_misses_nothing(world: World, tables_url: str) -> None:
    writers, rounds = 4, 15
    projects = [world.add_project().id for _ in range(writers)]
    with world.storage.read() as uow:
        last = uow.journal.last_seq()

    def write(at: int) -> None:
        with closing(Storage.open(tables_url, clock=SteppedClock())) as storage:
            mine = World(storage, SteppedClock())
            mine.host, mine.scope = world.host, world.scope
            for _ in range(rounds):
                mine.add_final(projects[at])

    seen: list[int] = []
    together = Together([partial(write, at) for at in range(writers)])
    with together:
        while True:
            over = together.is_over
            with world.storage.read() as uow:
                part = uow.journal.read_after(last, 50)
            seen += [entry.seq for entry in part]
            last = part[-1].seq if part else last
            if over and not part:
                break
    with world.storage.read() as uow:
        whole = [entry.seq for entry in uow.journal.read_after(0, 10_000)]
    assert seen == whole
    assert len(seen) == writers * rounds * 4


def test_what_is_read_belongs_to_one_state_of_the_database(world: World) -> None:
    run = world.add_run()
    with world.storage.read() as uow:
        before = uow.runs.get(world.scope, run.id)
        in_thread(lambda: world.apply(world.claimed(run.id)))
        assert uow.runs.get(world.scope, run.id) == before
        assert uow.journal.list_for_run(world.scope, run.id)[-1].kind == "requested"
    assert world.get(run.id).state is RunState.STARTING
