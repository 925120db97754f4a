"""What our processes write into their logs when something is wrong: where, once, and no secrets."""

import http.client
import itertools
import json
import logging
import os
import resource
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from addon_portal.api.server import is_news
from addon_portal.cli.logs import REPEATS_ALLOWED, REPEATS_SECONDS, Repeats
from addon_portal.cli.upkeep.log_files import RotatedLog
from tests.integration.cli.installed import Portal

SECRET = "correct-horse-battery-staple"
LONGEST_LINE = 8 * 1024
KEY, LINK, SESSION = (prefix + "k" * 43 + "_" + "0" * 6 for prefix in ("ap_", "apl_", "aps_"))

FAIL = f"""
import logging, structlog, sys
from addon_portal.cli.logs import configure_logging
configure_logging("info", sys.argv[1], None)

def fail(depth, secret):
    if depth:
        fail(depth - 1, secret)
    raise ValueError("{KEY} {LINK} {SESSION} is wrong " + "x" * 10000 + "\\n" + secret)

try:
    fail(100, "{SECRET}")
except ValueError:
    structlog.get_logger().error("failed", exc_info=True)
    logging.getLogger("library").exception("odd")
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_failure_is_one_line_of_bounded_length_without_values(form: str) -> None:
    done = subprocess.run([sys.executable, "-c", FAIL, form], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert [("failed" in lines[0], "odd" in lines[1])] == [(True, True)]
    assert len(lines) == 2
    assert all("ValueError: ap_*** apl_*** aps_*** is wrong" in line and "fail" in line for line in lines)
    assert all(len(line) < LONGEST_LINE for line in lines)
    assert KEY not in done.stderr
    assert SECRET not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "console"])
def test_a_request_that_fails_leaves_one_line_and_neither_key_nor_environment(own_portal: Portal, form: str) -> None:
    own_portal.start("--no-samples", ADDON_PORTAL_LOG_FORMAT=form)
    project = own_portal.ask("project", "create", "odd", "--env", f"WORD={SECRET}", "--", "true")
    with closing(sqlite3.connect(own_portal.data / "portal.db", timeout=10)) as connection, connection:
        connection.execute("UPDATE definitions SET stop_signal = 33 WHERE project_id = ?", [project["id"]])
    key = own_portal.up_file()["api_key"]
    with closing(http.client.HTTPConnection("127.0.0.1", own_portal.port)) as client:
        client.request("GET", f"/api/tenant/projects/{project['id']}", headers={"Authorization": f"Bearer {key}"})
        assert client.getresponse().status == 500
    said = (own_portal.data / "logs" / "api.log").read_text()
    (line,) = [line for line in said.splitlines() if "ValueError" in line]
    assert "request_failed" in line
    assert "stop_body" in line
    assert len(line) < LONGEST_LINE
    assert "Exception in ASGI" not in said
    assert key not in said
    assert SECRET not in said


def test_the_server_tells_what_the_error_table_does_not() -> None:
    def said(message: str, error: BaseException | None) -> logging.LogRecord:
        trouble = (type(error), error, None) if error else None
        return logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, message, (), trouble)

    assert not is_news(said("Exception in ASGI application\n", ValueError()))
    assert is_news(said("Exception in ASGI application\n", KeyboardInterrupt()))
    assert is_news(said("Exception in 'lifespan' protocol\n", ValueError()))
    assert is_news(said("ASGI callable returned without completing response.", None))


def test_what_is_said_again_and_again_is_told_now_and_then_with_how_often() -> None:
    repeats = Repeats()
    told = [repeats.admit("no descriptor", 1.0) for _ in range(1000)]
    assert told == [0] * REPEATS_ALLOWED + [None] * (1000 - REPEATS_ALLOWED)
    assert repeats.admit("something else", 1.0) == 0
    assert repeats.admit("no descriptor", 1.0 + REPEATS_SECONDS) == 1000 - REPEATS_ALLOWED
    assert [repeats.admit(number, 2.0) for number in range(1000)] == [0] * 1000


EXHAUST = """
import asyncio, os, resource, socket, sys
from addon_portal.cli.logs import configure_logging

async def main():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, backlog=1000)
    client = socket.socket()
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) - 1, 4096))
    client.connect(server.sockets[0].getsockname())
    for _ in range(10):
        await asyncio.sleep(0.01)

configure_logging("info", "json", None)
asyncio.run(main())
"""


def test_a_process_without_descriptors_does_not_fill_its_log() -> None:
    done = subprocess.run([sys.executable, "-c", EXHAUST], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert 1 <= len(lines) <= REPEATS_ALLOWED
    assert {line["message"] for line in lines} == {"socket.accept() out of system resource"}


def test_a_log_is_put_aside_by_a_process_that_has_no_descriptor_left(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = RotatedLog(str(path), (descriptor,), largest_bytes=3)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[socket.socket] = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 5, limits[1]))
        with pytest.raises(OSError, match="Too many open files"):
            taken.extend(socket.socket() for _ in itertools.count())
        for word in (b"long", b"and longer"):
            os.write(descriptor, word)
            log.rotate_if_large()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for each in taken:
            each.close()
        log.close()
        os.close(descriptor)
    found = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert found == {"api.log": "", "api.log.1": "and longer", "api.log.2": "long"}
