"""Wake-ups: they come after the commit, to everybody who listens, through whatever happens to files and servers."""

import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from addon_portal.domain import ids
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import AlreadyRunning
from addon_portal.domain.ids import HostId
from addon_portal.domain.states import RunState
from addon_portal.storage import CleanupRequest, Storage, apply, wakeups
from addon_portal.storage.errors import StorageUnavailable
from addon_portal.storage.wakeups import Listener
from addon_portal.storage.wakeups_local import LocalWakeups
from tests.contract.storage.concurrency import Together
from tests.contract.storage.world import World
from tests.support.databases import PostgresServer
from tests.support.waiting import wait_until


def hears(listener: Listener, seconds: float = 10) -> bool:
    """Whether a wake-up comes; it is taken."""
    readable, _, _ = select.select([listener], [], [], seconds)
    listener.drain()
    return bool(readable)


def is_quiet(listener: Listener) -> bool:
    """Whether no wake-up has come by now."""
    return not hears(listener, 0)


@pytest.fixture
def other(tables_url: str) -> Iterator[Storage]:
    """The storage as another process sees it."""
    with closing(Storage.open(tables_url, clock=SystemClock())) as opened:
        yield opened


def test_a_wake_up_reaches_everybody_who_listens(storage: Storage, other: Storage) -> None:
    with closing(storage.listen(wakeups.API)) as one, closing(other.listen(wakeups.API)) as two:
        assert is_quiet(one)
        storage.notify(wakeups.API)
        assert hears(one)
        assert hears(two)
        assert is_quiet(one)


def test_a_wake_up_of_one_channel_is_not_heard_on_another(storage: Storage) -> None:
    here, there = (wakeups.supervisor(HostId(name)) for name in ("hst_here", "hst_there"))
    with closing(storage.listen(here)) as one, closing(storage.listen(there)) as two:
        storage.notify(here)
        assert hears(one)
        assert is_quiet(two)


def test_listeners_are_woken_by_the_commit_and_not_before(world: World, other: Storage) -> None:
    run = world.add_run()
    with closing(other.listen(wakeups.API)) as listener:
        with world.storage.write() as uow:
            assert apply(uow, world.claimed(run.id))
            assert is_quiet(listener)
        assert hears(listener)


@pytest.mark.slow
def test_whoever_is_woken_finds_what_woke_them(world: World, other: Storage) -> None:
    runs = [world.add_run().id for _ in range(30)]
    seen: list[RunState | None] = []

    def look_when_woken() -> None:
        for run_id in runs:
            assert hears(listener)
            with other.read() as uow:
                run = uow.host_runs.find(run_id)
            seen.append(run.state if run else None)
            looked.release()

    looked = threading.Semaphore(0)
    with closing(other.listen(wakeups.API)) as listener, Together([look_when_woken]):
        for run_id in runs:
            world.apply(world.claimed(run_id))
            assert looked.acquire(timeout=20)
    assert seen == [RunState.STARTING] * len(runs)


def test_nobody_is_woken_by_what_was_rolled_back(world: World, other: Storage) -> None:
    active = world.add_running()
    with closing(other.listen(wakeups.API)) as listener:
        with pytest.raises(AlreadyRunning):
            world.add_run(active.project_id)
        other.notify("api-end")
        world.storage.notify(wakeups.supervisor(world.host.id))
        assert is_quiet(listener)


def test_whoever_has_work_to_do_is_woken(world: World, other: Storage) -> None:
    project = world.add_project()
    with (
        closing(other.listen(wakeups.API)) as api,
        closing(other.listen(wakeups.supervisor(world.host.id))) as supervisor,
    ):
        run = world.add_run(project.id)
        assert hears(supervisor)
        assert hears(api)
        world.apply(world.claimed(run.id))
        assert hears(api)
        assert is_quiet(supervisor)
        for stop in (world.stop_requested(run.id), world.grace_shortened(run.id)):
            assert world.apply(stop) == [True]
            assert hears(supervisor)
            assert hears(api)
        request = CleanupRequest(ids.new_cleanup_id(world.now()), world.host.id, world.now(), "operator")
        with world.storage.write() as uow:
            uow.cleanups.insert(request)
        assert hears(supervisor)
        with world.storage.write() as uow:
            uow.cleanups.complete(request.id, {}, world.now())
        assert hears(api)


