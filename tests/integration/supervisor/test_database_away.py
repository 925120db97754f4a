"""The database goes away: nothing ends wrongly, programs get what they need, and what was seen is recorded after."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.states import RunState
from tests.support.databases import PostgresServer
from tests.support.host import SupervisedHost
from tests.support.host_parts import Leash, find_processes_of

pytestmark = pytest.mark.slow


@pytest.fixture
def host_on_own_server(tmp_path: Path, own_postgres_server: PostgresServer) -> Iterator[SupervisedHost]:
    """A host on a server that may be stopped."""
    url = own_postgres_server.url_of(own_postgres_server.create_database())
    with SupervisedHost(tmp_path / "data", url) as host:
        yield host.start()


@pytest.mark.postgres
def test_a_server_that_stops_and_comes_back(
    host_on_own_server: SupervisedHost, own_postgres_server: PostgresServer
) -> None:
    host = host_on_own_server
    leashes = [host.leash() for _ in range(3)]
    supervised, living = (host.running(*leash.argv) for leash in leashes[:2])
    alone = host.running("sh", "-c", f'read word <"$0"; seq 1 400000; {Leash.script}', str(leashes[2].path))
    own_postgres_server.stop()

    leashes[0].end(3)
    host.record(supervised, "done")
    shim = host.shim(alone)
    shim.kill_and_wait()
    leashes[2].end()
    # More than fits into a FIFO: somebody reads it although nothing can be recorded.
    log = host.directory(alone) / "output.log"
    host.wait_for(lambda: log.stat().st_size > 2_000_000, "the output to be read")
    leashes[2].end(5)
    assert host.supervisor.is_running

    own_postgres_server.start()
    assert host.final(supervised).exit_code == 3
    assert host.final(alone).exit_code == 5
    assert host.output(alone).endswith(b"\n400000\n")
    host.await_sweep()
    assert (host.get(living).state, host.get(living).conditions) == (RunState.RUNNING, frozenset())
    # Wake-ups work again: a new run starts, and a stop is heard.
    later = host.running("sleep", "60")
    for run_id in (later, living):
        host.request_stop(run_id)
        assert host.final(run_id).state is RunState.CANCELLED
    kinds = [host.kinds(run_id) for run_id in (supervised, living)]
    assert kinds[0] == ["requested", "claimed", "started", "ended"]
    assert kinds[1] == ["requested", "claimed", "started", "stop_requested", "stopping", "ended"]


@pytest.mark.faults
@pytest.mark.postgres
def test_a_server_that_freezes_and_thaws(
    host_on_own_server: SupervisedHost, own_postgres_server: PostgresServer
) -> None:
    """Nothing is refused, nothing is answered: programs are read and killed all the same."""
    host = host_on_own_server
    leash = host.leash()
    alone = host.running("sh", "-c", f'read word <"$0"; seq 1 400000; {leash.script}', str(leash.path))
    stubborn = host.running("sh", "-c", "trap '' TERM; echo begun; while :; do sleep 60; done")
    host.wait_for(lambda: host.output(stubborn) == b"begun\n", "the program to heed no SIGTERM")
    stubborn_shim = host.shim(stubborn)
    host.request_stop(stubborn, grace_seconds=3)
    host.reach(stubborn, RunState.STOPPING)
    stubborn_shim.kill_and_wait()
    with own_postgres_server.frozen():
        host.shim(alone).kill_and_wait()
        leash.end()
        log = host.directory(alone) / "output.log"
        host.wait_for(lambda: log.stat().st_size > 2_000_000, "the output to be read")
        host.wait_for(lambda: not find_processes_of([stubborn]), "the program to be killed at its deadline")
        host.wait_for(lambda: "has not answered" in host.log.read_text(), "the supervisor to say what is wrong")
        assert host.supervisor.is_running
    assert host.final(stubborn).state is RunState.CANCELLED
    leash.end(5)
    assert host.final(alone).exit_code == 5
    assert host.output(alone).endswith(b"\n400000\n")


def test_a_database_that_somebody_else_keeps_locked(host: SupervisedHost) -> None:
    """Longer than the supervisor waits for its turn."""
    leashes = [host.leash() for _ in range(2)]
    ending, living = (host.running(*leash.argv) for leash in leashes)
    with closing(sqlite3.connect(host.data.database, isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        leashes[0].end(3)
        host.record(ending, "done")
        host.wait_for(lambda: "database_away" in host.log.read_text(), "the supervisor to give up its turn")
        assert {host.get(run_id).state for run_id in (ending, living)} == {RunState.RUNNING}
        connection.execute("ROLLBACK")
    assert host.final(ending).exit_code == 3
    assert host.get(living).state is RunState.RUNNING
    assert host.kinds(ending) == ["requested", "claimed", "started", "ended"]


def test_an_older_copy_of_the_database(idle_host: SupervisedHost, tmp_path: Path) -> None:
    """Lost rows come back, nothing that was launched is started again, and what lives unknown blocks its project."""
    host, copy = idle_host, tmp_path / "copy.db"
    host.start_keeper()
    leashes = [host.leash() for _ in range(3)]
    say_begun = 'echo begun; read code <"$0"; exit "$code"'
    waiting_then = host.request(host.project(["sh", "-c", say_begun, str(leashes[0].path)]))
    lives_project = host.project(["sh", "-c", say_begun, str(leashes[1].path)])
    host.copy_database(copy)

    host.start_supervisor()
    host.reach(waiting_then, RunState.RUNNING)
    lost = host.run("sh", "-c", "echo begun; exit 4")
    host.final(lost)
    lives = host.request(lives_project)
    host.reach(lives, RunState.RUNNING)
    host.supervisor.kill()
    host.restore_database(copy)

    assert host.get(waiting_then).state is RunState.PENDING
    blocked = host.request(lives_project)
    host.start_supervisor()
    assert host.get(waiting_then).state is RunState.RUNNING
    imported = host.get(lost)
    assert (imported.state, imported.exit_code, host.kinds(lost)) == (RunState.FAILED, 4, ["imported"])
    text = f"the end of {lives}, which the database had lost"
    host.await_run(blocked, lambda run: run.waiting_for == text, "the run to say what it waits for")
    host.await_sweep()
    assert host.get(blocked).state is RunState.PENDING

    leashes[1].end(5)
    host.reach(blocked, RunState.RUNNING)
    assert host.get(lives).exit_code == 5
    leashes[1].end(6)
    leashes[0].end(3)
    assert [host.final(run_id).exit_code for run_id in (blocked, waiting_then)] == [6, 3]
    assert count_beginnings(host, waiting_then, lost, lives, blocked) == [1, 1, 1, 1]


def count_beginnings(host: SupervisedHost, *run_ids: RunId) -> list[int]:
    """How often each program has begun, as it said itself."""
    return [host.output(run_id).count(b"begun") for run_id in run_ids]


def test_a_database_that_is_replaced_under_a_running_supervisor(host: SupervisedHost, tmp_path: Path) -> None:
    """Nobody should; then a row that the supervisor held is gone, which makes it look for all that is lost."""
    host.supervisor.kill()
    host.copy_database(tmp_path / "copy.db")
    host.start_supervisor()
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.supervisor.freeze()
    host.restore_database(tmp_path / "copy.db")
    host.supervisor.thaw()

    def has_row() -> bool:
        with host.storage.read() as uow:
            return uow.host_runs.find(run_id) is not None

    host.wait_for(has_row, "the row to come back")
    leash.end(3)
    assert host.final(run_id).exit_code == 3
