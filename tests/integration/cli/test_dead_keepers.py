"""Directories of keepers that have ended: removed when nobody needs them, and never while one comes up."""

import os
import signal
from pathlib import Path

import pytest

from addon_portal.cli.upkeep.locks import take_lock
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

STARTING, STILLBORN, SLOW = (f"kpr_{'0' * 25}{digit}" for digit in "123")


def names(portal: Portal) -> set[str]:
    """The keepers' directories."""
    return {directory.name for directory in (portal.data / "keepers").iterdir()}


def kill_keeper(portal: Portal) -> str:
    """Kill the keeper and wait for the next one; returns the id of the one that is dead."""
    before, dead = names(portal), portal.pid_of("keeper")
    os.kill(dead, signal.SIGKILL)
    wait_until(lambda: portal.up_file()["pids"]["keeper"] not in (None, dead), "another keeper")
    (born,) = names(portal) - before
    (living,) = before - {born}
    return living


def make_directory(portal: Portal, name: str, *, days_ago: int) -> Path:
    """The directory of a keeper that has got no further, as old as this."""
    path = portal.data / "keepers" / name
    path.mkdir(mode=0o700)
    (path / "lock").touch()
    then = path.stat().st_mtime - days_ago * 24 * 3600
    os.utime(path, (then, then))
    return path


@pytest.mark.faults
def test_only_directories_of_dead_keepers_that_no_active_run_names_are_removed(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    own_portal.run_until_output("--name", "long", "--", "sh", "-c", "echo ready; exec sleep 1000")
    parent = kill_keeper(own_portal)
    own_portal.end()
    keepers = own_portal.data / "keepers"
    (idle,) = names(own_portal) - {parent}
    make_directory(own_portal, STARTING, days_ago=0)
    make_directory(own_portal, STILLBORN, days_ago=2)
    slow = take_lock(str(make_directory(own_portal, SLOW, days_ago=2) / "lock"))
    (keepers / "notes").mkdir()

    own_portal.start()
    assert names(own_portal) == {parent, idle, STARTING, SLOW, "notes"}
    os.close(slow)
    assert own_portal.call("stop", "long", "--grace", "0").returncode == 0
    wait_until(lambda: own_portal.ask("show", "long")["run"]["state"] == "cancelled", "the run's end")
    os.kill(own_portal.pid_of("keeper"), signal.SIGKILL)
    own_portal.end()
    own_portal.start()
    assert {parent, idle, SLOW}.isdisjoint(names(own_portal))
    assert {STARTING, "notes"} < names(own_portal)


def test_nothing_is_removed_while_the_runs_cannot_be_looked_at(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    own_portal.run_until_output("--name", "long", "--", "sh", "-c", "echo ready; exec sleep 1000")
    parent = kill_keeper(own_portal)
    own_portal.end()
    marker = own_portal.data / "runs" / ".addon-portal-run-root"
    text = marker.read_text()
    marker.unlink()
    own_portal.start()
    assert parent in names(own_portal)
    marker.write_text(text)
