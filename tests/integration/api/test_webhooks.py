"""`/api/tenant/webhooks`: who is told; for a tenant's admins alone."""

from typing import Any

import pytest

from addon_portal.domain.facts import BY_DEFAULT
from addon_portal.storage.outbox import Outbox
from tests.support.world import Json, World, assert_problem, fields_of, json_of

PATH = "/api/tenant/webhooks"
URL = "https://hooks.example.com/portal"
NO_SUCH = "whk_01k7qz9t3v5x8y2m4n6p0r1s2a"


def add(world: World, name: str = "on call", **more: object) -> Json:
    """A webhook of Alice's, as it was answered."""
    response = world.alice.post(PATH, json={"name": name, "url": URL, **more})
    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"{PATH}/{response.json()['id']}"
    return json_of(response)


def test_a_webhook_is_made_shown_changed_and_removed(any_world: World) -> None:
    made = add(any_world)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["events"] == list(BY_DEFAULT)
    assert (made["enabled"], made["project_id"], made["url"]) == (True, None, URL)
    path = f"{PATH}/{made['id']}"
    assert json_of(any_world.alice.get(path)) == made
    assert json_of(any_world.alice.get(PATH)) == {"items": [made], "next_cursor": None}
    project = any_world.add_project()
    change = {"name": "nightly", "project_id": project["id"], "events": ["run.failed", "run.completed"]}
    changed = json_of(any_world.alice.put(path, json=change))
    assert changed == {**made, **change}
    assert any_world.alice.delete(path).status_code == 204
    assert_problem(any_world.alice.get(path), 404, "not_found")
    assert json_of(any_world.alice.get(PATH))["items"] == []


def test_a_new_webhook_has_a_sender_wanted(world: World) -> None:
    marker = world.served.settings.data.notifier_marker
    marker.unlink(missing_ok=True)
    add(world)
    assert marker.exists()


def test_the_list_is_read_page_by_page(world: World) -> None:
    made = [add(world, f"number {number}")["id"] for number in range(3)]
    first = json_of(world.alice.get(PATH, params={"limit": 2}))
    rest = json_of(world.alice.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    problem = assert_problem(world.alice.get(PATH, params={"cursor": "x"}), 422, "invalid_request")
    assert fields_of(problem) == ["cursor"]


def test_a_repeated_request_makes_no_second_one(world: World) -> None:
    add(world, "twice")
    assert_problem(world.alice.post(PATH, json={"name": "twice", "url": URL}), 409, "name_taken")
    other = add(world, "other")
    assert_problem(world.alice.put(f"{PATH}/{other['id']}", json={"name": "twice"}), 409, "name_taken")
    assert len(json_of(world.alice.get(PATH))["items"]) == 2


def test_a_secret_is_replaced_and_the_old_one_stays_good_for_a_day(world: World) -> None:
    made = add(world)
    rotated = json_of(world.alice.post(f"{PATH}/{made['id']}/rotate"))
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"]
    with world.storage.read() as uow:
        stored = Outbox(uow).find_webhook(made["id"])
    assert stored
    assert stored.secrets_at(world.served.app.state.portal.clock.now()) == (rotated["secret"], made["secret"])
    assert stored.previous_secret_until
    assert stored.secrets_at(stored.previous_secret_until) == (rotated["secret"],)


def test_it_is_disabled_and_enabled_again_however_often_that_is_said(world: World) -> None:
    path = f"{PATH}/{add(world)['id']}"
    first, again = (json_of(world.alice.post(f"{path}/disable")) for _ in range(2))
    assert first == again
    assert (first["enabled"], first["disabled_why"]) == (False, "Disabled by key:alice.")
    for action in ("test", "deliveries/msg_01k7qz9t3v5x8y2m4n6p0r1s2a/redeliver"):
        code = "webhook_disabled" if action == "test" else "not_found"
        assert json_of(world.alice.post(f"{path}/{action}"))["code"] == code
    enabled = [json_of(world.alice.post(f"{path}/enable")) for _ in range(2)]
    assert [each["enabled"] for each in enabled] == [True, True]


def test_an_address_of_apprise_is_kept_and_never_shown(any_world: World) -> None:
    address = "slack://token-a/token-b/token-c/#ops"
    made = add(any_world, "chat", channel="apprise", url=address)
    assert (made["channel"], made["url"], made["secret"]) == ("apprise", "slack://***", None)
    path = f"{PATH}/{made['id']}"
    del made["secret"]
    assert json_of(any_world.alice.get(path)) == made
    assert json_of(any_world.alice.put(path, json={"name": "team"})) == {**made, "name": "team"}
    assert json_of(any_world.alice.get(PATH))["items"][0]["url"] == "slack://***"
    with any_world.storage.read() as uow:
        assert (stored := Outbox(uow).find_webhook(made["id"]))
        assert stored.url == address
    assert_problem(any_world.alice.post(f"{path}/rotate"), 404, "not_found")
    changed = any_world.alice.put(path, json={"name": "team", "url": "mailto://someone:secret@example.com"})
    assert json_of(changed)["url"] == "mailto://***"


@pytest.mark.parametrize(
    ("channel", "url"), [("webhook", "slack://a/b/c"), ("apprise", "slack"), ("apprise", "mailto://a b")]
)
def test_an_address_is_judged_by_its_channel(world: World, channel: str, url: str) -> None:
    body = {"name": "x", "channel": channel, "url": url}
    problem = assert_problem(world.alice.post(PATH, json=body), 422, "invalid_request")
    assert fields_of(problem) == ["url"]
    good = {"webhook": URL, "apprise": "json://example.com"}[channel]
    made = add(world, channel=channel, url=good)
    changed = world.alice.put(f"{PATH}/{made['id']}", json={"name": "x", "url": url})
    assert fields_of(assert_problem(changed, 422, "invalid_request")) == ["url"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "[::1]", "192.168.1.5", "localhost", "169.254.169.254", "127.1", "2130706433", "0x7f.1:8080"],
)
def test_an_address_that_the_operators_rule_forbids_is_refused_where_it_shows(world: World, host: str) -> None:
    body = {"name": "x", "url": f"http://{host}/hook"}
    made = add(world)
    path = f"{PATH}/{made['id']}"
    for response in (world.alice.post(PATH, json=body), world.alice.put(path, json=body)):
        (problem,) = assert_problem(response, 422, "invalid_request")["problems"]
        assert problem["field"] == "url"
        assert "a public address, unless the operator sets ADDON_PORTAL_NOTIFY_PRIVATE" in problem["expected"]
        assert problem["got"].endswith("which is not public")
    assert json_of(world.alice.get(path))["url"] == URL
    add(world, "chat", channel="apprise", url=f"json://{host}/x")


