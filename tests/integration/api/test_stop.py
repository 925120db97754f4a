"""POST /api/tenant/projects/{project_id}/stop."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from addon_portal.domain.clock import from_text
from addon_portal.domain.ids import RunId
from addon_portal.storage import wakeups
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of


def kinds(world: World, run: Json) -> list[str]:
    """What the journal has of a run."""
    journal = json_of(world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence"))["journal"]
    return [entry["kind"] for entry in journal]


def test_a_pending_run_is_withdrawn_at_once(any_world: World) -> None:
    run = any_world.add_run()
    stopped = any_world.accept(f"{path_of(run)}/stop", note="changed my mind")
    assert (stopped["state"], stopped["reason"], stopped["outcome"]) == ("cancelled", "withdrawn", None)
    assert stopped["execution_error"] == "The run was withdrawn by the key alice before it started."
    assert stopped["finished_at"] is not None
    assert stopped["restartable"] is True
    (_, entry) = json_of(any_world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence"))["journal"]
    assert (entry["kind"], entry["detail"]["note"]) == ("withdrawn", "changed my mind")


def test_a_running_run_is_asked_to_end_and_is_not_cancelled_before_it_has(any_world: World) -> None:
    run = any_world.add_running()
    asked = any_world.accept(f"{path_of(run)}/stop", grace_seconds=2)
    assert asked["state"] == "running"
    assert asked["stop_requested_at"] is not None
    assert asked["stop_requested_by"] == "key:alice"
    any_world.supervisor.take_stop(run["run_id"])
    stopping = any_world.get_run(run)
    assert stopping["state"] == "stopping"
    assert stopping["stop_deadline_at"] > stopping["stop_requested_at"]
    any_world.supervisor.end_stopped(run["run_id"])
    assert any_world.get_run(run)["reason"] == "stopped_by_person"


def test_the_usual_answer_has_the_deadline_of_the_supervisor(any_world: World) -> None:
    run = any_world.add_running()
    with (
        closing(any_world.storage.listen(wakeups.supervisor(any_world.host_id))) as supervisor,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(any_world.accept, f"{path_of(run)}/stop")
        any_world.wait_readable(supervisor)
        any_world.supervisor.take_stop(run["run_id"])
        answer = waiting.result()
    # The answer may have given up waiting on a slow machine; then it says that nobody has taken the stop up.
    assert (answer["state"], answer["stop_deadline_at"] is None) in {("stopping", False), ("running", True)}
    assert any_world.get_run(run)["state"] == "stopping"


@pytest.mark.parametrize("body", [{}, {"grace_seconds": 61}])
def test_a_second_stop_puts_nothing_off(any_world: World, body: Json) -> None:
    run = any_world.add_running()
    any_world.accept(f"{path_of(run)}/stop", grace_seconds=60)
    asked = any_world.get_run(run)
    assert any_world.accept(f"{path_of(run)}/stop", **body) == asked
    any_world.supervisor.take_stop(run["run_id"], 60)
    stopping = any_world.get_run(run)
    response = any_world.bob.post(f"{path_of(run)}/stop", json=body)
    assert (response.status_code, json_of(response)) == (202, stopping)
    assert kinds(any_world, run)[-2:] == ["stop_requested", "stopping"]


def test_a_second_stop_with_a_shorter_grace_brings_the_deadline_forward(any_world: World) -> None:
    run = any_world.add_running()
    first = any_world.accept(f"{path_of(run)}/stop", grace_seconds=60)
    any_world.supervisor.take_stop(run["run_id"], 60)
    with closing(any_world.storage.listen(wakeups.supervisor(any_world.host_id))) as supervisor:
        response = any_world.bob.post(f"{path_of(run)}/stop", json={"grace_seconds": 5, "note": "makes room"})
        any_world.wait_readable(supervisor)
    second = json_of(response)
    assert (response.status_code, second["state"]) == (202, "stopping")
    assert (second["stop_requested_at"], second["stop_requested_by"]) == (first["stop_requested_at"], "key:alice")
    entry = json_of(any_world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence"))["journal"][-1]
    assert (entry["kind"], entry["actor"]) == ("grace_shortened", "key:bob")
    deadline_at = second["stop_deadline_at"]
    assert entry["detail"] == {"grace_seconds": 5, "deadline_at": deadline_at, "note": "makes room"}
    assert from_text(deadline_at) - from_text(entry["happened_at"]) == timedelta(seconds=5)
    assert any_world.get_run(run)["stop_deadline_at"] == deadline_at


def test_a_grace_is_shortened_before_anybody_has_begun_to_stop_the_run(any_world: World) -> None:
    run = any_world.add_running()
    any_world.accept(f"{path_of(run)}/stop")
    asked = any_world.accept(f"{path_of(run)}/stop", grace_seconds=2)
    assert (asked["state"], asked["stop_deadline_at"]) == ("running", None)
    with any_world.storage.read() as uow:
        stored = uow.host_runs.find(RunId(run["run_id"]))
    assert stored is not None
    assert stored.stop_grace_seconds == 2
    assert kinds(any_world, run)[-2:] == ["stop_requested", "grace_shortened"]


def test_a_repeated_request_for_less_grace_has_one_effect(any_world: World) -> None:
    run = any_world.add_running()
    any_world.accept(f"{path_of(run)}/stop", grace_seconds=60)
    any_world.supervisor.take_stop(run["run_id"], 60)
    headers = {"Idempotency-Key": "end it"}
    answers = [
        json_of(any_world.bob.post(f"{path_of(run)}/stop", headers=headers, json={"grace_seconds": 5}))
        for _ in range(2)
    ]
    assert answers[0]["stop_deadline_at"] == answers[1]["stop_deadline_at"]
    assert kinds(any_world, run).count("grace_shortened") == 1


def test_of_many_simultaneous_stops_the_first_counts(any_world: World) -> None:
    run = any_world.add_run()
    with ThreadPoolExecutor(10) as pool:
        responses = list(pool.map(lambda _: any_world.alice.post(f"{path_of(run)}/stop"), range(20)))
    assert sorted({response.status_code for response in responses}) == [202, 409]
    assert [response.status_code for response in responses].count(202) == 1


def test_a_final_run_is_not_stopped(world: World) -> None:
    run = world.add_final()
    problem = assert_problem(world.alice.post(f"{path_of(run)}/stop"), 409, "not_running")
    assert (problem["run_id"], problem["state"]) == (run["run_id"], "failed")


def test_a_project_that_never_ran_is_not_stopped(world: World) -> None:
    assert_problem(world.alice.post(f"{path_of(world.add_project())}/stop"), 409, "not_running")


def test_the_run_that_is_meant_can_be_named(world: World) -> None:
    old = world.add_final()
    new = world.accept(f"{path_of(old)}/restart")
    problem = assert_problem(
        world.alice.post(f"{path_of(old)}/stop", json={"run_id": old["run_id"]}), 409, "not_running"
    )
    assert problem["run_id"] == old["run_id"]
    assert world.accept(f"{path_of(old)}/stop", run_id=new["run_id"])["state"] == "cancelled"


def test_a_repeated_request_has_one_effect(world: World) -> None:
    run = world.add_run()
    headers = {"Idempotency-Key": "stop it"}
    responses = [world.bob.post(f"{path_of(run)}/stop", headers=headers) for _ in range(2)]
    assert [response.status_code for response in responses] == [202, 202]
    assert json_of(responses[0])["run_id"] == json_of(responses[1])["run_id"]


def test_the_supervisor_is_woken(any_world: World) -> None:
    run = any_world.add_running()
    with closing(any_world.storage.listen(wakeups.supervisor(any_world.host_id))) as supervisor:
        any_world.accept(f"{path_of(run)}/stop")
        any_world.wait_readable(supervisor)


def test_another_method_is_refused(world: World) -> None:
    assert_problem(world.alice.delete(f"{path_of(world.add_run())}/stop"), 405, "method_not_allowed")


def test_without_a_credential_nothing_stops(world: World) -> None:
    assert_problem(world.nobody.post(f"{path_of(world.add_run())}/stop"), 401, "unauthenticated")


def test_a_viewer_may_not_stop(world: World) -> None:
    assert_problem(world.victor.post(f"{path_of(world.add_run())}/stop"), 403, "forbidden")


def test_another_tenants_run_is_not_stopped(any_world: World) -> None:
    run = any_world.add_run()
    assert_problem(any_world.charlie.post(f"{path_of(run)}/stop"), 404, "not_found")
    assert any_world.get_run(run)["state"] == "pending"


def test_a_malformed_and_a_missing_project_are_not_found(world: World) -> None:
    for identifier in ("nope", "prj_01k7qz9t3v5x8y2m4n6p0r1s2a"):
        assert_problem(world.alice.post(f"/api/tenant/projects/{identifier}/stop"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"grace_seconds": -1}, ["grace_seconds"]),
        ({"grace_seconds": 86401}, ["grace_seconds"]),
        ({"grace_seconds": "5"}, ["grace_seconds"]),
        ({"note": ["x"]}, ["note"]),
        ({"run_id": 7}, ["run_id"]),
        ({"signal": 9}, ["signal"]),
    ],
)
def test_an_invalid_body_is_refused(world: World, body: Json, fields: list[str]) -> None:
    run = world.add_run()
    problem = assert_problem(world.alice.post(f"{path_of(run)}/stop", json=body), 422, "invalid_request")
    assert fields_of(problem) == fields
    assert world.get_run(run)["state"] == "pending"
