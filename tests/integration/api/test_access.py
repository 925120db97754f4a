"""/api/tenant/keys, login-links and sessions: what a tenant's admins do about who gets in."""

import json

import pytest
from structlog.testing import capture_logs

from addon_portal.api.services.own_key import read_own_key
from addon_portal.auth.tokens import LINK, has_key_form
from addon_portal.domain.ids import new_session_id
from addon_portal.domain.models import Role
from tests.support.served import ApiClient
from tests.support.waiting import wait_until
from tests.support.world import Json, World, assert_problem, json_of

KEYS, LINKS, SESSIONS = "/api/tenant/keys", "/api/tenant/login-links", "/api/tenant/sessions"
NO_KEY, NO_SESSION = "key_01k7qz9t3v5x8y2m4n6p0r1s2a", "ses_01k7qz9t3v5x8y2m4n6p0r1s2a"
ACTS = [
    ("GET", KEYS),
    ("POST", KEYS),
    ("DELETE", f"{KEYS}/{NO_KEY}"),
    ("POST", LINKS),
    ("GET", SESSIONS),
    ("DELETE", SESSIONS),
    ("DELETE", f"{SESSIONS}/{NO_SESSION}"),
]


def make_key(client: ApiClient, name: str = "ci", role: str = "member") -> Json:
    response = client.post(KEYS, json={"name": name, "role": role})
    assert response.status_code == 201, response.text
    return json_of(response)


def names(client: ApiClient, path: str) -> list[str]:
    return [each["name"] for each in json_of(client.get(path))["items"]]


@pytest.mark.parametrize(("method", "path"), ACTS)
def test_only_admins_of_the_tenant_say_who_gets_in(world: World, method: str, path: str) -> None:
    body = {"name": "x"} if method == "POST" else None
    assert_problem(world.nobody.request(method, path, json=body), 401, "unauthenticated")
    for client in (world.bob, world.victor, world.log_in(world.tenant, "Mia", Role.MEMBER)):
        refused = assert_problem(client.request(method, path, json=body), 403, "forbidden")
        assert refused["role_needed"] == "admin"


def test_a_key_that_an_admin_makes_works_until_it_is_revoked(any_world: World) -> None:
    made = any_world.alice.post(KEYS, json={"name": "ci", "role": "member"})
    assert made.headers["cache-control"] == "no-store"
    key = json_of(made)
    assert (key["tenant_id"], key["role"]) == (any_world.tenant.id, "member")
    with ApiClient(any_world.served, key["api_key"]) as client:
        assert client.get("/api/tenant/projects").status_code == 200
        listed = json_of(any_world.alice.get(KEYS))["items"]
        assert [each["name"] for each in listed] == ["alice", "bob", "victor", "ci"]
        assert "api_key" not in listed[-1]
        assert any_world.alice.delete(f"{KEYS}/{key['id']}").status_code == 204
        assert_problem(client.get("/api/tenant/projects"), 401, "unauthenticated")
    (revoked,) = [each for each in json_of(any_world.alice.get(KEYS))["items"] if each["id"] == key["id"]]
    assert revoked["revoked_at"] is not None
    assert any_world.alice.delete(f"{KEYS}/{key['id']}").status_code == 204, "repeating has one effect"


def test_the_log_has_who_made_used_and_revoked_what_and_no_secret(world: World) -> None:
    with capture_logs() as lines:
        key = make_key(world.alice)
        for _ in range(2):
            world.alice.delete(f"{KEYS}/{key['id']}")
        query = {"tenant": world.tenant.name}
        others = json_of(world.olivia.post("/api/admin/keys", json={**query, "name": "cd", "role": "viewer"}))
        world.olivia.delete(f"/api/admin/keys/{others['id']}", params=query)
        assert_problem(world.alice.post(KEYS, json={"name": "x", "role": "operator"}), 403, "forbidden")
        link = json_of(world.alice.post(LINKS, json={"name": "Mia", "role": "member"}))
        assert world.nobody.post("/api/session", json={"token": link["token"]}).status_code == 201
    told = [
        line for line in lines if line["event"] in {"key_created", "key_revoked", "login_link_created", "logged_in"}
    ]
    assert [(line["event"], line.get("actor"), line["name"], line["role"]) for line in told] == [
        ("key_created", "key:alice", "ci", "member"),
        ("key_revoked", "key:alice", "ci", "member"),
        ("key_created", "key:olivia", "cd", "viewer"),
        ("key_revoked", "key:olivia", "cd", "viewer"),
        ("login_link_created", "key:alice", "Mia", "member"),
        ("logged_in", None, "Mia", "member"),
    ]
    assert {line["tenant_id"] for line in told} == {world.tenant.id}
    assert [line["key_id"] for line in told[:4]] == [key["id"], key["id"], others["id"], others["id"]]
    for secret in (key["api_key"], others["api_key"], link["token"]):
        assert secret[:12] not in json.dumps(lines, default=str)


