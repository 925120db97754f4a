"""POST /api/admin/retention, GET /api/admin/retention/{retention_id}, and what is said of what was removed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from addon_portal.api.services import retention_service
from addon_portal.domain.clock import SystemClock
from addon_portal.storage.retentions import RetentionRequest, Retentions
from tests.support.waiting import wait_until
from tests.support.world import Json, World, assert_problem, fields_of, json_of

RETENTION = "/api/admin/retention"
REPORT: Json = {"dry_run": False, "logs": {"count": 1, "bytes": 10}, "items": [], "problems": []}
REMOVED: Json = {
    "version": 1,
    "removed_at": "2026-05-04T09:00:00.000000Z",
    "why": "of each project only the newest 3 runs keep their logs",
    "bytes": 4711,
}
SENTENCE = f"was removed by retention at {REMOVED['removed_at']}: {REMOVED['why']}."


def list_open(world: World) -> tuple[RetentionRequest, ...]:
    """What the supervisor has been asked for."""
    with world.storage.read() as uow:
        return Retentions(uow).list_open(world.host_id)


def complete(world: World, request: RetentionRequest) -> None:
    """Answer a request as a supervisor does."""
    with world.storage.write() as uow:
        Retentions(uow).complete(request.id, REPORT, SystemClock().now())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that waits for no supervisor."""
    monkeypatch.setattr(retention_service, "ANSWERED_WITHIN_SECONDS", 0.01)


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_supervisor_is_asked_and_its_report_is_the_answer(any_world: World, dry_run: bool) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(any_world.olivia.post, RETENTION, json={"dry_run": dry_run})
        (request,) = wait_until(lambda: list_open(any_world), "the request")
        complete(any_world, request)
        response = waiting.result(15)
    body = json_of(response)
    assert (response.status_code, body["report"], body["dry_run"]) == (200, REPORT, dry_run)
    assert (body["requested_by"], request.dry_run) == ("key:olivia", dry_run)
    assert json_of(any_world.olivia.get(response.headers["location"])) == body


@pytest.mark.usefixtures("impatient")
def test_without_a_supervisor_the_answer_says_where_the_report_will_be(world: World) -> None:
    response = world.olivia.post(RETENTION)
    body = json_of(response)
    assert (response.status_code, body["completed_at"], body["report"], body["dry_run"]) == (202, None, None, False)
    assert json_of(world.olivia.get(response.headers["location"])) == body
    for request in list_open(world):
        complete(world, request)
    assert json_of(world.olivia.get(response.headers["location"]))["report"] == REPORT


@pytest.mark.parametrize("identifier", ["x", "ret_01k7qz9t3v5x8y2m4n6p0r1s2a"])
def test_a_malformed_or_missing_pass_is_not_found(world: World, identifier: str) -> None:
    assert_problem(world.olivia.get(f"{RETENTION}/{identifier}"), 404, "not_found")


@pytest.mark.parametrize(("body", "field"), [({"dry_run": "perhaps"}, "dry_run"), ({"dry": True}, "dry")])
def test_a_bad_body_is_refused(world: World, body: Json, field: str) -> None:
    assert fields_of(assert_problem(world.olivia.post(RETENTION, json=body), 422, "invalid_request")) == [field]
    assert list_open(world) == ()


def test_only_operators_may(world: World) -> None:
    for client, status, code in ((world.nobody, 401, "unauthenticated"), (world.alice, 403, "forbidden")):
        assert_problem(client.post(RETENTION), status, code)
        assert_problem(client.get(f"{RETENTION}/ret_01k7qz9t3v5x8y2m4n6p0r1s2a"), status, code)
    assert_problem(world.olivia.get(RETENTION), 405, "method_not_allowed")


@pytest.fixture
def removed(world: World) -> Json:
    """A final run whose log was removed."""
    run = world.add_final(3)
    world.supervisor.write(run["run_id"], "output.removed.json", {**REMOVED, "run": run["run_id"]})
    return run


@pytest.mark.parametrize("path", ["log", "log/raw", "log/search?q=x"])
def test_removed_output_is_never_shown_as_empty(world: World, removed: Json, path: str) -> None:
    address = f"/api/tenant/runs/{removed['run_id']}/{path}"
    problem = assert_problem(world.victor.get(address), 410, "output_removed")
    assert problem["detail"] == f"The output {SENTENCE}"
    assert (problem["removed_at"], problem["why"]) == (REMOVED["removed_at"], REMOVED["why"])
    assert_problem(world.charlie.get(address), 404, "not_found")


def test_the_evidence_says_what_is_missing_and_how_much_there_was(world: World, removed: Json) -> None:
    evidence = json_of(world.alice.get(f"/api/tenant/runs/{removed['run_id']}/evidence"))
    assert evidence["missing"]["output.log"] == f"The output {SENTENCE}"
    assert (evidence["output_bytes"], evidence["output_tail"]) == (REMOVED["bytes"], [])


def test_two_runs_are_compared_by_what_they_wrote_once(world: World, removed: Json) -> None:
    other = world.add_final(3)
    compared = json_of(world.alice.get(f"/api/tenant/runs/{removed['run_id']}/compare/{other['run_id']}"))
    sizes = [(each["left"], each["right"]) for each in compared["differences"] if each["field"] == "output_bytes"]
    assert sizes == [(REMOVED["bytes"], 0)]


def test_output_that_is_there_is_shown_though_its_removal_has_begun(world: World, removed: Json) -> None:
    world.supervisor.write(removed["run_id"], "output.log", b"still here\n")
    assert json_of(world.alice.get(f"/api/tenant/runs/{removed['run_id']}/log"))["text"] == "still here\n"


def test_a_damaged_record_still_says_that_something_was_removed(world: World) -> None:
    run = world.add_final(3)
    world.supervisor.write(run["run_id"], "output.removed.json", b"{")
    problem = assert_problem(world.alice.get(f"/api/tenant/runs/{run['run_id']}/log"), 410, "output_removed")
    assert "the record of it is damaged" in problem["detail"]


@pytest.mark.parametrize("path", ["files", "files/a"])
def test_a_removed_workspace_is_said_to_be_removed(world: World, path: str) -> None:
    run = world.add_final(3)
    place = world.served.settings.data.workspace(run["workspace"])
    place.parent.mkdir(parents=True)
    (place.parent / f"{place.name}.removed.json").write_text(
        '{"version": 1, "removed_at": "2026-05-04T09:00:00Z", "why": "too old", "bytes": 1}'
    )
    problem = assert_problem(world.alice.get(f"/api/tenant/runs/{run['run_id']}/{path}"), 410, "workspace_removed")
    assert problem["detail"].startswith(f"The workspace of run {run['run_id']} was removed by retention at ")
    assert problem["why"] == "too old"
