"""`/api/tenant/restarts`: many projects restarted by one request, looked at beforehand, followed, aborted."""

from typing import Any

import pytest

from addon_portal.domain.clock import SystemClock
from addon_portal.supervisor.bulk_restarter import BulkRestarter
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

PATH = "/api/tenant/restarts"
FAILED: Json = {"filter": {"state": ["failed"]}}
NO_SUCH = "blk_01k7qz9t3v5x8y2m4n6p0r1s2a"


def start(world: World, **changes: object) -> Json:
    """A bulk restart of Alice's, by default of everything that has failed."""
    return world.accept(PATH, **{**FAILED, **changes})


def carry_out(world: World, bulk: Json) -> Json:
    """Have the supervisor's part done, and read what came of it."""
    worker = BulkRestarter(world.host_id, SystemClock(), has_work=True)
    while worker.has_work:
        worker.work(world.storage)
    return json_of(world.alice.get(f"{PATH}/{bulk['id']}"))


def test_what_matches_is_restarted_and_the_rest_is_left_alone(any_world: World) -> None:
    failed, completed = any_world.add_final(3), any_world.add_final(0)
    bulk = start(any_world, note="after the disk was changed")
    assert (bulk["state"], bulk["total"], bulk["done"], bulk["filter"]) == ("working", 1, 0, {"state": ["failed"]})
    done = carry_out(any_world, bulk)
    assert (done["state"], done["started"], done["skipped_by_code"]) == ("finished", 1, {})
    new = any_world.get_run({"run_id": any_world.get_run(failed)["restarted_by"]})
    assert (new["state"], new["requested_by"], new["note"]) == ("pending", "key:alice", "after the disk was changed")
    assert any_world.get_run(completed)["restarted_by"] is None
    (item,) = json_of(any_world.alice.get(f"{PATH}/{bulk['id']}/projects"))["items"]
    assert (item["run_id"], item["new_run_id"], item["state"]) == (failed["run_id"], new["run_id"], "started")
    evidence = any_world.alice.get(f"/api/tenant/runs/{new['run_id']}/evidence").json()
    assert evidence["journal"][0]["cause"] == f"bulk restart {bulk['id']}"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(any_world: World) -> None:
    failed, running = any_world.add_final(3), any_world.add_running()
    asked = {"filter": {"state": ["failed", "running"]}, "dry_run": True}
    response = any_world.alice.post(PATH, json=asked)
    assert response.status_code == 200
    found = json_of(response)
    assert (found["dry_run"], found["total"], found["would_start"]) == (True, 2, 1)
    assert found["would_skip"] == {"not_restartable": 1}
    assert [each["run_id"] for each in found["starting"]] == [failed["run_id"]]
    (left_out,) = found["skipping"]
    assert (left_out["run_id"], left_out["code"]) == (running["run_id"], "not_restartable")
    assert left_out["why"].startswith(f"Run {running['run_id']} is running")
    assert json_of(any_world.alice.get(PATH))["items"] == []
    assert any_world.get_run(failed)["restarted_by"] is None


def test_what_nobody_knows_is_left_out_unless_that_is_confirmed(world: World) -> None:
    run = world.add_running()
    world.supervisor.lose(run["run_id"])
    done = carry_out(world, start(world))
    assert (done["skipped"], done["skipped_by_code"]) == (1, {"confirmation_required": 1})
    assert carry_out(world, start(world, confirm=True))["started"] == 1


def test_a_run_that_began_after_the_look_is_left_out(any_world: World) -> None:
    project = any_world.add_project()
    seen, newer = any_world.add_final(3, project), any_world.add_final(4, project)
    named = {"filter": {"project_id": [seen["project_id"]]}, "run_id": [seen["run_id"]]}
    found = json_of(any_world.alice.post(PATH, json={**named, "dry_run": True}))
    assert (found["would_start"], found["would_skip"]) == (0, {"not_seen": 1})
    done = carry_out(any_world, json_of(any_world.alice.post(PATH, json=named)))
    assert (done["started"], done["skipped_by_code"]) == (0, {"not_seen": 1})
    assert any_world.get_run(newer)["restarted_by"] is None


