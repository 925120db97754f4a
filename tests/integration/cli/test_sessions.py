"""`sessions`: who is logged in, told and ended on the machine itself."""

from pathlib import Path
from typing import Any

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, call
from tests.integration.cli.test_login_link import log_in

pytestmark = pytest.mark.slow


def let_in(portal: Portal, name: str, *options: str) -> Any:
    return log_in(portal.call("login-link", "--name", name, *options).stdout.strip())


def test_those_who_are_logged_in_are_listed_and_ended(own_portal: Portal) -> None:
    own_portal.start()
    assert "Nobody is logged in." in own_portal.call("sessions", "list").stderr
    own_portal.call("tenant", "create", "acme")
    let_in(own_portal, "Ada")
    let_in(own_portal, "Ben", "--tenant", "acme")
    let_in(own_portal, "Cleo", "--tenant", "acme", "--role", "viewer")
    people = {each["name"]: each for each in own_portal.ask("sessions", "list")}
    assert {name: (each["tenant"], each["role"]) for name, each in people.items()} == {
        "Ada": ("default", "operator"),
        "Ben": ("acme", "member"),
        "Cleo": ("acme", "viewer"),
    }
    assert own_portal.call("sessions", "end", people["Ben"]["id"]).stdout == "Ended 1 session.\n"
    again = own_portal.call("sessions", "end", people["Ben"]["id"])
    assert (again.returncode, again.stdout) == (ExitCode.REFUSED, "")
    assert own_portal.call("sessions", "end", "--all", "--tenant", "acme").stdout == "Ended 1 session.\n"
    assert [each["name"] for each in own_portal.ask("sessions", "list")] == ["Ada"]
    assert [each["name"] for each in own_portal.ask("sessions", "end", "--all")] == ["Ada"]
    assert own_portal.ask("sessions", "list") == []


@pytest.mark.parametrize("words", [[], ["ses_01k7qz9t3v5x8y2m4n6p0r1s2a", "--all"]])
def test_one_or_all_has_to_be_said(tmp_path: Path, words: list[str]) -> None:
    done = call("sessions", "end", *words, "--data", str(tmp_path))
    assert done.returncode == ExitCode.USAGE
    assert "Name one session, or say --all." in done.stderr


def test_a_tenant_that_is_not_there_is_said(own_portal: Portal) -> None:
    assert call("db", "upgrade", "--data", str(own_portal.data)).returncode == 0
    done = own_portal.call("sessions", "list", "--tenant", "nobody")
    assert (done.returncode, done.stdout) == (ExitCode.REFUSED, "")
    assert "There is no tenant 'nobody'." in done.stderr
