"""POST /api/tenant/projects/{project_id}/run."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from addon_portal.api.services.once import Ask
from addon_portal.auth.policies import Credential
from addon_portal.auth.tokens import hash_key
from addon_portal.domain.models import Role
from tests.support.factories import ago
from tests.support.world import World, assert_problem, fields_of, json_of, path_of


def test_a_run_is_stored_and_pending(any_world: World) -> None:
    project = any_world.add_project()
    response = any_world.bob.post(f"{path_of(project)}/run")
    run = json_of(response)
    assert response.status_code == 202
    assert response.headers["location"] == f"/api/tenant/runs/{run['run_id']}"
    assert (run["state"], run["execution_status"], run["number"]) == ("pending", "pending", 1)
    assert run["requested_by"] == "key:bob"
    assert run["waiting_for"] == "the supervisor"
    assert run["health"] == "ok"
    assert run["execution_error"] is run["started_at"] is run["finished_at"] is None
    assert any_world.get_run(run)["run_id"] == run["run_id"]


def test_parameters_env_and_note_are_laid_over_the_definition(world: World) -> None:
    project = world.add_project(parameters={"day": 1, "full": True}, env={"A": "1"})
    run = world.add_run(project, parameters={"day": 2}, env={"B": "2"}, note="by hand")
    assert run["parameters"] == {"day": 2, "full": True}
    assert run["note"] == "by hand"


def test_parameters_may_not_grow_too_large_by_being_laid_over(world: World) -> None:
    project = world.add_project(parameters={"a": "x" * 40_000})
    response = world.alice.post(f"{path_of(project)}/run", json={"parameters": {"b": "y" * 40_000}})
    assert fields_of(assert_problem(response, 422, "invalid_request")) == ["parameters"]
    assert world.alice.post(f"{path_of(project)}/run", json={"parameters": {"a": "y" * 40_000}}).status_code == 202


def test_the_queue_says_who_comes_first(any_world: World) -> None:
    runs = [any_world.add_run() for _ in range(3)]
    assert [run["queue_position"] for run in runs] == [1, 2, 3]
    any_world.supervisor.start(runs[0]["run_id"])
    assert [any_world.get_run(run)["queue_position"] for run in runs] == [None, 1, 2]


def test_a_project_that_runs_is_not_run_again(any_world: World) -> None:
    run = any_world.add_running()
    problem = assert_problem(any_world.alice.post(f"{path_of(run)}/run"), 409, "already_running")
    assert problem["run_id"] == run["run_id"]
    assert problem["state"] == "running"


def test_of_many_simultaneous_requests_one_makes_a_run(any_world: World) -> None:
    project = any_world.add_project()
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda _: any_world.alice.post(f"{path_of(project)}/run"), range(32)))
    codes = [response.status_code for response in responses]
    assert sorted(set(codes)) == [202, 409]
    assert codes.count(202) == 1
    assert len(json_of(any_world.alice.get(f"{path_of(project)}/runs"))["items"]) == 1


def test_a_project_can_be_run_again_after_its_end(world: World) -> None:
    project = world.add_project()
    first = world.add_final(project=project)
    second = world.add_run(project)
    assert second["number"] == 2
    assert second["restart_of"] is None
    assert second["workspace"] == first["workspace"]


def test_a_project_with_a_working_directory_has_no_workspace(world: World) -> None:
    assert world.add_run(world.add_project(working_directory="/srv"))["workspace"] is None


def test_a_repeated_request_has_one_effect(any_world: World) -> None:
    project = any_world.add_project()
    headers = {"Idempotency-Key": "k1"}
    first = any_world.bob.post(f"{path_of(project)}/run", headers=headers, json={"note": "once"})
    any_world.supervisor.finish(json_of(first)["run_id"])
    second = any_world.bob.post(f"{path_of(project)}/run", headers=headers, json={"note": "once"})
    assert (first.status_code, second.status_code) == (202, 202)
    assert json_of(first)["run_id"] == json_of(second)["run_id"]
    assert json_of(second)["state"] == "completed"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


def test_a_repeated_request_with_another_body_is_refused(world: World) -> None:
    project = world.add_project()
    headers = {"Idempotency-Key": "k1"}
    assert world.bob.post(f"{path_of(project)}/run", headers=headers).status_code == 202
    again = world.bob.post(f"{path_of(project)}/run", headers=headers, json={"note": "other"})
    assert_problem(again, 422, "idempotency_mismatch")


def test_another_key_may_use_the_same_idempotency_key(world: World) -> None:
    headers = {"Idempotency-Key": "k1"}
    project = world.add_project()
    assert world.bob.post(f"{path_of(project)}/run", headers=headers).status_code == 202
    assert_problem(world.alice.post(f"{path_of(project)}/run", headers=headers), 409, "already_running")


def test_a_refusal_is_not_remembered(world: World) -> None:
    run = world.add_running()
    headers = {"Idempotency-Key": "k1"}
    assert_problem(world.bob.post(f"{path_of(run)}/run", headers=headers), 409, "already_running")
    world.supervisor.end(run["run_id"])
    assert world.bob.post(f"{path_of(run)}/run", headers=headers).status_code == 202


def test_the_same_key_at_the_same_time_makes_one_run(any_world: World) -> None:
    project = any_world.add_project()
    headers = {"Idempotency-Key": "k1"}
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: any_world.bob.post(f"{path_of(project)}/run", headers=headers), range(16)))
    assert {response.status_code for response in responses} == {202}
    assert len({json_of(response)["run_id"] for response in responses}) == 1


def test_after_a_day_the_idempotency_key_is_free_again(any_world: World) -> None:
    run = any_world.add_final()
    path = f"{path_of(run)}/run"
    with any_world.storage.write() as uow:
        portal = any_world.served.app.state.portal
        principal = portal.authenticate(Credential(hash_key(any_world.bob_key)), Role.MEMBER)
        ask = Ask(principal, path, "k1").with_body({})
        identity = (ask.scope, principal.credential_id, "POST", path, "k1")
        uow.idempotency.insert(*identity, body_hash=ask.body_hash, run_id=run["run_id"], at=ago(hours=24, seconds=1))
    response = any_world.bob.post(path, headers={"Idempotency-Key": "k1"}, json={"note": "another body"})
    assert response.status_code == 202
    assert json_of(response)["run_id"] != run["run_id"]


def test_another_method_is_refused(world: World) -> None:
    response = world.alice.get(f"{path_of(world.add_project())}/run")
    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


def test_without_a_credential_nothing_runs(world: World) -> None:
    response = world.nobody.post(f"{path_of(world.add_project())}/run")
    assert_problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_viewer_may_not_run(world: World) -> None:
    problem = assert_problem(world.victor.post(f"{path_of(world.add_project())}/run"), 403, "forbidden")
    assert (problem["role_needed"], problem["role"]) == ("member", "viewer")


def test_another_tenants_project_does_not_exist(any_world: World) -> None:
    project = any_world.add_project()
    assert_problem(any_world.charlie.post(f"{path_of(project)}/run"), 404, "not_found")
    assert json_of(any_world.alice.get(path_of(project)))["latest_run"] is None


@pytest.mark.parametrize("identifier", ["prj_1", "run_01k7qz9t3v5x8y2m4n6p0r1s2a", "%00", "x" * 5000, "%F0%9F%98%80"])
def test_a_malformed_identifier_is_not_found(world: World, identifier: str) -> None:
    assert_problem(world.alice.post(f"/api/tenant/projects/{identifier}/run"), 404, "not_found")


def test_a_project_that_was_never_made_is_not_found(world: World) -> None:
    assert_problem(world.alice.post("/api/tenant/projects/prj_01k7qz9t3v5x8y2m4n6p0r1s2a/run"), 404, "not_found")


def test_a_deleted_project_is_not_found(world: World) -> None:
    project = world.add_project()
    assert world.alice.delete(path_of(project)).status_code == 204
    assert_problem(world.alice.post(f"{path_of(project)}/run"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"parametres": {}}, ["parametres"]),
        ({"parameters": [1]}, ["parameters"]),
        ({"parameters": {"x": "y" * 1_000_000}}, ["parameters"]),
        ({"env": {"1A": "x", "B": 5}, "note": 5}, ["env", "env.B", "note"]),
        ({"env": {"1A": "x"}}, ["env"]),
        ({"env": {"A B": "x"}}, ["env"]),
        ({"env": {"": "x"}}, ["env"]),
        ({"env": {"ADDON_PORTAL_RUN_ID": "x"}}, ["env"]),
        ({"env": {"A": "nul\0"}}, ["env.A"]),
        ({"env": {"A": "x" * 70_000}}, ["env"]),
        ({"note": "x" * 2001}, ["note"]),
    ],
)
def test_an_invalid_body_is_refused_with_every_problem(
    world: World, body: dict[str, object], fields: list[str]
) -> None:
    project = world.add_project()
    problem = assert_problem(world.alice.post(f"{path_of(project)}/run", json=body), 422, "invalid_request")
    assert fields_of(problem) == fields
    assert json_of(world.alice.get(path_of(project)))["latest_run"] is None


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_of_the_wrong_length_is_refused(world: World, key: str) -> None:
    response = world.alice.post(f"{path_of(world.add_project())}/run", headers={"Idempotency-Key": key})
    assert fields_of(assert_problem(response, 422, "invalid_request")) == ["Idempotency-Key"]