def test_a_filter_may_name_outcomes_reasons_projects_names_and_times(world: World) -> None:
    run = world.add_final(3)
    world.add_final(3)
    asked: Json = {
        "outcome": ["failure"],
        "reason": ["exit_code"],
        "project_id": [run["project_id"]],
        "search": run["project_name"][:8].upper(),
        "since": run["requested_at"],
        "until": "2100-01-01T00:00:00Z",
    }
    bulk = start(world, filter=asked)
    assert bulk["total"] == 1
    assert {**bulk["filter"], "since": asked["since"]} == asked


def test_one_that_matches_nothing_is_finished_at_once(world: World) -> None:
    bulk = start(world)
    assert (bulk["state"], bulk["total"]) == ("finished", 0)
    assert_problem(world.alice.post(f"{PATH}/{bulk['id']}/abort"), 409, "bulk_restart_finished")


def test_an_abort_is_the_end_however_often_it_is_said(any_world: World) -> None:
    run = any_world.add_final(3)
    bulk = start(any_world)
    first, again = (json_of(any_world.bob.post(f"{PATH}/{bulk['id']}/abort")) for _ in range(2))
    assert first == again
    assert (first["state"], first["aborted_by"], first["done"]) == ("aborted", "key:bob", 0)
    assert carry_out(any_world, bulk)["state"] == "aborted"
    assert any_world.get_run(run)["restarted_by"] is None