def test_an_admin_sees_and_ends_nothing_of_another_tenant(any_world: World) -> None:
    key = make_key(any_world.charlie, "theirs")
    any_world.log_in(any_world.other_tenant, "Cleo", Role.VIEWER)
    (cleo,) = json_of(any_world.charlie.get(SESSIONS))["items"]
    assert "theirs" not in names(any_world.alice, KEYS)
    assert names(any_world.alice, SESSIONS) == []
    assert_problem(any_world.alice.delete(f"{KEYS}/{key['id']}"), 404, "not_found")
    assert_problem(any_world.alice.delete(f"{SESSIONS}/{cleo['id']}"), 404, "not_found")
    assert json_of(any_world.alice.delete(SESSIONS)) == {"ended": 0}
    assert names(any_world.charlie, SESSIONS) == ["Cleo"]
    with ApiClient(any_world.served, key["api_key"]) as client:
        assert client.get("/api/tenant/projects").status_code == 200


@pytest.mark.parametrize("path", [KEYS, LINKS])
def test_nobody_gives_more_rights_than_they_have(world: World, path: str) -> None:
    refused = assert_problem(world.alice.post(path, json={"name": "x", "role": "operator"}), 403, "forbidden")
    assert (refused["role_needed"], refused["role"]) == ("operator", "admin")
    assert names(world.alice, KEYS) == ["alice", "bob", "victor"]
    assert world.alice.post(path, json={"name": "x", "role": "admin"}).status_code == 201
    assert world.olivia.post(path, json={"name": "x", "role": "operator"}).status_code == 201


def test_an_admin_takes_nothing_from_an_operator(world: World) -> None:
    olivia = world.log_in(world.other_tenant, "Olivia", Role.OPERATOR)
    (key,) = [each for each in json_of(world.charlie.get(KEYS))["items"] if each["role"] == "operator"]
    (session,) = json_of(world.charlie.get(SESSIONS))["items"]
    assert session["role"] == "operator", "it is not hidden"
    assert_problem(world.charlie.delete(f"{KEYS}/{key['id']}"), 403, "forbidden")
    assert_problem(world.charlie.delete(f"{SESSIONS}/{session['id']}"), 403, "forbidden")
    assert json_of(world.charlie.delete(SESSIONS)) == {"ended": 0}
    assert olivia.get("/api/session").status_code == 200
    assert world.olivia.get("/api/admin/tenants").status_code == 200


def test_the_portals_own_key_is_not_revoked_from_afar(any_world: World) -> None:
    text = any_world.add_key(any_world.other_tenant, "up", Role.OPERATOR)
    data = any_world.served.app.state.portal.data
    data.own_key_file.write_text(text + "\n")
    try:
        (key,) = [each for each in json_of(any_world.charlie.get(KEYS))["items"] if each["is_own"]]
        assert key["name"] == "up"
        query = {"tenant": any_world.other_tenant.name}
        for response in (
            any_world.olivia.delete(f"{KEYS}/{key['id']}"),
            any_world.olivia.delete(f"/api/admin/keys/{key['id']}", params=query),
        ):
            refused = assert_problem(response, 409, "own_key")
            assert f"addon-portal key revoke {key['id']} --yes" in refused["detail"]
        with ApiClient(any_world.served, text) as client:
            assert client.get("/api/admin/tenants").status_code == 200
    finally:
        data.own_key_file.unlink()
    assert read_own_key(data) is None
    assert any_world.olivia.delete(f"{KEYS}/{key['id']}").status_code == 204


