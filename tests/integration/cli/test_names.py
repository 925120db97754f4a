"""Names, identifiers and amounts that are unusual and still have to work."""

import re

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("options", [[], ["--json"], ["-f"]], ids=["bytes", "json", "follow"])
def test_an_offset_behind_the_end_is_told(portal: Portal, options: list[str]) -> None:
    portal.call("run", "--name", "short", "--", "echo", "12345")
    for offset in ("7", "1" + "0" * 40):
        done = portal.call("logs", "short", "--offset", offset, *options)
        assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
        assert "has 6 bytes" in done.stderr
    assert portal.call("logs", "short", "--offset", "6").stdout == ""
    assert portal.call("logs", "short", "--offset", "4").stdout == "5\n"


def test_a_huge_argument_does_not_push_anything_out_of_the_list(portal: Portal) -> None:
    project_id = portal.ask("project", "create", "huge", "--", "echo", "x" * 100_000)["id"]
    line = next(line for line in portal.call("project", "list").stdout.splitlines() if "huge" in line)
    assert re.split(r"  +", line.strip())[:3] == ["huge", project_id, "never run"]
    assert line.rstrip().endswith("x…")
    assert len(line.split()[-1]) <= 120


def test_a_project_that_is_named_like_a_run_is_found(portal: Portal) -> None:
    name = "run_01k7qz9t3v5x8y2m4n6p0r1s2a"
    assert portal.call("run", "--name", name, "--", "echo", "found").returncode == 0
    assert portal.call("logs", name).stdout == "found\n"
    assert portal.call("wait", name).returncode == 0
    assert portal.ask("show", name)["run"]["project_name"] == name
    nobody = portal.call("show", name[:-1] + "b")
    assert nobody.returncode == ExitCode.REFUSED


def test_another_members_name_is_never_run_by_a_shell_and_never_hidden(portal: Portal) -> None:
    name = "two words; echo pwned"
    made = portal.call("project", "create", name, "--", "true")
    assert made.stdout.endswith(f"Run it with: addon-portal run '{name}' --data {portal.data}\n")
    never = portal.call("show", name)
    assert never.stderr.endswith(f"Run it with: addon-portal run '{name}' --data {portal.data}\n")
    hidden = portal.call("project", "create", "\u202eevil\u200b", "--", "true")
    assert hidden.stdout.startswith("Made project \\u202eevil\\u200b (prj_")
    assert "\\u202eevil\\u200b" in portal.call("project", "list").stdout


def test_a_table_that_is_no_terminals_ends_each_line_where_its_words_end(portal: Portal) -> None:
    for name in ("first", "second"):
        portal.call("run", "--name", name, "--", "sh", "-c", "exit 3")
    lines = portal.call("status").stdout.splitlines()
    assert [line for line in lines if line.endswith(" ")] == []
    shown = portal.call("status", "--limit", "1").stdout
    assert re.search(r"\n\d+ projects, of which the first 1 are shown \(--limit\); active runs: none\.\n", shown)


def test_the_portals_own_key_is_revoked_only_if_that_is_meant(portal: Portal) -> None:
    own = next(key for key in portal.ask("key", "list") if key["role"] == "operator")
    done = portal.call("key", "revoke", own["id"])
    assert done.returncode == ExitCode.USAGE
    assert "with --yes" in done.stderr
    assert portal.call("status").returncode == 0
    other = portal.ask("key", "create", "other")["id"]
    assert portal.call("key", "revoke", other).returncode == 0
    assert portal.call("key", "revoke", own["id"], "--yes").returncode == 0
    assert portal.call("status").returncode == ExitCode.NOT_ALLOWED
