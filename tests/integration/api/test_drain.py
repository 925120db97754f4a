"""GET and PUT /api/admin/drain."""

from collections.abc import Iterator

import pytest

from addon_portal.storage import wakeups
from tests.support.world import Json, World, assert_problem, fields_of, json_of

PATH = "/api/admin/drain"
OTHER_HOST = "hst_01k7qz9t3v5x8y2m4n6p0r1s2a"


@pytest.fixture(autouse=True)
def ended_drain(any_world: World) -> Iterator[None]:
    """The database is shared: leave no drain behind."""
    yield
    any_world.olivia.put(PATH, json={"on": False})


def test_what_waits_says_for_what_and_who_began_it(any_world: World) -> None:
    host = json_of(any_world.olivia.put(PATH, json={"on": True}))
    assert (host["id"], host["drained_by"]) == (any_world.host_id, "key:olivia")
    run = any_world.add_run()
    expected = f"the end of the maintenance of its host, which key:olivia began at {host['drained_at']}"
    assert (run["state"], run["waiting_for"]) == ("pending", expected)
    assert any_world.get_run(run)["waiting_for"] == expected
    pages = [any_world.alice.get(f"/api/tenant/{name}").json()["items"] for name in ("runs", "projects")]
    assert pages[0][0]["waiting_for"] == pages[1][0]["latest_run"]["waiting_for"] == expected
    assert any_world.alice.get("/api/tenant/status").json()["waiting"][0]["waiting_for"] == expected
    assert any_world.olivia.put(PATH, json={"on": False}).json()["drained_at"] is None
    assert "maintenance" not in any_world.get_run(run)["waiting_for"]


def test_a_second_drain_changes_nothing(any_world: World) -> None:
    first, again = (json_of(any_world.olivia.put(PATH, json={"on": True})) for _ in range(2))
    assert first["drained_at"] == again["drained_at"] == any_world.olivia.get(PATH).json()["drained_at"]
    (listed,) = any_world.olivia.get("/api/admin/hosts").json()["items"]
    assert listed["drained_at"] == first["drained_at"]
    for _ in range(2):
        assert any_world.olivia.put(PATH, json={"on": False}).json()["drained_by"] is None


def test_its_end_wakes_the_supervisor(any_world: World) -> None:
    listener = any_world.storage.listen(wakeups.supervisor(any_world.host_id))
    try:
        any_world.olivia.put(PATH, json={"on": False})
        any_world.wait_readable(listener)
    finally:
        listener.close()


def test_another_host_that_is_not_there_is_not_found(any_world: World) -> None:
    assert_problem(any_world.olivia.put(PATH, json={"on": True, "host_id": OTHER_HOST}), 404, "not_found")
    assert_problem(any_world.olivia.get(PATH, params={"host_id": OTHER_HOST}), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["on"]),
        ({"on": "yes"}, ["on"]),
        ({"on": True, "host_id": "nope"}, ["host_id"]),
        ({"on": True, "x": 1}, ["x"]),
    ],
)
def test_an_invalid_body_is_refused(any_world: World, body: Json, fields: list[str]) -> None:
    problem = assert_problem(any_world.olivia.put(PATH, json=body), 422, "invalid_request")
    assert fields_of(problem) == fields
    assert any_world.olivia.get(PATH).json()["drained_at"] is None


def test_a_bad_query_is_refused(any_world: World) -> None:
    assert_problem(any_world.olivia.get(PATH, params={"host_id": "nope"}), 422, "invalid_request")


def test_only_operators_may(any_world: World) -> None:
    assert_problem(any_world.alice.put(PATH, json={"on": True}), 403, "forbidden")
    assert_problem(any_world.alice.get(PATH), 403, "forbidden")
    assert_problem(any_world.nobody.put(PATH, json={"on": True}), 401, "unauthenticated")
    assert any_world.olivia.get(PATH).json()["drained_at"] is None


def test_another_method_is_refused(any_world: World) -> None:
    assert_problem(any_world.olivia.post(PATH, json={"on": True}), 405, "method_not_allowed")
