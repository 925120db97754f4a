"""`down --stop-runs` on runs that can be reached and do not end: said, bounded, and told by the exit code."""

import json
import re
import signal
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.stopping import LATE_SECONDS, RunStopper
from addon_portal.config import ensure_host_id, load_settings
from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


class LateClock(SystemClock):
    """The machine's clocks, ahead by what was added."""

    ahead_seconds = 0.0

    @override
    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead_seconds)


def start_stubborn(portal: Portal, gate: Path) -> str:
    """A run that ignores its polite signal, has very long to end, and ends when there is a gate."""
    script = f"trap '' TERM; echo ready; while [ ! -e {gate} ]; do sleep 0.05; done"
    portal.call("project", "create", "stubborn", "--grace", "1000", "--", "sh", "-c", script)
    return portal.run_until_output("stubborn")


def test_runs_that_do_not_end_in_time_are_named_and_left(own_portal: Portal, tmp_path: Path) -> None:
    own_portal.start("--no-samples")
    run_id = start_stubborn(own_portal, tmp_path / "gate")
    keeper = own_portal.pid_of("keeper")
    done = own_portal.call("down", "--stop-runs", "--timeout", "1", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == ExitCode.TROUBLE_FOUND, done.stderr
    assert own_portal.process is not None
    assert told["portal_pid"] == own_portal.process.pid
    assert (told["stopped"], told["keepers"]) == ([], [{"pid": keeper, "ended": False}])
    (left,) = told["left"]
    assert (left["run_id"], left["project"], left["state"]) == (run_id, "stubborn", "stopping")
    assert (left["unreachable"], left["stop_deadline_at"] is None) == (False, False)
    assert "Stopping 1 run ..." in done.stderr
    assert f"Run {run_id} (stubborn): stopping, and its grace time is over at " in done.stderr
    assert f"Run {run_id} (stubborn) was left as it is: " in done.stderr

    (tmp_path / "gate").touch()
    done = own_portal.call("down", "--stop-runs", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["left"] == []


@pytest.mark.faults
def test_a_frozen_supervisor_is_not_waited_for_for_ever(own_portal: Portal, tmp_path: Path) -> None:
    own_portal.start("--no-samples")
    run_id = start_stubborn(own_portal, tmp_path / "gate")
    own_portal.end()
    ended_at = SystemClock().now()
    with own_portal.popen("supervisor") as supervisor:
        wait_until(lambda: has_looked_since(own_portal, ended_at), "a supervisor of its own")
        supervisor.send_signal(signal.SIGSTOP)
        done = own_portal.call("down", "--stop-runs", "--timeout", "0.5")
        assert done.returncode == ExitCode.TROUBLE_FOUND, done.stderr
        assert "Stopped 0 runs." in done.stdout
        assert f"Run {run_id} (stubborn) was left as it is: running, and no supervisor has begun to" in done.stderr

        settings, clock = load_settings(data_dir=own_portal.data), LateClock()
        said: list[str] = []

        def let_time_pass() -> None:
            clock.ahead_seconds += LATE_SECONDS + 1

        with closing(Storage.open(settings.database, clock=clock)) as storage:
            stopper = RunStopper(storage, ensure_host_id(settings, clock), clock, "operator:test", said.append)
            assert [run.run.id for run in stopper.stop_all(let_time_pass).left] == [run_id]
        assert said[0] == "Stopping 1 run ..."
        (tmp_path / "gate").touch()
        supervisor.send_signal(signal.SIGCONT)
        supervisor.terminate()


def has_looked_since(portal: Portal, moment: datetime) -> bool:
    """Whether a supervisor has looked at all runs."""
    settings, clock = load_settings(data_dir=portal.data), SystemClock()
    with closing(Storage.open(settings.database, clock=clock)) as storage, storage.read() as uow:
        observed_at = uow.hosts.get(ensure_host_id(settings, clock)).observed_at
    return observed_at is not None and observed_at > moment


def test_a_time_limit_without_a_request_to_stop_is_refused(tmp_path: Path) -> None:
    done = Portal(tmp_path).call("down", "--timeout", "5")
    assert done.returncode == ExitCode.USAGE
    assert "--stop-runs" in done.stderr


def test_a_deadline_is_said_in_seconds_and_as_a_condition(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    script = "trap '' TERM; echo ready; exec sleep 1000"
    run_id = own_portal.run_until_output("--name", "stubborn", "--", "sh", "-c", script)
    own_portal.call("stop", "stubborn", "--grace", "3")
    wait_until(lambda: own_portal.ask("show", run_id)["run"]["stop_deadline_at"], "the deadline")
    again = own_portal.call("stop", "stubborn")
    assert re.fullmatch(
        rf"Run {run_id} is asked to end; if it has not ended in [0-3] s, it is killed\.\n", again.stdout
    )


def test_a_run_that_is_being_stopped_is_ended_sooner(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    script = "trap '' TERM; echo ready; exec sleep 1000"
    run_id = own_portal.run_until_output("--name", "stubborn", "--", "sh", "-c", script)
    own_portal.call("stop", "stubborn", "--grace", "1000")
    wait_until(lambda: own_portal.ask("show", run_id)["run"]["stop_deadline_at"], "the deadline")
    now = own_portal.call("stop", "stubborn", "--grace", "0")
    assert now.stdout == f"Run {run_id} is asked to end; what is left of it is killed now.\n"
    assert own_portal.call("wait", run_id).returncode == ExitCode.STOPPED
    assert own_portal.ask("show", run_id)["run"]["signal"] == signal.SIGKILL
