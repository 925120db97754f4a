"""What a program says of itself through sd_notify(3): heard from any client, written down small, blocking nobody."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.handles import Lifeline
from tests.support.keeper_process import Keeper, KeeperWorld, RunDirectory

OWN = "import os, socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); to = os.environ['NOTIFY_SOCKET']; "
SDNOTIFY = """
import sdnotify
notifier = sdnotify.SystemdNotifier(debug=True)
notifier.notify("READY=1")
notifier.notify("STATUS=loading rows")
notifier.notify("WATCHDOG=1\\nX_PROGRESS=42%")
"""
SYSTEMD_WATCHDOG = """
import systemd_watchdog
client = systemd_watchdog.WatchDog()
client.ready()
client.status("loading rows")
client.ping()
client._send("X_PROGRESS=0.42\\n")
"""


def python(keeper: Keeper, code: str) -> RunDirectory:
    """A run of this code, to its end."""
    run = keeper.run(sys.executable, "-c", code)
    assert (run.wait_status, run.output) == (0, b"")
    return run


def said(run: RunDirectory) -> dict[str, Any]:
    """What is on record of it, but for times and what all records have."""
    record = run.record("notify")
    return {name: value for name, value in record.items() if name in {"status", "progress"}}


@pytest.mark.parametrize("client", [SDNOTIFY, SYSTEMD_WATCHDOG], ids=["sdnotify", "systemd-watchdog"])
def test_public_clients_are_understood(keeper: Keeper, client: str) -> None:
    run = python(keeper, client)
    assert said(run) == {"status": "loading rows", "progress": 0.42}
    record = run.record("notify")
    assert record["ready_at"] <= record["heard_at"] <= run.record("done")["at"]


@pytest.mark.skipif(shutil.which("systemd-notify") is None, reason="this machine has no systemd-notify")
def test_systemd_notify_is_understood_and_need_not_wait_for_us(keeper: Keeper) -> None:
    script = "systemd-notify --ready --status='loading rows' && systemd-notify X_PROGRESS=0.42 STOPPING=1"
    run = keeper.run("/bin/sh", "-c", script)
    assert (run.wait_status, run.output) == (0, b"")
    assert said(run) == {"status": "loading rows", "progress": 0.42}
    assert run.record("notify")["stopping_at"]


def test_a_program_that_says_nothing_leaves_no_record(keeper: Keeper) -> None:
    assert not keeper.run("true").has("notify")


def test_the_last_word_counts_however_many_came_before(keeper: Keeper) -> None:
    run = python(keeper, OWN + "[s.sendto(b'X_PROGRESS=%f' % (n / 5000), to) for n in range(5001)]")
    assert said(run) == {"progress": 1.0}


def test_what_makes_no_sense_is_left_out(keeper: Keeper) -> None:
    words = [
        *(b"", b"\xff\xfe=\xff", b"X_PROGRESS=nan", b"X_PROGRESS=1.5", b"X_PROGRESS=-1", b"X_PROGRESS=half", b"=1"),
        *(b"x" * 100_000, b"STATUS=" + b"y" * 1000, b"READY=0", b"X_PROGRESS=%", b"\0\n\0"),
    ]
    run = python(keeper, OWN + f"[s.sendto(word, to) for word in {words!r}]")
    assert said(run) == {"status": "y" * 500}
    assert "ready_at" not in run.record("notify")


def test_descriptors_that_come_along_are_closed(keeper: Keeper) -> None:
    code = "r, w = os.pipe(); s.connect(to); socket.send_fds(s, [b'BARRIER=1'], [w]); os.close(w); "
    code += "assert os.read(r, 1) == b''"
    python(keeper, OWN + code)


def test_an_address_is_a_path_where_that_fits() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short, KeeperWorld(Path(short) / "d") as world:
        run = world.start_keeper().run(sys.executable, "-c", OWN + "s.sendto(b'STATUS=' + to.encode(), to)")
        assert said(run) == {"status": str(run.path / "notify")}


def test_a_run_deep_in_the_file_system_is_heard_too(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["deep" * 10] * 3)
    deep.mkdir(parents=True)
    with KeeperWorld(deep / "data") as world:
        run = world.start_keeper().run(sys.executable, "-c", OWN + "s.sendto(b'STATUS=' + to[:6].encode(), to)")
        assert said(run) == {"status": "/proc/"}


def test_a_dead_shim_blocks_no_program(keeper: Keeper, lifeline: Lifeline, go: Path) -> None:
    code = OWN + f"open({str(lifeline.path)!r}, 'w').write('here\\n'); open({str(go)!r}).read()\n"
    code += "try: [s.sendto(b'WATCHDOG=1', to) for _ in range(1000)]\n"
    code += "except (ConnectionRefusedError, FileNotFoundError): raise SystemExit(7)"
    run = keeper.world.new_run(sys.executable, "-c", code)
    keeper.connection.start(run)
    lifeline.read_line()
    run.shim.kill_and_wait()
    go.write_text("go")
    run.wait("exit")
    assert run.wait_status == 7 << 8
