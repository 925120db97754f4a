"""`schedule …` against a real portal."""

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow


def test_a_schedule_is_set_shown_paused_resumed_and_removed(portal: Portal) -> None:
    assert portal.call("project", "create", "nightly", "--", "true").returncode == 0
    berlin = ("--time-zone", "Europe/Berlin")
    dry = portal.call("schedule", "set", "nightly", "0 3 * * *", *berlin, "--dry-run")
    assert dry.stdout.count("T03:00:00+0") == 5
    assert portal.call("schedule", "show", "nightly").returncode == ExitCode.REFUSED
    made = portal.ask("schedule", "set", "nightly", "0 3 * * *", *berlin, "--when-missed", "run_once")
    assert (made["cron"], made["when_missed"], len(made["next_times"])) == ("0 3 * * *", "run_once", 5)
    assert portal.ask("schedule", "show", "nightly") == made
    assert portal.ask("schedule", "list") == [made]
    assert "Europe/Berlin" in portal.call("schedule", "list").stdout
    assert "paused" in portal.call("schedule", "pause", "nightly").stderr
    assert portal.ask("schedule", "show", "nightly")["next_times"] == []
    assert portal.ask("schedule", "resume", "nightly")["paused"] is False
    assert portal.call("schedule", "remove", "nightly").returncode == 0
    assert portal.ask("schedule", "list") == []


def test_what_means_nothing_is_refused_with_what_was_expected(portal: Portal) -> None:
    assert portal.call("project", "create", "never", "--", "true").returncode == 0
    done = portal.call("schedule", "set", "never", "0 25 * * *")
    assert done.returncode == ExitCode.REFUSED
    assert "expected hour 0-23, got 25" in done.stderr
    assert "time_zone" in portal.call("schedule", "set", "never", "@daily", "--time-zone", "Berlin").stderr
