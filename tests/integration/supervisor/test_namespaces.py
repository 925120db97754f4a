"""A container on the same data directory: another PID namespace, whose processes cannot be looked at from here."""

import json
import os
import subprocess
import sys

import pytest

from addon_portal.domain.clock import from_text
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.executors.processes import place
from tests.support.handles import wait_readable
from tests.support.host import SupervisedHost
from tests.support.host_parts import keeper_command
from tests.support.keeper_process import ROOT
from tests.support.machine import run_where_allowed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make PID namespaces here"),
]

# Starts each command it reads (a JSON list a line) and says its first line; `end` ends the last one.
_INIT = """
import json, subprocess, sys
last = None
for line in sys.stdin:
    command = json.loads(line)
    if command == "end":
        last.kill()
        print("ended", last.wait(), flush=True)
    else:
        last = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=sys.argv[1])
        print(last.stdout.readline().decode().strip(), flush=True)
"""


class Container:
    """A PID namespace with an init of its own; everything in it dies with that."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, "-c", _INIT, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, what: list[str] | str) -> str:
        """Start a command, or `end` the last one; returns the first line that it said."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        wait_readable(self._process.stdout.fileno(), "an answer from the container")
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        """End it, as `docker kill` does."""
        self._process.kill()
        self._process.communicate()


def test_a_run_of_another_container_is_unreachable_and_then_lost_with_it(idle_host: SupervisedHost) -> None:
    run_where_allowed("unshare", "--pid", "--fork", "--mount-proc", "true")
    host = idle_host
    container = Container()
    try:
        assert container.do(keeper_command(host.data)).startswith("ready")
        container.do(host.supervisor_command())
        inside = host.running("sleep", "60")
        assert host.record(inside, "child")["pid_namespace"] != place.pid_namespace()
        host.await_sweep()
        assert container.do("end").startswith("ended")

        host.start_supervisor()
        run = host.get(inside)
        assert (run.state, run.conditions) == (RunState.RUNNING, frozenset({"unreachable"}))
        assert run.condition_detail is not None
        assert "another PID namespace" in run.condition_detail
        outside = host.run("sh", "-c", "exit 3")
        host.reach(outside, RunState.STARTING)
        host.await_sweep()
        assert host.get(outside).state is RunState.STARTING, "a keeper out of sight must not start it"
        host.start_keeper()
        assert host.final(outside).exit_code == 3
        assert host.get(inside).state is RunState.RUNNING
    finally:
        container.kill()
    run = host.final(inside)
    assert (run.reason, run.outcome) == (Reason.HOST_RESTARTED, Outcome.UNKNOWN)
    assert run.ending
    facts: object = run.ending["facts"]
    assert isinstance(facts, dict)
    assert from_text(facts["last_seen_alive_at"]) < from_text(facts["found_dead_at"])
    assert facts["why"] == "the PID namespace it ran in is gone"
