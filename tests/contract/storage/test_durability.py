"""What was acknowledged survives: processes killed in the middle, files that disappear, servers that go away."""

import contextlib
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage, apply
from addon_portal.storage.errors import SchemaTooOld, StorageError, StorageFull, StorageUnavailable
from tests.contract.storage.concurrency import start_python
from tests.contract.storage.world import SteppedClock, World
from tests.support.databases import PostgresServer
from tests.support.disk import Disk
from tests.support.tables import lay_tables

WORKER = "tests.contract.storage.worker"


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("acknowledged", [1, 2, 7, 50, 101])
def test_a_killed_writer_loses_nothing_that_it_acknowledged(world: World, tables_url: str, acknowledged: int) -> None:
    projects = [world.add_project().id for _ in range(3)]
    worker = start_python(WORKER, tables_url, "insert", world.alice.id, world.host.id, *projects)
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()
    lines = [worker.stdout.readline() for _ in range(acknowledged + 1)][1:]
    worker.kill()
    lines += worker.stdout.readlines()
    worker.communicate()
    known = [line.split() for line in lines if line.endswith("\n")]
    last = {run_id: word for word, run_id in known}
    with world.storage.read() as uow:
        stored = {run.id: run for run in uow.runs.list_page(world.scope, limit=1000).items}
        for run_id, word in last.items():
            run = stored.pop(RunId(run_id))
            kinds = [entry.kind for entry in uow.journal.list_for_run(world.scope, run.id)]
            if word == "withdrawn":
                assert run.state is RunState.CANCELLED
            assert kinds == ["requested", "withdrawn"][: 2 if run.state is RunState.CANCELLED else 1]
    # At most the one transaction that was committed and not yet told of; and the database is usable at once.
    assert len(stored) <= 1
    world.add_run()


def test_a_new_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    with closing(Storage.open(f"sqlite:///{tmp_path}/portal.db", clock=SteppedClock())) as storage:
        storage.upgrade()
        assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("portal.db*")} == {0o600}


def test_every_commit_reaches_the_disk(sqlite_tables_url: str) -> None:
    with closing(Storage.open(sqlite_tables_url, clock=SteppedClock())) as storage, storage.write() as uow:
        assert uow.connection.all("PRAGMA synchronous") == [(2,)], "FULL"
        assert uow.connection.all("PRAGMA journal_mode") == [("wal",)]
        assert uow.connection.all("PRAGMA foreign_keys") == [(1,)]


@pytest.mark.slow
@pytest.mark.root
@pytest.mark.parametrize("wakes_early", [False, True])
def test_what_was_acknowledged_survives_a_power_cut(tmp_path: Path, *, wakes_early: bool) -> None:
    with Disk(tmp_path).mounted() as disk:
        file = disk.path / "portal.db"
        with closing(Storage.open(f"sqlite:///{file}", clock=SteppedClock())) as storage:
            storage.upgrade()
            world = World(storage, SteppedClock()).found()
            run = world.add_run()
            with storage.write(wakes_early=wakes_early) as uow:
                assert apply(uow, world.claimed(run.id))
            with (
                disk.after_a_cut(file) as left,
                closing(Storage.open(f"sqlite:///{left}", clock=SteppedClock())) as after,
            ):
                assert World(after, SteppedClock()).get(run.id).state is RunState.STARTING


def test_an_end_is_never_seen_before_it_is_on_disk(world: World) -> None:
    run = world.add_running()

    def end_early() -> None:
        with world.storage.write(wakes_early=True) as uow:
            assert apply(uow, world.ended(run.id))

    with pytest.raises(AssertionError, match="on disk before"):
        end_early()
    assert world.get(run.id) == run


@pytest.mark.parametrize("kind", ["read", "glance"])
def test_whoever_only_reads_cannot_write(world: World, kind: str) -> None:
    run = world.add_run()
    with pytest.raises(StorageError), getattr(world.storage, kind)() as uow:
        apply(uow, world.claimed(run.id))
    assert world.get(run.id) == run


def test_nothing_is_written_into_a_file_that_was_removed(sqlite_tables_url: str) -> None:
    path = Path(sqlite_tables_url.removeprefix("sqlite:///"))
    with closing(Storage.open(sqlite_tables_url, clock=SteppedClock())) as storage:
        world = World(storage, SteppedClock()).found()
        run = world.add_run()
        for file in path.parent.glob("portal.db*"):
            file.unlink()
        with pytest.raises(StorageUnavailable, match="cannot be used"):
            world.apply(world.claimed(run.id))
        with pytest.raises(StorageUnavailable):
            world.get(run.id)


