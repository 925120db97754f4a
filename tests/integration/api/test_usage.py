"""GET /api/tenant/runs/{run_id}/usage."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from addon_portal.domain.clock import SystemClock, from_text
from addon_portal.domain.usage import Sample, Source, encode, encode_header
from tests.support.world import Json, World, assert_problem, fields_of, json_of

SECOND = 1_000_000
MIB = 1 << 20


def address(run: Json) -> str:
    """Where it is asked for."""
    return f"/api/tenant/runs/{run['run_id']}/usage"


def ask(world: World, run: Json, **query: int) -> Json:
    """What Alice is told."""
    response = world.alice.get(address(run), params=query)
    assert response.status_code == 200, response.text
    return json_of(response)


def directory_of(world: World, run: Json) -> Path:
    """Where its evidence is."""
    return world.served.settings.data.run_directory(run["run_id"])


def samples_until(now: datetime, count: int) -> list[Sample]:
    """One a second, of a run that keeps half a processor busy and takes a MiB more each time."""
    begin = now - timedelta(seconds=count)
    return [
        Sample(
            round((begin + timedelta(seconds=number)).timestamp() * SECOND),
            number * SECOND,
            0,
            number * MIB,
            number * SECOND // 2,
            1 + number % 3,
        )
        for number in range(1, count + 1)
    ]


def write(world: World, run: Json, samples: list[Sample], interval: int = 1) -> None:
    """What a supervisor would have kept."""
    header = encode_header(interval, Source.CONTROL_GROUP, Source.PROCESSES)
    world.supervisor.write(run["run_id"], "usage", header + encode(samples))


def test_samples_are_told_in_as_many_points_as_are_wanted(any_world: World) -> None:
    run = any_world.add_running()
    samples = samples_until(SystemClock().now(), 100)
    write(any_world, run, samples)
    told = ask(any_world, run)
    assert len(told["points"]) == 100
    assert told["points"][1] | {"at": None} == {
        "at": None,
        "memory_bytes": 2 * MIB,
        "cpu_seconds": 1.0,
        "cpus": 0.5,
        "processes": 3,
        "unsampled_seconds": 0.0,
    }
    assert from_text(told["points"][1]["at"]).timestamp() * SECOND == pytest.approx(samples[1].at_micros)
    assert told | {"points": []} == {
        "run_id": run["run_id"],
        "points": [],
        "interval_seconds": 1,
        "memory_from": "control_group",
        "cpu_from": "processes",
        "peak_memory_bytes": 100 * MIB,
        "cpu_seconds": 50.0,
        "unsampled_since": None,
        "why_nothing": None,
        "final": False,
    }
    few = ask(any_world, run, points=10)["points"]
    assert [(point["memory_bytes"], point["cpus"]) for point in few[1:3]] == [(20 * MIB, 0.5), (30 * MIB, 0.5)]
    assert len(few) == 10
    assert [point["processes"] for point in ask(any_world, run, points=1)["points"]] == [3]


def test_time_in_which_nobody_looked_is_told_and_since_when(world: World) -> None:
    run = world.add_running()
    samples = samples_until(SystemClock().now() - timedelta(minutes=5), 20)
    samples[10] = replace(samples[10], unsampled_micros=7 * SECOND)
    write(world, run, samples)
    told = ask(world, run)
    assert [point["unsampled_seconds"] for point in told["points"]] == [0.0] * 10 + [7.0] + [0.0] * 9
    assert told["unsampled_since"] == told["points"][-1]["at"]
    assert sum(point["unsampled_seconds"] for point in ask(world, run, points=3)["points"]) == 7.0


def test_the_end_adds_what_was_counted_then(world: World) -> None:
    run = world.add_running()
    write(world, run, samples_until(SystemClock().now(), 3))
    world.supervisor.end(run["run_id"])
    told = ask(world, run)
    assert told["final"] is True
    assert told["cpu_seconds"] >= 1.5
    assert told["peak_memory_bytes"] >= 3 * MIB


def test_a_run_without_samples_says_why(world: World) -> None:
    pending = world.add_run()
    assert ask(world, pending)["why_nothing"] == "The program has not been started."
    running = world.add_running()
    directory_of(world, running).mkdir(exist_ok=True)
    told = ask(world, running)
    assert told["points"] == []
    assert told["interval_seconds"] is None
    assert told["why_nothing"].startswith("Nobody has looked at the run yet")
    world.supervisor.end(running["run_id"])
    assert ask(world, running)["why_nothing"].startswith("The run ended before anybody looked")


def test_samples_that_cannot_be_read_are_no_error_and_no_samples(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "usage", b"nonsense")
    assert "cannot be read: it has no header" in ask(world, run)["why_nothing"]
    (directory_of(world, run) / "usage").unlink()
    (directory_of(world, run) / "usage").symlink_to("/etc/hostname")
    assert "cannot be read" in ask(world, run)["why_nothing"]


@pytest.mark.parametrize("query", [{"points": 0}, {"points": 241}, {"points": "x"}, {"every": 1}])
def test_a_bad_query_is_refused(world: World, query: Json) -> None:
    run = world.add_run()
    response = world.alice.get(address(run), params=query)
    assert fields_of(assert_problem(response, 422, "invalid_request")) == list(query)


def test_others_are_told_nothing(world: World) -> None:
    run = world.add_running()
    assert_problem(world.nobody.get(address(run)), 401, "unauthenticated")
    assert_problem(world.charlie.get(address(run)), 404, "not_found")
    assert_problem(world.alice.post(address(run)), 405, "method_not_allowed")
    assert world.victor.get(address(run)).status_code == 200
    for missing in ("run_1", "run_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.alice.get(address({"run_id": missing})), 404, "not_found")