def test_a_flood_of_wake_ups_neither_blocks_nor_is_lost_entirely(storage: Storage) -> None:
    with closing(storage.listen(wakeups.API)) as listener:
        for _ in range(300):
            storage.notify(wakeups.API)
        assert hears(listener)


def test_nobody_has_to_listen(storage: Storage) -> None:
    storage.notify(wakeups.API)
    storage.notify(wakeups.supervisor(HostId("hst_here")))


def open_files() -> set[str]:
    """What this process has open; sockets and pipes have numbers that no other has."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that listed the directory
            found.add(os.readlink(entry))
    return found


def test_a_closed_listener_leaves_nothing_behind(sqlite_tables_url: str, tmp_path: Path) -> None:
    with closing(Storage.open(sqlite_tables_url, clock=SystemClock())) as storage:
        for channel in (wakeups.API, wakeups.supervisor(HostId("hst_here"))):
            before = open_files()
            storage.listen(channel).close()
            assert open_files() <= before, "what others let go of meanwhile does not matter"
    assert list((tmp_path / "wake").iterdir()) == []


def test_the_socket_of_a_dead_api_process_is_removed(tmp_path: Path) -> None:
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    dead.bind(str(tmp_path / "api-1-dead.sock"))
    dead.close()
    with closing(LocalWakeups(tmp_path, SystemClock())) as local, closing(local.listen(wakeups.API)) as listener:
        local.notify(wakeups.API)
        assert hears(listener)
        assert not (tmp_path / "api-1-dead.sock").exists()


def test_an_api_process_that_came_later_is_woken_too(tmp_path: Path) -> None:
    with closing(LocalWakeups(tmp_path, SystemClock())) as local, closing(local.listen(wakeups.API)) as one:
        os.utime(tmp_path, (1, 1))
        for _ in range(2):
            local.notify(wakeups.API)
            assert hears(one)
        with closing(local.listen(wakeups.API)) as two:
            local.notify(wakeups.API)
            assert hears(two)


def test_a_new_supervisor_takes_the_place_of_a_dead_one_and_the_dead_one_does_not_disturb(tmp_path: Path) -> None:
    channel = wakeups.supervisor(HostId("hst_here"))
    with ExitStack() as stack:
        local = stack.enter_context(closing(LocalWakeups(tmp_path, SystemClock())))
        old = local.listen(channel)
        new = stack.enter_context(closing(local.listen(channel)))
        old.close()
        local.notify(channel)
        assert hears(new)


def test_the_directory_may_have_a_long_name(tmp_path: Path) -> None:
    directory = tmp_path / ("d" * 100) / ("e" * 100)
    directory.mkdir(parents=True)
    channel = wakeups.supervisor(HostId("hst_here"))
    with (
        closing(LocalWakeups(directory / "wake", SystemClock())) as local,
        closing(local.listen(channel)) as one,
        closing(local.listen(wakeups.API)) as two,
    ):
        local.notify(channel)
        local.notify(wakeups.API)
        assert hears(one)
        assert hears(two)


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "wake").write_text("a file")
    with (
        closing(LocalWakeups(tmp_path / "wake", SystemClock())) as local,
        pytest.raises(StorageUnavailable, match="wake"),
    ):
        local.listen(wakeups.API)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.postgres
def test_a_listener_outlives_its_server_and_rings_when_it_is_back(own_postgres_server: PostgresServer) -> None:
    url = own_postgres_server.url_of(own_postgres_server.create_database())
    with (
        closing(Storage.open(url, clock=SystemClock())) as storage,
        closing(storage.listen(wakeups.API)) as listener,
    ):
        descriptor = listener.fileno()
        own_postgres_server.stop()
        storage.notify(wakeups.API)
        assert is_quiet(listener)
        own_postgres_server.start()
        assert hears(listener), "something may have been missed meanwhile"
        storage.notify(wakeups.API)
        assert hears(listener)
        assert listener.fileno() == descriptor


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.postgres
def test_while_its_server_is_away_a_listener_can_be_closed_and_none_opened(own_postgres_server: PostgresServer) -> None:
    url = own_postgres_server.url_of(own_postgres_server.create_database())
    with closing(Storage.open(url, clock=SystemClock())) as storage:
        before = len(os.listdir("/proc/self/fd"))
        listener = storage.listen(wakeups.API)
        own_postgres_server.stop()
        with pytest.raises(StorageUnavailable):
            storage.listen(wakeups.API)
        listener.close()
        wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before, "every descriptor to be closed")
