"""`…/schedule` of a project and `/api/tenant/schedules`: when projects run by themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from addon_portal.domain.clock import from_text
from addon_portal.domain.ids import ProjectId, new_run_id
from addon_portal.storage import NewRun
from addon_portal.storage.schedules import Schedules
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

LIST = "/api/tenant/schedules"
NIGHTLY: Json = {"cron": "0 3 * * *", "time_zone": "Europe/Berlin"}


def schedule_path(project: Json) -> str:
    return f"{path_of(project)}/schedule"


def put(world: World, project: Json, **changes: object) -> Json:
    """Give a project of Alice's a schedule."""
    response = world.alice.put(schedule_path(project), json={**NIGHTLY, **changes})
    assert response.status_code == 200, response.text
    return json_of(response)


def test_a_schedule_is_given_shown_changed_and_taken_away(any_world: World) -> None:
    project = any_world.add_project()
    made = put(any_world, project, when_running="queue", when_missed="run_once")
    assert (made["project_id"], made["project_name"]) == (project["id"], project["name"])
    assert (made["cron"], made["time_zone"], made["paused"]) == ("0 3 * * *", "Europe/Berlin", False)
    assert (made["when_running"], made["when_missed"], made["updated_by"]) == ("queue", "run_once", "key:alice")
    assert (made["started"], made["skipped"], made["missed"], made["refused"], made["last"]) == (0, 0, 0, 0, None)
    path = schedule_path(project)
    assert json_of(any_world.victor.get(path)) == made
    assert json_of(any_world.victor.get(LIST)) == {"items": [made], "next_cursor": None}
    changed = put(any_world, project, cron="@hourly", time_zone="UTC")
    assert (changed["cron"], changed["created_at"], changed["when_running"]) == ("@hourly", made["created_at"], "skip")
    assert any_world.bob.delete(path).status_code == 204
    assert_problem(any_world.bob.delete(path), 404, "not_found")
    assert_problem(any_world.victor.get(path), 404, "not_found")
    assert json_of(any_world.victor.get(LIST))["items"] == []


def test_the_schedule_of_one_project_is_listed_or_none(any_world: World) -> None:
    other, project = any_world.add_project(), any_world.add_project()
    made = put(any_world, other)
    of = {"project_id": project["id"]}
    assert json_of(any_world.victor.get(LIST, params=of)) == {"items": [], "next_cursor": None}
    mine = put(any_world, project)
    assert json_of(any_world.victor.get(LIST, params=of))["items"] == [mine]
    assert json_of(any_world.victor.get(LIST))["items"] == [mine, made]
    for path in (LIST, schedule_path(project)):
        assert_problem(any_world.charlie.get(path, params=of if path == LIST else {}), 404, "not_found")
    assert_problem(any_world.alice.get(LIST, params={"project_id": "nonsense"}), 404, "not_found")


def test_the_next_five_times_are_shown_by_the_clocks_of_the_zone(world: World) -> None:
    shown = put(world, world.add_project())["next_times"]
    assert len(shown) == 5
    for time in shown:
        assert time["local"][10:19] == "T03:00:00"
        assert datetime.fromisoformat(time["local"]) == from_text(time["at"])
    assert from_text(shown[0]["at"]) - datetime.now(UTC) <= timedelta(hours=26)


def test_a_timetable_tells_the_times_of_a_schedule_that_nobody_has(world: World) -> None:
    shown = json_of(world.victor.get("/api/tenant/timetable", params=NIGHTLY))["next_times"]
    assert shown == put(world, world.add_project())["next_times"]
    wrong = world.alice.get("/api/tenant/timetable", params={"cron": "61 * * * *", "time_zone": "Mars"})
    assert fields_of(assert_problem(wrong, 422, "invalid_request")) == ["time_zone", "cron"]
    missing = world.alice.get("/api/tenant/timetable")
    assert fields_of(assert_problem(missing, 422, "invalid_request")) == ["cron"]


def test_a_dry_run_shows_when_it_would_run_and_stores_nothing(any_world: World) -> None:
    project = any_world.add_project()
    assert len(put(any_world, project, dry_run=True)["next_times"]) == 5
    assert_problem(any_world.alice.get(schedule_path(project)), 404, "not_found")
    kept = put(any_world, project)
    assert put(any_world, project, cron="@daily", dry_run=True)["cron"] == "@daily"
    assert json_of(any_world.alice.get(schedule_path(project))) == kept


def test_it_is_paused_and_resumed_however_often_that_is_said(any_world: World) -> None:
    project = any_world.add_project()
    put(any_world, project)
    path = schedule_path(project)
    first, again = (json_of(any_world.bob.post(f"{path}/pause")) for _ in range(2))
    assert first == again
    assert (first["paused"], first["paused_by"], first["next_times"]) == (True, "key:bob", [])
    changed = put(any_world, project, cron="@daily")
    assert (changed["paused"], changed["next_times"]) == (True, [])
    resumed, once_more = (json_of(any_world.bob.post(f"{path}/resume")) for _ in range(2))
    assert resumed == once_more
    assert (resumed["paused"], resumed["paused_at"], len(resumed["next_times"])) == (False, None, 5)


