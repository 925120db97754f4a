"""What is no request at all: broken JSON, wrong content types, bodies without end."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.support.world import World, assert_problem, fields_of

PROJECTS = "/api/tenant/projects"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"{'a': 1}", b'{"a": 1}}', b"\0", b"[1, 2"])
def test_broken_json_is_told(world: World, content: bytes) -> None:
    response = world.alice.post(PROJECTS, content=content, headers=JSON)
    assert "JSON" in assert_problem(response, 400, "malformed_body")["detail"]


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"5", b"null", b"true", b""])
def test_a_body_that_is_no_object_is_told(world: World, content: bytes) -> None:
    response = world.alice.post(PROJECTS, content=content, headers=JSON)
    assert fields_of(assert_problem(response, 422, "invalid_request")) == ["(body)"]


def test_another_content_type_is_told(world: World) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = world.alice.post(PROJECTS, content=b'{"name": "x", "command": ["true"]}', headers=headers)
    problem = assert_problem(response, 422, "invalid_request")
    assert "application/json" in problem["problems"][0]["got"]


def test_a_huge_number_is_told(world: World) -> None:
    content = b'{"name": "x", "command": ["true"], "parameters": {"n": ' + b"9" * 5000 + b"}}"
    assert_problem(world.alice.post(PROJECTS, content=content, headers=JSON), 400, "malformed_body")


def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    content = b'{"name": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    assert_problem(world.alice.post(PROJECTS, content=content, headers=JSON), 413, "body_too_large")


def test_a_body_that_is_too_large_is_refused_though_its_length_is_not_told(world: World) -> None:
    def endless() -> "object":
        for _ in range(40):
            yield b" " * 65536

    response = world.alice.post(PROJECTS, content=endless(), headers=JSON)  # type: ignore[arg-type]
    assert_problem(response, 413, "body_too_large")


def test_what_is_not_http_does_no_harm(world: World) -> None:
    address = urlsplit(world.served.url)
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(b"\x16\x03\x01nonsense\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.1 400")
    assert world.nobody.get("/healthz").status_code == 200
