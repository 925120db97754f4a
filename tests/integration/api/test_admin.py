"""/api/admin: tenants, limits, keys, programs, hosts."""

import secrets

import pytest

from addon_portal.api.services import definitions
from addon_portal.domain.errors import FieldProblem
from addon_portal.domain.ids import new_tenant_id
from addon_portal.domain.models import JsonObject, Program, Role, Tenant
from tests.support.factories import LONG_AGO
from tests.support.served import ApiClient
from tests.support.waiting import wait_until
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

ADDRESSES = ["tenants", "keys?tenant=x", "programs", "hosts", "cleanup/cln_01k7qz9t3v5x8y2m4n6p0r1s2a"]
ACTIONS = [("POST", "tenants"), ("PUT", "limits"), ("POST", "keys"), ("POST", "programs"), ("POST", "cleanup")]


def fresh(name: str) -> str:
    """A name that nobody else has used; programs and tenants are the installation's."""
    return f"{name} {secrets.token_hex(4)}"


def add_program(world: World, **changes: object) -> Json:
    """A program with a parameter."""
    body = {
        "name": fresh("etl"),
        "argv": ["etl", "--day={day}"],
        "parameters_schema": {"type": "object", "properties": {"day": {"type": "integer", "minimum": 1}}},
        **changes,
    }
    response = world.olivia.post("/api/admin/programs", json=body)
    assert response.status_code == 201, response.text
    return json_of(response)


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_operators_look(world: World, address: str) -> None:
    problem = assert_problem(world.alice.get(f"/api/admin/{address}"), 403, "forbidden")
    assert (problem["role_needed"], problem["role"]) == ("operator", "admin")
    assert_problem(world.nobody.get(f"/api/admin/{address}"), 401, "unauthenticated")


@pytest.mark.parametrize(("method", "address"), ACTIONS)
def test_only_operators_act(world: World, method: str, address: str) -> None:
    bodies: dict[str, Json] = {
        "tenants": {"name": "x"},
        "limits": {"tenant": "x", "max_concurrent_runs": 1},
        "keys": {"tenant": "x", "name": "x"},
        "programs": {"name": "x", "argv": ["x"]},
        "cleanup": {},
    }
    for client, status, code in ((world.alice, 403, "forbidden"), (world.nobody, 401, "unauthenticated")):
        assert_problem(client.request(method, f"/api/admin/{address}", json=bodies[address]), status, code)


def test_a_tenant_is_made_and_listed(any_world: World) -> None:
    name = fresh("acme")
    made = any_world.olivia.post("/api/admin/tenants", json={"name": name, "max_concurrent_runs": 3})
    tenant = json_of(made)
    assert made.status_code == 201
    assert (tenant["name"], tenant["max_concurrent_runs"], tenant["may_run_own_commands"]) == (name, 3, True)
    assert tenant in json_of(any_world.olivia.get("/api/admin/tenants"))["items"]
    assert_problem(any_world.olivia.post("/api/admin/tenants", json={"name": name}), 409, "name_taken")


def test_limits_are_changed_by_name_or_identifier(any_world: World) -> None:
    tenant = any_world.tenant
    body: Json = {"tenant": tenant.name, "max_concurrent_runs": 2}
    changed = json_of(any_world.olivia.put("/api/admin/limits", json=body))
    assert (changed["max_concurrent_runs"], changed["may_run_own_commands"]) == (2, True)
    body = {"tenant": tenant.id, "max_concurrent_runs": None, "may_run_own_commands": False}
    changed = json_of(any_world.olivia.put("/api/admin/limits", json=body))
    assert (changed["max_concurrent_runs"], changed["may_run_own_commands"]) == (None, False)
    own = {"name": "own", "command": ["true"]}
    refused = assert_problem(any_world.alice.post("/api/tenant/projects", json=own), 422, "invalid_request")
    assert fields_of(refused) == ["command"]


