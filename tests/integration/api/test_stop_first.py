"""POST /api/tenant/projects/{project_id}/restart with `when_running: stop_first`."""

import pytest

from tests.support.world import Json, World, assert_problem, json_of, path_of

STOP_FIRST = {"when_running": "stop_first"}


def kinds(world: World, run: Json) -> list[str]:
    """What the journal says of a run."""
    evidence = world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence").json()
    return [entry["kind"] for entry in evidence["journal"]]


def test_the_answer_is_the_run_that_is_stopped_and_names_the_new_one(any_world: World) -> None:
    run = any_world.add_running()
    answer = any_world.accept(f"{path_of(run)}/restart", **STOP_FIRST, note="again")
    assert (answer["run_id"], answer["state"], answer["restarted_by"]) == (run["run_id"], "running", None)
    assert answer["stop_requested_by"] == "key:alice"
    scheduled = answer["scheduled_restart"]
    assert scheduled["run_id"] != run["run_id"]
    assert (scheduled["restart_of"], scheduled["cause"], scheduled["due_at"]) == (run["run_id"], "request", None)
    assert kinds(any_world, run)[-2:] == ["stop_requested", "restart_scheduled"]
    project = any_world.alice.get(path_of(run)).json()
    assert project["scheduled_restart"] == project["latest_run"]["scheduled_restart"] == scheduled
    listed = any_world.alice.get("/api/tenant/runs", params={"state": "running"}).json()["items"]
    assert [each["scheduled_restart"] for each in listed] == [scheduled]


def test_what_is_stored_is_what_was_asked_for(world: World) -> None:
    run = world.add_running()
    asked = {**STOP_FIRST, "parameters": {"day": 9}, "env": {"B": "2"}, "workspace": "clean", "confirm": True}
    scheduled = world.accept(f"{path_of(run)}/restart", **asked)["scheduled_restart"]
    with world.storage.read() as uow:
        stored = uow.scheduled_restarts.find_of_run(run["run_id"])
    assert stored is not None
    assert (stored.parameters, stored.env, stored.confirmed) == ({"day": 9}, {"B": "2"}, True)
    assert stored.workspace == f"{run['project_id']}/{scheduled['run_id']}"


def test_a_pending_run_is_withdrawn_and_the_answer_is_the_new_one(any_world: World) -> None:
    run = any_world.add_run()
    new = any_world.accept(f"{path_of(run)}/restart", **STOP_FIRST)
    assert (new["state"], new["restart_of"], new["scheduled_restart"]) == ("pending", run["run_id"], None)
    assert any_world.get_run(run)["reason"] == "withdrawn"


def test_a_final_run_is_restarted_as_ever(world: World) -> None:
    run = world.add_final()
    new = world.accept(f"{path_of(run)}/restart", **STOP_FIRST)
    assert (new["state"], new["restart_of"]) == ("pending", run["run_id"])


def test_a_run_that_is_stopping_already_is_followed_too(any_world: World) -> None:
    run = any_world.add_running()
    any_world.accept(f"{path_of(run)}/stop")
    any_world.supervisor.take_stop(run["run_id"])
    answer = any_world.accept(f"{path_of(run)}/restart", **STOP_FIRST)
    assert (answer["state"], answer["scheduled_restart"]["restart_of"]) == ("stopping", run["run_id"])
    assert kinds(any_world, run)[-2:] == ["replacement_requested", "restart_scheduled"]


def test_a_second_one_names_the_first(any_world: World) -> None:
    run = any_world.add_running()
    first = any_world.accept(f"{path_of(run)}/restart", **STOP_FIRST)["scheduled_restart"]
    problem = assert_problem(any_world.alice.post(f"{path_of(run)}/restart", json=STOP_FIRST), 409, "restart_scheduled")
    assert (problem["run_id"], problem["new_run_id"]) == (run["run_id"], first["run_id"])


def test_a_run_that_is_not_the_newest_is_not_meant(world: World) -> None:
    old = world.add_final()
    new = world.accept(f"{path_of(old)}/run")
    asked = {**STOP_FIRST, "run_id": old["run_id"]}
    problem = assert_problem(world.alice.post(f"{path_of(old)}/restart", json=asked), 409, "already_restarted")
    assert problem["new_run_id"] == new["run_id"]
    assert world.get_run(new)["state"] == "pending"


def test_a_stop_calls_the_restart_off(any_world: World) -> None:
    run = any_world.add_running()
    any_world.accept(f"{path_of(run)}/restart", **STOP_FIRST)
    assert any_world.accept(f"{path_of(run)}/stop")["scheduled_restart"] is None
    assert kinds(any_world, run)[-1] == "restart_called_off"


def test_a_repeated_request_has_one_effect(any_world: World) -> None:
    run = any_world.add_running()
    headers = {"Idempotency-Key": "replace it"}
    answers = [any_world.bob.post(f"{path_of(run)}/restart", headers=headers, json=STOP_FIRST) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert json_of(answers[0]) | {"observed_at": None} == json_of(answers[1]) | {"observed_at": None}
    assert kinds(any_world, run).count("restart_scheduled") == 1
    other = any_world.bob.post(f"{path_of(run)}/restart", headers=headers, json={})
    assert_problem(other, 422, "idempotency_mismatch")


@pytest.mark.parametrize("caller", ["victor", "charlie", "nobody"])
def test_who_may_not_restart_stops_nothing(world: World, caller: str) -> None:
    run = world.add_running()
    answer = getattr(world, caller).post(f"{path_of(run)}/restart", json=STOP_FIRST)
    expected = {"victor": (403, "forbidden"), "charlie": (404, "not_found"), "nobody": (401, "unauthenticated")}
    assert_problem(answer, *expected[caller])
    assert world.get_run(run)["stop_requested_at"] is None


def test_what_is_refused_stops_nothing(world: World) -> None:
    run = world.add_running()
    asked = {**STOP_FIRST, "env": {"A": "x" * 70_000}}
    assert_problem(world.alice.post(f"{path_of(run)}/restart", json=asked), 422, "invalid_request")
    assert world.get_run(run)["stop_requested_at"] is None
