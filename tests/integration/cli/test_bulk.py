"""`bulk …` against a real portal."""

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow


def fail(portal: Portal, *names: str) -> None:
    """Projects of these names whose runs have failed."""
    for name in names:
        assert portal.call("run", "--name", name, "--", "false").returncode == 1


def test_many_are_looked_at_restarted_and_followed(portal: Portal) -> None:
    fail(portal, "mill one", "mill two")
    assert portal.call("run", "--name", "mill three", "--", "true").returncode == 0
    chosen = ("--search", "mill", "--state", "failed")
    found = portal.ask("bulk", "restart", *chosen, "--dry-run")
    assert (found["total"], found["would_start"]) == (2, 2)
    told = portal.call("bulk", "restart", *chosen, "--dry-run")
    assert "mill two" in told.stdout
    assert told.stdout.endswith("2 projects of 2 would be restarted.\n")
    done = portal.call("bulk", "restart", *chosen, "--yes", "--wait", "--note", "again")
    assert done.returncode == 0, done.stderr
    assert "finished" in done.stdout
    (bulk,) = portal.ask("bulk", "list")
    assert (bulk["state"], bulk["started"], bulk["note"]) == ("finished", 2, "again")
    assert bulk["id"] in portal.call("bulk", "list").stdout
    assert portal.ask("bulk", "show", bulk["id"])["skipped_by_code"] == {}
    items = portal.ask("bulk", "projects", bulk["id"])
    assert [item["project_name"] for item in items] == ["mill one", "mill two"]
    for item in items:
        assert portal.call("wait", item["new_run_id"]).returncode == 1
        assert item["new_run_id"] in portal.call("bulk", "projects", bulk["id"], "--state", "started").stdout
    assert portal.call("bulk", "abort", bulk["id"]).returncode == ExitCode.REFUSED


def test_without_a_terminal_nothing_is_restarted_unless_that_is_agreed_to(portal: Portal) -> None:
    fail(portal, "lonely")
    done = portal.call("bulk", "restart", "--project", "lonely")
    assert done.returncode == ExitCode.USAGE
    assert "This restarts 1 project. Repeat it with --yes" in done.stderr
    assert portal.ask("show", "lonely")["run"]["restarted_by"] is None


def test_a_condition_is_needed_and_must_be_one(portal: Portal) -> None:
    assert portal.call("bulk", "restart", "--yes").returncode == ExitCode.USAGE
    done = portal.call("bulk", "restart", "--state", "exploded", "--yes")
    assert done.returncode == ExitCode.REFUSED
    assert "filter.state[0]" in done.stderr