def test_commands_are_not_run_any_more_where_only_programs_may(world: World) -> None:
    run = world.add_final()
    body = {"tenant": world.tenant.id, "max_concurrent_runs": None, "may_run_own_commands": False}
    assert world.olivia.put("/api/admin/limits", json=body).status_code == 200
    shown = world.get_run(run)
    assert (shown["restartable"], shown["not_restartable_because"]["code"]) == (False, "own_command_forbidden")
    for action in ("run", "restart"):
        assert_problem(world.alice.post(f"{path_of(run)}/{action}"), 403, "own_command_forbidden")


@pytest.mark.parametrize("limit", [0, -1, 1.5, "3", 10**9, True])
def test_a_limit_that_cannot_be_is_refused(world: World, limit: object) -> None:
    body = {"tenant": world.tenant.name, "max_concurrent_runs": limit}
    problem = assert_problem(world.olivia.put("/api/admin/limits", json=body), 422, "invalid_request")
    assert fields_of(problem) == ["max_concurrent_runs"]


def test_a_key_works_until_it_is_revoked(any_world: World) -> None:
    tenant = any_world.tenant.name
    made = any_world.olivia.post("/api/admin/keys", json={"tenant": tenant, "name": "ci", "role": "viewer"})
    key = json_of(made)
    assert made.status_code == 201
    assert key["api_key"].startswith(key["prefix"])
    with ApiClient(any_world.served, key["api_key"]) as client:
        assert client.get("/api/tenant/projects").status_code == 200
        assert_problem(client.get("/api/admin/keys", params={"tenant": tenant}), 403, "forbidden")
        listed = json_of(any_world.olivia.get("/api/admin/keys", params={"tenant": tenant}))["items"]
        (found,) = [each for each in listed if each["id"] == key["id"]]
        assert "api_key" not in found
        revoked = any_world.olivia.delete(f"/api/admin/keys/{key['id']}", params={"tenant": tenant})
        assert revoked.status_code == 204
        assert_problem(client.get("/api/tenant/projects"), 401, "unauthenticated")


def test_the_last_use_of_a_key_is_remembered(any_world: World) -> None:
    any_world.victor.get("/api/tenant/projects")

    def is_remembered() -> bool:
        keys = json_of(any_world.olivia.get("/api/admin/keys", params={"tenant": any_world.tenant.name}))["items"]
        return any(key["name"] == "victor" and key["last_used_at"] for key in keys)

    wait_until(is_remembered, "the last use to be stored")


def test_a_key_is_not_revoked_by_another_tenants_name(world: World) -> None:
    body = {"tenant": world.tenant.name, "name": "ci"}
    key = json_of(world.olivia.post("/api/admin/keys", json=body))
    other = world.olivia.delete(f"/api/admin/keys/{key['id']}", params={"tenant": world.other_tenant.name})
    assert_problem(other, 404, "not_found")


@pytest.mark.parametrize("text", ["x", "Bearer", "ap_" + "a" * 43 + "_000000", "ü" * 10])
def test_what_is_no_key_opens_nothing(world: World, text: str) -> None:
    response = world.nobody.get("/api/tenant/projects", headers={b"Authorization": f"Bearer {text}".encode()})
    assert_problem(response, 401, "unauthenticated")


