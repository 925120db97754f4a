"""`--memory`, `--cpus` and `--pids`, told truthfully from the option to the end."""

import sys

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal
from tests.support.control_groups import needs

pytestmark = pytest.mark.slow

HOG = "hog = []\nwhile True: hog.append(bytearray(1 << 20))"


@needs("memory", "cpu", "pids")
def test_a_run_out_of_memory_says_so_everywhere(portal: Portal) -> None:
    limits = ("--memory", "64MiB", "--cpus", "1.5", "--pids", "20")
    done = portal.call("run", "--name", "hog", *limits, "--", sys.executable, "-c", HOG)
    assert done.returncode == 128 + 9
    assert "Its memory limit is 64 MiB." in done.stderr
    shown = portal.ask("show", "hog")
    assert (shown["run"]["reason"], shown["limits"]["memory_bytes"]["enforced_by"]) == ("out_of_memory", "cgroup")
    assert shown["limits"]["memory_bytes"]["events"]["oom_kill"] >= 1
    assert portal.call("show", "hog").stdout.count("kept by a control group") == 3
    assert "64 MiB of memory, 1.5 CPUs, 20 processes" in portal.call("project", "show", "hog").stdout


def test_limits_are_changed_one_by_one_and_taken_back(portal: Portal) -> None:
    portal.call("project", "create", "limited", "--memory", "1.5GiB", "--pids", "5", "--", "true")
    wanted: dict[str, float | None] = {"memory_bytes": 3 << 29, "cpus": None, "pids": 5}
    assert portal.ask("project", "show", "limited")["limits"] == wanted
    portal.call("project", "update", "limited", "--cpus", "0.5", "--memory", "none")
    wanted = {"memory_bytes": None, "cpus": 0.5, "pids": 5}
    assert portal.ask("project", "show", "limited")["limits"] == wanted
    changed = portal.call("run", "limited", "--detach", "--pids", "50", "--", "true")
    assert "new version" in changed.stderr
    assert portal.ask("project", "show", "limited")["limits"] == wanted | {"pids": 50}


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--memory", "2GB", "such as 512MiB or 2GiB"),
        ("--memory", "much", "such as 512MiB or 2GiB"),
        ("--cpus", "two", "a number such as 1.5"),
        ("--pids", "1.5", "a whole number"),
    ],
)
def test_a_limit_that_cannot_be_read_is_refused(portal: Portal, option: str, value: str, said: str) -> None:
    done = portal.call("project", "create", "wrong", option, value, "--", "true")
    assert done.returncode == ExitCode.USAGE
    assert said in done.stderr


def test_a_limit_that_makes_no_sense_names_the_field(portal: Portal) -> None:
    done = portal.call("project", "create", "wrong", "--memory", "10", "--", "true")
    assert done.returncode == ExitCode.REFUSED
    assert "limits.memory_bytes" in done.stderr
