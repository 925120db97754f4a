"""GET /api/tenant/runs/{run_id}/compare/{other_run_id}."""

from tests.support.world import Json, World, assert_problem, json_of


def address(left: Json, right: Json) -> str:
    """Where two runs are compared."""
    return f"/api/tenant/runs/{left['run_id']}/compare/{right['run_id']}"


def differences(world: World, left: Json, right: Json) -> dict[str, tuple[object, object]]:
    """What differs, as a viewer sees it, without what differs between any two runs."""
    response = world.victor.get(address(left, right))
    assert response.status_code == 200, response.text
    found = json_of(response)
    assert (found["left"]["run_id"], found["right"]["run_id"]) == (left["run_id"], right["run_id"])
    named = {f"{each['part']}.{each['field']}": (each["left"], each["right"]) for each in found["differences"]}
    return {name: sides for name, sides in named.items() if not name.startswith("time.")}


def test_two_runs_of_a_project_are_compared(any_world: World) -> None:
    world = any_world
    project = world.add_project(command=["etl"], env={"TOKEN": "secret-one"}, parameters={"day": 7})
    good = world.add_final(0, project)
    body = {
        "name": project["name"],
        "command": ["etl", "--new"],
        "env": {"TOKEN": "secret-two"},
        "parameters": {"day": 7},
    }
    assert world.alice.put(f"/api/tenant/projects/{project['id']}", json=body).status_code == 200
    bad = world.add_run(project, parameters={"day": 8}, env={"EXTRA": "secret-three"}, note="again")
    world.supervisor.finish(bad["run_id"], 3)
    world.supervisor.write(bad["run_id"], "output.log", b"oops\n")
    assert differences(world, good, bad) == {
        "definition.command": (["etl"], ["etl", "--new"]),
        "parameters.day": (7, 8),
        "environment.EXTRA": (None, "***"),
        "environment.TOKEN": ("***", "***"),
        "request.note": (None, "again"),
        "result.exit_code": (0, 3),
        "result.message": (good["message"], "The program ended with exit code 3."),
        "result.outcome": ("success", "failure"),
        "result.output_bytes": (0, 5),
        "result.reason": ("succeeded", "exit_code"),
        "result.state": ("completed", "failed"),
    }
    assert "secret" not in world.alice.get(address(good, bad)).text


def test_runs_of_two_projects_are_compared_and_one_with_itself(world: World) -> None:
    one, other = world.add_final(), world.add_final()
    found = differences(world, one, other)
    assert found["definition.project"] == (one["project_name"], other["project_name"])
    assert found.keys() <= {"definition.project", "request.workspace"}
    assert differences(world, one, one) == {}


def test_an_active_run_is_compared_as_it_stands(world: World) -> None:
    done, active = world.add_final(0), world.add_running()
    assert differences(world, done, active)["result.state"] == ("completed", "running")


def test_others_do_not_compare(world: World) -> None:
    run, other = world.add_final(), world.add_final()
    his_project = world.add_project(world.charlie)
    his = json_of(world.charlie.post(f"/api/tenant/projects/{his_project['id']}/run"))
    assert_problem(world.nobody.get(address(run, other)), 401, "unauthenticated")
    assert_problem(world.alice.post(address(run, other)), 405, "method_not_allowed")
    for missing in (his, {"run_id": "run_01k7qz9t3v5x8y2m4n6p0r1s2a"}, {"run_id": "run_1"}):
        assert_problem(world.alice.get(address(run, missing)), 404, "not_found")
        assert_problem(world.alice.get(address(missing, run)), 404, "not_found")
