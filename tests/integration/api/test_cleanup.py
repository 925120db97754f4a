"""POST /api/admin/cleanup and GET /api/admin/cleanup/{cleanup_id}."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from addon_portal.api.services import project_execution_service
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import CleanupId
from addon_portal.storage import wakeups
from tests.support.world import Json, World, assert_problem, json_of

CLEANUP = "/api/admin/cleanup"
REPORT: Json = {"looked_at": 3, "changed": [{"run": "x", "to": "failed"}]}


def complete(world: World, cleanup_id: str) -> None:
    """Answer a request as a supervisor does."""
    with world.storage.write() as uow:
        assert uow.cleanups.complete(CleanupId(cleanup_id), REPORT, SystemClock().now())


def test_the_supervisor_is_asked_and_its_report_is_the_answer(any_world: World) -> None:
    with (
        closing(any_world.storage.listen(wakeups.supervisor(any_world.host_id))) as supervisor,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(any_world.olivia.post, CLEANUP)
        any_world.wait_readable(supervisor)
        with any_world.storage.read() as uow:
            *_, request = uow.cleanups.list_open(any_world.host_id)
        complete(any_world, request.id)
        response = waiting.result(15)
    body = json_of(response)
    assert (response.status_code, body["report"], body["requested_by"]) == (200, REPORT, "key:olivia")
    assert body["completed_at"] is not None
    assert json_of(any_world.olivia.get(response.headers["location"])) == body


def test_without_a_supervisor_the_answer_says_where_the_report_will_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_execution_service, "CLEANUP_WITHIN_SECONDS", 0.01)
    response = world.olivia.post(CLEANUP)
    body = json_of(response)
    assert (response.status_code, body["completed_at"], body["report"]) == (202, None, None)
    assert response.headers["location"] == f"{CLEANUP}/{body['id']}"
    assert json_of(world.olivia.get(response.headers["location"])) == body
    complete(world, body["id"])
    assert json_of(world.olivia.get(response.headers["location"]))["report"] == REPORT


@pytest.mark.parametrize("identifier", ["x", "cln_01k7qz9t3v5x8y2m4n6p0r1s2a"])
def test_a_malformed_or_missing_clean_up_is_not_found(world: World, identifier: str) -> None:
    assert_problem(world.olivia.get(f"{CLEANUP}/{identifier}"), 404, "not_found")