def test_a_file_that_was_replaced_is_used_from_then_on(sqlite_tables_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_tables_url.removeprefix("sqlite:///"))
    older = tmp_path / "older"
    shutil.copy(path, older)
    with closing(Storage.open(sqlite_tables_url, clock=SteppedClock())) as storage:
        World(storage, SteppedClock()).found()
        for file in path.parent.glob("portal.db*"):
            file.unlink()
        older.rename(path)
        with storage.read() as uow:
            assert uow.tenants.list() == ()


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_connection_that_breaks_is_replaced(storage: Storage, kind: str) -> None:
    def break_it() -> None:
        with getattr(storage, kind)() as uow:
            uow.connection._raw.close()
            uow.tenants.list()

    for _ in range(25):
        with pytest.raises(StorageError):
            break_it()
    with storage.write() as uow:
        assert uow.tenants.list() == ()


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.root
def test_a_full_disk_changes_nothing_and_is_forgotten_when_there_is_room(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        lay_tables(tmp_path / "portal.db")
        with closing(Storage.open(f"sqlite:///{tmp_path}/portal.db", clock=SteppedClock())) as storage:
            world = World(storage, SteppedClock()).found()
            run = world.add_run()
            ballast = tmp_path / "ballast"
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while file.write(b"x" * 1024):
                    pass

            def fill() -> None:
                while True:
                    world.add_project(f"{world.now()} {'n' * 400}")

            with pytest.raises(StorageFull) as full:
                fill()
            assert full.value.worth_retrying
            assert world.get(run.id) == run, "reading goes on"
            ballast.unlink()
            assert world.apply(world.claimed(run.id)) == [True]
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.postgres
def test_a_server_that_goes_away_leaves_nothing_half_done_and_is_used_again(
    own_postgres_server: PostgresServer,
) -> None:
    url = own_postgres_server.url_of(own_postgres_server.create_database())
    with closing(Storage.open(url, clock=SteppedClock())) as storage:
        storage.upgrade()
        world = World(storage, SteppedClock()).found()
        run = world.add_run()

        def lose_the_server() -> None:
            with storage.write() as uow:
                assert apply(uow, world.claimed(run.id))
                own_postgres_server.stop()

        with pytest.raises(StorageUnavailable):
            lose_the_server()
        with pytest.raises(StorageUnavailable) as away:
            world.get(run.id)
        assert away.value.worth_retrying
        own_postgres_server.start()
        assert world.get(run.id) == run
        own_postgres_server.stop()
        own_postgres_server.start()
        # The connections that were kept are dead now; nobody has to ask twice for new ones.
        assert world.apply(world.claimed(run.id)) == [True]
        own_postgres_server.stop()
        own_postgres_server.start()
        with storage.glance() as uow:
            assert uow.runs.get(world.scope, run.id).state is RunState.STARTING


@pytest.mark.postgres
def test_a_glance_asks_again_only_where_nothing_was_answered_yet(postgres_tables_url: str) -> None:
    with closing(Storage.open(postgres_tables_url, clock=SteppedClock())) as storage:
        pool: Any = storage._database._pool  # type: ignore[attr-defined]

        def next_used(glance: Any) -> Any:
            return glance._raw or pool._idle[-1]

        def ask_twice(*, before: bool, between: bool) -> None:
            with storage.glance() as uow:
                glance: Any = uow.connection
                for is_lost in (before, between):
                    if is_lost:
                        next_used(glance).close()
                    assert uow.tenants.list() == ()

        ask_twice(before=False, between=False)
        ask_twice(before=True, between=False)
        for _ in range(25):
            with pytest.raises(StorageUnavailable):
                ask_twice(before=False, between=True)
        with pytest.raises(SchemaTooOld), storage.glance() as uow:
            uow.connection.all("SELECT 1 FROM nowhere")
        ask_twice(before=False, between=False)


@pytest.mark.postgres
def test_a_transaction_whose_statement_failed_is_never_taken_for_committed(postgres_tables_url: str) -> None:
    with closing(Storage.open(postgres_tables_url, clock=SteppedClock())) as storage:
        world = World(storage, SteppedClock()).found()

        def swallow_an_error() -> None:
            with storage.write() as uow:
                uow.tenants.update_limits(world.alice.id, max_concurrent_runs=7, may_run_own_commands=True)
                with pytest.raises(StorageError):
                    uow.connection.all("SELECT 1 FROM nowhere")

        with pytest.raises(StorageError, match="rolled back"):
            swallow_an_error()
        with storage.read() as uow:
            assert uow.tenants.get(world.alice.id) == world.alice
