"""GET /api/tenant/runs/{run_id}/log and GET, HEAD …/log/raw."""

import asyncio
import os
import shutil
import socket
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from addon_portal.api.streams import ClosingStream
from tests.support.waiting import wait_until
from tests.support.world import Json, World, assert_problem, fields_of, json_of

TEXT = "one\nzwei ü\ndrei €\nvier 😀\n"
DATA = TEXT.encode()


@pytest.fixture
def run(world: World) -> Json:
    """A running run with output."""
    made = world.add_running()
    world.supervisor.write(made["run_id"], "output.log", DATA)
    return made


def read(world: World, run: Json, **query: int) -> Json:
    """A stretch of output as Alice reads it."""
    response = world.alice.get(f"/api/tenant/runs/{run['run_id']}/log", params=query)
    assert response.status_code == 200, response.text
    return json_of(response)


def raw_of(run: Json) -> str:
    """The address of the raw output."""
    return f"/api/tenant/runs/{run['run_id']}/log/raw"


def test_output_is_read_by_offset(world: World, run: Json) -> None:
    assert read(world, run) == {
        "offset": 0,
        "next_offset": len(DATA),
        "size": len(DATA),
        "eof": True,
        "final": False,
        "first_offset": 0,
        "dropped": None,
        "text": TEXT,
    }
    assert read(world, run, offset=4, limit=4)["text"] == "zwei"


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7])
def test_pieces_make_the_whole(world: World, run: Json, limit: int) -> None:
    text, offset = "", 0
    while offset < len(DATA):
        chunk = read(world, run, offset=offset, limit=limit)
        assert chunk["next_offset"] > offset
        text, offset = text + chunk["text"], chunk["next_offset"]
    assert text == TEXT


def test_growing_output_is_followed(world: World, run: Json) -> None:
    offset = read(world, run)["next_offset"]
    assert read(world, run, offset=offset)["text"] == ""
    world.supervisor.write(run["run_id"], "output.log", DATA + b"more\n")
    assert read(world, run, offset=offset)["text"] == "more\n"


def test_the_end_of_a_final_run_is_final(world: World, run: Json) -> None:
    world.supervisor.end(run["run_id"])
    assert read(world, run, limit=5)["final"] is False
    assert read(world, run)["final"] is True
    assert read(world, run, offset=len(DATA))["final"] is True


def test_a_run_without_output_has_an_empty_log(world: World) -> None:
    pending = world.add_run()
    assert read(world, pending) == {
        "offset": 0,
        "next_offset": 0,
        "size": 0,
        "eof": True,
        "final": False,
        "first_offset": 0,
        "dropped": None,
        "text": "",
    }


@pytest.mark.parametrize("query", [{"offset": offset} for offset in (-1, 2**63, "x", 1000, 2**62)])
def test_an_offset_that_cannot_be_is_refused(world: World, run: Json, query: dict[str, str]) -> None:
    problem = assert_problem(
        world.alice.get(f"/api/tenant/runs/{run['run_id']}/log", params=query), 422, "invalid_request"
    )
    assert fields_of(problem) == ["offset"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": -1}, {"limit": 1024 * 1024 + 1}, {"tail": 5}])
def test_a_bad_query_is_refused(world: World, run: Json, query: dict[str, str]) -> None:
    response = world.alice.get(f"/api/tenant/runs/{run['run_id']}/log", params=query)
    assert fields_of(assert_problem(response, 422, "invalid_request")) == list(query)


def test_raw_output_is_what_was_written(world: World) -> None:
    run = world.add_running()
    data = bytes(range(256)) * 2000
    world.supervisor.write(run["run_id"], "output.log", data)
    response = world.alice.get(raw_of(run))
    assert (response.status_code, response.content) == (200, data)
    assert response.headers["content-length"] == str(len(data))
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-2", 0, 3),
        ("bytes=4-", 4, len(DATA)),
        ("bytes=-5", len(DATA) - 5, len(DATA)),
        ("bytes=0-", 0, len(DATA)),
        ("bytes=0-999999", 0, len(DATA)),
        ("bytes=-999999", 0, len(DATA)),
        (f"bytes={len(DATA) - 1}-", len(DATA) - 1, len(DATA)),
        ("bytes=" + "0" * 5000 + "1-" + "9" * 5000, 1, len(DATA)),
        ("bytes=-" + "9" * 5000, 0, len(DATA)),
    ],
)
def test_a_range_is_served(world: World, run: Json, asked: str, start: int, end: int) -> None:
    response = world.alice.get(raw_of(run), headers={"Range": asked})
    assert (response.status_code, response.content) == (206, DATA[start:end])
    assert response.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
    assert response.headers["content-length"] == str(end - start)


