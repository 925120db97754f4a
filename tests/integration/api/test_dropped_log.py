"""What the API says of a log whose oldest part was dropped to keep its limit."""

import json

import pytest

from addon_portal.shim.shim import punch
from tests.support.world import Json, World, assert_problem, json_of

BLOCK = 65536
DATA = b"".join(b"line %06d\n" % number for number in range(20_000))
SENTENCE = f"The first {BLOCK} bytes are no longer there: of this run's output the last 1 MiB are kept."


@pytest.fixture
def run(world: World) -> Json:
    """A running run whose first block of output is gone."""
    made = world.add_running()
    world.supervisor.write(made["run_id"], "output.log", DATA)
    directory = world.served.settings.data.run_directory(made["run_id"])
    (directory / "spec.json").write_text(json.dumps({"version": 1, "run": made["run_id"], "log_limit_bytes": 1 << 20}))
    with (directory / "output.log").open("r+b") as log:
        punch(log.fileno(), BLOCK)
    return made


def address(run: Json, *more: str) -> str:
    """Where its output is."""
    return "/".join((f"/api/tenant/runs/{run['run_id']}", "log", *more))


def test_the_text_begins_with_what_is_there_and_says_what_is_not(world: World, run: Json) -> None:
    found = json_of(world.alice.get(address(run), params={"limit": 12}))
    assert (found["offset"], found["next_offset"], found["first_offset"]) == (BLOCK, BLOCK + 12, BLOCK)
    assert (found["text"], found["size"]) == (DATA[BLOCK : BLOCK + 12].decode(), len(DATA))
    assert found["dropped"] == SENTENCE
    later = json_of(world.alice.get(address(run), params={"offset": BLOCK + 12, "limit": 12}))
    assert (later["offset"], later["first_offset"]) == (BLOCK + 12, BLOCK)


def test_the_raw_output_begins_there_too(world: World, run: Json) -> None:
    whole = world.alice.get(address(run, "raw"))
    assert (whole.status_code, whole.content) == (200, DATA[BLOCK:])
    assert whole.headers["log-first-offset"] == str(BLOCK)
    head = world.alice.head(address(run, "raw"))
    assert (head.headers["content-length"], head.headers["log-first-offset"]) == (str(len(DATA) - BLOCK), str(BLOCK))


@pytest.mark.parametrize("asked", ["bytes=0-", f"bytes=100-{len(DATA) - 1}", f"bytes=-{len(DATA)}"])
def test_a_range_that_reaches_into_what_is_there_is_answered_from_there_on(world: World, run: Json, asked: str) -> None:
    response = world.alice.get(address(run, "raw"), headers={"Range": asked})
    assert (response.status_code, response.content) == (206, DATA[BLOCK:])
    assert response.headers["content-range"] == f"bytes {BLOCK}-{len(DATA) - 1}/{len(DATA)}"


def test_a_range_of_what_is_gone_is_refused_and_never_answered_with_zeros(world: World, run: Json) -> None:
    response = world.alice.get(address(run, "raw"), headers={"Range": f"bytes=0-{BLOCK - 1}"})
    problem = assert_problem(response, 416, "range_not_satisfiable")
    assert (problem["size"], problem["first_offset"]) == (len(DATA), BLOCK)
    assert f"the first {BLOCK} are no longer there" in problem["detail"]
    assert response.headers["log-first-offset"] == str(BLOCK)


def test_a_search_says_from_where_on_it_has_looked(world: World, run: Json) -> None:
    found = json_of(world.alice.get(address(run, "search"), params={"q": "line 000001"}))
    assert (found["items"], found["done"], found["first_offset"]) == ([], True, BLOCK)


def test_the_evidence_tells_it(world: World, run: Json) -> None:
    evidence = json_of(world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence"))
    assert (evidence["output_bytes"], evidence["output_first_offset"]) == (len(DATA), BLOCK)
    assert evidence["output_dropped"] == SENTENCE
    assert evidence["output_tail"][-1] == "line 019999"


def test_the_evidence_tells_of_a_limit_that_the_file_system_does_not_keep(world: World, run: Json) -> None:
    log = world.served.settings.data.run_directory(run["run_id"]) / "output.log"
    with log.open("wb") as file:
        for _ in range(66):
            file.write(b"x" * (1 << 20))
    evidence = json_of(world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence"))
    assert evidence["output_first_offset"] == 0
    assert evidence["output_dropped"] == "Its limit of 1 MiB is not kept: the file system cannot drop a part of a file."
