"""GET /api/tenant/scheduled-restarts; DELETE …/scheduled-restart and POST …/scheduled-restart/now of a project."""

from dataclasses import replace
from datetime import timedelta

import pytest

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import RunId, new_run_id
from addon_portal.domain.models import RestartCause
from addon_portal.domain.restarts import repeat
from tests.support.world import Json, World, assert_problem, json_of, path_of

NOBODYS = "prj_01k7qz9t3v5x8y2m4n6p0r1s2a"


def add_scheduled(world: World, run: Json | None = None) -> Json:
    """A failed run whose policy wants a restart in an hour."""
    run = run or world.add_final()
    now = SystemClock().now()
    with world.storage.write() as uow:
        stored = uow.host_runs.find(RunId(run["run_id"]))
        assert stored is not None
        restart = repeat(stored, new_run_id(now), RestartCause.POLICY, "exit_code", now, "restart policy")
        due_at = now + timedelta(hours=1)
        assert uow.scheduled_restarts.schedule(replace(restart, due_at=due_at, delay_seconds=3600, counts=True))
    return world.get_run(run)


def now_path(run: Json) -> str:
    return f"{path_of(run)}/scheduled-restart/now"


def kinds(world: World, run: Json) -> list[str]:
    """What the journal says of a run."""
    evidence = world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence").json()
    return [entry["kind"] for entry in evidence["journal"]]


def test_what_is_to_come_is_listed_and_stands_at_run_and_project(any_world: World) -> None:
    run = add_scheduled(any_world)
    listed = any_world.victor.get("/api/tenant/scheduled-restarts").json()["items"]
    assert listed == [run["scheduled_restart"]]
    assert (listed[0]["cause"], listed[0]["restart_of"]) == ("policy", run["run_id"])
    assert any_world.alice.get(path_of(run)).json()["scheduled_restart"] == listed[0]
    assert any_world.charlie.get("/api/tenant/scheduled-restarts").json()["items"] == []


def test_it_can_be_called_off_once(any_world: World) -> None:
    run = add_scheduled(any_world)
    path = f"{path_of(run)}/scheduled-restart"
    assert any_world.bob.delete(path).status_code == 204
    assert kinds(any_world, run)[-1] == "restart_called_off"
    assert any_world.get_run(run)["scheduled_restart"] is None
    assert_problem(any_world.bob.delete(path), 409, "nothing_scheduled")


def test_it_can_be_brought_forward_once(any_world: World) -> None:
    run = add_scheduled(any_world)
    new = any_world.accept(now_path(run))
    assert (new["run_id"], new["restart_of"]) == (run["scheduled_restart"]["run_id"], run["run_id"])
    assert (new["state"], new["requested_by"]) == ("pending", "restart policy")
    assert kinds(any_world, run)[-1] == "restart_brought_forward"
    assert any_world.get_run(run)["restarted_by"] == new["run_id"]
    assert_problem(any_world.alice.post(now_path(run)), 409, "nothing_scheduled")
    with any_world.storage.read() as uow:
        stored = uow.host_runs.find(RunId(new["run_id"]))
        assert stored is not None
        assert [each.counts for each in uow.scheduled_restarts.list_past(stored)] == [True]


def test_a_repeated_request_has_one_effect(any_world: World) -> None:
    run = add_scheduled(any_world)
    headers = {"Idempotency-Key": "now"}
    answers = [any_world.bob.post(now_path(run), headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({json_of(answer)["run_id"] for answer in answers}) == 1


def test_one_that_waits_for_the_end_of_its_run_cannot_be_brought_forward(world: World) -> None:
    run = world.add_running()
    world.accept(f"{path_of(run)}/restart", when_running="stop_first")
    assert_problem(world.alice.post(now_path(run)), 409, "already_running")
    assert world.get_run(run)["scheduled_restart"] is not None


@pytest.mark.parametrize("action", ["run", "restart", "stop"])
def test_whatever_somebody_asks_for_takes_its_place(any_world: World, action: str) -> None:
    run = add_scheduled(any_world)
    answer = any_world.accept(f"{path_of(run)}/{action}")
    assert (answer["run_id"] == run["run_id"]) == (action == "stop")
    assert kinds(any_world, run)[-1] == "restart_called_off"
    assert any_world.alice.get(path_of(run)).json()["scheduled_restart"] is None


def test_a_stop_that_names_another_run_calls_nothing_off(world: World) -> None:
    old = world.add_final()
    run = add_scheduled(world, world.add_final(project={"id": old["project_id"]}))
    asked = {"run_id": old["run_id"]}
    assert_problem(world.alice.post(f"{path_of(run)}/stop", json=asked), 409, "not_running")
    assert world.get_run(run)["scheduled_restart"] is not None


def test_a_deleted_project_is_not_restarted(world: World) -> None:
    run = add_scheduled(world)
    assert world.alice.delete(path_of(run)).status_code == 204
    assert kinds(world, run)[-1] == "restart_called_off"


def test_another_method_is_refused(world: World) -> None:
    run = add_scheduled(world)
    assert_problem(world.alice.put(now_path(run)), 405, "method_not_allowed")
    assert_problem(world.alice.post("/api/tenant/scheduled-restarts"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("caller", "expected"),
    [("victor", (403, "forbidden")), ("charlie", (404, "not_found")), ("nobody", (401, "unauthenticated"))],
)
def test_who_may_not_changes_nothing(world: World, caller: str, expected: tuple[int, str]) -> None:
    run = add_scheduled(world)
    client = getattr(world, caller)
    assert_problem(client.post(now_path(run)), *expected)
    assert_problem(client.delete(f"{path_of(run)}/scheduled-restart"), *expected)
    assert world.get_run(run)["scheduled_restart"] is not None


@pytest.mark.parametrize("identifier", ["nope", NOBODYS])
def test_a_malformed_and_a_missing_project_are_not_found(world: World, identifier: str) -> None:
    path = f"/api/tenant/projects/{identifier}/scheduled-restart"
    assert_problem(world.alice.delete(path), 404, "not_found")
    assert_problem(world.alice.post(f"{path}/now"), 404, "not_found")


def test_without_a_credential_nothing_is_listed(world: World) -> None:
    assert_problem(world.nobody.get("/api/tenant/scheduled-restarts"), 401, "unauthenticated")
