"""GET /api/tenant/last-lines."""

import shutil

import pytest

from addon_portal.api.services.output_service import LAST_LINE_BYTES
from addon_portal.domain.ids import RunId
from tests.support.world import Json, World, assert_problem, fields_of, json_of

PATH = "/api/tenant/last-lines"


def running_that_wrote(world: World, output: bytes) -> str:
    """The identifier of a run whose program has written this."""
    run_id = str(world.add_running()["run_id"])
    world.supervisor.write(run_id, "output.log", output)
    return run_id


def told(world: World, *run_ids: str) -> dict[str, str]:
    """What Alice is told of these runs."""
    response = world.alice.get(PATH, params={"run": list(run_ids)})
    assert response.status_code == 200, response.text
    return {item["run_id"]: item["text"] for item in json_of(response)["items"]}


def test_each_run_has_the_last_line_that_is_not_blank(any_world: World) -> None:
    one = running_that_wrote(any_world, b"first\nrow 48211: amount is not a number\n\n  \n")
    other = running_that_wrote(any_world, b"10 %\r20 %\r\n")
    half = running_that_wrote(any_world, b"first\nnot yet at its e")
    assert told(any_world, one, other, half) == {
        one: "row 48211: amount is not a number",
        other: "10 %\r20 %",
        half: "not yet at its e",
    }


def test_runs_without_a_line_are_left_out(world: World) -> None:
    nothing, blank, waiting = running_that_wrote(world, b""), running_that_wrote(world, b"\n\n"), world.add_run()
    lost = running_that_wrote(world, b"gone\n")
    shutil.rmtree(world.served.settings.data.run_directory(RunId(lost)))
    written = running_that_wrote(world, b"here\n")
    assert told(world, nothing, blank, waiting["run_id"], lost, written) == {written: "here"}


def test_of_a_long_line_the_end_is_told(world: World) -> None:
    run_id = running_that_wrote(world, b"x" * 100_000 + b"end\n")
    text = told(world, run_id)[run_id]
    assert text.endswith("xend")
    assert len(text) <= LAST_LINE_BYTES


def test_a_final_run_has_its_last_line_too(world: World) -> None:
    run_id = running_that_wrote(world, b"oops\n")
    world.supervisor.end(run_id)
    assert told(world, run_id) == {run_id: "oops"}


def test_runs_of_another_tenant_are_left_out(world: World) -> None:
    run_id = running_that_wrote(world, b"secret\n")
    response = world.charlie.get(PATH, params={"run": run_id})
    assert json_of(response) == {"items": []}


def test_somebody_without_a_key_is_told_nothing(world: World) -> None:
    assert_problem(world.nobody.get(PATH, params={"run": world.add_run()["run_id"]}), 401, "unauthenticated")


@pytest.mark.parametrize("query", [{}, {"run": "run_nothing"}, {"run": ["run_01k7qz9t3v5x8y2m4n6p0r1s2a"] * 201}])
def test_what_cannot_be_asked_is_refused(world: World, query: Json) -> None:
    problem = assert_problem(world.alice.get(PATH, params=query), 422, "invalid_request")
    assert {field.partition(".")[0].partition("[")[0] for field in fields_of(problem)} == {"run"}
