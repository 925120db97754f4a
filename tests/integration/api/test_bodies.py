"""What is no request at all: broken JSON, wrong content types, bodies without end."""

import socket
from urllib.parse import urlsplit

import pytest

from addon_portal.api.json_bodies import JsonRoute
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


def test_an_empty_body_is_told_what_was_expected(world: World) -> None:
    problem = assert_problem(world.alice.post(PROJECTS, content=b"", headers=JSON), 422, "invalid_request")
    assert problem["problems"] == [{"field": "(body)", "expected": "a JSON object", "got": "nothing"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"name": "\xff"}', "not UTF-8"),
        (b'{"name": ' + b"9" * 5000 + b"}", "too many digits"),
    ],
)
def test_json_that_cannot_be_read_is_not_called_malformed(world: World, content: bytes, said: str) -> None:
    detail = assert_problem(world.alice.post(PROJECTS, content=content, headers=JSON), 400, "malformed_body")["detail"]
    assert said in detail
    assert "well-formed" not in detail


@pytest.mark.parametrize("depth", [100, 300, 900])
def test_nesting_is_told_at_the_field(world: World, depth: int) -> None:
    content = b'{"name": "x", "command": ["true"], "parameters": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    problem = assert_problem(world.alice.post(PROJECTS, content=content, headers=JSON), 422, "invalid_request")
    assert fields_of(problem) == ["parameters"]
    assert "nesting" in problem["detail"]


def test_text_that_is_not_utf_8_is_told(world: World) -> None:
    # What Python makes of such an argument on a command line; JSON can carry it as an escape.
    body = {"name": "x\udcff", "command": ["a\udcff"], "env": {"A": "\udcff"}, "parameters": {"a": "\udcff"}}
    problem = assert_problem(world.post_text(PROJECTS, body), 422, "invalid_request")
    assert sorted(fields_of(problem)) == ["command[0]", "env.A", "name", "parameters"]
    assert {each["expected"] for each in problem["problems"]} == {"text that can be written as UTF-8"}


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


def test_a_query_that_says_a_thing_twice_is_refused(world: World) -> None:
    response = world.alice.get("/api/tenant/runs?limit=1&limit=2&state=failed&state=completed")
    problem = assert_problem(response, 422, "invalid_request")
    assert problem["problems"] == [{"field": "limit", "expected": "one value", "got": "2 values"}]
    assert world.alice.get("/api/tenant/runs?limit=1&state=failed&state=completed").status_code == 200


def test_a_body_that_says_a_thing_twice_is_refused(world: World) -> None:
    content = b'{"name": "a", "command": ["true"], "name": "b", "env": {"A": "1", "B": "2"}}'
    problem = assert_problem(world.alice.post(PROJECTS, content=content, headers=JSON), 422, "invalid_request")
    assert problem["problems"] == [{"field": "name", "expected": "one value", "got": "2 values"}]
    content = b'{"name": "a", "command": ["true"], "env": {"A": "1", "A": "1", "A": "2"}}'
    problem = assert_problem(world.alice.post(PROJECTS, content=content, headers=JSON), 422, "invalid_request")
    assert problem["problems"] == [{"field": "A", "expected": "one value", "got": "3 values"}]


def test_every_body_is_read_by_the_same_rules(world: World) -> None:
    with_body = [route for route in world.served.app.routes if getattr(route, "body_field", None) is not None]
    assert len(with_body) > 5
    assert all(isinstance(route, JsonRoute) for route in with_body)