def test_a_repeated_request_has_one_effect(any_world: World) -> None:
    any_world.add_final(3)
    headers = {"Idempotency-Key": "many"}
    answers = [any_world.alice.post(PATH, json=FAILED, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert json_of(answers[0]) == json_of(answers[1])
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert answers[0].headers["Location"] == f"{PATH}/{json_of(answers[0])['id']}"
    other = {**FAILED, "confirm": True}
    assert_problem(any_world.alice.post(PATH, json=other, headers=headers), 422, "idempotency_mismatch")
    assert any_world.bob.post(PATH, json=FAILED, headers=headers).headers.get("Idempotency-Replayed") is None
    assert len(json_of(any_world.alice.get(PATH))["items"]) == 2


def test_a_dry_run_takes_no_key(world: World) -> None:
    world.add_final(3)
    headers = {"Idempotency-Key": "many"}
    assert world.alice.post(PATH, json={**FAILED, "dry_run": True}, headers=headers).status_code == 200
    assert world.alice.post(PATH, json=FAILED, headers=headers).status_code == 202


def test_lists_are_read_page_by_page(world: World) -> None:
    for _ in range(3):
        world.add_final(3)
    made = [start(world)["id"] for _ in range(3)]
    first = json_of(world.victor.get(PATH, params={"limit": 2}))
    rest = json_of(world.victor.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    projects = f"{PATH}/{made[0]}/projects"
    page = json_of(world.victor.get(projects, params={"limit": 2, "state": ["waiting", "started"]}))
    last = json_of(world.victor.get(projects, params={"limit": 2, "cursor": page["next_cursor"]}))
    assert len(page["items"] + last["items"]) == 3
    assert json_of(world.victor.get(projects, params={"state": "skipped"}))["items"] == []
    for path in (PATH, projects):
        problem = assert_problem(world.victor.get(path, params={"cursor": "x"}), 422, "invalid_request")
        assert fields_of(problem) == ["cursor"]


BAD: list[tuple[Any, str]] = [
    ({}, "filter"),
    ({"filter": {}}, "filter"),
    ({"filter": {"search": ""}}, "filter"),
    ({"filter": {"state": ["exploded"]}}, "filter.state[0]"),
    ({"filter": {"state": "failed"}}, "filter.state"),
    ({"filter": {"outcome": ["good"]}}, "filter.outcome[0]"),
    ({"filter": {"reason": ["mood"]}}, "filter.reason[0]"),
    ({"filter": {"project_id": ["nightly"]}}, "filter.project_id[0]"),
    ({"filter": {"since": "yesterday"}}, "filter.since"),
    ({"filter": {"tag": "x"}}, "filter.tag"),
    ({**FAILED, "definition": "oldest"}, "definition"),
    ({**FAILED, "workspace": "burnt"}, "workspace"),
    ({**FAILED, "confirm": "yes"}, "confirm"),
    ({**FAILED, "dry_run": 1}, "dry_run"),
    ({**FAILED, "parameters": {}}, "parameters"),
    ({**FAILED, "note": "x" * 2001}, "note"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_what_is_wrong_is_named(world: World, body: Json, field: str) -> None:
    assert fields_of(assert_problem(world.alice.post(PATH, json=body), 422, "invalid_request")) == [field]
    assert json_of(world.alice.get(PATH))["items"] == []


def test_a_body_is_needed_and_must_be_json(world: World) -> None:
    assert_problem(world.alice.post(PATH), 422, "invalid_request")
    headers = {"Content-Type": "application/json"}
    assert_problem(world.alice.post(PATH, content=b"{", headers=headers), 400, "malformed_body")


def test_another_method_is_refused(world: World) -> None:
    bulk = start(world)
    assert_problem(world.alice.put(PATH, json=FAILED), 405, "method_not_allowed")
    assert_problem(world.alice.delete(f"{PATH}/{bulk['id']}"), 405, "method_not_allowed")
    assert_problem(world.alice.get(f"{PATH}/{bulk['id']}/abort"), 405, "method_not_allowed")


@pytest.mark.parametrize(("caller", "expected"), [("victor", (403, "forbidden")), ("nobody", (401, "unauthenticated"))])
def test_who_may_not_changes_nothing(world: World, caller: str, expected: tuple[int, str]) -> None:
    world.add_final(3)
    bulk = start(world)
    client = getattr(world, caller)
    assert_problem(client.post(PATH, json=FAILED), *expected)
    assert_problem(client.post(f"{PATH}/{bulk['id']}/abort"), *expected)
    assert len(json_of(world.alice.get(PATH))["items"]) == 1
    assert json_of(world.alice.get(f"{PATH}/{bulk['id']}"))["state"] == "working"


def test_another_tenant_sees_nothing_and_restarts_nothing(any_world: World) -> None:
    run = any_world.add_final(3)
    bulk = start(any_world)
    path = f"{PATH}/{bulk['id']}"
    assert_problem(any_world.charlie.get(path), 404, "not_found")
    assert_problem(any_world.charlie.get(f"{path}/projects"), 404, "not_found")
    assert_problem(any_world.charlie.post(f"{path}/abort"), 404, "not_found")
    assert json_of(any_world.charlie.get(PATH))["items"] == []
    named = {"filter": {"project_id": [run["project_id"]]}, "dry_run": True}
    assert json_of(any_world.charlie.post(PATH, json=named))["total"] == 0


@pytest.mark.parametrize("identifier", ["nope", NO_SUCH])
def test_a_malformed_and_a_missing_one_are_not_found(world: World, identifier: str) -> None:
    assert_problem(world.alice.get(f"{PATH}/{identifier}"), 404, "not_found")
    assert_problem(world.alice.get(f"{PATH}/{identifier}/projects"), 404, "not_found")
    assert_problem(world.alice.post(f"{PATH}/{identifier}/abort"), 404, "not_found")


def test_a_clean_workspace_for_a_directory_of_the_projects_own_is_left_out(world: World) -> None:
    project = world.add_project(working_directory="/tmp")
    world.add_final(3, project)
    found = json_of(world.alice.post(PATH, json={**FAILED, "workspace": "clean", "dry_run": True}))
    assert found["would_skip"] == {"nothing_to_clean": 1}


def test_a_deleted_project_is_skipped(world: World) -> None:
    run = world.add_final(3)
    bulk = start(world)
    assert world.alice.delete(path_of(run)).status_code == 204
    assert carry_out(world, bulk)["skipped_by_code"] == {"not_found": 1}