def test_a_tenant_that_is_not_there_is_not_found(world: World) -> None:
    for name in ("nobody", "ten_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.olivia.get("/api/admin/keys", params={"tenant": name}), 404, "not_found")
        body: Json = {"tenant": name, "name": "ci"}
        assert_problem(world.olivia.post("/api/admin/keys", json=body), 404, "not_found")
        body = {"tenant": name, "max_concurrent_runs": 1}
        assert_problem(world.olivia.put("/api/admin/limits", json=body), 404, "not_found")


@pytest.mark.parametrize("role", ["root", "", 1, None])
def test_a_role_that_is_none_is_refused(world: World, role: object) -> None:
    body = {"tenant": world.tenant.name, "name": "ci", "role": role}
    problem = assert_problem(world.olivia.post("/api/admin/keys", json=body), 422, "invalid_request")
    assert fields_of(problem) == ["role"]


def test_a_project_runs_an_operators_program(any_world: World) -> None:
    program = add_program(any_world)
    assert program in json_of(any_world.olivia.get("/api/admin/programs"))["items"]
    projects = [
        any_world.add_project(command=None, program=name_or_id, parameters={"day": 7})
        for name_or_id in (program["name"], program["id"])
    ]
    assert [(project["program"], project["command"]) for project in projects] == [(program["id"], None)] * 2
    assert any_world.add_run(projects[0], parameters={"day": 8})["parameters"] == {"day": 8}


@pytest.mark.parametrize("parameters", [{"day": "x"}, {"day": 0}, {}])
def test_parameters_must_fit_the_program(world: World, parameters: Json) -> None:
    program = add_program(world)
    body = {"name": "p", "program": program["name"], "parameters": parameters}
    problem = assert_problem(world.alice.post("/api/tenant/projects", json=body), 422, "invalid_request")
    assert fields_of(problem) == ["parameters.day"]
    project = world.add_project(command=None, program=program["name"], parameters={"day": 7})
    if parameters:
        response = world.alice.post(f"{path_of(project)}/run", json={"parameters": parameters})
        assert fields_of(assert_problem(response, 422, "invalid_request")) == ["parameters.day"]


@pytest.mark.timeout(30)
def test_a_pattern_holds_up_nobody(any_world: World) -> None:
    schema = {"properties": {"day": {"type": "string", "pattern": "^([a-z]+ ?)+$"}}}
    program = add_program(any_world, parameters_schema=schema)
    slow = {"day": "a" * 40 + "!"}
    body = {"name": "p", "program": program["name"], "parameters": slow}
    problem = assert_problem(any_world.bob.post("/api/tenant/projects", json=body), 422, "invalid_request")
    assert fields_of(problem) == ["parameters.day"]
    project = any_world.add_project(command=None, program=program["name"], parameters={"day": "monday"})
    response = any_world.bob.post(f"{path_of(project)}/run", json={"parameters": slow})
    assert fields_of(assert_problem(response, 422, "invalid_request")) == ["parameters.day"]


def test_parameters_are_held_against_the_schema_while_nobody_waits_for_the_database(
    any_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = add_program(any_world)
    project = any_world.add_project(command=None, program=program["name"], parameters={"day": 1})
    check, portal_writes = definitions.check_parameters, any_world.storage.write

    def check_while_another_writes(program: Program, parameters: JsonObject) -> list[FieldProblem]:
        with portal_writes() as uow:  # SQLite: would wait for the request's own transaction, and fail
            uow.tenants.insert(Tenant(new_tenant_id(LONG_AGO), fresh("another"), LONG_AGO))
        return check(program, parameters)

    monkeypatch.setattr("addon_portal.api.services.new_runs.check_parameters", check_while_another_writes)
    monkeypatch.setattr(definitions, "check_parameters", check_while_another_writes)
    body = {"name": fresh("p"), "program": program["name"], "parameters": {"day": 2}}
    assert any_world.bob.put(path_of(project), json=body).status_code == 200
    run = any_world.accept(f"{path_of(project)}/run", parameters={"day": 3})
    assert run["parameters"] == {"day": 3}
    any_world.supervisor.finish(run["run_id"], 3)
    again = any_world.accept(f"{path_of(project)}/restart", parameters={"day": 4})
    assert again["parameters"] == {"day": 4}


def test_a_clean_workspace_is_refused_where_the_program_names_its_directory(world: World) -> None:
    program = add_program(world, working_directory="/srv")
    project = world.add_project(command=None, program=program["name"], parameters={"day": 1})
    run = world.add_final(project=project)
    assert run["workspace"] is None
    response = world.alice.post(f"{path_of(run)}/restart", json={"workspace": "clean"})
    assert fields_of(assert_problem(response, 422, "invalid_request")) == ["workspace"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"argv": []}, "argv"),
        ({"argv": ["a\0"]}, "argv[0]"),
        ({"parameters_schema": {"type": "strange"}}, "parameters_schema.type"),
        ({"parameters_schema": []}, "parameters_schema"),
        ({"parameters_schema": {"$schema": 5}}, "parameters_schema"),
        ({"parameters_schema": {"$ref": "#"}}, "parameters_schema"),
        ({"parameters_schema": {"$ref": "http://127.0.0.1:9/schema.json"}}, "parameters_schema"),
        ({"parameters_schema": {"properties": {"day": {"pattern": "(?=a)b"}}}}, "parameters_schema"),
        ({"working_directory": "srv"}, "working_directory"),
        ({"name": "prg_01k7qz9t3v5x8y2m4n6p0r1s2a"}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_program_that_cannot_be_run_is_refused(world: World, change: Json, field: str) -> None:
    body = {"name": fresh("etl"), "argv": ["etl"], **change}
    problem = assert_problem(world.olivia.post("/api/admin/programs", json=body), 422, "invalid_request")
    assert fields_of(problem) == [field]


def test_a_programs_name_can_be_used_once(world: World) -> None:
    program = add_program(world)
    body = {"name": program["name"], "argv": ["etl"]}
    assert_problem(world.olivia.post("/api/admin/programs", json=body), 409, "name_taken")


def test_hosts_say_when_they_were_last_looked_at(any_world: World) -> None:
    (host,) = json_of(any_world.olivia.get("/api/admin/hosts"))["items"]
    assert (host["unreachable"], host["supervisor_pid"]) == (False, 4711)
    any_world.supervisor.sweep(LONG_AGO)
    (host,) = json_of(any_world.olivia.get("/api/admin/hosts"))["items"]
    assert (host["unreachable"], host["observed_at"]) == (True, "2020-01-01T00:00:00.000000Z")


def test_a_viewer_key_of_the_operators_tenant_is_no_operator(world: World) -> None:
    with ApiClient(world.served, world.add_key(world.other_tenant, "other", Role.ADMIN)) as client:
        assert_problem(client.get("/api/admin/tenants"), 403, "forbidden")


@pytest.mark.parametrize(("method", "address"), [("DELETE", "tenants"), ("GET", "limits"), ("PUT", "programs")])
def test_another_method_is_refused(world: World, method: str, address: str) -> None:
    assert_problem(world.olivia.request(method, f"/api/admin/{address}"), 405, "method_not_allowed")


def test_tenants_and_programs_are_found_by_names_however_they_are_written(any_world: World) -> None:
    name, decomposed = fresh("caf\u00e9"), "cafe\u0301"
    any_world.olivia.post("/api/admin/tenants", json={"name": name}).raise_for_status()
    written = name.replace("caf\u00e9", decomposed)
    limits = {"tenant": f" {written} ", "max_concurrent_runs": 2}
    assert json_of(any_world.olivia.put("/api/admin/limits", json=limits))["name"] == name
    assert any_world.olivia.post("/api/admin/keys", json={"tenant": written, "name": "x"}).status_code == 201
    assert any_world.olivia.get("/api/admin/keys", params={"tenant": written}).status_code == 200
    program = add_program(any_world, name=fresh("caf\u00e9"))
    asked = program["name"].replace("caf\u00e9", decomposed)
    assert any_world.add_project(command=None, program=asked, parameters={"day": 1})["program"] == program["id"]


def test_a_tenant_has_no_name_that_looks_like_an_identifier(world: World) -> None:
    body = {"name": "ten_01k7qz9t3v5x8y2m4n6p0r1s2a"}
    problem = assert_problem(world.olivia.post("/api/admin/tenants", json=body), 422, "invalid_request")
    assert fields_of(problem) == ["name"]


def test_keys_are_listed_with_a_query_that_is_known(world: World) -> None:
    asked = {"tenant": world.tenant.id, "tenent": "x"}
    problem = assert_problem(world.olivia.get("/api/admin/keys", params=asked), 422, "invalid_request")
    assert fields_of(problem) == ["tenent"]