def test_an_address_from_before_the_rule_stays_while_the_rest_is_changed(world: World) -> None:
    made = add(world)
    with world.storage.write() as uow:
        private = {"id": made["id"], "url": "http://10.0.0.1/hook"}
        uow.connection.change("UPDATE webhooks SET url = :url WHERE id = :id", private)
    changed = world.alice.put(f"{PATH}/{made['id']}", json={"name": "renamed", "url": private["url"]})
    assert (json_of(changed)["name"], json_of(changed)["url"]) == ("renamed", private["url"])


BAD: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://x"}, "url"),
    ({"url": "https://user:secret@example.com/"}, "url"),
    ({"url": "https:///nowhere"}, "url"),
    ({"url": "https://example.com:0/"}, "url"),
    ({"url": "https://exa mple.com/"}, "url"),
    ({"url": "https://example.com/#x"}, "url"),
    ({"url": "https://example.com/" + "x" * 2000}, "url"),
    ({"channel": "pigeon"}, "channel"),
    ({"channel": None}, "channel"),
    ({"name": ""}, "name"),
    ({"events": []}, "events"),
    ({"events": ["run.exploded"]}, "events[0]"),
    ({"events": ["test"]}, "events[0]"),
    ({"project_id": "nightly"}, "project_id"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
def test_what_is_wrong_is_named(world: World, wrong: dict[str, Any], field: str) -> None:
    body = {"name": "x", "url": URL, **wrong}
    assert fields_of(assert_problem(world.alice.post(PATH, json=body), 422, "invalid_request")) == [field]


def test_a_project_of_another_tenant_is_not_found(world: World) -> None:
    project = world.add_project(world.charlie)
    body = {"name": "x", "url": URL, "project_id": project["id"]}
    assert_problem(world.alice.post(PATH, json=body), 404, "not_found")
    made = add(world)
    assert_problem(world.alice.put(f"{PATH}/{made['id']}", json=body), 404, "not_found")


ACTIONS = [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/enable"), ("POST", "/disable")]
ACTIONS += [("POST", "/test"), ("GET", "/deliveries")]


@pytest.mark.parametrize(("method", "action"), ACTIONS)
def test_nobody_else_may(world: World, method: str, action: str) -> None:
    made = add(world)
    path = f"{PATH}/{made['id']}{action}"
    body = {"json": {"name": "mine", "url": URL}} if method == "PUT" else {}
    assert_problem(world.nobody.request(method, path, **body), 401, "unauthenticated")
    assert_problem(world.bob.request(method, path, **body), 403, "forbidden")
    assert_problem(world.charlie.request(method, path, **body), 404, "not_found")
    for missing in (NO_SUCH, "whk_x"):
        assert_problem(world.alice.request(method, f"{PATH}/{missing}{action}", **body), 404, "not_found")
    assert_problem(world.alice.request("PATCH", path), 405, "method_not_allowed")
    assert json_of(world.alice.get(f"{PATH}/{made['id']}")) == {k: v for k, v in made.items() if k != "secret"}


def test_lists_are_for_admins_of_the_tenant(world: World) -> None:
    add(world)
    assert_problem(world.nobody.get(PATH), 401, "unauthenticated")
    assert_problem(world.bob.get(PATH), 403, "forbidden")
    assert_problem(world.bob.post(PATH, json={"name": "x", "url": URL}), 403, "forbidden")
    assert json_of(world.charlie.get(PATH))["items"] == []
    assert_problem(world.alice.delete(PATH), 405, "method_not_allowed")


def test_removing_one_takes_its_log_along_and_no_other(any_world: World) -> None:
    gone, stays = add(any_world, "gone"), add(any_world, "stays")
    tests = [json_of(any_world.alice.post(f"{PATH}/{each['id']}/test")) for each in (gone, stays)]
    assert any_world.alice.delete(f"{PATH}/{gone['id']}").status_code == 204
    with any_world.storage.read() as uow:
        scope = any_world.tenant.id
        left = uow.connection.all("SELECT id FROM deliveries WHERE tenant_id = :scope", {"scope": scope})
    assert left == [(tests[1]["id"],)]