def test_a_repeated_request_has_one_effect(world: World) -> None:
    project = world.add_project()
    first, second = put(world, project), put(world, project)
    assert {**first, "updated_at": None} == {**second, "updated_at": None}
    assert len(json_of(world.alice.get(LIST))["items"]) == 1


def test_lists_are_read_page_by_page(world: World) -> None:
    projects = [world.add_project() for _ in range(3)]
    for project in projects:
        put(world, project)
    first = json_of(world.victor.get(LIST, params={"limit": 2}))
    rest = json_of(world.victor.get(LIST, params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [each["project_id"] for each in first["items"] + rest["items"]] == [each["id"] for each in projects][::-1]
    problem = assert_problem(world.victor.get(LIST, params={"cursor": "x"}), 422, "invalid_request")
    assert fields_of(problem) == ["cursor"]


def test_a_deleted_project_has_none(world: World) -> None:
    project = world.add_project()
    put(world, project)
    assert world.alice.delete(path_of(project)).status_code == 204
    assert json_of(world.alice.get(LIST))["items"] == []
    with world.storage.read() as uow:
        assert uow.connection.all("SELECT 1 FROM schedules WHERE project_id = :id", {"id": project["id"]}) == []


def test_a_run_says_what_made_it(world: World) -> None:
    assert world.add_run()["trigger"] == "request"
    project, now = world.add_project(), datetime.now(UTC)
    for actor, trigger in (("schedule", "schedule"), ("restart policy", "restart_policy")):
        new = NewRun(new_run_id(now), ProjectId(project["id"]), 1, world.host_id, now, actor)
        with world.storage.write() as uow:
            made = uow.runs.insert(_scope(world), new)
        assert world.get_run({"run_id": made.id})["trigger"] == trigger
        world.supervisor.finish(made.id)


def _scope(world: World) -> Any:
    from addon_portal.auth.policies import scope_for_setup

    return scope_for_setup(world.tenant)


BAD: list[tuple[Json, str]] = [
    ({"cron": "0 3 * *"}, "cron"),
    ({"cron": "0 24 * * *"}, "cron"),
    ({"cron": "0 0 30 2 *"}, "cron"),
    ({"cron": "@reboot"}, "cron"),
    ({"cron": 5}, "cron"),
    ({"cron": "x" * 201}, "cron"),
    ({"time_zone": "Berlin"}, "time_zone"),
    ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ({"when_running": "kill"}, "when_running"),
    ({"when_missed": "burst"}, "when_missed"),
    ({"dry_run": "yes"}, "dry_run"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
def test_what_is_wrong_is_named(world: World, wrong: Json, field: str) -> None:
    project = world.add_project()
    response = world.alice.put(schedule_path(project), json={**NIGHTLY, **wrong})
    assert fields_of(assert_problem(response, 422, "invalid_request")) == [field]
    with world.storage.read() as uow:
        assert Schedules(uow).find(_scope(world), project["id"]) is None


def test_a_body_is_needed_and_must_be_json(world: World) -> None:
    path = schedule_path(world.add_project())
    assert_problem(world.alice.put(path), 422, "invalid_request")
    headers = {"Content-Type": "application/json"}
    assert_problem(world.alice.put(path, content=b"{", headers=headers), 400, "malformed_body")


def test_another_method_is_refused(world: World) -> None:
    path = schedule_path(world.add_project())
    assert_problem(world.alice.post(path, json=NIGHTLY), 405, "method_not_allowed")
    assert_problem(world.alice.get(f"{path}/pause"), 405, "method_not_allowed")
    assert_problem(world.alice.delete(LIST), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("caller", "expected"),
    [("victor", (403, "forbidden")), ("charlie", (404, "not_found")), ("nobody", (401, "unauthenticated"))],
)
def test_who_may_not_changes_nothing(any_world: World, caller: str, expected: tuple[int, str]) -> None:
    project = any_world.add_project()
    made = put(any_world, project)
    client, path = getattr(any_world, caller), schedule_path(project)
    assert_problem(client.put(path, json={**NIGHTLY, "cron": "@daily"}), *expected)
    assert_problem(client.delete(path), *expected)
    assert_problem(client.post(f"{path}/pause"), *expected)
    assert_problem(client.post(f"{path}/resume"), *expected)
    assert json_of(any_world.alice.get(path)) == made


def test_another_tenant_sees_none(world: World) -> None:
    project = world.add_project()
    put(world, project)
    assert_problem(world.charlie.get(schedule_path(project)), 404, "not_found")
    assert json_of(world.charlie.get(LIST))["items"] == []
    assert_problem(world.nobody.get(LIST), 401, "unauthenticated")


@pytest.mark.parametrize("identifier", ["nope", "prj_01k7qz9t3v5x8y2m4n6p0r1s2a"])
def test_a_malformed_and_a_missing_project_are_not_found(world: World, identifier: str) -> None:
    path = f"/api/tenant/projects/{identifier}/schedule"
    assert_problem(world.alice.get(path), 404, "not_found")
    assert_problem(world.alice.put(path, json=NIGHTLY), 404, "not_found")
    assert_problem(world.alice.delete(path), 404, "not_found")
    assert_problem(world.alice.post(f"{path}/pause"), 404, "not_found")
