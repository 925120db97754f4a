"""What a power cut leaves of a run's records."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.disk import Disk
from tests.support.keeper_process import KeeperWorld, RunDirectory

pytestmark = [pytest.mark.root, pytest.mark.faults]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with Disk(tmp_path).mounted() as disk:
        yield disk


@pytest.fixture
def world(disk: Disk) -> Iterator[KeeperWorld]:
    with KeeperWorld(disk.path / "data") as world:
        yield world


def left_of(run: RunDirectory, record: str, disk: Disk) -> Any:
    """A record as it would be after a power cut; None if it would not be there."""
    with disk.after_a_cut(run.path / f"{record}.json") as path:
        return json.loads(path.read_bytes()) if path.exists() else None


def test_the_identity_is_on_disk_before_the_gate_opens(disk: Disk, world: KeeperWorld) -> None:
    unnamed, named = world.new_pause(), world.new_pause()
    keeper = world.start_keeper({"shim.before_identity": unnamed.action, "shim.before_gate": named.action})
    run = world.new_run("/bin/true")
    keeper.connection.send_start(run)
    unnamed.wait()
    assert left_of(run, "child", disk) is None
    unnamed.release()
    named.wait()
    assert left_of(run, "child", disk) == run.record("child")
    named.release()
    run.wait("done")


def test_how_it_ended_is_on_disk_when_its_shim_has_gone(disk: Disk, world: KeeperWorld) -> None:
    run = world.start_keeper().begin("/bin/sh", "-c", "exit 7")
    shim = run.shim
    run.wait("done")
    shim.wait()
    assert left_of(run, "exit", disk) == run.record("exit")
