"""What a program wrote last: with its shim dead and nobody reading, the keeper has the FIFO open until it is read."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from tests.support.host import SupervisedHost
from tests.support.host_parts import Leash, state_of

pytestmark = pytest.mark.slow

LAST_WORDS = b"0\n" + "".join(f"{number}\n" for number in range(1, 3001)).encode()


def talkative(leash: Leash) -> list[str]:
    """Says something, and when it is let go its last words, which a FIFO of the smallest size holds; ends with 4."""
    return ["sh", "-c", 'echo 0; read word <"$0"; seq 1 3000; exit 4', str(leash.path)]


def open_fifos(pid: int) -> Sequence[str]:
    """The FIFOs of runs that a process has open."""
    names = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            names.append(os.readlink(entry))
        except FileNotFoundError:
            continue
    return [name for name in names if "output.fifo" in name]


def ended_unread(host: SupervisedHost) -> RunId:
    """A run whose program has ended with all its last words in the FIFO: shim and supervisor are dead."""
    leash = host.leash()
    run_id = host.running(*talkative(leash))
    host.wait_for(lambda: host.output(run_id) == b"0\n", "the first line")
    shim, program = host.shim(run_id), host.program(run_id)
    host.supervisor.kill()
    shim.kill(signal.SIGSTOP)
    host.wait_for(lambda: state_of(shim.pid) == "T", "the shim to stand still")
    leash.end()
    host.wait_for(lambda: state_of(program.pid) == "Z", "the program's end")
    shim.kill_and_wait()
    host.record(run_id, "exit")
    assert host.output(run_id) == b"0\n"
    return run_id


def assert_all_is_told(host: SupervisedHost, run_id: RunId) -> None:
    assert host.final(run_id).exit_code == 4
    assert host.output(run_id) == LAST_WORDS
    host.wait_for(lambda: not open_fifos(host.keeper.pid), "the keeper to let the FIFO go")


def test_nothing_is_lost_when_shim_and_supervisor_were_dead_at_the_end(host: SupervisedHost) -> None:
    run_id = ended_unread(host)
    host.start_supervisor()
    assert_all_is_told(host, run_id)


@pytest.mark.faults
@pytest.mark.parametrize("point", ["supervisor.before_last_output", "supervisor.last_output_read"])
def test_nothing_is_lost_or_doubled_when_the_next_supervisor_dies_too(host: SupervisedHost, point: str) -> None:
    run_id = ended_unread(host)
    host.spawn_supervisor(faultpoints={point: "kill"}).wait()
    assert host.has(run_id, "done")
    assert host.get(run_id).is_active
    host.start_supervisor()
    assert_all_is_told(host, run_id)


def test_a_keeper_that_is_to_leave_stays_for_what_nobody_has_read(host: SupervisedHost) -> None:
    run_id = ended_unread(host)
    leaving = host.keeper
    leaving.process.kill(signal.SIGTERM)
    host.wait_for((host.data.keepers / leaving.id / "leaving").exists, "the keeper to say that it leaves")
    host.start_supervisor()
    assert host.final(run_id).exit_code == 4
    assert host.output(run_id) == LAST_WORDS
    leaving.process.wait()


def test_a_keeper_has_the_fifos_of_living_runs_open_and_no_other(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    assert open_fifos(host.keeper.pid) == [str(host.directory(run_id) / "output.fifo")]
    leash.end()
    assert host.final(run_id).exit_code == 0
    host.wait_for(lambda: not open_fifos(host.keeper.pid), "the keeper to let the FIFO go")


def test_programs_find_the_limit_of_open_files_that_the_keeper_was_started_with(host: SupervisedHost) -> None:
    with Path(f"/proc/{os.getpid()}/limits").open() as limits:
        ours = next(line.split()[3] for line in limits if line.startswith("Max open files"))
    run_id = host.run("sh", "-c", "ulimit -Sn")
    host.final(run_id)
    assert host.output(run_id).decode().strip() == ours
