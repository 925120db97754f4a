"""/api/tenant/projects and /api/tenant/projects/{project_id}."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

PROJECTS = "/api/tenant/projects"


def test_a_project_is_stored_as_it_was_asked_for(any_world: World) -> None:
    body = {
        "name": "nightly",
        "command": ["python3", "-c", "print('ü €')", ""],
        "parameters": {"day": 7, "nested": {"list": [1, 2.5, None, True, "ü"]}, "big": 10**30},
        "env": {"LANG": "C.UTF-8", "EMPTY": ""},
        "working_directory": "/srv/etl",
        "stop": {"signal": "SIGINT", "grace_seconds": 2.5},
        "max_runtime_seconds": 21600.0,
        "stall_seconds": 300.0,
        "on_stall": "restart",
        "stall_by": "either",
        "success_check": {
            "command": ["./verify", "ü"],
            "file": "out.csv",
            "output_matches": "^done",
            "output_lacks": None,
            "timeout_seconds": 5.0,
        },
        "limits": {"memory_bytes": 2 << 30, "cpus": 1.5, "pids": 100},
        "log_limit_bytes": 0,
        "terminal": True,
    }
    response = any_world.alice.post(PROJECTS, json=body)
    project = json_of(response)
    assert response.status_code == 201
    assert response.headers["location"] == path_of(project)
    assert {name: project[name] for name in body} == body
    assert (project["definition_version"], project["program"], project["latest_run"]) == (1, None, None)
    assert project["execution_status"] is project["execution_error"] is project["execution_started_at"] is None
    assert json_of(any_world.bob.get(path_of(project))) == project


def test_what_is_left_out_has_a_default(world: World) -> None:
    project = world.add_project()
    assert (project["parameters"], project["env"], project["working_directory"]) == ({}, {}, None)
    assert project["stop"] == {"signal": "SIGTERM", "grace_seconds": 10.0}
    assert project["max_runtime_seconds"] is project["success_check"] is project["stall_seconds"] is None
    assert (project["on_stall"], project["stall_by"]) == ("warn", "heartbeat")
    assert project["limits"] == {"memory_bytes": None, "cpus": None, "pids": None}
    assert project["log_limit_bytes"] is None
    assert project["terminal"] is False


def test_the_execution_fields_are_those_of_the_newest_run(any_world: World) -> None:
    project = any_world.add_project()
    run = any_world.add_final(3, project)
    shown = json_of(any_world.alice.get(path_of(project)))
    assert shown["latest_run"] == run
    assert shown["execution_status"] == "failed"
    assert shown["execution_error"] == "The program ended with exit code 3."
    assert shown["execution_started_at"] == run["started_at"]
    assert shown["execution_completed_at"] == run["ended_at"]
    any_world.accept(f"{path_of(project)}/restart")
    again = json_of(any_world.alice.get(path_of(project)))
    assert again["execution_status"] == "pending"
    assert again["execution_error"] is again["execution_started_at"] is again["execution_completed_at"] is None


def test_a_success_has_no_error(world: World) -> None:
    project = world.add_project()
    world.add_final(0, project)
    shown = json_of(world.alice.get(path_of(project)))
    assert (shown["execution_status"], shown["execution_error"]) == ("completed", None)


def test_tenants_do_not_see_one_another(any_world: World) -> None:
    project = any_world.add_project()
    assert json_of(any_world.charlie.get(PROJECTS))["items"] == []
    changed = {"name": "mine", "command": ["true"]}
    assert_problem(any_world.charlie.get(path_of(project)), 404, "not_found")
    assert_problem(any_world.charlie.put(path_of(project), json=changed), 404, "not_found")
    assert_problem(any_world.charlie.delete(path_of(project)), 404, "not_found")
    assert json_of(any_world.alice.get(path_of(project))) == project


def test_a_name_can_be_used_once_in_a_tenant(any_world: World) -> None:
    project = any_world.add_project(name="nightly")
    body = {"name": " nightly ", "command": ["true"]}
    assert_problem(any_world.bob.post(PROJECTS, json=body), 409, "name_taken")
    assert any_world.charlie.post(PROJECTS, json=body).status_code == 201
    assert any_world.alice.delete(path_of(project)).status_code == 204
    assert any_world.bob.post(PROJECTS, json=body).status_code == 201


def test_a_repeated_creation_has_one_effect(any_world: World) -> None:
    body = {"name": "nightly", "command": ["true"]}
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: any_world.alice.post(PROJECTS, json=body), range(8)))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 7


@pytest.mark.parametrize(
    "name", ["ü€😀", "עברית", "עִבְרִית", "a\u200db", "名前", "e\u0301", "x" * 200, "'; DROP TABLE projects; --", "%_\\"]
)
def test_a_name_may_be_any_text(any_world: World, name: str) -> None:
    project = any_world.add_project(name=f"  {name} ")
    assert project["name"] == unicodedata.normalize("NFC", name)
    (found,) = json_of(any_world.alice.get(PROJECTS, params={"search": project["name"]}))["items"]
    assert found["id"] == project["id"]


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 201, "a\nb", "a\0b", "a\x7fb", "a\x1bb", "a\u2028b", "a\ud800b", 5, None, ["a"]]
)
def test_a_name_that_cannot_be_shown_is_refused(world: World, name: object) -> None:
    # The client's own encoder cannot write lone surrogates; JSON's escapes can.
    problem = assert_problem(world.post_text(PROJECTS, {"name": name, "command": ["true"]}), 422, "invalid_request")
    assert fields_of(problem) == ["name"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"command": []}, "command"),
        ({"command": [""]}, "command"),
        ({"command": "true"}, "command"),
        ({"command": ["a", 1]}, "command[1]"),
        ({"command": ["a", "b\0c"]}, "command[1]"),
        ({"command": ["a", "\udcff"]}, "command[1]"),
        ({"command": ["a", "x" * 131_072]}, "command[1]"),
        ({"command": None}, "command"),
        ({"parameters": {"x": "y" * 70_000}}, "parameters"),
        ({"parameters": {"x": "\0"}}, "parameters"),
        ({"parameters": {"\0": 1}}, "parameters"),
        ({"parameters": {"x": "\ud800"}}, "parameters"),
        ({"parameters": {"x": float("nan")}}, "parameters"),
        ({"parameters": {"x": float("inf")}}, "parameters"),
        ({"parameters": None}, "parameters"),
        ({"env": {"A=B": "x"}}, "env"),
        ({"env": {"A": None}}, "env.A"),
        ({"env": ["A=1"]}, "env"),
        ({"working_directory": "relative"}, "working_directory"),
        ({"working_directory": "/a\0b"}, "working_directory"),
        ({"working_directory": "/" + "a" * 5000}, "working_directory"),
        ({"stop": {"signal": "SIGSTOP"}}, "stop.signal"),
        ({"stop": {"signal": 9}}, "stop.signal"),
        ({"stop": {"grace_seconds": -1}}, "stop.grace_seconds"),
        ({"stop": {"grace": 1}}, "stop.grace"),
        ({"program": "nope", "command": None}, "program"),
        ({"max_runtime_second": 5}, "max_runtime_second"),
        ({"max_runtime_seconds": 0}, "max_runtime_seconds"),
        ({"stall_seconds": 0.5}, "stall_seconds"),
        ({"stall_seconds": 5, "on_stall": "kill"}, "on_stall"),
        ({"stall_seconds": 5, "stall_by": "cpu"}, "stall_by"),
        ({"success_check": {}}, "success_check"),
        ({"success_check": {"timeout_seconds": 5}}, "success_check"),
        ({"success_check": {"file": ""}}, "success_check.file"),
        ({"success_check": {"file": "a\0b"}}, "success_check.file"),
        ({"success_check": {"command": []}}, "success_check.command"),
        ({"success_check": {"output_matches": "("}}, "success_check.output_matches"),
        ({"success_check": {"output_lacks": "x" * 1001}}, "success_check.output_lacks"),
        ({"success_check": {"file": "a", "timeout_seconds": 0}}, "success_check.timeout_seconds"),
        ({"success_check": {"file": "a", "shell": "true"}}, "success_check.shell"),
        ({"max_runtime_seconds": "1h"}, "max_runtime_seconds"),
        ({"log_limit_bytes": -1}, "log_limit_bytes"),
        ({"terminal": "sometimes"}, "terminal"),
        ({"log_limit_bytes": 1000}, "log_limit_bytes"),
        ({"log_limit_bytes": "1GiB"}, "log_limit_bytes"),
        ({"max_runtime_seconds": float("inf")}, "max_runtime_seconds"),
    ],
)
def test_a_definition_that_cannot_be_run_is_refused(world: World, change: Json, field: str) -> None:
    body = {"name": "nightly", "command": ["true"], **change}
    problem = assert_problem(world.post_text(PROJECTS, body), 422, "invalid_request")
    assert fields_of(problem) == [field]
    assert all(each["expected"] and each["got"] for each in problem["problems"])
    assert json_of(world.alice.get(PROJECTS))["items"] == []


def test_nesting_without_end_is_refused(world: World) -> None:
    deep: object = "bottom"
    for _ in range(200):
        deep = [deep]
    body = {"name": "nightly", "command": ["true"], "parameters": {"deep": deep}}
    assert_problem(world.alice.post(PROJECTS, json=body), 422, "invalid_request")
    endless = b'{"name": ' + b"[" * 100_000
    response = world.alice.post(PROJECTS, content=endless, headers={"Content-Type": "application/json"})
    assert_problem(response, 400, "malformed_body")


def test_all_problems_are_named_at_once(world: World) -> None:
    problem = assert_problem(world.alice.post(PROJECTS, json={"command": [], "colour": 1}), 422, "invalid_request")
    assert fields_of(problem) == ["name", "command", "colour"]
    assert problem["problems"][0] == {"field": "name", "expected": "a value", "got": "nothing"}


def test_all_that_is_wrong_with_an_environment_is_named_at_once(world: World) -> None:
    env = {"A=B": "x", "GOOD": "x", "1": "x", "ADDON_PORTAL_X": "x", "NUL": "a\0b", "": "x", "N": 5, "\udcff": "x"}
    body = {"name": "nightly", "command": ["true"], "env": env}
    problem = assert_problem(world.post_text(PROJECTS, body), 422, "invalid_request")
    named = [(each["field"], each["got"]) for each in problem["problems"]]
    assert named[:4] == [("env", "'A=B'"), ("env", "'1'"), ("env", "'ADDON_PORTAL_X'"), ("env.NUL", "a text with one")]
    assert named[4:] == [("env", "''"), ("env.N", "a value of type int"), ("env", "'\\udcff'")]


def test_an_unknown_command_is_not_refused(world: World) -> None:
    assert world.add_project(command=["/no/such/program"])["command"] == ["/no/such/program"]


def test_a_change_is_a_new_version_and_no_change_is_none(any_world: World) -> None:
    project = any_world.add_project()
    same = {"name": project["name"], "command": project["command"]}
    assert json_of(any_world.alice.put(path_of(project), json=same))["definition_version"] == 1
    renamed = json_of(any_world.alice.put(path_of(project), json=same | {"name": "other"}))
    assert (renamed["name"], renamed["definition_version"]) == ("other", 1)
    changed = json_of(any_world.alice.put(path_of(project), json=same | {"command": ["false"]}))
    assert (changed["command"], changed["definition_version"]) == (["false"], 2)
    assert changed["updated_at"] > project["updated_at"]


def test_a_change_of_what_was_changed_meanwhile_is_refused(any_world: World) -> None:
    project = any_world.add_project()
    path, asked = path_of(project), {"name": project["name"], "command": ["echo"], "seen_at": project["updated_at"]}
    changed = json_of(any_world.alice.put(path, json=asked))
    assert changed["definition_version"] == 2
    problem = assert_problem(any_world.bob.put(path, json={**asked, "command": ["false"]}), 409, "changed_meanwhile")
    assert (problem["project_id"], problem["updated_at"]) == (project["id"], changed["updated_at"])
    assert json_of(any_world.bob.get(path)) == changed
    seen = {**asked, "command": ["false"], "seen_at": changed["updated_at"]}
    assert json_of(any_world.bob.put(path, json=seen))["command"] == ["false"]
    wrong = any_world.bob.put(path, json={**asked, "seen_at": "yesterday"})
    assert fields_of(assert_problem(wrong, 422, "invalid_request")) == ["seen_at"]


def test_a_change_keeps_the_parameters_that_are_stored_where_it_is_told_so(any_world: World) -> None:
    """JavaScript holds 2**53 + 1 as another number: a page sends none of what it did not change."""
    project = any_world.add_project(parameters={"id": 2**53 + 1, "far": 10**30})
    asked = {"name": "other", "command": project["command"], "keep_parameters": True, "parameters": {"id": 2**53}}
    renamed = json_of(any_world.alice.put(path_of(project), json=asked))
    assert (renamed["name"], renamed["definition_version"]) == ("other", 1)
    assert renamed["parameters"] == {"id": 2**53 + 1, "far": 10**30}
    replaced = json_of(any_world.alice.put(path_of(project), json={**asked, "keep_parameters": False}))
    assert (replaced["parameters"], replaced["definition_version"]) == ({"id": 2**53}, 2)


def test_a_change_to_a_name_that_is_taken_changes_nothing(any_world: World) -> None:
    taken, project = any_world.add_project(), any_world.add_project()
    body = {"name": taken["name"], "command": ["false"]}
    assert_problem(any_world.alice.put(path_of(project), json=body), 409, "name_taken")
    assert json_of(any_world.alice.get(path_of(project))) == project


def test_a_project_is_not_deleted_under_its_run(any_world: World) -> None:
    run = any_world.add_running()
    problem = assert_problem(any_world.alice.delete(path_of(run)), 409, "active_run")
    assert problem["run_id"] == run["run_id"]
    any_world.supervisor.end(run["run_id"])
    assert any_world.alice.delete(path_of(run)).status_code == 204
    assert_problem(any_world.alice.get(path_of(run)), 404, "not_found")
    assert_problem(any_world.alice.delete(path_of(run)), 404, "not_found")
    left = any_world.get_run(run)
    assert (left["state"], left["restartable"]) == ("completed", False)
    assert left["not_restartable_because"]["code"] == "project_deleted"


def test_a_request_repeated_after_the_project_was_deleted_is_answered_as_the_first(any_world: World) -> None:
    project = any_world.add_project()
    path, headers = f"{path_of(project)}/run", {"Idempotency-Key": "once"}
    first = json_of(any_world.bob.post(path, headers=headers))
    any_world.supervisor.finish(first["run_id"], 0)
    assert any_world.alice.delete(path_of(project)).status_code == 204
    again = any_world.bob.post(path, headers=headers)
    assert (again.status_code, json_of(again)["run_id"]) == (202, first["run_id"])
    assert_problem(any_world.bob.post(path, headers={"Idempotency-Key": "other"}), 404, "not_found")


def test_a_viewer_may_look_and_not_touch(world: World) -> None:
    project = world.add_project()
    body = {"name": "other", "command": ["true"]}
    assert world.victor.get(path_of(project)).status_code == world.victor.get(PROJECTS).status_code == 200
    assert_problem(world.victor.post(PROJECTS, json=body), 403, "forbidden")
    assert_problem(world.victor.put(path_of(project), json=body), 403, "forbidden")
    assert_problem(world.victor.delete(path_of(project)), 403, "forbidden")


def test_a_viewer_sees_no_values_of_the_environment(world: World) -> None:
    project = world.add_project(env={"TOKEN": "s3cret", "EMPTY": ""})
    run = world.add_run(project, env={"OTHER": "s3cret"})
    world.supervisor.finish(run["run_id"], 3)
    for client in (world.alice, world.bob):
        assert json_of(client.get(path_of(project)))["env"] == {"TOKEN": "s3cret", "EMPTY": ""}
    assert json_of(world.victor.get(path_of(project)))["env"] == {"TOKEN": "***", "EMPTY": "***"}
    runs = f"/api/tenant/runs/{run['run_id']}"
    for address in (PROJECTS, path_of(project), "/api/tenant/runs", runs, f"{runs}/evidence"):
        assert "s3cret" not in world.victor.get(address).text, address


def test_what_a_viewer_was_shown_is_not_stored_as_the_value(world: World) -> None:
    project = world.add_project(env={"TOKEN": "s3cret", "PLAIN": "x"})
    shown = json_of(world.victor.get(path_of(project)))
    body = {"name": "other", "command": ["true"], "env": {**shown["env"], "PLAIN": "y"}}
    refusals = [
        world.bob.put(path_of(project), json=body),
        world.bob.post(PROJECTS, json=body),
        world.bob.post(f"{path_of(project)}/run", json={"env": shown["env"] | {"PLAIN": "y"}}),
    ]
    for refusal in refusals:
        assert fields_of(assert_problem(refusal, 422, "invalid_request")) == ["env.TOKEN"]
    assert json_of(world.bob.get(path_of(project)))["env"] == {"TOKEN": "s3cret", "PLAIN": "x"}


@pytest.mark.parametrize("call", ["GET ", "POST ", "GET /x", "PUT /x", "DELETE /x"])
def test_without_a_credential_nothing_is_told(world: World, call: str) -> None:
    # Not even whether identifier or body are well formed.
    method, _, below = call.partition(" ")
    assert_problem(world.nobody.request(method, PROJECTS + below, json={}), 401, "unauthenticated")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("identifier", ["nope", "prj_01k7qz9t3v5x8y2m4n6p0r1s2a", "PRJ_01K7QZ9T3V5X8Y2M4N6P0R1S2A"])
def test_a_malformed_or_missing_identifier_is_not_found(world: World, method: str, identifier: str) -> None:
    body = {"name": "other", "command": ["true"]} if method == "PUT" else None
    assert_problem(world.alice.request(method, f"{PROJECTS}/{identifier}", json=body), 404, "not_found")


def test_another_method_is_refused(world: World) -> None:
    assert_problem(world.alice.patch(path_of(world.add_project()), json={}), 405, "method_not_allowed")
    assert_problem(world.alice.delete(PROJECTS), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"memory_bytes": 1000}, "limits.memory_bytes"),
        ({"memory_bytes": "2GiB"}, "limits.memory_bytes"),
        ({"memory_bytes": 2.5e9 + 0.5}, "limits.memory_bytes"),
        ({"cpus": 0}, "limits.cpus"),
        ({"cpus": -1}, "limits.cpus"),
        ({"pids": 0}, "limits.pids"),
        ({"pids": 1.5}, "limits.pids"),
        ({"disk": 5}, "limits.disk"),
        (None, "limits"),
        ([], "limits"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(world: World, limits: object, field: str) -> None:
    body = {"name": "limited", "command": ["true"], "limits": limits}
    assert fields_of(assert_problem(world.alice.post(PROJECTS, json=body), 422, "invalid_request")) == [field]


def test_another_limit_is_another_definition(any_world: World) -> None:
    project = any_world.add_project()
    body = {"name": project["name"], "command": project["command"], "limits": {"pids": 5}}
    for _ in range(2):
        changed = json_of(any_world.alice.put(path_of(project), json=body))
        assert (changed["definition_version"], changed["limits"]["pids"]) == (2, 5)


@pytest.mark.parametrize("env", ["TOKEN=supersecret", {"TOKEN": 12345678}, {"TOKEN": ["12345678"]}])
def test_wrong_values_of_the_environment_are_not_repeated(world: World, env: object) -> None:
    body = {"name": "nightly", "command": ["true"], "env": env}
    response = world.alice.post(PROJECTS, json=body)
    (problem,) = assert_problem(response, 422, "invalid_request")["problems"]
    assert problem["field"].startswith("env")
    assert problem["got"].startswith("a value of type ")
    assert "supersecret" not in response.text
    assert "12345678" not in response.text


def test_a_project_is_found_by_its_name_however_it_is_written(any_world: World) -> None:
    project = any_world.add_project(name=" e\u0301gal ")
    assert project["name"] == "\u00e9gal"
    for name in ("\u00e9gal", "e\u0301gal", " \u00e9gal "):
        (found,) = json_of(any_world.alice.get(PROJECTS, params={"name": name}))["items"]
        assert found["id"] == project["id"]
