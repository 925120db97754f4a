"""Answers that end in the middle: read again from where they broke off, or told; never taken for the whole."""

import json
import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest

from addon_portal.cli.client import Address, PortalClient
from addon_portal.cli.events import iter_events
from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.cutter import Cutter
from tests.integration.cli.installed import Portal, call

pytestmark = pytest.mark.slow

MANY_LINES = "import sys; [sys.stdout.write('%07d' % n * 9 + chr(10)) for n in range(int(sys.argv[1]))]"


def writer(count: int) -> list[str]:
    """A program that writes so many lines of 64 bytes, each of them another."""
    return [sys.executable, "-c", MANY_LINES, str(count)]


def lines(count: int) -> bytes:
    """What it writes."""
    return b"".join(b"%07d" % number * 9 + b"\n" for number in range(count))


@pytest.fixture(scope="module", autouse=True)
def output(portal: Portal) -> bytes:
    """A run with output of several pieces."""
    done = portal.call("run", "--name", "writes", "--workspace", "--", *writer(150_000))
    assert done.returncode == 0, done.stderr
    return lines(150_000)


@pytest.mark.parametrize("after_bytes", [50, 300, 500])
@pytest.mark.parametrize("command", [["runs", "--json"], ["show", "writes"]], ids=" ".join)
def test_an_answer_that_is_cut_off_is_told_and_not_shown(portal: Portal, command: list[str], after_bytes: int) -> None:
    with Cutter(portal, after_bytes=after_bytes, cuts=1000) as cutter:
        done = call(*command, *cutter.options())
    assert (done.returncode, done.stdout) == (ExitCode.PORTAL_UNAVAILABLE, "")
    assert "does not answer (its answer was cut off)" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [["logs"], ["logs", "-f"], ["logs", "--json"]], ids=" ".join)
def test_output_is_read_on_from_where_an_answer_broke_off(portal: Portal, output: bytes, command: list[str]) -> None:
    run_id = portal.ask("runs", "writes")[0]["run_id"]
    with Cutter(portal, after_bytes=50_000, cuts=2) as cutter:
        done = call(*command, run_id, *cutter.options())
    assert (done.returncode, cutter.broken) == (ExitCode.OK, 2), done.stderr
    text = json.loads(done.stdout)["text"] if "--json" in command else done.stdout
    assert text.encode() == output


def test_output_is_whole_although_the_api_dies_on_the_way(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    count = 600_000  # more than the pipes and sockets between us and the api hold
    done = own_portal.call("run", "--name", "writes", "--detach", "--workspace", "--", *writer(count))
    assert own_portal.call("wait", done.stdout.strip()).returncode == ExitCode.OK
    with own_portal.popen("logs", "writes") as reader:
        assert reader.stdout is not None
        begun = reader.stdout.read(6 << 20)
        os.kill(own_portal.pid_of("api"), signal.SIGKILL)
        rest, said = reader.communicate(timeout=120)
    assert reader.returncode == ExitCode.OK, said
    assert begun + rest == lines(count)


def test_an_event_that_is_cut_off_is_told_again(portal: Portal) -> None:
    with (
        Cutter(portal, after_bytes=700, cuts=1) as cutter,
        closing(PortalClient(Address(cutter.url, cutter.key))) as client,
    ):
        events = iter_events(client, "/api/tenant/events")
        first = next(events)
        portal.call("run", "--name", "tells", "--workspace", "--", "true")
        assert first.kind in ("reset", "host", "run")
        states: list[str] = []
        while states[-1:] != ["completed"]:
            event = next(events)
            if event.kind == "run" and event.data["project_name"] == "tells":
                states.append(event.data["state"])
        assert cutter.broken == 1


def test_output_as_json_is_whole_and_with_follow_waits_for_the_end(
    portal: Portal, output: bytes, tmp_path: Path
) -> None:
    whole = portal.ask("logs", "writes")
    assert (whole["offset"], whole["next_offset"], whole["size"]) == (0, len(output), len(output))
    assert (whole["eof"], whole["final"]) == (True, True)
    assert whole["text"].encode() == output
    assert portal.ask("logs", "writes", "--offset", str(len(output) - 64))["text"].encode() == output[-64:]
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    portal.run_until_output("--name", "waits", "--", "sh", "-c", f"echo first; read line < {gate}; echo $line; exit 4")
    with portal.popen("logs", "-f", "waits", "--json") as reader:
        gate.write_text("second\n")
        found, said = reader.communicate(timeout=60)
    assert reader.returncode == 4
    assert (json.loads(found)["text"], json.loads(found)["final"]) == ("first\nsecond\n", True)
    assert b"exit code 4" in said
