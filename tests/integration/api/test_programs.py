"""`GET /api/tenant/programs`: what a tenant may run."""

from tests.support.world import World, assert_problem, json_of

PROGRAMS = "/api/tenant/programs"
SCHEMA = {"type": "object", "properties": {"day": {"type": "integer"}}}


def test_a_tenant_sees_what_the_operator_offers_and_no_secret_of_it(world: World) -> None:
    for name in ("b-offered", "a-offered"):
        program = {"name": name, "argv": ["etl", "{day}"], "parameters_schema": SCHEMA, "env": {"KEY": "secret"}}
        assert world.olivia.post("/api/admin/programs", json=program).status_code == 201
    response = world.victor.get(PROGRAMS)
    assert "secret" not in response.text
    offer = json_of(response)
    assert offer["may_run_own_commands"] is True
    offered = [item for item in offer["items"] if item["name"].endswith("-offered")]
    assert [item["name"] for item in offered] == ["a-offered", "b-offered"]
    assert (offered[0]["argv"], offered[0]["parameters_schema"]) == (["etl", "{day}"], SCHEMA)


def test_who_may_not_run_own_commands_is_told(world: World) -> None:
    body = {"tenant": world.tenant.id, "max_concurrent_runs": None, "may_run_own_commands": False}
    world.olivia.put("/api/admin/limits", json=body)
    assert json_of(world.alice.get(PROGRAMS))["may_run_own_commands"] is False


def test_without_a_credential_nothing_is_told(world: World) -> None:
    assert_problem(world.nobody.get(PROGRAMS), 401, "unauthenticated")
