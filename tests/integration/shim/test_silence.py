"""Silence is counted by the one who listens: from the last sign of life, and never while signs wait to be heard."""

import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.handles import Lifeline
from tests.support.keeper_process import Keeper, RunDirectory
from tests.support.waiting import wait_until

PROGRAM = """
import os, socket, sys
here, go = sys.argv[1:]
tell = open(here, "w", buffering=1)
tell.write("here\\n")
for line in iter(open(go).readline, ""):
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"WATCHDOG=1", os.environ["NOTIFY_SOCKET"])
    tell.write("sent\\n")
"""


def start(keeper: Keeper, lifeline: Lifeline, go: Path, **stall: Any) -> RunDirectory:
    """A run of a program that says something whenever it is told to, and its silence after a time."""
    terms = {"stall": {"seconds": 0.3, "warning_seconds": 0.3, "by": "heartbeat", "on_stall": "warn"} | stall}
    run = keeper.world.new_run(sys.executable, "-c", PROGRAM, str(lifeline.path), str(go), terms=terms)
    keeper.connection.start(run)
    assert lifeline.read_line() == "here"
    return run


def test_silence_is_noted_when_it_begins_and_when_the_warning_is_over_and_a_word_ends_it(
    keeper: Keeper, lifeline: Lifeline, go: Path
) -> None:
    run = start(keeper, lifeline, go)
    with go.open("w", buffering=1) as orders:
        run.wait("notify")
        begun = run.record("notify")
        assert begun["silent_seconds"] >= 0.3
        assert begun["warned_seconds"] < begun["silent_seconds"]
        assert run.record("child")["started_at"] < begun["noted_at"]
        wait_until(lambda: run.record("notify")["warned_seconds"] >= 0.3, "the end of the warning")
        orders.write("speak\n")
        assert lifeline.read_line() == "sent"
        wait_until(lambda: "heard_at" in run.record("notify"), "the word on record")
        assert "silent_seconds" not in run.record("notify")
    run.wait("done")


@pytest.mark.slow
def test_what_waited_while_the_shim_was_frozen_was_no_silence(keeper: Keeper, lifeline: Lifeline, go: Path) -> None:
    run = start(keeper, lifeline, go, seconds=3.0)
    with go.open("w", buffering=1) as orders:
        run.shim.kill(signal.SIGSTOP)
        orders.write("speak\n")
        assert lifeline.read_line() == "sent"
        over = time.monotonic() + 3.0
        wait_until(lambda: time.monotonic() > over, "its time to be over", 10)
        run.shim.kill(signal.SIGCONT)
        run.wait("notify")
        assert "silent_seconds" not in run.record("notify")
    run.wait("done")
