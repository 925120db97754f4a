"""GET /api/tenant/runs/{run_id}/log/search."""

import os

import pytest

from addon_portal.api.services import output_service
from addon_portal.evidence.search import BLOCK_BYTES
from tests.support.world import Json, World, assert_problem, fields_of, json_of

TEXT = "one oops\nzwei ü OOPS\noops oops\n"


@pytest.fixture
def run(world: World) -> Json:
    """A running run with output."""
    made = world.add_running()
    world.supervisor.write(made["run_id"], "output.log", TEXT.encode())
    return made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches whose time is over after one block."""
    monkeypatch.setattr(output_service, "SEARCH_SECONDS", 0.0)


def address(run: Json) -> str:
    """Where the run's output is searched."""
    return f"/api/tenant/runs/{run['run_id']}/log/search"


def search(world: World, run: Json, **query: str | int) -> Json:
    """What Alice finds."""
    response = world.alice.get(address(run), params=query)
    assert response.status_code == 200, response.text
    return json_of(response)


def found(answer: Json) -> list[int]:
    """The offsets of the places."""
    return [item["offset"] for item in answer["items"]]


def test_a_place_is_found_with_its_line(world: World, run: Json) -> None:
    assert search(world, run, q="OOPS") == {
        "items": [
            {
                "offset": 17,
                "end_offset": 21,
                "line_start": 9,
                "line_end": 21,
                "text": "zwei ü OOPS",
                "match_start": 7,
                "match_end": 11,
                "cut": False,
            }
        ],
        "next_from": 29,
        "done": True,
        "final": False,
        "size": 32,
        "first_offset": 0,
    }


def test_both_directions_and_both_cases(world: World, run: Json) -> None:
    assert found(search(world, run, q="oops")) == [4, 22, 27]
    assert found(search(world, run, q="oops", case="ignore")) == [4, 17, 22, 27]
    assert found(search(world, run, q="oops", direction="previous")) == [27, 22, 4]
    assert found(search(world, run, q="oops", **{"from": 5})) == [22, 27]
    assert found(search(world, run, q="oops", direction="previous", **{"from": 22})) == [4]
    assert found(search(world, run, q="Ü", case="ignore")) == [14]


@pytest.mark.parametrize("direction", ["next", "previous"])
def test_going_on_finds_the_rest(world: World, run: Json, direction: str) -> None:
    places: list[int] = []
    answer = search(world, run, q="oops", direction=direction, limit=1)
    while not answer["done"]:
        places += found(answer)
        answer = search(world, run, q="oops", direction=direction, limit=1, **{"from": answer["next_from"]})
    assert sorted(places + found(answer)) == [4, 22, 27]


def test_nothing_more_comes_once_the_run_is_final(world: World, run: Json) -> None:
    assert search(world, run, q="oops")["final"] is False
    assert search(world, run, q="oops", direction="previous")["final"] is True
    world.supervisor.end(run["run_id"])
    assert search(world, run, q="oops", limit=1)["final"] is False
    assert search(world, run, q="oops")["final"] is True


@pytest.mark.usefixtures("impatient")
def test_a_search_that_takes_long_says_how_far_it_has_come(world: World, run: Json) -> None:
    log = world.served.settings.data.run_directory(run["run_id"]) / "output.log"
    os.truncate(log, 3 * BLOCK_BYTES)
    first = search(world, run, q="nowhere")
    assert (first["items"], first["next_from"], first["done"]) == ([], BLOCK_BYTES, False)
    back = search(world, run, q="oops", direction="previous")
    assert (back["items"], back["next_from"], back["done"]) == ([], 2 * BLOCK_BYTES, False)
    last = search(world, run, q="nowhere", **{"from": 2 * BLOCK_BYTES})
    assert last["done"] is True


def test_a_run_without_output_has_nothing_to_find(world: World) -> None:
    pending = world.add_run()
    for direction in ("next", "previous"):
        answer = search(world, pending, q="x", direction=direction)
        assert (answer["items"], answer["done"], answer["size"]) == ([], True, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\nb"}, "q"),
        ({"q": "x", "from": -1}, "from"),
        ({"q": "x", "from": "x"}, "from"),
        ({"q": "x", "from": 1000}, "from"),
        ({"q": "x", "direction": "up"}, "direction"),
        ({"q": "x", "case": "upper"}, "case"),
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "limit": 201}, "limit"),
        ({"q": "x", "regex": "1"}, "regex"),
        ({"q": ["x", "y"]}, "q"),
    ],
)
def test_a_bad_query_is_refused(world: World, run: Json, query: Json, field: str) -> None:
    response = world.alice.get(address(run), params=query)
    assert fields_of(assert_problem(response, 422, "invalid_request")) == [field]


def test_others_do_not_search(world: World, run: Json) -> None:
    query = "?q=oops"
    assert_problem(world.nobody.get(address(run) + query), 401, "unauthenticated")
    assert_problem(world.charlie.get(address(run) + query), 404, "not_found")
    assert_problem(world.alice.post(address(run) + query), 405, "method_not_allowed")
    assert world.victor.get(address(run) + query).status_code == 200
    for missing in ("run_1", "run_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.alice.get(address({"run_id": missing}) + query), 404, "not_found")


def test_output_that_is_lost_is_not_searched_as_an_empty_one(world: World) -> None:
    run = world.add_running()
    assert_problem(world.alice.get(address(run) + "?q=x"), 503, "output_unreadable")
