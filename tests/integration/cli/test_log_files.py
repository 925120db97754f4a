"""Log files of our own processes: put aside when they grow large, without losing a line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from addon_portal.cli.upkeep.log_files import KEPT_LOGS, LARGEST_LOG_BYTES, LOG_FILE, RotatedLog, last_line, open_log
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

WRITE = """
import sys, threading
from addon_portal.cli.logs import LineLogger
from addon_portal.cli.upkeep.log_files import RotatedLog

def write(name):
    for number in range(2000):
        logger.msg(f"{name} {number}")

logger = LineLogger(2, RotatedLog(sys.argv[1], largest_bytes=5000, kept=1000))
threads = [threading.Thread(target=write, args=(sys.argv[2] + name,)) for name in "ab"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.stdout.write("the end\\n")  # in one piece, where print() may write two
"""
STARTED_AT_ONCE = 2


def test_a_log_that_grew_large_is_put_aside_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    os.close(open_log(str(tmp_path), "api"))
    path.write_bytes(b"early\n")
    os.truncate(path, LARGEST_LOG_BYTES + 1)
    descriptor = open_log(str(tmp_path), "api")
    os.write(descriptor, b"first\nlast words\n\n")
    os.close(descriptor)
    assert (tmp_path / "api.log.1").stat().st_size == LARGEST_LOG_BYTES + 1
    assert last_line(str(path)) == "last words"
    assert last_line(str(tmp_path / "none.log")) == ""


@pytest.mark.slow
def test_no_line_is_lost_or_torn_by_threads_and_processes_that_rotate_one_file(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    processes = []
    for name in range(STARTED_AT_ONCE):
        with path.open("ab") as log:
            argv = [sys.executable, "-c", WRITE, str(path), str(name)]
            processes.append(subprocess.Popen(argv, stdout=log, stderr=log))
    assert [process.wait(60) for process in processes] == [0] * STARTED_AT_ONCE
    files = list(tmp_path.iterdir())
    lines = [line for file in files for line in file.read_text().splitlines()]
    expected = [f"{process}{thread} {n}" for process in range(STARTED_AT_ONCE) for thread in "ab" for n in range(2000)]
    assert sorted(lines) == sorted([*expected, *["the end"] * STARTED_AT_ONCE])
    assert len(files) > STARTED_AT_ONCE


def test_so_many_older_files_are_kept_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = RotatedLog(str(path), (descriptor,), largest_bytes=3)
    for number in range(10):
        os.write(descriptor, f"{number}xxx".encode())
        log.rotate_if_large()
    os.close(descriptor)
    found = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert found == {"api.log": ""} | {f"api.log.{number}": f"{10 - number}xxx" for number in range(1, KEPT_LOGS + 1)}


def test_a_file_without_a_successor_is_written_on_until_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = RotatedLog(str(path), (descriptor,), largest_bytes=3)
    os.write(descriptor, b"long")
    path.rename(tmp_path / "api.log.1")
    path.mkdir()  # nothing can be opened there
    log.rotate_if_large()
    os.write(descriptor, b"er")
    path.rmdir()
    log.rotate_if_large()
    os.write(descriptor, b"new")
    os.close(descriptor)
    assert (path.read_text(), (tmp_path / "api.log.1").read_text()) == ("new", "longer")


def test_a_file_of_somebody_else_is_not_rotated(tmp_path: Path) -> None:
    path = tmp_path / "mine.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, b"long")
    RotatedLog(None, (descriptor,), largest_bytes=3).rotate_if_large()
    os.close(descriptor)
    assert list(tmp_path.iterdir()) == [path]


def test_what_libraries_say_goes_the_same_way() -> None:
    say = "import logging; log = logging.getLogger('library'); log.warning('odd: %s', 1); log.info('not said')"
    code = f"from addon_portal.cli.logs import configure_logging; configure_logging('info', 'json', None); {say}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = json.loads(done.stderr)
    assert (told["event"], told["level"], told["logger"]) == ("library", "warning", "library")
    assert told["message"] == "odd: 1"


COMPLAIN = """
import os
from addon_portal.shim import keeper
for number in range(5):
    os.truncate(2, keeper.LARGEST_LOG_BYTES + 1)
    try:
        raise RuntimeError("bug %d" % number)
    except RuntimeError:
        keeper.complain()
"""


def test_a_keeper_with_a_bug_to_tell_puts_its_log_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "keeper.log"
    with path.open("ab") as log:
        environment = {**os.environ, LOG_FILE: str(path)}
        subprocess.run([sys.executable, "-c", COMPLAIN], stdout=log, stderr=log, env=environment, check=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["keeper.log", *(f"keeper.log.{n}" for n in (1, 2, 3))]
    assert last_line(str(path)) == "RuntimeError: bug 4"
    assert "RuntimeError: bug 3" in (tmp_path / "keeper.log.1").read_text("utf-8", "replace")
    assert (tmp_path / "keeper.log.3").stat().st_size == LARGEST_LOG_BYTES + 1


@pytest.mark.slow
def test_a_supervisor_rotates_its_log_while_it_runs(own_portal: Portal) -> None:
    own_portal.start("--no-samples", ADDON_PORTAL_LOG_LEVEL="debug")
    logs = own_portal.data / "logs"
    os.truncate(logs / "supervisor.log", LARGEST_LOG_BYTES)  # what comes is appended
    assert own_portal.call("run", "--name", "well", "--", "true").returncode == 0
    wait_until((logs / "supervisor.log.1").exists, "a supervisor's log that was put aside")
    assert own_portal.call("run", "well").returncode == 0
    lines = [json.loads(line) for line in (logs / "supervisor.log").read_text().splitlines()]
    assert any(line["event"] == "run_changed" for line in lines)
