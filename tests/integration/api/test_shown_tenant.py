"""X-Portal-Tenant: a page that shows one tenant is refused once its session looks at another."""

import pytest

from addon_portal.api.services import run_changes
from addon_portal.domain.models import Role, Tenant
from tests.support.served import ApiClient
from tests.support.waiting import wait_until
from tests.support.world import World, assert_problem, json_of, path_of

PROJECTS = "/api/tenant/projects"
SESSION = "/api/session"
HEADER = "X-Portal-Tenant"


def show(tenant: Tenant) -> dict[str, str]:
    return {HEADER: tenant.id}


def move(client: ApiClient, tenant: Tenant) -> None:
    response = client.post(f"{SESSION}/tenant", json={"tenant": tenant.id})
    assert response.status_code == 200, response.text


def names_in(client: ApiClient) -> list[str]:
    return [each["name"] for each in json_of(client.get(PROJECTS))["items"]]


def test_a_page_that_shows_the_tenant_of_its_session_is_answered(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.OPERATOR)
    ada.headers[HEADER] = any_world.tenant.id
    project = any_world.add_project(ada)
    assert ada.get(path_of(project)).status_code == 200


def test_a_page_that_shows_another_tenant_stores_nothing_and_reads_nothing(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.OPERATOR)
    project = any_world.add_project(any_world.charlie)
    move(ada, any_world.other_tenant)
    before = names_in(any_world.charlie)
    body = {"name": "typed elsewhere", "command": ["true"]}
    for method, path, sent in (
        ("POST", PROJECTS, body),
        ("POST", f"{path_of(project)}/run", None),
        ("PUT", path_of(project), body),
        ("DELETE", path_of(project), None),
        ("GET", path_of(project), None),
        ("GET", PROJECTS, None),
        ("GET", "/api/tenant/events", None),
        ("GET", "/api/admin/tenants", None),
    ):
        response = ada.request(method, path, headers=show(any_world.tenant), **({"json": sent} if sent else {}))
        refused = assert_problem(response, 409, "tenant_changed")
        assert refused["tenant_id"] == any_world.other_tenant.id
        assert refused["tenant_name"] == any_world.other_tenant.name
    assert names_in(any_world.charlie) == before
    assert json_of(any_world.charlie.get(path_of(project)))["latest_run"] is None


def test_short_cut_requests_are_refused_too(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    run = world.add_run()
    move(ada, world.other_tenant)
    for query in ("", "?wait_seconds=1"):
        response = ada.get(f"/api/tenant/runs/{run['run_id']}{query}", headers=show(world.tenant))
        assert_problem(response, 409, "tenant_changed")


def test_once_the_session_is_back_the_page_goes_on(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    move(ada, world.other_tenant)
    assert_problem(ada.get(PROJECTS, headers=show(world.tenant)), 409, "tenant_changed")
    ada.headers[HEADER] = world.tenant.id
    move(ada, world.tenant)
    project = world.add_project(ada)
    assert world.alice.get(path_of(project)).status_code == 200


def test_the_session_itself_is_told_moved_and_ended_from_any_page(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    ada.headers[HEADER] = world.tenant.id
    move(ada, world.other_tenant)
    assert json_of(ada.get(SESSION))["tenant"]["id"] == world.other_tenant.id
    assert ada.delete(SESSION).status_code == 204


def test_without_the_header_a_session_is_answered_where_it_looks(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    move(ada, world.other_tenant)
    project = world.add_project(ada)
    assert world.charlie.get(path_of(project)).status_code == 200


@pytest.mark.parametrize("named", ["", "nonsense", "ten_00000000000000000000000000"])
def test_what_is_no_tenant_of_the_session_is_refused(world: World, named: str) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.VIEWER)
    assert_problem(ada.get(PROJECTS, headers={HEADER: named}), 409, "tenant_changed")


def test_for_a_key_the_header_means_nothing(world: World) -> None:
    for tenant in (world.tenant, world.other_tenant):
        assert world.bob.get(PROJECTS, headers=show(tenant)).status_code == 200
        assert world.bob.post(f"{path_of(world.add_project())}/run", headers=show(tenant)).status_code == 202


def test_who_is_not_logged_in_learns_nothing_by_the_header(world: World) -> None:
    assert_problem(world.nobody.get(PROJECTS, headers=show(world.tenant)), 401, "unauthenticated")


def test_a_stream_of_a_page_ends_when_the_session_moves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_changes, "KEYS_EVERY_SECONDS", 0.01)
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    with ada.stream("GET", "/api/tenant/events", headers=show(world.tenant)) as answer:
        assert answer.status_code == 200
        world.wait_for_followers(1)
        move(ada, world.other_tenant)
        wait_until(lambda: world.served.app.state.changes.waiting == 0, "the end of the stream")
