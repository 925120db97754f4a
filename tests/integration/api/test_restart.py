"""POST /api/tenant/projects/{project_id}/restart."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from addon_portal.domain.verdict import Tree
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

OTHER_RUN = "run_01k7qz9t3v5x8y2m4n6p0r1s2a"


def restart(world: World, run: Json, **body: object) -> Json:
    """A restart that must be accepted."""
    return world.accept(f"{path_of(run)}/restart", **body)


@pytest.mark.parametrize("code", [0, 3])
def test_a_restart_makes_a_new_run_and_leaves_the_old_one(any_world: World, code: int) -> None:
    old = any_world.add_final(code)
    new = restart(any_world, old, note="again")
    assert (new["state"], new["restart_of"], new["root_run"]) == ("pending", old["run_id"], old["run_id"])
    assert (new["number"], new["restart_count"], new["note"]) == (2, 1, "again")
    assert new["execution_error"] is new["started_at"] is new["finished_at"] is new["exit_code"] is None
    after = any_world.get_run(old)
    because = {"code": "already_restarted", "sentence": "It has been restarted already."}
    assert after == old | {"restarted_by": new["run_id"], "restartable": False, "not_restartable_because": because}


def test_what_was_refused_is_done_once_when_it_is_sent_again_under_its_key(any_world: World) -> None:
    run, headers = any_world.add_running(), {"Idempotency-Key": "decided"}
    path, body = f"{path_of(run)}/restart", {"run_id": run["run_id"]}
    for _ in range(2):
        refused = any_world.alice.post(path, json=body, headers=headers)
        assert_problem(refused, 409, "not_restartable")
        assert "Idempotency-Replayed" not in refused.headers
    any_world.supervisor.end(run["run_id"])
    done, repeated = (any_world.alice.post(path, json=body, headers=headers) for _ in range(2))
    assert (done.status_code, done.headers.get("Idempotency-Replayed")) == (202, None)
    assert repeated.headers["Idempotency-Replayed"] == "true"
    assert json_of(repeated)["run_id"] == json_of(done)["run_id"]
    other = any_world.alice.post(path, json={**body, "note": "another"}, headers=headers)
    assert_problem(other, 422, "idempotency_mismatch")


def test_the_chain_of_restarts_is_a_line(world: World) -> None:
    first = world.add_final()
    second = restart(world, first)
    world.supervisor.finish(second["run_id"], 1)
    third = restart(world, second)
    assert (third["restart_of"], third["root_run"], third["restart_count"]) == (second["run_id"], first["run_id"], 2)


def test_a_cancelled_and_an_unknown_run_can_be_restarted(world: World) -> None:
    run = world.add_run()
    world.accept(f"{path_of(run)}/stop")
    assert restart(world, run)["state"] == "pending"


def test_a_project_that_never_ran_is_not_restarted(world: World) -> None:
    assert_problem(world.alice.post(f"{path_of(world.add_project())}/restart"), 409, "never_run")


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_restart_while_it_is_active_is_refused(any_world: World, state: str) -> None:
    run = any_world.add_run() if state == "pending" else any_world.add_running()
    problem = assert_problem(any_world.alice.post(f"{path_of(run)}/restart"), 409, "not_restartable")
    assert problem["run_id"] == run["run_id"]
    assert problem["state"] == state
    assert problem["restartable"] == ["cancelled", "completed", "failed"]


def test_a_second_restart_of_the_same_run_names_the_new_one(any_world: World) -> None:
    old = any_world.add_final()
    new = restart(any_world, old, run_id=old["run_id"])
    for _ in range(2):
        again = any_world.alice.post(f"{path_of(old)}/restart", json={"run_id": old["run_id"]})
        assert assert_problem(again, 409, "already_restarted")["new_run_id"] == new["run_id"]
        if any_world.get_run(new)["state"] == "pending":
            any_world.supervisor.finish(new["run_id"], 1)


def test_a_restart_of_a_run_that_is_not_the_newest_says_only_that(world: World) -> None:
    old = world.add_final()
    new = world.accept(f"{path_of(old)}/run")
    problem = assert_problem(
        world.alice.post(f"{path_of(old)}/restart", json={"run_id": old["run_id"]}), 409, "already_restarted"
    )
    assert (problem["title"], problem["new_run_id"]) == (
        "The run that is meant has been followed by another",
        new["run_id"],
    )


@pytest.mark.parametrize("definition", ["pinned", "latest"])
def test_an_environment_does_not_grow_beyond_its_limit_from_restart_to_restart(world: World, definition: str) -> None:
    project = world.add_project(env={"FIRST": "x" * 40_000})
    run = world.add_final(project=project)
    asked = {"definition": definition, "env": {"SECOND": "x" * 40_000}}
    problem = assert_problem(world.alice.post(f"{path_of(run)}/restart", json=asked), 422, "invalid_request")
    assert fields_of(problem) == ["env"]
    assert_problem(world.alice.post(f"{path_of(run)}/run", json={"env": asked["env"]}), 422, "invalid_request")
    small = {"definition": definition, "env": {"SECOND": "x" * 20_000}}
    world.supervisor.finish(world.accept(f"{path_of(run)}/restart", **small)["run_id"])
    again = {"definition": definition, "env": {"THIRD": "x" * 20_000}}
    expected = 422 if definition == "pinned" else 202
    assert world.alice.post(f"{path_of(run)}/restart", json=again).status_code == expected


@pytest.mark.slow
def test_of_100_simultaneous_restarts_one_starts(any_world: World) -> None:
    old = any_world.add_final()
    with ThreadPoolExecutor(25) as pool:
        responses = list(
            pool.map(
                lambda _: any_world.alice.post(f"{path_of(old)}/restart", json={"run_id": old["run_id"]}), range(100)
            )
        )
    accepted = [json_of(response) for response in responses if response.status_code == 202]
    assert len(accepted) == 1
    refused = [assert_problem(each, 409, "already_restarted") for each in responses if each.status_code != 202]
    assert {problem["new_run_id"] for problem in refused} == {accepted[0]["run_id"]}
    assert any_world.get_run(old)["exit_code"] == 3


def test_what_ran_is_run_again_unless_the_latest_is_asked_for(world: World) -> None:
    project = world.add_project(command=["old"], parameters={"day": 1})
    first = world.add_run(project, parameters={"day": 2})
    world.supervisor.finish(first["run_id"], 1)
    changed = {"name": project["name"], "command": ["new"], "parameters": {"day": 9}}
    assert world.alice.put(path_of(project), json=changed).status_code == 200
    pinned = restart(world, first)
    assert (pinned["definition_version"], pinned["parameters"]) == (1, {"day": 2})
    world.supervisor.finish(pinned["run_id"], 1)
    latest = restart(world, first, definition="latest", parameters={"full": True})
    assert (latest["definition_version"], latest["parameters"]) == (2, {"day": 9, "full": True})


def test_the_workspace_is_kept_unless_a_clean_one_is_asked_for(world: World) -> None:
    first = world.add_final()
    kept = restart(world, first)
    assert kept["workspace"] == first["workspace"]
    world.supervisor.finish(kept["run_id"])
    clean = restart(world, kept, workspace="clean")
    assert clean["workspace"] == f"{clean['project_id']}/{clean['run_id']}" != first["workspace"]
    world.supervisor.finish(clean["run_id"])
    assert restart(world, clean)["workspace"] == clean["workspace"]


def test_a_clean_workspace_is_refused_for_a_directory_that_is_not_ours(world: World) -> None:
    run = world.add_final(project=world.add_project(working_directory="/srv"))
    problem = assert_problem(
        world.alice.post(f"{path_of(run)}/restart", json={"workspace": "clean"}), 422, "invalid_request"
    )
    assert fields_of(problem) == ["workspace"]


def test_leftovers_that_may_be_alive_have_to_be_confirmed(world: World) -> None:
    run = world.add_running()
    assert world.get_run(run)["needs_confirmation"] is False
    world.supervisor.end(run["run_id"], 1, tree=Tree.ASSUMED_EMPTY)
    assert world.get_run(run)["needs_confirmation"] is True
    assert_problem(world.alice.post(f"{path_of(run)}/restart"), 409, "confirmation_required")
    assert restart(world, run, confirm=True)["restart_of"] == run["run_id"]


def test_a_repeated_request_has_one_effect(any_world: World) -> None:
    old = any_world.add_final()
    headers = {"Idempotency-Key": "again"}
    body = {"run_id": old["run_id"]}
    responses = [any_world.bob.post(f"{path_of(old)}/restart", headers=headers, json=body) for _ in range(2)]
    assert [response.status_code for response in responses] == [202, 202]
    assert len({json_of(response)["run_id"] for response in responses}) == 1


def test_run_and_restart_do_not_share_idempotency_keys(world: World) -> None:
    headers = {"Idempotency-Key": "k"}
    project = world.add_project()
    first = json_of(world.bob.post(f"{path_of(project)}/run", headers=headers))
    world.supervisor.finish(first["run_id"])
    second = json_of(world.bob.post(f"{path_of(project)}/restart", headers=headers))
    assert second["restart_of"] == first["run_id"]


def test_another_method_is_refused(world: World) -> None:
    assert_problem(world.alice.put(f"{path_of(world.add_final())}/restart"), 405, "method_not_allowed")


def test_without_a_credential_nothing_restarts(world: World) -> None:
    assert_problem(world.nobody.post(f"{path_of(world.add_final())}/restart"), 401, "unauthenticated")


def test_a_viewer_may_not_restart(world: World) -> None:
    assert_problem(world.victor.post(f"{path_of(world.add_final())}/restart"), 403, "forbidden")


def test_another_tenants_project_does_not_exist(any_world: World) -> None:
    run = any_world.add_final()
    assert_problem(any_world.charlie.post(f"{path_of(run)}/restart"), 404, "not_found")
    assert any_world.get_run(run)["restarted_by"] is None


def test_a_malformed_and_a_missing_project_are_not_found(world: World) -> None:
    for identifier in ("nope", "prj_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.alice.post(f"/api/tenant/projects/{identifier}/restart"), 404, "not_found")


def test_a_run_that_is_not_there_or_not_of_this_project_is_refused(world: World) -> None:
    run, other = world.add_final(), world.add_final()
    assert_problem(world.alice.post(f"{path_of(run)}/restart", json={"run_id": OTHER_RUN}), 404, "not_found")
    problem = assert_problem(
        world.alice.post(f"{path_of(run)}/restart", json={"run_id": other["run_id"]}), 422, "invalid_request"
    )
    assert fields_of(problem) == ["run_id"]


def test_another_tenants_run_does_not_exist(world: World) -> None:
    mine, theirs = world.add_final(), world.add_project(world.charlie)
    run_id = json_of(world.charlie.post(f"{path_of(theirs)}/run"))["run_id"]
    assert_problem(world.alice.post(f"{path_of(mine)}/restart", json={"run_id": run_id}), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"run_id": "nope"}, ["run_id"]),
        ({"definition": "newest", "workspace": "dirty"}, ["definition", "workspace"]),
        ({"when_running": "kill"}, ["when_running"]),
        ({"confirm": "yes"}, ["confirm"]),
        ({"confirm": 1}, ["confirm"]),
        ({"force": True}, ["force"]),
    ],
)
def test_an_invalid_body_is_refused(world: World, body: Json, fields: list[str]) -> None:
    run = world.add_final()
    problem = assert_problem(world.alice.post(f"{path_of(run)}/restart", json=body), 422, "invalid_request")
    assert fields_of(problem) == fields
    assert world.get_run(run)["restarted_by"] is None


def test_what_is_allowed_is_listed(world: World) -> None:
    response = world.alice.post(f"{path_of(world.add_final())}/restart", json={"when_running": "kill"})
    expected = "'refuse' or 'stop_first'"
    assert json_of(response)["problems"] == [{"field": "when_running", "expected": expected, "got": "'kill'"}]
