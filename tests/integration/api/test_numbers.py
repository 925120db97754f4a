"""GET /api/tenant/status and GET /api/tenant/stats."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from addon_portal.domain.clock import SystemClock, from_text
from tests.support.world import Json, World, assert_problem, fields_of, json_of

STATUS = "/api/tenant/status"
STATS = "/api/tenant/stats"


def get(world: World, path: str, **query: object) -> Json:
    """What Alice is answered."""
    response = world.alice.get(path, params={name: str(value) for name, value in query.items()})
    assert response.status_code == 200, response.text
    return json_of(response)


def ids(runs: list[Json]) -> list[str]:
    """The identifiers of a list of runs."""
    return [run["run_id"] for run in runs]


def test_the_status_of_a_tenant_without_anything(any_world: World) -> None:
    found = get(any_world, STATUS)
    assert (found["projects"], found["failed"], found["running"], found["waiting"]) == (0, [], [], [])
    assert set(found["active_runs"].values()) == set(found["health"].values()) == {0}
    assert set(found["last_24_hours"].values()) == {0}


def test_the_status_shows_what_failed_runs_and_waits(any_world: World) -> None:
    world = any_world
    failed, running, waiting = world.add_final(3), world.add_running(), world.add_run()
    world.add_final(0)
    world.supervisor.sweep()
    found = get(world, STATUS)
    assert found["projects"] == 4
    assert found["active_runs"] == {"pending": 1, "starting": 0, "running": 1, "stopping": 0}
    assert found["health"] == {
        **dict.fromkeys(("unreachable", "unsupervised", "finishing", "silent", "overdue"), 0),
        "ok": 2,
    }
    assert found["last_24_hours"] == {"completed": 1, "failed": 1, "unknown": 0, "cancelled": 0}
    assert found["unreachable"] is False
    assert ids(found["failed"]) == [failed["run_id"]]
    assert ids(found["running"]) == [running["run_id"]]
    assert ids(found["waiting"]) == [waiting["run_id"]]
    assert found["waiting"][0]["queue_position"] >= 1
    assert found["waiting"][0]["waiting_for"]
    assert found["failed"][0] == world.get_run(failed)


def test_the_health_is_that_of_the_runs(world: World) -> None:
    running = world.add_running()
    world.add_run()
    hours = world.served.app.state.portal.overdue_after + timedelta(minutes=1)
    overdue = world.add_run()
    world.supervisor.start(overdue["run_id"], at=SystemClock().now() - hours)
    world.supervisor.sweep()
    found = get(world, STATUS)["health"]
    assert (found["overdue"], found["ok"]) == (1, 2)
    world.supervisor.sweep(SystemClock().now() - timedelta(minutes=1))
    found = get(world, STATUS)
    assert (found["unreachable"], found["health"]["unreachable"], found["health"]["ok"]) == (True, 2, 1)
    assert world.get_run(running)["health"] == "unreachable"


def test_the_lists_are_as_long_as_asked_for(world: World) -> None:
    newest = [world.add_final(3) for _ in range(3)][-1]
    assert ids(get(world, STATUS, limit=1)["failed"]) == [newest["run_id"]]
    assert get(world, STATUS, limit=0)["failed"] == []


def test_the_stats_have_every_hour_and_what_ended_in_it(any_world: World) -> None:
    world = any_world
    ended = world.add_final(0)
    world.add_final(3)
    found = get(world, STATS)
    assert (found["bucket"], found["project_id"], len(found["buckets"])) == ("hour", None, 24)
    starts = [from_text(each["at"]) for each in found["buckets"]]
    assert all(later - earlier == timedelta(hours=1) for earlier, later in pairwise(starts))
    assert starts[0] == from_text(found["since"])
    assert from_text(found["until"]) == starts[-1] + timedelta(hours=1)
    assert starts[-1] <= SystemClock().now() < from_text(found["until"]) + timedelta(minutes=10)
    (filled,) = [each for each in found["buckets"] if each["completed"]]
    assert (filled["completed"], filled["failed"]) == (1, 1)
    seconds = (from_text(ended["ended_at"]) - from_text(ended["started_at"])).total_seconds()
    assert filled["median_seconds"] == filled["p95_seconds"]
    assert seconds * 0.9 <= filled["median_seconds"] <= seconds
    assert found["total"] == {name: value for name, value in filled.items() if name != "at"}


def test_the_stats_of_one_project_and_of_days(world: World) -> None:
    project = world.add_project()
    world.add_final(3, project)
    world.add_final(0)
    found = get(world, STATS, project_id=project["id"], bucket="day")
    assert (found["project_id"], len(found["buckets"])) == (project["id"], 30)
    assert (found["total"]["completed"], found["total"]["failed"]) == (0, 1)
    assert found["total"]["median_seconds"] is None


def test_a_time_is_widened_to_whole_slots(world: World) -> None:
    world.add_final(0)
    found = get(world, STATS, since="2026-05-04T01:30:00+02:00", until="2026-05-04T00:00:01Z")
    assert (found["since"], found["until"]) == ("2026-05-03T23:00:00.000000Z", "2026-05-04T01:00:00.000000Z")
    assert [each["completed"] for each in found["buckets"]] == [0, 0]
    whole = get(world, STATS, since="2026-05-04T00:00:00Z", until="2026-05-05T00:00:00Z", bucket="day")
    assert [each["at"] for each in whole["buckets"]] == ["2026-05-04T00:00:00.000000Z"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"bucket": "week"}, "bucket"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-05-04T00:00:00"}, "since"),
        ({"since": "1999-05-04T00:00:00Z"}, "since"),
        ({"until": "9999-12-31T23:59:59Z"}, "until"),
        ({"since": "2026-05-04T00:00:00Z", "until": "2026-05-04T00:00:00Z"}, "since"),
        ({"since": "2026-05-04T00:00:00Z", "until": "2026-06-04T00:00:00Z"}, "since"),
        ({"project_id": "nightly"}, "project_id"),
        ({"tenant": "x"}, "tenant"),
    ],
)
def test_a_bad_query_for_stats_is_refused(world: World, query: dict[str, str], field: str) -> None:
    response = world.alice.get(STATS, params=query)
    assert fields_of(assert_problem(response, 422, "invalid_request")) == [field]


@pytest.mark.parametrize("query", [{"limit": "-1"}, {"limit": "101"}, {"page": "1"}])
def test_a_bad_query_for_the_status_is_refused(world: World, query: dict[str, str]) -> None:
    assert fields_of(assert_problem(world.alice.get(STATUS, params=query), 422, "invalid_request")) == list(query)


@pytest.mark.parametrize("path", [STATUS, STATS])
def test_others_have_numbers_of_their_own(world: World, path: str) -> None:
    project = world.add_project()
    world.add_final(3, project)
    assert_problem(world.nobody.get(path), 401, "unauthenticated")
    assert_problem(world.alice.post(path), 405, "method_not_allowed")
    assert world.victor.get(path).status_code == 200
    his = json_of(world.charlie.get(path))
    assert (his.get("last_24_hours") or his["total"])["failed"] == 0
    for missing in (project["id"], "prj_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.charlie.get(STATS, params={"project_id": missing}), 404, "not_found")


def test_the_year_2000_is_where_time_begins(world: World) -> None:
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    found = get(world, STATS, since=begin.isoformat(), until=(begin + timedelta(days=3)).isoformat(), bucket="day")
    assert len(found["buckets"]) == 3
