"""The groups of runs: real trees where the machine has them, and of version 2 with controllers its files."""

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.limits import Limits
from addon_portal.executors.control_groups.groups import ControlGroups
from addon_portal.executors.control_groups.layout import Hierarchy, find_hierarchies
from addon_portal.executors.processes.selection import open_processes
from tests.support.control_groups import needs
from tests.support.waiting import wait_until

RUN = RunId("run_01k7qz9t3v5x8y2m4n6p0r1s2a")
EVERYTHING = Limits(memory_bytes=64 << 20, cpus=0.5, pids=10)


def version_2(own: Path, run: RunId, data: Path) -> Path:
    """A group of version 2 as the kernel shows it, and in it already that of a run; returns the run's."""
    status = data.stat()
    base = own / f"addon-portal-{status.st_dev:x}-{status.st_ino:x}"
    for directory, names in {
        own: ("cgroup.subtree_control", "cgroup.procs", "cgroup.events"),
        base: ("cgroup.subtree_control", "cgroup.events"),
        base / run: ("memory.max", "memory.swap.max", "cpu.max", "pids.max", "cgroup.procs", "cgroup.events"),
    }.items():
        directory.mkdir()
        for name in names:
            (directory / name).write_text("populated 0\nfrozen 0\n" if name == "cgroup.events" else "")
    return base / run


def test_version_2_is_told_its_limits_in_its_words(tmp_path: Path) -> None:
    own = tmp_path / "own"
    group = version_2(own, RUN, tmp_path)
    tree = Hierarchy(2, frozenset({"memory", "cpu", "pids"}), str(own))
    spec = ControlGroups(tmp_path, find=lambda: [tree]).make(RUN, EVERYTHING)
    assert spec["control_groups"] == dict.fromkeys(("memory", "cpu", "pids", "tree"), str(group))
    assert spec["rlimits"] == {}
    written = {name: (group / name).read_text() for name in ("memory.max", "memory.swap.max", "cpu.max", "pids.max")}
    assert written == {
        "memory.max": str(64 << 20),
        "memory.swap.max": "0",
        "cpu.max": "50000 100000",
        "pids.max": "10",
    }
    assert (own / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"


def test_groups_are_made_where_the_keeper_is_now(tmp_path: Path) -> None:
    """It may have been started again by another service."""
    made = [version_2(tmp_path / name, RUN, tmp_path) for name in ("first", "second")]
    trees = [[Hierarchy(2, frozenset({"pids"}), str(tmp_path / name))] for name in ("first", "second")]
    found = [*trees]
    groups = ControlGroups(tmp_path, find=lambda: found[0])
    assert groups.make(RUN, Limits(pids=3))["control_groups"] == dict.fromkeys(("pids", "tree"), str(made[0]))
    del found[0]
    assert groups.make(RUN, Limits(pids=3))["control_groups"] == dict.fromkeys(("pids", "tree"), str(made[1]))
    assert groups.directories(RUN) == [str(directory) for directory in made]


def test_no_group_is_made_where_its_place_cannot_be_remembered(tmp_path: Path) -> None:
    """Nobody would find it again."""
    made = version_2(tmp_path / "own", RUN, tmp_path)
    groups = ControlGroups(tmp_path, find=lambda: [Hierarchy(2, frozenset({"pids"}), str(tmp_path / "own"))])
    in_the_way = tmp_path / "control-groups.tmp"
    in_the_way.mkdir()
    refused = groups.make(RUN, Limits(pids=3))
    assert refused["control_groups"] == {}
    assert "control groups cannot be made here: Is a directory" in str(refused["limits"])
    in_the_way.rmdir()
    assert groups.make(RUN, Limits(pids=3))["control_groups"] == dict.fromkeys(("pids", "tree"), str(made))
    assert (tmp_path / "control-groups").read_text().splitlines() == [str(made.parent)]


def test_a_group_of_version_2_is_empty_by_the_kernels_word(tmp_path: Path) -> None:
    group = version_2(tmp_path / "own", RUN, tmp_path)
    groups = ControlGroups(tmp_path, find=lambda: [Hierarchy(2, frozenset({"pids"}), str(tmp_path / "own"))])
    groups.make(RUN, Limits(pids=3))
    assert groups.is_empty(RUN)
    (group / "cgroup.events").write_text("populated 1\nfrozen 0\n")
    assert not groups.is_empty(RUN)


def test_what_no_group_can_keep_is_said(tmp_path: Path) -> None:
    spec = ControlGroups(tmp_path, find=list).make(RUN, EVERYTHING)
    limits = spec["limits"]
    assert isinstance(limits, dict)
    assert (spec["control_groups"], limits["cpus"]["enforced_by"]) == ({}, "nothing")
    assert limits["memory_bytes"]["note"].startswith("control groups cannot be made here; the address space")


ENTER = "import os, sys; open(sys.argv[1] + '/cgroup.procs', 'w').write('0'); print(flush=True); os.read(0, 1)"
"""Enters a group and waits."""


@needs("pids", "tree")
@pytest.mark.parametrize("identity", ["pidfd", "psutil"])
@pytest.mark.parametrize("version", [1, 2])
def test_all_members_are_killed_and_the_empty_group_removed(
    tmp_path: Path, version: int, identity: Literal["pidfd", "psutil"]
) -> None:
    """Of version 1 one by one, of version 2 by the kernel; each member is in a session of its own."""
    trees = [tree for tree in find_hierarchies() if tree.version <= version]
    if not trees:
        pytest.skip(f"this machine has no tree of version {version}")
    groups = ControlGroups(tmp_path, find=lambda: trees)
    made = groups.make(RUN, Limits(pids=10))["control_groups"]
    assert isinstance(made, dict)
    with contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", ENTER, made["tree"]],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
            )
            for _ in range(3)
        ]
        assert [process.stdout and process.stdout.readline() for process in started] == [b"\n"] * 3
        assert not groups.is_empty(RUN)
        groups.let_go(RUN)
        assert groups.has(RUN)
        processes = open_processes(identity)
        groups.kill(RUN, processes)
        assert groups.killed(RUN) == 3
        wait_until(lambda: groups.is_empty(RUN), "the group to be empty")
        assert [process.wait() for process in started] == [-9] * 3
    groups.tick()
    assert not groups.has(RUN)
    assert not any(Path(directory).exists() for directory in made.values())
    groups.close()


@needs("memory", "cpu", "pids")
def test_making_may_be_repeated_and_a_successor_finds_what_was_made(tmp_path: Path) -> None:
    first = ControlGroups(tmp_path)
    spec = first.make(RUN, EVERYTHING)
    assert isinstance(spec["control_groups"], dict)
    assert first.make(RUN, EVERYTHING) == spec
    successor = ControlGroups(tmp_path, find=list)  # which could make none itself
    assert successor.has(RUN)
    successor.remove_leftovers([RUN])
    assert successor.has(RUN)
    successor.remove_leftovers([])
    assert not successor.has(RUN)
    assert not any(Path(directory).exists() for directory in spec["control_groups"].values())
    successor.close()
