"""A PostgreSQL server that neither answers nor refuses is given up in time, and what is then known is said."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import StorageBusy
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage, UnitOfWork, apply, wakeups
from addon_portal.storage.errors import StorageUnavailable
from addon_portal.storage.postgres import PostgresDatabase
from addon_portal.storage.wakeups_postgres import PostgresWakeups
from tests.contract.storage.concurrency import outcomes_of
from tests.contract.storage.test_wakeups import hears
from tests.contract.storage.world import SteppedClock, World
from tests.support.databases import PostgresServer
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.postgres]


@pytest.fixture
def url(own_postgres_server: PostgresServer) -> str:
    """The address of a database on a server that may be frozen."""
    return own_postgres_server.url_of(own_postgres_server.create_database())


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    """That database, given up after one second of silence."""
    with closing(PostgresDatabase(url, clock=SystemClock(), busy_timeout_seconds=5, patience_seconds=1)) as opened:
        yield opened


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """A world in that database, as patient."""
    with closing(Storage.open(url, clock=SystemClock(), patience_seconds=1)) as storage:
        storage.upgrade()
        yield World(storage, SteppedClock()).found()


def get_if_there(world: World, run_id: RunId) -> Run | None:
    """The run, or None while the server is taken for silent."""
    try:
        return world.get(run_id)
    except StorageUnavailable:
        return None


@pytest.mark.parametrize("backends_alone", [False, True], ids=["the whole server", "its backends"])
def test_whoever_begins_while_the_server_is_frozen_is_told_so(
    own_postgres_server: PostgresServer, world: World, backends_alone: bool
) -> None:
    run = world.add_run()
    with own_postgres_server.frozen(backends_alone=backends_alone):
        with pytest.raises(StorageUnavailable) as silent:
            world.apply(world.claimed(run.id))
        assert silent.value.worth_retrying
        if backends_alone:
            assert world.get(run.id) == run, "the server makes new ones"
        else:
            with pytest.raises(StorageUnavailable, match="No connection"):
                world.get(run.id)
    assert wait_until(lambda: get_if_there(world, run.id), "the server to be asked again") == run
    assert world.apply(world.claimed(run.id)) == [True]


def test_a_statement_without_an_answer_changes_nothing(own_postgres_server: PostgresServer, world: World) -> None:
    run = world.add_run()

    def be_left_alone() -> None:
        with world.storage.write() as uow:
            assert apply(uow, world.claimed(run.id))
            with own_postgres_server.frozen():
                uow.tenants.list()

    with pytest.raises(StorageUnavailable, match="has not answered for 1 s"):
        be_left_alone()
    assert world.apply(world.claimed(run.id)) == [True], "the lock is free, and nobody had claimed it"


def test_a_commit_without_an_answer_is_told_as_unknown_and_keeps_its_rows_until_it_is_known(
    own_postgres_server: PostgresServer, world: World, database: PostgresDatabase
) -> None:
    """Whoever asks again meanwhile is refused, so that nothing is done twice; afterwards the first change is there."""
    run = world.add_run()
    with ExitStack() as frozen:

        def commit() -> None:
            with database.write() as connection:
                uow = UnitOfWork(connection, database, SteppedClock())
                assert apply(uow, world.claimed(run.id))
                uow.finish()
                frozen.enter_context(own_postgres_server.frozen(backends_alone=True))

        with pytest.raises(StorageUnavailable, match="not known whether"):
            commit()
        with pytest.raises(StorageUnavailable):
            world.get(run.id)  # On a connection that is frozen too; from now on there are new ones.
        with pytest.raises(StorageBusy):
            world.apply(world.claimed(run.id))
    wait_until(lambda: world.get(run.id).state is RunState.STARTING, "the commit that was sent to be carried out")
    assert world.apply(world.claimed(run.id)) == [False]


def test_a_server_that_accepts_and_says_nothing_is_no_database() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://someone@127.0.0.1:{mute.getsockname()[1]}/portal"
        with (
            closing(Storage.open(url, clock=SystemClock(), patience_seconds=1)) as storage,
            pytest.raises(StorageUnavailable, match="No connection"),
            storage.read(),
        ):
            pass


def test_nobody_queues_behind_others_for_a_server_that_says_nothing() -> None:
    """Those who found no free connection are refused together with those who tried."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as mute:
        url = f"postgresql://someone@127.0.0.1:{mute.getsockname()[1]}/portal"
        with closing(Storage.open(url, clock=SystemClock(), busy_timeout_seconds=30, patience_seconds=1)) as storage:
            outcomes = outcomes_of([lambda: storage.read().__enter__()] * 50)
        assert {type(outcome) for outcome in outcomes} == {StorageUnavailable}
        assert count_connections(mute) == 20, "all that there may be at a time, once"


def count_connections(server: socket.socket) -> int:
    """How many have connected by now."""
    server.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            count += 1
    return count


def test_a_statement_that_takes_too_long_is_ended_by_the_server(world: World) -> None:
    with pytest.raises(StorageBusy), world.storage.read() as uow:
        uow.connection.all("SELECT pg_sleep(60)")


def test_a_listener_that_is_no_longer_told_anything_notices(
    own_postgres_server: PostgresServer, database: PostgresDatabase
) -> None:
    wakers = PostgresWakeups(database, quiet_seconds=0.1)
    with closing(wakers.listen(wakeups.API)) as listener, own_postgres_server.frozen(backends_alone=True):
        assert hears(listener), "it has another connection, and something may have been missed"
        wakers.notify(wakeups.API)
        assert hears(listener)
