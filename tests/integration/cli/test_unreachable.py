"""Runs that nobody can look at: said to be so, counted as trouble, and not waited for for ever."""

import pytest

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.domain.data_directory import RUN_ROOT_MARKER
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.faults]


def test_runs_out_of_reach_are_told_and_given_up(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    run_id = own_portal.ask("run", "--name", "away", "--detach", "--", "sleep", "1000")["run_id"]
    wait_until(lambda: own_portal.ask("show", run_id)["run"]["state"] == "running", "the run to start")
    marker = own_portal.data / "runs" / RUN_ROOT_MARKER
    aside = own_portal.data / "aside"
    marker.rename(aside)

    def first_line() -> str:
        return own_portal.call("show", run_id).stdout.splitlines()[0]

    wait_until(lambda: "; nobody can look: " in first_line(), "a run that is said to be out of reach")
    assert first_line().startswith("The run was running as of 20")
    found = own_portal.ask("doctor")
    assert not found["sound"]
    active = next(finding for finding in found["findings"] if finding["code"] == "active_runs")
    assert active["verdict"] == "problem"
    assert run_id in active["found"]

    own_portal.end()
    done = own_portal.call("down", "--stop-runs")
    assert done.returncode == ExitCode.TROUBLE_FOUND, done.stderr
    assert "Stopped 0 runs." in done.stdout
    assert f"Run {run_id} (away) was left as it is: it cannot be reached (" in done.stderr

    aside.rename(marker)
    done = own_portal.call("down", "--stop-runs")
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "Stopped 1 run.")


def test_an_up_that_gives_a_run_up_at_its_end_names_it_and_fails(own_portal: Portal) -> None:
    own_portal.start("--no-samples", "--on-shutdown", "stop")
    run_id = own_portal.ask("run", "--name", "away", "--detach", "--", "sleep", "1000")["run_id"]
    wait_until(lambda: own_portal.ask("show", run_id)["run"]["state"] == "running", "the run to start")
    marker = own_portal.data / "runs" / RUN_ROOT_MARKER
    aside = own_portal.data / "aside"
    marker.rename(aside)
    code, said = own_portal.end()
    aside.rename(marker)
    assert code == ExitCode.TROUBLE_FOUND, said
    assert "Stopped 0 runs." in said
    assert f"Run {run_id} (away) was left as it is: it cannot be reached (" in said
