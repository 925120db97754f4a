"""`usage`: what a run has used, as bars on a terminal, as a table, as JSON."""

import os
import pty
import subprocess

import pytest

from tests.integration.cli.installed import Portal, clean_environment
from tests.support.nursery import COMMAND
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def sampled(portal: Portal) -> str:
    """A run that was looked at a few times and goes on."""
    portal.call("run", "--name", "busy", "--detach", "--", "sleep", "600")
    wait_until(lambda: len(portal.ask("usage", "busy")["points"]) >= 3, "three samples", 120)
    return "busy"


def on_a_terminal(portal: Portal, *arguments: str) -> str:
    """What a command shows a person."""
    master, slave = pty.openpty()
    environment = clean_environment(TERM="xterm", COLUMNS="120")
    done = subprocess.run(
        [COMMAND, *arguments, "--data", str(portal.data)], stdout=slave, stderr=slave, env=environment, timeout=60
    )
    os.close(slave)
    said = os.read(master, 65536).decode()
    os.close(master)
    assert done.returncode == 0, said
    return said


def test_a_table_for_files_and_json_for_programs(portal: Portal, sampled: str) -> None:
    told = portal.ask("usage", sampled, "--points", "2")
    assert len(told["points"]) == 2
    assert told["peak_memory_bytes"] > 0
    done = portal.call("usage", sampled)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["run", told["run_id"]]
    assert any(line.startswith("most memory") and line.endswith("iB") for line in lines)
    assert any("every 1 s, process by process" in line for line in lines)
    heading = next(number for number, line in enumerate(lines) if line.startswith("TO "))
    assert len(lines) - heading > 3


def test_bars_on_a_terminal(portal: Portal, sampled: str) -> None:
    said = on_a_terminal(portal, "usage", sampled)
    assert "█" in next(line for line in said.splitlines() if "memory" in line and "up to" in line)
    assert "PROCESSES" not in said


def test_a_run_without_samples_says_why(portal: Portal) -> None:
    portal.call("run", "--name", "brief", "--", "true")
    done = portal.call("usage", "brief")
    assert done.returncode == 0
    assert done.stdout.startswith("run ")
    assert "The run ended before anybody looked" in done.stderr
