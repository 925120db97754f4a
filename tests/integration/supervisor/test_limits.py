"""Limits that the kernel keeps for a run and all that it starts, and what is said where it does not."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.limits import Limits
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import Terms
from addon_portal.evidence.records import read_json
from tests.support.control_groups import needs
from tests.support.host import SupervisedHost

pytestmark = pytest.mark.slow

MIB = 1 << 20
HOG = "hog = []\nwhile True: hog.append(bytearray(1 << 20))"
"""Takes memory until somebody ends it."""
CHILDREN = """
import os, time
refused = 0
for _ in range(20):
    try:
        if os.fork() == 0:
            time.sleep(600)
    except BlockingIOError:
        refused += 1
print(refused, flush=True)
os._exit(refused)
"""
"""Twenty children, or as many as may be; ends with the number of those that were refused."""


def limited(host: SupervisedHost, code: str, **limits: Any) -> RunId:
    """Ask for a run of Python code with limits."""
    return host.run(sys.executable, "-c", code, terms=Terms(limits=Limits(**limits)))


def groups_of(host: SupervisedHost, run_id: RunId) -> dict[str, Path]:
    """The control groups of a run, by controller."""
    spec = read_json(host.directory(run_id) / "spec.json") or {}
    return {name: Path(path) for name, path in spec.get("control_groups", {}).items()}


def await_gone(host: SupervisedHost, run_id: RunId) -> None:
    """Wait until no group of the run is left."""
    groups = groups_of(host, run_id).values()
    host.wait_for(lambda: not any(group.exists() for group in groups), "the groups to be removed")


@needs("memory")
def test_a_program_that_needs_more_memory_ends_out_of_memory(host: SupervisedHost) -> None:
    run_id = limited(host, HOG, memory_bytes=64 * MIB)
    run = host.final(run_id)
    assert (run.state, run.reason, run.signal) == (RunState.FAILED, Reason.OUT_OF_MEMORY, signal.SIGKILL)
    assert run.message is not None
    assert "Its memory limit is 64 MiB." in run.message
    assert host.record(run_id, "exit")["memory_events"]["oom_kill"] >= 1
    await_gone(host, run_id)


@needs("memory")
def test_a_child_that_is_killed_for_memory_is_a_note_and_no_reason(host: SupervisedHost) -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOG!r}]); sys.exit(5)"
    run = host.final(limited(host, code, memory_bytes=64 * MIB))
    assert (run.reason, run.exit_code) == (Reason.EXIT_CODE, 5)
    assert run.message is not None
    assert "killed one process of it for lack of memory (its limit is 64 MiB)" in run.message


@needs("memory")
def test_a_kill_of_ours_is_no_lack_of_memory(host: SupervisedHost) -> None:
    hog = f"subprocess.run([sys.executable, '-c', {HOG!r}])"
    code = f"import subprocess, sys, time; {hog}; print(1, flush=True); time.sleep(600)"
    run_id = limited(host, code, memory_bytes=64 * MIB)
    host.reach(run_id, RunState.RUNNING)
    host.wait_for(lambda: host.output(run_id) == b"1\n", "the child to be killed")
    host.request_stop(run_id, grace_seconds=0.0)
    run = host.final(run_id)
    assert (run.state, run.reason) == (RunState.CANCELLED, Reason.STOPPED_BY_PERSON)


@needs("pids")
def test_forks_beyond_the_limit_are_refused_and_counted(host: SupervisedHost) -> None:
    run = host.final(limited(host, CHILDREN, pids=10))
    assert (run.reason, run.exit_code) == (Reason.EXIT_CODE, 11)
    assert run.message is not None
    assert "Its limit of 10 processes was reached 11 times." in run.message
    assert host.record(run.id, "exit")["pids_events"]["max"] == 11
    await_gone(host, run.id)


@needs("cpu")
def test_a_program_that_wants_more_processor_is_held_back(host: SupervisedHost) -> None:
    code = "import time\nwhile time.process_time() < 0.5: pass"
    run = host.final(limited(host, code, cpus=0.2))
    assert run.reason is Reason.SUCCEEDED
    assert host.record(run.id, "exit")["cpu_stat"]["nr_throttled"] > 0


def test_a_run_without_limits_has_no_group(host: SupervisedHost) -> None:
    run = host.final(host.run("true"))
    spec = read_json(host.directory(run.id) / "spec.json") or {}
    assert not {"limits", "control_groups", "rlimits"} & spec.keys()
    assert host.record(run.id, "exit")["memory_events"] is None
    assert not (host.data.root / "control-groups").exists()


@needs("memory", "pids", "cpu")
def test_leftovers_without_shim_and_keeper_are_found_in_the_group_and_proven_gone(host: SupervisedHost) -> None:
    # It clears its environment and leaves the session, so nothing but the group knows whose it is.
    leave = "import os, sys, time\nif os.fork() == 0:\n os.setsid()\n os.execve('/bin/sleep', ['sleep', '600'], {})\n"
    code = f"{leave}print(1, flush=True)\ntime.sleep(600)"
    run_id = limited(host, code, pids=50)
    host.reach(run_id, RunState.RUNNING)
    host.wait_for(lambda: host.output(run_id) == b"1\n", "the leftover")
    members = [int(pid) for pid in (groups_of(host, run_id)["pids"] / "cgroup.procs").read_text().split()]
    program = host.program(run_id).pid
    (leftover,) = set(members) - {program}
    host.kill_everything(run_id)
    os.kill(program, signal.SIGKILL)
    host.start_supervisor()
    run = host.final(run_id)
    assert run.tree == "proven"
    assert (host.record(run_id, "done")["proof"], host.record(run_id, "done")["killed"]) == ("cgroup", 1)
    assert not Path(f"/proc/{leftover}/cmdline").exists() or not Path(f"/proc/{leftover}/cmdline").read_bytes()
    await_gone(host, run_id)


@needs("memory")
def test_a_keeper_records_lack_of_memory_in_a_dead_shims_stead(host: SupervisedHost, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    run_id = limited(host, f"open({str(gate)!r}).read()\n{HOG}", memory_bytes=64 * MIB)
    host.reach(run_id, RunState.RUNNING)
    host.shim(run_id).kill_and_wait()
    gate.write_text("go")
    run = host.final(run_id)
    assert run.reason is Reason.OUT_OF_MEMORY
    assert host.record(run_id, "exit")["by"] == "keeper"


@needs("memory")
def test_lack_of_memory_is_told_by_the_kernel_where_nobody_recorded_it(host: SupervisedHost, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    run_id = limited(host, f"open({str(gate)!r}).read()\n{HOG}", memory_bytes=64 * MIB)
    host.reach(run_id, RunState.RUNNING)
    host.kill_everything(run_id)
    host.start_supervisor()
    host.reach_condition(run_id, "unsupervised")
    gate.write_text("go")
    run = host.final(run_id)
    if run.reason is Reason.OUTCOME_UNKNOWN:
        pytest.skip("the kernel does not tell how a process ended whose parent is gone (Linux 6.15)")
    assert run.reason is Reason.OUT_OF_MEMORY
    assert run.ending is not None
    assert run.ending["source"] == "kernel"


@needs("pids")
def test_a_group_that_is_gone_before_the_start_is_a_start_that_failed(idle_host: SupervisedHost) -> None:
    idle_host.start_supervisor()  # and no keeper yet, so that the run waits for its start
    run_id = limited(idle_host, "pass", pids=10)
    group = idle_host.wait_for(lambda: groups_of(idle_host, run_id).get("pids"), "the group")
    group.rmdir()
    idle_host.start_keeper()
    run = idle_host.final(run_id)
    assert run.reason is Reason.COULD_NOT_START
    assert idle_host.record(run_id, "start_error")["step"] == "limits"
    assert (
        run.message == "The program could not be started: its limits could not be applied: No such file or directory."
    )
    assert "control groups are made anew" in (run.next_step or "")
    await_gone(idle_host, run_id)


@needs("pids")
def test_a_successor_removes_what_a_crash_left_and_nothing_of_a_living_run(host: SupervisedHost) -> None:
    living = limited(host, "import time; time.sleep(600)", pids=10)
    host.reach(living, RunState.RUNNING)
    group = groups_of(host, living)["pids"]
    host.supervisor.kill()
    left = group.with_name("run_01k7qz9t3v5x8y2m4n6p0r1s2a")
    left.mkdir()
    host.start_supervisor()
    host.wait_for(lambda: not left.exists(), "the empty group to be removed")
    assert group.exists()
    host.request_stop(living, grace_seconds=0.0)
    host.final(living)
    await_gone(host, living)


@pytest.fixture
def host_without_groups(tmp_path: Path) -> Iterator[SupervisedHost]:
    """A host where control groups are switched off."""
    with SupervisedHost(tmp_path / "data", control_groups="off") as host:
        yield host.start()


def test_without_groups_it_is_said_what_is_lost(host_without_groups: SupervisedHost) -> None:
    host = host_without_groups
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0]); bytearray(1 << 30)"
    run = host.final(limited(host, code, memory_bytes=512 * MIB, cpus=0.5, pids=10))
    assert (run.reason, run.exit_code) == (Reason.EXIT_CODE, 1)
    assert b"MemoryError" in host.output(run.id)
    assert host.output(run.id).startswith(b"%d\n" % (512 * MIB))
    kept = host.record(run.id, "spec")["limits"]
    assert kept["memory_bytes"]["enforced_by"] == "rlimit"
    assert kept["cpus"]["enforced_by"] == "nothing"
    assert kept["pids"]["enforced_by"] == ("nothing" if os.geteuid() == 0 else "rlimit")
    assert all("switched off" in limit["note"] for limit in kept.values())
    assert host.record(run.id, "exit")["memory_events"] is None
