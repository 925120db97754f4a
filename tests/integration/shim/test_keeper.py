"""The keeper as a server and as a parent: what it answers, what it survives, when it leaves."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from addon_portal.domain.verdict import Lock
from addon_portal.executors.run_files import probe
from tests.support.handles import Lifeline
from tests.support.keeper_process import Keeper, KeeperWorld
from tests.support.kernel import children_of
from tests.support.waiting import wait_until

A_RUN = "run_" + "0" * 26


def test_hello_names_the_keeper(keeper: Keeper) -> None:
    answer = keeper.connection.ask(op="hello")
    assert answer == {"op": "hello", "protocol": 1, "keeper": keeper.id, "pid": keeper.process.pid}


def test_the_record_of_a_keeper_tells_it_from_every_other_process(keeper: Keeper) -> None:
    record = json.loads((keeper.directory / "keeper.json").read_bytes())
    assert (record["keeper"], record["pid"], record["protocol"]) == (keeper.id, keeper.process.pid, 1)
    stat = Path(f"/proc/{record['pid']}/stat").read_text().rpartition(")")[2].split()
    assert record["start_ticks"] == int(stat[19])
    assert probe(f"{keeper.directory}/lock") is Lock.HELD
    assert keeper.directory.stat().st_mode & 0o777 == 0o700


def test_a_keeper_holds_on_to_no_directory_of_whoever_started_it(keeper: Keeper) -> None:
    run = keeper.begin("sleep", "1000")
    assert [os.readlink(f"/proc/{process.pid}/cwd") for process in (keeper.process, run.shim)] == ["/", "/"]


def test_a_keeper_is_in_a_session_of_its_own_and_protected_from_the_oom_killer_where_allowed(keeper: Keeper) -> None:
    assert os.getsid(keeper.process.pid) == keeper.process.pid
    allowed = subprocess.run(["sh", "-c", "echo -1000 > /proc/self/oom_score_adj"], stderr=subprocess.DEVNULL)
    score = Path(f"/proc/{keeper.process.pid}/oom_score_adj").read_text()
    assert (score == "-1000\n") is (allowed.returncode == 0)


MALFORMED = [
    b"x",
    b"\xff\x00",
    b"null",
    b"[]",
    b"{}",
    b"[" * 60_000,
    b'{"op": "stop"}',
    b'{"op": ["start"]}',
    b'{"op": "start"}',
    b'{"op": "start", "run": 7}',
    b'{"op": "start", "run": "run_../../../../../../etc/../x"}',
    b'{"op": "adopted", "run": "' + A_RUN.encode() + b'\\n"}',
    b'{"op": "end", "run": "RUN_00000000000000000000000000"}',
    b'{"op": "start", "run": "' + A_RUN.encode() + b'"}',
    b'{"op": "hello", "padding": "' + b"x" * 70_000 + b'"}',
]


@pytest.mark.parametrize("packet", MALFORMED, ids=lambda packet: repr(packet[:40]))
def test_a_malformed_request_is_answered_and_survived(keeper: Keeper, packet: bytes) -> None:
    keeper.connection.send(packet)
    answer = keeper.connection.receive()
    assert answer["result"] == "error"
    assert answer["message"]
    assert keeper.connection.ask(op="hello")["keeper"] == keeper.id


def test_a_start_with_more_than_one_descriptor_is_refused_and_none_is_kept(keeper: Keeper) -> None:
    keeper.spare()
    before = descriptors_of(keeper)
    for count in (0, 2, 8, 20):
        null = os.open("/dev/null", os.O_RDONLY)
        keeper.connection.send(json.dumps({"op": "start", "run": A_RUN}).encode(), [null] * count)
        assert keeper.connection.receive()["result"] == "error"
        os.close(null)
    assert descriptors_of(keeper) == before


def descriptors_of(keeper: Keeper) -> list[str]:
    return sorted(os.listdir(f"/proc/{keeper.process.pid}/fd"))


def test_no_descriptor_is_lost_over_many_runs_and_connections(keeper: Keeper) -> None:
    keeper.spare()
    before = descriptors_of(keeper)
    for _ in range(10):
        connection = keeper.connect()
        run = keeper.world.new_run("/bin/true")
        assert connection.start(run)["result"] == "started"
        run.wait("done")
        connection.socket.close()
    assert keeper.connection.ask(op="hello")
    # Not the same ones: the next spare may have been forked while the last connection was open.
    wait_until(lambda: len(descriptors_of(keeper)) == len(before), "the connections to be closed")


def test_a_client_that_takes_no_answers_is_dropped_and_others_are_served(keeper: Keeper) -> None:
    deaf = keeper.connect()
    deaf.socket.settimeout(0.2)
    with pytest.raises(OSError):  # noqa: PT012 - it is full, and then the keeper has hung up
        while True:
            deaf.send(b'{"op": "hello"}')
    assert keeper.connection.ask(op="hello")["keeper"] == keeper.id


def test_clients_that_hang_up_are_survived(keeper: Keeper) -> None:
    for _ in range(5):
        connection = keeper.connect()
        connection.send(b'{"op": "hello"}')
        connection.socket.close()
    assert keeper.connection.ask(op="hello")["keeper"] == keeper.id


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_not_served(keeper: Keeper) -> None:
    for path, mode in ((keeper.directory, 0o755), (keeper.directory / "sock", 0o777)):
        path.chmod(mode)
    script = """if True:
        import os, socket, sys
        directory = os.open(sys.argv[1], os.O_RDONLY)
        os.setresuid(65534, 65534, 65534)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.connect(f"/proc/self/fd/{directory}/sock")
        try:
            connection.send(b'{"op": "hello"}')
            print("answer", connection.recv(100))
        except OSError as error:
            print("refused", error)"""
    done = subprocess.run([sys.executable, "-c", script, keeper.directory], capture_output=True, text=True, check=True)
    assert "keeper" not in done.stdout
    assert keeper.connection.ask(op="hello")["keeper"] == keeper.id


def test_asked_to_leave_an_idle_keeper_leaves_and_its_lock_is_free(keeper: Keeper) -> None:
    keeper.process.kill(signal.SIGTERM)
    keeper.process.wait()
    assert probe(f"{keeper.directory}/lock") is Lock.FREE
    assert not (keeper.directory / "sock").exists()


def test_asked_to_leave_a_keeper_with_runs_starts_no_more_and_stays_until_they_end(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    keeper.process.kill(signal.SIGTERM)
    assert keeper.connection.start(keeper.world.new_run("/bin/true"))["result"] == "leaving"
    run.shim.kill_and_wait()
    assert keeper.connection.ask(op="adopted", run=run.id)["result"] == "mine", "an adopted program keeps it too"
    go.write_text("go\n")
    run.wait("exit")
    assert run.wait_status == 7 << 8
    keeper.process.wait()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGUSR1])
def test_other_signals_do_not_end_a_keeper(keeper: Keeper, number: int) -> None:
    keeper.process.kill(number)
    assert keeper.connection.ask(op="hello")["keeper"] == keeper.id


def test_runs_do_not_notice_the_death_of_their_keeper(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    keeper.process.kill_and_wait()
    assert run.is_locked()
    go.write_text("go\n")
    run.wait("done")
    assert (run.wait_status, run.record("exit")["by"], run.record("done")["by"]) == (7 << 8, "shim", "shim")


def test_a_later_keeper_says_that_the_runs_of_a_dead_one_are_not_its_own(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    shim = run.shim
    keeper.process.kill_and_wait()
    later = keeper.world.start_keeper()
    assert later.connection.ask(op="adopted", run=run.id)["result"] == "not_mine"
    shim.kill_and_wait()
    assert later.connection.ask(op="adopted", run=run.id)["result"] == "not_mine"
    later.end(run)
    assert run.record("done")["proof"] == "assumed"
    assert not run.has("exit"), "nobody saw it, and nobody invents it"


def test_an_unknown_run_is_not_adopted_and_can_be_ended(keeper: Keeper) -> None:
    run = keeper.world.new_run("/bin/true")
    assert keeper.connection.ask(op="adopted", run=run.id)["result"] == "not_mine"
    assert keeper.connection.ask(op="end", run=run.id)["result"] == "ended"


@pytest.mark.faults
@pytest.mark.parametrize(("point", "recorded"), [("peeked", False), ("recorded", True), ("reaped", True)])
def test_a_keeper_killed_while_it_records_writes_the_truth_or_nothing(
    world: KeeperWorld, go: Path, point: str, recorded: bool
) -> None:
    keeper = world.start_keeper({f"keeper.{point}": "kill"})
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    run.shim.kill_and_wait()
    assert keeper.connection.ask(op="adopted", run=run.id)["result"] == "mine"
    go.write_text("go\n")
    keeper.process.wait()
    assert run.has("exit") is recorded
    if recorded:
        assert run.wait_status == 7 << 8


@pytest.mark.faults
def test_adopted_is_answered_only_when_all_ends_are_on_disk(world: KeeperWorld, go: Path) -> None:
    """Also when shim and program are zombies that the keeper has had no time to look at."""
    keeper = world.start_keeper()
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    shim, program = run.shim, run.program
    keeper.process.kill(signal.SIGSTOP)
    shim.kill_and_wait()
    go.write_text("go\n")
    program.wait()
    keeper.connection.send(json.dumps({"op": "adopted", "run": run.id}).encode())
    keeper.process.kill(signal.SIGCONT)
    assert keeper.connection.receive()["result"] == "not_mine"
    assert run.wait_status == 7 << 8


@pytest.mark.faults
def test_many_shims_killed_at_once_lose_no_end(keeper: Keeper, go: Path, tmp_path: Path) -> None:
    runs = [keeper.begin("/bin/sh", "-c", f"read line < {go}; exit {code}") for code in range(12)]
    shims = [run.shim for run in runs]
    for shim in shims:
        shim.kill()
    descriptor = os.open(go, os.O_WRONLY)
    os.write(descriptor, b"go\n" * len(runs))
    for code, run in enumerate(runs):
        run.wait("exit")
        assert (run.wait_status, run.record("exit")["by"]) == (code << 8, "keeper")
    os.close(descriptor)


@pytest.mark.faults
def test_a_deleted_directory_keeps_no_zombie(keeper: Keeper, lifeline: Lifeline) -> None:
    run = keeper.begin("/bin/sh", "-c", f"exec sleep 1000 > {lifeline.path}")
    shim, program = run.shim, run.program
    shim.kill_and_wait()
    assert keeper.connection.ask(op="adopted", run=run.id)["result"] == "mine"
    shutil.rmtree(run.path)
    program.kill()
    lifeline.wait_for_their_end()
    keeper.process.kill(signal.SIGTERM)
    keeper.process.wait()


@pytest.mark.slow
@pytest.mark.faults
def test_an_unmounted_run_root_keeps_the_zombie_until_it_is_back(keeper: Keeper, world: KeeperWorld) -> None:
    run = keeper.begin("sleep", "1000")
    shim, program = run.shim, run.program
    shim.kill_and_wait()
    assert keeper.connection.ask(op="adopted", run=run.id)["result"] == "mine"
    away = world.data.root / "away"
    world.data.run_root.rename(away)
    program.kill_and_wait()
    assert keeper.connection.ask(op="adopted", run=run.id)["result"] == "mine", "its end is not on disk"
    assert program.state == "Z"
    away.rename(world.data.run_root)
    run.wait("exit")
    assert run.wait_status == signal.SIGKILL


@pytest.mark.slow
def test_neither_keeper_nor_shim_wakes_up_while_nothing_happens(keeper: Keeper) -> None:
    run = keeper.begin("sleep", "1000")
    shim, pid = run.shim, keeper.process.pid
    wait_until(lambda: shim.state == "S", "the shim to be asleep")
    slept = shim.times_it_slept
    for _ in range(5):
        keeper.run("/bin/echo", "hello")
    assert shim.times_it_slept == slept
    wait_until(lambda: len(children_of(pid)) == 2, "the other shims to be reaped, and one to wait for a run")
    keeper.spare()
    wait_until(lambda: keeper.process.state == "S", "the keeper to be asleep")
    slept = keeper.process.times_it_slept
    keeper.world.start_keeper().run("/bin/true")
    assert keeper.process.times_it_slept == slept


def test_the_peer_is_known_by_the_kernel_and_not_by_what_it_says(keeper: Keeper) -> None:
    credentials: Any = keeper.connection.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    assert struct.unpack("3i", credentials)[0] == keeper.process.pid