@pytest.mark.parametrize(
    "asked",
    [
        f"bytes={len(DATA)}-",
        "bytes=1000-2000",
        "bytes=-0",
        "bytes=-000",
        "bytes=1" + "0" * 18 + "-",
        "bytes=1" + "0" * 5000 + "-2" + "0" * 5000,
    ],
)
def test_a_range_outside_is_not_satisfiable(world: World, run: Json, asked: str) -> None:
    response = world.alice.get(raw_of(run), headers={"Range": asked})
    assert_problem(response, 416, "range_not_satisfiable")
    assert response.headers["content-range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=2" + "0" * 30 + "-1" + "0" * 30]
)
def test_a_range_that_we_need_not_understand_is_ignored(world: World, run: Json, asked: str) -> None:
    response = world.alice.get(raw_of(run), headers={"Range": asked})
    assert (response.status_code, response.content) == (200, DATA)


def test_any_range_of_an_empty_log_is_not_satisfiable(world: World) -> None:
    run = world.add_run()
    assert_problem(world.alice.get(raw_of(run), headers={"Range": "bytes=0-"}), 416, "range_not_satisfiable")
    assert world.alice.get(raw_of(run)).content == b""


def test_head_tells_the_size(world: World, run: Json) -> None:
    response = world.alice.head(raw_of(run))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len(DATA))
    assert response.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("path", ["log", "log/raw"])
def test_output_that_cannot_be_read_is_not_shown_as_empty(world: World, run: Json, path: str) -> None:
    address = f"/api/tenant/runs/{run['run_id']}/{path}"
    directory = world.served.settings.data.run_directory(run["run_id"])
    (directory / "output.log").unlink()
    assert world.alice.get(address).status_code == 200
    (directory / "output.log").symlink_to("/etc/passwd")
    assert_problem(world.alice.get(address), 503, "output_unreadable")
    shutil.rmtree(directory)
    assert "lost" in assert_problem(world.alice.get(address), 503, "output_unreadable")["detail"]
    marker = world.served.settings.data.run_root_marker
    marker.unlink()
    assert "mounted" in assert_problem(world.alice.get(address), 503, "output_unreadable")["detail"]
    marker.touch()


@pytest.mark.parametrize("path", ["log", "log/raw"])
def test_others_do_not_read(world: World, run: Json, path: str) -> None:
    address = f"/api/tenant/runs/{run['run_id']}/{path}"
    assert_problem(world.nobody.get(address), 401, "unauthenticated")
    assert_problem(world.charlie.get(address), 404, "not_found")
    assert_problem(world.alice.post(address), 405, "method_not_allowed")
    assert world.victor.get(address).status_code == 200
    assert_problem(world.alice.get(f"/api/tenant/runs/run_1/{path}"), 404, "not_found")
    assert_problem(world.alice.get(f"/api/tenant/runs/run_01k7qz9t3v5x8y2m4n6p0r1s2a/{path}"), 404, "not_found")


def test_head_is_refused_like_get(world: World, run: Json) -> None:
    assert world.nobody.head(raw_of(run)).status_code == 401
    assert world.charlie.head(raw_of(run)).status_code == 404


def test_output_that_is_no_regular_file_is_not_read(world: World, run: Json) -> None:
    log = world.served.settings.data.run_directory(run["run_id"]) / "output.log"
    makers: tuple[Callable[[], None], ...] = (log.mkdir, lambda: os.mkfifo(log), lambda: None)
    for make in makers:
        log.rmdir() if log.is_dir() else log.unlink()
        make()
        for path in ("log", "log/raw") if log.exists() else ():
            response = world.alice.get(f"/api/tenant/runs/{run['run_id']}/{path}")
            assert "regular" in assert_problem(response, 503, "output_unreadable")["detail"]


def open_logs(run: Json) -> int:
    """How many descriptors of a run's output this process has, which serves the API."""
    wanted, found = f"{run['run_id']}/output.log", 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found += str(entry.readlink()).endswith(wanted)
    return found


@pytest.mark.parametrize("reads", [0, 100])
def test_a_download_that_is_broken_off_leaves_nothing_open(world: World, run: Json, reads: int) -> None:
    log = world.served.settings.data.run_directory(run["run_id"]) / "output.log"
    os.truncate(log, 50 << 20)
    url = httpx.URL(world.served.url)
    key = world.alice.headers["Authorization"]
    request = f"GET {raw_of(run)} HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\n\r\n".encode()
    for number in range(20):
        with socket.create_connection((url.host, url.port or 0)) as client:
            client.sendall(request)
            assert len(client.recv(reads)) <= reads
            if number % 2:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    world.alice.get(raw_of(run), headers={"Range": "bytes=0-9"})
    wait_until(lambda: not open_logs(run), "the output to be closed")


def test_an_answer_that_nobody_begins_to_read_closes_what_it_is_made_from() -> None:
    closed = []

    async def content() -> AsyncGenerator[bytes, None]:
        try:
            yield b"never"
        finally:
            closed.append("content")

    async def broken(_: object) -> None:
        raise ConnectionResetError

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    answer = ClosingStream(content(), 200, {}, "text/plain", lambda: closed.append("file"))
    with pytest.raises(ConnectionResetError):
        asyncio.run(answer({"type": "http"}, never, broken))
    assert closed == ["file"]
