"""`/api/tenant/webhooks/{webhook_id}/deliveries`: what was sent, tests, and sending again."""

from datetime import timedelta

from addon_portal.domain.webhooks import Attempt, DeliveryState
from addon_portal.storage.outbox import Outbox
from tests.integration.api.test_webhooks import PATH, add
from tests.support.world import Json, World, assert_problem, json_of

NO_SUCH = "msg_01k7qz9t3v5x8y2m4n6p0r1s2a"


def add_test(world: World, webhook: Json) -> Json:
    """A message that was asked for."""
    response = world.alice.post(f"{PATH}/{webhook['id']}/test")
    assert response.status_code == 202, response.text
    made = json_of(response)
    assert response.headers["location"] == path_of(made)
    return made


def path_of(delivery: Json) -> str:
    """The address of a delivery."""
    return f"{PATH}/{delivery['webhook_id']}/deliveries/{delivery['id']}"


def attempt(world: World, delivery: Json, error: str | None) -> None:
    """What a sender would do: take the message and record what came of sending it."""
    portal = world.served.app.state.portal
    now = portal.clock.now()
    state = DeliveryState.DELIVERED if error is None else DeliveryState.FAILED
    with world.storage.write() as uow:
        (row,) = uow.connection.all("SELECT seq FROM deliveries WHERE id = :id", {"id": delivery["id"]})
        assert Outbox(uow).claim(row[0], world.host_id, now, now + timedelta(minutes=1))
        tried = Attempt(0, now, 0.25, 204 if error is None else 500, error, "thanks")
        assert Outbox(uow).record_attempt(row[0], world.host_id, tried, state, None, now)


def test_a_test_waits_to_be_sent_and_says_what_it_is(any_world: World) -> None:
    made = add_test(any_world, add(any_world))
    assert (made["event"], made["state"], made["attempts"], made["run_id"]) == ("test", "pending", 0, None)
    assert made["payload"]["type"] == "test"
    assert "asked for it" in made["payload"]["data"]["message"]
    assert made["log"] == []
    assert json_of(any_world.alice.get(path_of(made))) == made


def test_each_attempt_is_shown(any_world: World) -> None:
    made = add_test(any_world, add(any_world))
    attempt(any_world, made, "answered 500 Internal Server Error")
    shown = json_of(any_world.alice.get(path_of(made)))
    assert (shown["state"], shown["attempts"], shown["next_attempt_at"]) == ("failed", 1, None)
    (tried,) = shown["log"]
    assert (tried["number"], tried["seconds"], tried["status"], tried["response"]) == (1, 0.25, 500, "thanks")
    assert tried["error"] == "answered 500 Internal Server Error"


def test_sending_again_keeps_the_message_and_its_log(any_world: World) -> None:
    made = add_test(any_world, add(any_world))
    attempt(any_world, made, "no")
    listener = any_world.storage.listen("api")
    for _ in range(2):
        response = any_world.alice.post(f"{path_of(made)}/redeliver")
        assert response.status_code == 202, response.text
        again = json_of(response)
        assert (again["id"], again["state"], again["attempts"]) == (made["id"], "pending", 1)
        assert again["payload"] == made["payload"]
    any_world.wait_readable(listener)
    listener.close()
    attempt(any_world, made, None)
    assert [each["error"] for each in json_of(any_world.alice.get(path_of(made)))["log"]] == ["no", None]


def test_the_list_is_read_page_by_page(world: World) -> None:
    webhook = add(world)
    made = [add_test(world, webhook)["id"] for _ in range(3)]
    path = f"{PATH}/{webhook['id']}/deliveries"
    first = json_of(world.alice.get(path, params={"limit": 2}))
    rest = json_of(world.alice.get(path, params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert_problem(world.alice.get(path, params={"limit": 0}), 422, "invalid_request")


def test_nobody_else_sees_them_or_sends_them(world: World) -> None:
    made = add_test(world, add(world))
    for method, path in (("GET", path_of(made)), ("POST", f"{path_of(made)}/redeliver")):
        assert_problem(world.nobody.request(method, path), 401, "unauthenticated")
        assert_problem(world.bob.request(method, path), 403, "forbidden")
        assert_problem(world.charlie.request(method, path), 404, "not_found")
        assert_problem(world.alice.delete(path), 405, "method_not_allowed")
        for missing in (NO_SUCH, "msg_x"):
            assert_problem(world.alice.request(method, path.replace(made["id"], missing)), 404, "not_found")


def test_a_message_of_another_webhook_is_not_found(world: World) -> None:
    made, other = add_test(world, add(world, "one")), add(world, "two")
    path = path_of(made).replace(made["webhook_id"], other["id"])
    assert_problem(world.alice.get(path), 404, "not_found")
    assert_problem(world.alice.post(f"{path}/redeliver"), 404, "not_found")


def test_nothing_is_sent_to_one_that_is_disabled(world: World) -> None:
    webhook = add(world)
    made = add_test(world, webhook)
    world.alice.post(f"{PATH}/{webhook['id']}/disable")
    assert json_of(world.alice.get(path_of(made)))["next_attempt_at"] is None
    assert_problem(world.alice.post(f"{path_of(made)}/redeliver"), 409, "webhook_disabled")
    assert_problem(world.alice.post(f"{PATH}/{webhook['id']}/test"), 409, "webhook_disabled")
    world.alice.post(f"{PATH}/{webhook['id']}/enable")
    assert json_of(world.alice.get(path_of(made)))["next_attempt_at"] is not None
