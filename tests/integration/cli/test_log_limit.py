"""`--log-limit`, and what `logs` and `show` say of output that was dropped."""

import sys

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow

FLOOD = "import sys; [sys.stdout.write('line %08d\\n' % number) for number in range(300_000)]"
WHOLE = "".join(f"line {number:08}\n" for number in range(300_000))
GONE = "bytes are no longer there: of this run's output the last 1 MiB are kept."


@pytest.fixture(scope="module", autouse=True)
def flood(portal: Portal) -> None:
    """A run that has written more than its limit."""
    done = portal.call("run", "--name", "flood", "--detach", "--log-limit", "1MiB", "--", sys.executable, "-c", FLOOD)
    assert done.returncode == ExitCode.OK
    assert portal.call("wait", "flood").returncode == ExitCode.OK


def test_logs_print_what_is_kept_and_say_what_is_not(portal: Portal) -> None:
    done = portal.call("logs", "flood")
    assert GONE in done.stderr
    assert len(done.stdout) <= 1 << 20
    assert WHOLE.endswith(done.stdout)
    first = len(WHOLE) - len(done.stdout)
    assert f"The first {first} {GONE}" in done.stderr
    later = portal.call("logs", "flood", "--offset", str(len(WHOLE) - 14))
    assert (later.stdout, later.stderr) == (WHOLE[-14:], "")


def test_following_ends_with_the_same(portal: Portal) -> None:
    done = portal.call("logs", "-f", "flood")
    assert GONE in done.stderr
    assert WHOLE.endswith(done.stdout)
    assert done.stdout


def test_a_search_says_what_was_not_searched(portal: Portal) -> None:
    done = portal.call("logs", "flood", "--grep", "line 0000001")
    assert (done.stdout, GONE in done.stderr) == ("", True)
    assert portal.call("logs", "flood", "--grep", "line 00299999").stdout == "line 00299999\n"


def test_programs_are_told_where_the_text_begins(portal: Portal) -> None:
    found = portal.ask("logs", "flood")
    assert (found["offset"], found["size"]) == (found["first_offset"], len(WHOLE))
    assert found["text"] == WHOLE[found["offset"] :]
    assert GONE in found["dropped"]


def test_show_tells_it_with_the_last_lines(portal: Portal) -> None:
    assert GONE in portal.call("show", "flood").stdout


def test_a_limit_is_changed_taken_back_and_lifted(portal: Portal) -> None:
    assert "the last 1 MiB are kept" in portal.call("project", "show", "flood").stdout
    assert portal.ask("project", "update", "flood", "--log-limit", "64MiB")["log_limit_bytes"] == 64 << 20
    assert portal.ask("project", "update", "flood", "--memory", "1GiB")["log_limit_bytes"] == 64 << 20
    assert portal.ask("project", "update", "flood", "--log-limit", "0")["log_limit_bytes"] == 0
    assert "all of it is kept" in portal.call("project", "show", "flood").stdout
    assert portal.ask("project", "update", "flood", "--log-limit", "none")["log_limit_bytes"] is None


def test_a_terminal_is_asked_for_and_given_back(portal: Portal) -> None:
    """Beside the limit, since it is the other thing that a project says of its output."""
    code = "import os; print(os.isatty(1))"
    assert portal.call("run", "--name", "tty", "--tty", "--", sys.executable, "-c", code).stdout == "True\n"
    assert "both outputs" in portal.call("project", "show", "tty").stdout
    assert portal.ask("project", "update", "tty", "--no-tty")["terminal"] is False
    assert portal.call("run", "tty").stdout == "False\n"


def test_a_limit_that_cannot_be_is_refused(portal: Portal) -> None:
    done = portal.call("project", "update", "flood", "--log-limit", "2GB")
    assert (done.returncode, "--log-limit expects a size" in done.stderr) == (ExitCode.USAGE, True)
    small = portal.call("project", "update", "flood", "--log-limit", "1000")
    assert (small.returncode, "log_limit_bytes" in small.stderr) == (ExitCode.REFUSED, True)
