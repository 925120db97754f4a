"""Memory and processor time of real process trees, and of control groups from their files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from addon_portal.domain.usage import Measured
from addon_portal.executors.control_groups.usage import measure_groups
from addon_portal.executors.processes.place import identify
from addon_portal.executors.processes.usage import measure_processes
from tests.integration.usage.conftest import Program, identity_of

Start = Callable[[str], Program]

pytestmark = pytest.mark.slow

MIB = 1 << 20
MEMORY = """
import os
input()
pid = os.fork()
if pid == 0:
    block = bytearray(b"x") * (64 << 20)
    print("there", flush=True)
    os.read(0, 100)
    os._exit(0)
os.waitpid(pid, 0)
"""
TIME = """
import os, time
pid = os.fork()
if pid == 0:
    while time.process_time() < 0.3: pass
    print("busy", flush=True)
    os.read(0, 100)
    os._exit(0)
os.waitpid(pid, 0)
print("reaped", flush=True)
input()
"""
THREAD = """
import os, subprocess, threading
def start():
    child = subprocess.Popen(["sleep", "600"])
    print("there", flush=True)
    child.wait()
threading.Thread(target=start).start()
"""
SHIM = """
import ctypes, os
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
program = os.fork()
if program == 0:
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(1, b"orphan\\n")
            os.read(0, 100)
        os._exit(0)
    os.wait()
    os.write(1, b"%d\\n" % os.getpid())
    os.read(0, 100)
os.wait()
"""


def look(program: Program) -> Measured:
    """What a program without shim uses now."""
    gone = identify(program.pid, program.identity.start_ticks + 1)
    measured = measure_processes(program.identity, gone)
    assert measured is not None
    return measured


def test_memory_is_that_of_all_its_processes(start: Start) -> None:
    program = start(MEMORY)
    program.tell("go on")
    program.hear("there")
    after = look(program)
    assert after.processes == 2
    assert 64 * MIB <= after.memory_bytes < 128 * MIB


def test_time_of_children_counts_while_they_live_and_when_they_are_reaped(start: Start) -> None:
    program = start(TIME)
    program.hear("busy")
    alive = look(program)
    assert alive.processes == 2
    assert alive.cpu_micros >= 290_000
    program.tell("go on")
    program.hear("reaped")
    reaped = look(program)
    assert reaped.processes == 1
    assert reaped.cpu_micros >= alive.cpu_micros


def test_children_of_other_threads_are_seen(start: Start) -> None:
    program = start(THREAD)
    program.hear("there")
    assert look(program).processes == 2


def test_what_a_shim_has_adopted_belongs_to_the_run(start: Start) -> None:
    shim = start(SHIM)
    assert shim.process.stdout
    said = {shim.process.stdout.readline().strip() for _ in range(2)}
    (pid,) = said - {"orphan"}
    program = identity_of(int(pid))
    with_shim = measure_processes(program, shim.identity)
    alone = measure_processes(program, identify(shim.pid, shim.identity.start_ticks + 1))
    assert with_shim is not None
    assert alone is not None
    assert (with_shim.processes, alone.processes) == (2, 1)


def test_another_process_with_the_same_number_is_not_measured(start: Start) -> None:
    program = start("input()")
    stranger = identify(program.pid, program.identity.start_ticks + 1)
    assert measure_processes(stranger, identity_of(os.getpid())) is None


V1 = {
    "memory.usage_in_bytes": "10000000\n",
    "memory.stat": "cache 5000000\ntotal_inactive_file 4000000\n",
    "cpu.stat": "nr_periods 0\nnr_throttled 0\n",
    "cpuacct.usage": "2500000000\n",
}
V2 = {
    "memory.current": "9000000\n",
    "memory.stat": "anon 1\ninactive_file 1000000\n",
    "cpu.stat": "usage_usec 700000\nuser_usec 1\n",
}


@pytest.mark.parametrize(
    ("files", "measured"),
    [
        (V1, (6_000_000, 2_500_000)),
        (V2, (8_000_000, 700_000)),
        ({"cpu.stat": "usage_usec 5\n", "cgroup.events": "populated 1\n"}, (None, 5)),
        ({"memory.current": "max\n"}, (None, None)),
        ({}, (None, None)),
    ],
    ids=["v1", "v2", "v2 without memory", "nonsense", "gone"],
)
def test_groups_of_either_version(
    tmp_path: Path, files: dict[str, str], measured: tuple[int | None, int | None]
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert measure_groups([str(tmp_path / "nowhere"), str(tmp_path)]) == measured
