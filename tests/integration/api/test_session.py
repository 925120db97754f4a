"""/api/session: logging in with a link, who is logged in, another tenant, logging out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from addon_portal.api.services import log_in_attempts
from addon_portal.auth.tokens import LINK, SESSION, make_key
from addon_portal.domain.models import Role
from tests.support.served import ApiClient
from tests.support.waiting import wait_until
from tests.support.world import World, assert_problem, fields_of, json_of, path_of

PATH = "/api/session"
TENANT = "/api/session/tenant"


def cookie_of(client: ApiClient) -> tuple[str, str]:
    ((name, value),) = client.cookies.items()
    return name, value


def log_in(world: World, token: object, **headers: str) -> httpx.Response:
    return world.connect_nobody().post(PATH, json={"token": token}, headers=headers)


def test_a_link_logs_in_and_says_who_it_is(any_world: World) -> None:
    response = log_in(any_world, any_world.add_link(any_world.tenant, "Ada", Role.MEMBER))
    assert response.status_code == 201
    seen = {"id": any_world.tenant.id, "name": any_world.tenant.name}
    body = json_of(response)
    assert (body["name"], body["role"], body["tenant"], body["tenants"]) == ("Ada", "member", seen, [seen])
    assert response.headers["cache-control"] == "no-store"
    name, *parts = response.headers["set-cookie"].split("; ")
    assert name.startswith("addon_portal_session_")
    assert parts == ["Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Lax"]
    assert name.partition("=")[2] not in response.text


def test_a_session_may_what_its_role_may_and_is_recorded_under_its_name(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.MEMBER)
    project = any_world.add_project(ada)
    run = json_of(ada.post(f"{path_of(project)}/run", json={}))
    assert run["requested_by"] == "person:Ada"
    assert json_of(ada.get(f"/api/tenant/runs/{run['run_id']}"))["run_id"] == run["run_id"]
    assert_problem(ada.get("/api/tenant/webhooks"), 403, "forbidden")
    assert_problem(ada.get("/api/admin/tenants"), 403, "forbidden")


def test_a_repeated_request_of_a_session_has_one_effect(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.MEMBER)
    project, headers = world.add_project(ada), {"Idempotency-Key": "once"}
    first, second = (ada.post(f"{path_of(project)}/run", json={}, headers=headers) for _ in range(2))
    assert json_of(first)["run_id"] == json_of(second)["run_id"]
    assert second.headers["idempotency-replayed"] == "true"


def test_get_says_the_same_as_the_log_in(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.VIEWER)
    body = json_of(ada.get(PATH))
    assert (body["name"], body["csrf_token"]) == ("Ada", ada.headers["x-csrf-token"])
    assert body["expires_at"] is not None


def test_a_key_has_no_token_and_no_end(world: World) -> None:
    body = json_of(world.bob.get(PATH))
    assert (body["name"], body["role"], body["csrf_token"], body["expires_at"]) == ("bob", "member", None, None)


def test_a_link_lets_in_once(any_world: World) -> None:
    token = any_world.add_link(any_world.tenant, "Ada", Role.MEMBER)
    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(lambda _: log_in(any_world, token), range(8)))
    assert sorted(response.status_code for response in responses) == [201] + [401] * 7
    refused = assert_problem(log_in(any_world, token), 401, "login_link_refused")
    assert "has been used already, at " in refused["detail"]


def test_a_link_that_is_over_or_unknown_lets_nobody_in(world: World) -> None:
    over = world.add_link(world.tenant, "Ada", Role.MEMBER, good_for=timedelta(seconds=-1))
    for token, why in ((over, "was good until"), (make_key(LINK).text, "is not known here")):
        problem = assert_problem(log_in(world, token), 401, "login_link_refused")
        assert why in problem["detail"]


@pytest.mark.parametrize(
    "token",
    ["", "x", make_key().text, make_key(SESSION).text, make_key(LINK).text[:-1]],
    ids=["empty", "nonsense", "a key", "a session", "cut"],
)
def test_what_cannot_be_a_link_is_refused(world: World, token: str) -> None:
    assert "none of ours" in assert_problem(log_in(world, token), 401, "login_link_refused")["detail"]


@pytest.mark.parametrize(
    ("body", "field"), [({}, "token"), ({"token": 1}, "token"), ({"token": "x", "more": 1}, "more"), ([], "(body)")]
)
def test_an_invalid_body_is_named(world: World, body: Any, field: str) -> None:
    assert fields_of(assert_problem(world.nobody.post(PATH, json=body), 422, "invalid_request")) == [field]


@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("GET", TENANT)])
def test_another_method_is_refused(world: World, method: str, path: str) -> None:
    assert_problem(world.alice.request(method, path), 405, "method_not_allowed")


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("DELETE", PATH), ("POST", TENANT)])
def test_no_credential_is_refused(world: World, method: str, path: str) -> None:
    body = {"json": {"tenant": "x"}} if method == "POST" else {}
    assert_problem(world.nobody.request(method, path, **body), 401, "unauthenticated")


def test_a_cookie_that_is_none_of_ours_is_no_credential(world: World) -> None:
    name, value = cookie_of(world.log_in(world.tenant, "Ada", Role.VIEWER))
    for wrong in (f"{name}={value[:-1]}", f"{name}=", f"other={value}", "nonsense", f"{name}={make_key().text}"):
        assert_problem(world.nobody.get(PATH, headers={"Cookie": wrong}), 401, "unauthenticated")
    unknown = f"{name}={make_key(SESSION).text}"
    problem = assert_problem(world.nobody.get(PATH, headers={"Cookie": unknown}), 401, "unauthenticated")
    assert "log in again" in problem["detail"]
    assert world.nobody.get(PATH, headers={"Cookie": f"a=b; {name}={value}"}).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": "x"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_another_site_sends_with_the_cookie_has_no_effect(world: World, headers: dict[str, str]) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.ADMIN)
    project = world.add_project()
    sent = {**({"X-CSRF-Token": ada.headers.pop("X-CSRF-Token")} if "Sec-Fetch-Site" in headers else {}), **headers}
    ada.headers.pop("X-CSRF-Token", None)
    for method, path in (("POST", f"{path_of(project)}/run"), ("DELETE", path_of(project)), ("DELETE", PATH)):
        assert_problem(ada.request(method, path, headers=sent), 403, "csrf_refused")
    assert json_of(ada.get(path_of(project)))["latest_run"] is None


def test_another_site_cannot_log_anybody_in(world: World) -> None:
    token = world.add_link(world.tenant, "Ada", Role.MEMBER)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert_problem(log_in(world, token, **headers), 403, "csrf_refused")
    assert log_in(world, token, Origin=world.served.url).status_code == 201


def test_a_key_wins_over_a_cookie_and_needs_no_token(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.VIEWER)
    del ada.headers["X-CSRF-Token"]
    project = world.add_project()
    response = ada.post(f"{path_of(project)}/run", headers={"Authorization": f"Bearer {world.bob_key}"})
    assert json_of(response)["requested_by"] == "key:bob"


def test_the_cookie_goes_over_https_alone_where_people_use_it(world: World) -> None:
    token = world.add_link(world.tenant, "Ada", Role.MEMBER)
    given = log_in(world, token, **{"X-Forwarded-Proto": "https"}).headers["set-cookie"]
    assert given.endswith("; SameSite=Lax; Secure")


def test_logging_out_ends_the_session_at_once(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.VIEWER)
    name, value = cookie_of(ada)
    response = ada.delete(PATH)
    assert response.status_code == 204
    assert response.headers["set-cookie"].startswith(f"{name}=; Path=/; Max-Age=0;")
    assert not ada.cookies
    kept = {"Cookie": f"{name}={value}"}
    assert_problem(ada.get(PATH, headers=kept), 401, "unauthenticated")
    assert ada.delete(PATH, headers=kept).status_code == 204


def test_a_key_cannot_log_out(world: World) -> None:
    assert_problem(world.bob.delete(PATH), 403, "forbidden")
    assert world.bob.get(PATH).status_code == 200


def test_logging_in_again_ends_the_session_before(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.VIEWER)
    name, value = cookie_of(ada)
    again = ada.post(PATH, json={"token": world.add_link(world.other_tenant, "Ada", Role.VIEWER)})
    assert again.status_code == 201
    assert json_of(ada.get(PATH))["tenant"]["id"] == world.other_tenant.id
    assert_problem(world.nobody.get(PATH, headers={"Cookie": f"{name}={value}"}), 401, "unauthenticated")


def test_an_operator_sees_another_tenant_once_they_switch(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.OPERATOR)
    ours, theirs = any_world.add_project(), any_world.add_project(any_world.charlie)
    assert_problem(ada.get(path_of(theirs)), 404, "not_found")
    assert ada.post(TENANT, json={"tenant": any_world.other_tenant.id}).status_code == 200
    body = json_of(ada.post(TENANT, json={"tenant": any_world.other_tenant.name}))
    assert body["tenant"] == {"id": any_world.other_tenant.id, "name": any_world.other_tenant.name}
    assert body["csrf_token"] == ada.headers["x-csrf-token"]
    assert {"id": any_world.tenant.id, "name": any_world.tenant.name} in body["tenants"]
    assert ada.get(path_of(theirs)).status_code == 200
    assert_problem(ada.get(path_of(ours)), 404, "not_found")
    assert json_of(ada.get(PATH))["tenant"] == body["tenant"]


def test_a_tenant_that_is_not_there_cannot_be_seen(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    for named in ("nobody", "ten_00000000000000000000000000", "\0"):
        assert_problem(ada.post(TENANT, json={"tenant": named}), 404, "not_found")
    assert json_of(ada.get(PATH))["tenant"]["id"] == world.tenant.id


def test_only_an_operators_session_may_switch(world: World) -> None:
    for role in (Role.VIEWER, Role.MEMBER, Role.ADMIN):
        ada = world.log_in(world.tenant, "Ada", role)
        for tenant in (world.other_tenant, world.tenant):
            assert_problem(ada.post(TENANT, json={"tenant": tenant.id}), 403, "forbidden")
    assert_problem(world.olivia.post(TENANT, json={"tenant": world.tenant.id}), 403, "forbidden")


def test_who_tries_too_often_has_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_in_attempts, "MOST_FAILURES", 3)
    token = world.add_link(world.tenant, "Ada", Role.MEMBER)
    for _ in range(3):
        assert_problem(log_in(world, "x"), 401, "login_link_refused")
    refused = log_in(world, token)
    problem = assert_problem(refused, 429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) == problem["retry_after_seconds"] <= 61
    monkeypatch.setattr(log_in_attempts, "MOST_FAILURES", 4)
    assert log_in(world, token).status_code == 201


def test_the_last_use_of_a_session_is_remembered(world: World) -> None:
    ada = world.log_in(world.tenant, "Ada", Role.VIEWER)

    def used_at() -> Any:
        with world.storage.read() as uow:
            return uow.connection.one("SELECT max(last_used_at) FROM sessions")

    with world.storage.write() as uow:
        uow.connection.change("UPDATE sessions SET last_used_at = last_used_at - 120000000")
    before = used_at()
    assert ada.get(PATH).status_code == 200
    wait_until(lambda: used_at() > before, "the use to be written")
