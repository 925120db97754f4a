"""A database that is busy: whoever waits too long is told so, and nothing was changed."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import StorageBusy
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage, apply
from addon_portal.storage.errors import StorageUnavailable
from addon_portal.storage.fifo import FifoLock
from tests.contract.storage.concurrency import Together, outcomes_of, start_python
from tests.contract.storage.world import SteppedClock, World
from tests.support.waiting import wait_until

WORKER = "tests.contract.storage.worker"


@pytest.fixture
def holder(sqlite_tables_url: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process that is writing and does not come to an end."""
    worker = start_python(WORKER, sqlite_tables_url, "hold")
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()
    assert [worker.stdout.readline() for _ in range(2)] == ["ready\n", "holding\n"]
    yield worker
    worker.kill()
    worker.communicate()


@pytest.mark.slow
def test_a_writer_that_waits_too_long_for_another_process_is_told_busy(
    holder: "subprocess.Popen[str]", sqlite_tables_url: str
) -> None:
    with closing(Storage.open(sqlite_tables_url, clock=SystemClock(), busy_timeout_seconds=0.1)) as storage:
        with pytest.raises(StorageBusy, match="another process is writing"), storage.write():
            pass
        with storage.read() as uow:
            assert uow.tenants.list() == (), "reading goes on"
        assert holder.stdin is not None
        holder.stdin.write("let go\n")
        holder.stdin.flush()
        holder.wait()
        with storage.write() as uow:
            assert uow.tenants.list() == ()


@pytest.mark.slow
@pytest.mark.faults
def test_the_lock_of_a_killed_process_is_free_at_once(holder: "subprocess.Popen[str]", sqlite_tables_url: str) -> None:
    with closing(Storage.open(sqlite_tables_url, clock=SystemClock(), busy_timeout_seconds=30)) as storage:
        got_through = threading.Event()

        def write() -> None:
            with storage.write():
                got_through.set()

        with Together([write]):
            assert not got_through.is_set()
            holder.kill()
            assert got_through.wait(20)


def test_a_thread_that_waits_too_long_for_another_is_told_busy(sqlite_tables_url: str) -> None:
    with closing(Storage.open(sqlite_tables_url, clock=SystemClock(), busy_timeout_seconds=0.05)) as storage:
        with pytest.raises(StorageBusy), storage.write(), Together([lambda: storage.write().__enter__()]):
            pass
        with storage.write() as uow:
            assert uow.tenants.list() == ()


def test_a_write_inside_a_write_is_a_bug_and_said_at_once(sqlite_tables_url: str) -> None:
    with closing(Storage.open(sqlite_tables_url, clock=SystemClock())) as storage:
        with storage.write(), pytest.raises(AssertionError, match="inside another"), storage.write():
            pass
        with storage.write() as uow:
            assert uow.tenants.list() == ()


def test_waiters_are_served_in_the_order_they_came() -> None:
    lock = FifoLock()
    order: list[int] = []

    def take(at: int) -> None:
        assert lock.acquire(20)
        order.append(at)
        lock.release()

    threads = [threading.Thread(target=take, args=(at,)) for at in range(8)]
    assert lock.acquire(0)
    for at, thread in enumerate(threads):
        thread.start()
        wait_until(partial(lambda count: lock.waiting > count, at), "the thread to queue")
    lock.release()
    for thread in threads:
        thread.join()
    assert order == list(range(8))
    assert lock.acquire(0), "the last one let go"


def test_whoever_gave_up_waiting_is_not_served() -> None:
    lock = FifoLock()
    assert lock.acquire(0)
    assert outcomes_of([lambda: lock.acquire(0.01)]) == [False]
    assert lock.waiting == 0
    lock.release()
    assert lock.acquire(0)


@pytest.mark.postgres
def test_a_row_that_another_transaction_holds_is_waited_for_and_then_busy(postgres_tables_url: str) -> None:
    with (
        closing(Storage.open(postgres_tables_url, clock=SystemClock())) as storage,
        closing(Storage.open(postgres_tables_url, clock=SystemClock(), busy_timeout_seconds=0.05)) as impatient,
    ):
        world = World(storage, SteppedClock()).found()
        run = world.add_run()

        def claim_too() -> None:
            with impatient.write() as uow:
                apply(uow, world.claimed(run.id))

        with storage.write() as uow:
            assert apply(uow, world.claimed(run.id))
            with pytest.raises(StorageBusy):
                claim_too()
        with impatient.write() as uow:
            assert not apply(uow, world.claimed(run.id))


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.postgres
def test_a_transaction_that_stands_still_loses_its_locks_and_is_told_so(postgres_tables_url: str) -> None:
    with (
        closing(Storage.open(postgres_tables_url, clock=SystemClock(), busy_timeout_seconds=0.25)) as frozen,
        closing(Storage.open(postgres_tables_url, clock=SystemClock(), busy_timeout_seconds=30)) as patient,
    ):
        world = World(patient, SteppedClock()).found()
        run = world.add_run()

        def stand_still() -> None:
            with frozen.write() as uow:
                assert apply(uow, world.claimed(run.id))
                assert world.apply(world.withdrawn(run.id)) == [True], "another waits for the lock and gets it"

        with pytest.raises(StorageUnavailable):
            stand_still()
        assert world.get(run.id).state is RunState.CANCELLED


@pytest.mark.postgres
def test_more_threads_than_connections_wait_for_one(postgres_tables_url: str) -> None:
    with closing(Storage.open(postgres_tables_url, clock=SystemClock())) as storage:
        seen: list[int] = []

        def read() -> None:
            with storage.read() as uow:
                seen.append(len(uow.tenants.list()))

        with Together([read] * 60):
            pass
    assert seen == [0] * 60
