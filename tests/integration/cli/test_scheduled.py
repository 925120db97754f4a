"""`scheduled …` and `project --restart-policy` against a real portal."""

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow

SLOWLY = '{"mode": "on-failure", "initial_seconds": 3600, "max_seconds": 3600}'


def fail(portal: Portal, name: str, policy: str) -> None:
    """A project with this policy whose run has failed."""
    assert portal.call("project", "create", name, "--restart-policy", policy, "--", "false").returncode == 0
    assert portal.call("run", name).returncode == 1


def test_what_is_to_come_is_listed_called_off_and_brought_forward(portal: Portal) -> None:
    fail(portal, "again", SLOWLY)
    (waiting,) = portal.ask("scheduled", "list")
    assert waiting["cause"] == "policy"
    assert waiting["run_id"] in portal.call("scheduled", "list").stdout
    assert waiting["why"] in portal.call("project", "show", "again").stdout
    assert portal.call("scheduled", "now", "again").stdout.strip() == waiting["run_id"]
    assert portal.call("wait", waiting["run_id"]).returncode == 1
    (second,) = portal.ask("scheduled", "list")
    assert second["why"] == "restart 2 of 3 by the policy"
    assert portal.call("scheduled", "cancel", "again").returncode == 0
    assert portal.call("scheduled", "cancel", "again").returncode == ExitCode.REFUSED
    assert portal.ask("scheduled", "list") == []


def test_a_policy_is_given_by_its_mode_and_taken_back(portal: Portal) -> None:
    portal.call("project", "create", "policed", "--restart-policy", "always", "--", "true")
    assert portal.ask("project", "show", "policed")["restart_policy"]["mode"] == "always"
    assert portal.ask("project", "update", "policed", "--grace", "3")["restart_policy"]["mode"] == "always"
    assert portal.ask("project", "update", "policed", "--restart-policy", "never")["restart_policy"] is None


def test_what_is_no_policy_is_a_usage_error(portal: Portal) -> None:
    done = portal.call("project", "create", "bad", "--restart-policy", "sometimes", "--", "true")
    assert done.returncode == ExitCode.USAGE