def test_a_colleague_is_let_in_by_a_link_once(any_world: World) -> None:
    response = any_world.alice.post(LINKS, json={"name": "Ben", "role": "viewer", "minutes": 30})
    assert (response.status_code, response.headers["cache-control"]) == (201, "no-store")
    link = json_of(response)
    assert has_key_form(link["token"], LINK)
    assert link["path"] == f"/login#token={link['token']}"
    logged_in = any_world.connect_nobody().post("/api/session", json={"token": link["token"]})
    body = json_of(logged_in)
    assert (body["name"], body["role"], body["tenant"]["id"]) == ("Ben", "viewer", any_world.tenant.id)
    assert_problem(
        any_world.connect_nobody().post("/api/session", json={"token": link["token"]}), 401, "login_link_refused"
    )


@pytest.mark.parametrize("minutes", [0, -1, 1441, "60", True, None])
def test_a_link_is_good_for_a_day_at_most(world: World, minutes: object) -> None:
    problem = assert_problem(world.alice.post(LINKS, json={"name": "Ben", "minutes": minutes}), 422, "invalid_request")
    assert [each["field"] for each in problem["problems"]] == ["minutes"]


def test_those_who_are_logged_in_are_listed_and_can_be_logged_out(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.ADMIN)
    ben = any_world.log_in(any_world.tenant, "Ben", Role.VIEWER)
    people = json_of(ada.get(SESSIONS))["items"]
    assert [(each["name"], each["role"], each["is_current"]) for each in people] == [
        ("Ada", "admin", True),
        ("Ben", "viewer", False),
    ]
    assert ada.delete(f"{SESSIONS}/{people[1]['id']}").status_code == 204
    assert_problem(ben.get("/api/session"), 401, "unauthenticated")
    assert_problem(ada.delete(f"{SESSIONS}/{people[1]['id']}"), 404, "not_found")
    assert names(ada, SESSIONS) == ["Ada"]


def test_all_others_are_logged_out_and_the_caller_is_not(any_world: World) -> None:
    ada, *others = (any_world.log_in(any_world.tenant, name, Role.ADMIN) for name in ("Ada", "Ben", "Cleo"))
    assert json_of(ada.delete(SESSIONS)) == {"ended": 2}
    assert names(ada, SESSIONS) == ["Ada"]
    for client in others:
        assert_problem(client.get("/api/session"), 401, "unauthenticated")


@pytest.mark.slow
def test_streams_of_somebody_who_was_logged_out_end(world: World) -> None:
    ben = world.log_in(world.tenant, "Ben", Role.VIEWER)
    (person,) = json_of(world.alice.get(SESSIONS))["items"]
    with ben.stream("GET", "/api/tenant/events") as response:
        lines = response.iter_lines()
        next(lines)
        assert world.alice.delete(f"{SESSIONS}/{person['id']}").status_code == 204
        for _ in lines:
            pass  # the test's own time limit is what fails here
    wait_until(lambda: ben.get("/api/session").status_code == 401, "the end of the session")


@pytest.mark.parametrize("path", [f"{KEYS}/nothing", f"{SESSIONS}/nothing", f"{KEYS}/{NO_KEY}"])
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    assert_problem(world.alice.delete(path), 404, "not_found")


def test_a_session_of_nobody_is_not_found(world: World) -> None:
    unknown = new_session_id(world.served.app.state.portal.clock.now())
    assert_problem(world.alice.delete(f"{SESSIONS}/{unknown}"), 404, "not_found")


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "role": "king"}, {"name": "x", "tenant": "y"}, []])
def test_an_unfit_key_is_refused(world: World, body: object) -> None:
    response = world.alice.post(KEYS, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert_problem(response, 422, "invalid_request")


@pytest.mark.parametrize("path", [KEYS, SESSIONS, LINKS])
def test_other_methods_are_refused(world: World, path: str) -> None:
    assert_problem(world.alice.put(path, json={}), 405, "method_not_allowed")
