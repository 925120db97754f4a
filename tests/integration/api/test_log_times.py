"""GET /api/tenant/runs/{run_id}/log/times."""

import struct

import pytest

from tests.support.world import Json, World, assert_problem, fields_of, json_of

SECOND = 1_000_000_000
BEGIN = 1_791_374_400 * SECOND
"""2026-10-07T12:00:00Z."""


def address(run: Json) -> str:
    """Where it is asked for."""
    return f"/api/tenant/runs/{run['run_id']}/log/times"


def write(world: World, run: Json, count: int, *, torn: bytes = b"") -> None:
    """Output of ten bytes a second, and its index."""
    world.supervisor.write(run["run_id"], "output.log", b"123456789\n" * count)
    entries = (struct.pack("<QQ", 10 * number, BEGIN + number * SECOND) for number in range(count))
    world.supervisor.write(run["run_id"], "output.idx", b"".join(entries) + torn)


def told(world: World, run: Json, begin: int, end: int, **query: int) -> list[tuple[int, str]]:
    """What Alice is told: offsets, and seconds as they are written."""
    response = world.alice.get(address(run), params={"from": begin, "to": end, **query})
    assert response.status_code == 200, response.text
    return [(item["offset"], item["at"][14:19]) for item in json_of(response)["items"]]


def test_each_byte_of_a_stretch_has_its_time(any_world: World) -> None:
    run = any_world.add_running()
    write(any_world, run, 100)
    assert told(any_world, run, 0, 20) == [(0, "00:00"), (10, "00:01")]
    assert told(any_world, run, 15, 31) == [(10, "00:01"), (20, "00:02"), (30, "00:03")]
    assert told(any_world, run, 990, 5000) == [(990, "01:39")]
    assert told(any_world, run, 5000, 6000) == [(990, "01:39")]


def test_of_many_times_some_are_left_out(world: World) -> None:
    run = world.add_running()
    write(world, run, 100)
    few = told(world, run, 0, 1000, limit=10)
    assert [offset for offset, _ in few] == list(range(0, 1000, 100))


def test_half_an_entry_is_none(world: World) -> None:
    run = world.add_running()
    write(world, run, 2, torn=b"half")
    assert [offset for offset, _ in told(world, run, 0, 1000)] == [0, 10]


def test_what_nobody_has_written_down_is_not_told(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "output.log", b"imported\n")
    assert told(world, run, 0, 9) == []
    assert told(world, world.add_run(), 0, 9) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=0", "to"),
        ("from=-1&to=9", "from"),
        ("from=x&to=9", "from"),
        ("to=x", "to"),
        ("to=9&limit=0", "limit"),
        ("to=9&limit=2001", "limit"),
        ("to=9&line=1", "line"),
    ],
)
def test_a_bad_query_is_refused(world: World, query: str, field: str) -> None:
    response = world.alice.get(f"{address(world.add_running())}?{query}")
    assert fields_of(assert_problem(response, 422, "invalid_request")) == [field]


def test_others_are_told_nothing(world: World) -> None:
    run = world.add_running()
    write(world, run, 1)
    query = "?to=9"
    assert_problem(world.nobody.get(address(run) + query), 401, "unauthenticated")
    assert_problem(world.charlie.get(address(run) + query), 404, "not_found")
    assert_problem(world.alice.post(address(run) + query), 405, "method_not_allowed")
    assert world.victor.get(address(run) + query).status_code == 200
    for missing in ("run_1", "run_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.alice.get(address({"run_id": missing}) + query), 404, "not_found")


def test_times_of_output_that_is_lost_are_not_told_as_none(world: World) -> None:
    assert_problem(world.alice.get(address(world.add_running()) + "?to=9"), 503, "output_unreadable")
