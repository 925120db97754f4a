"""/api/tenant/runs, /api/tenant/projects/{project_id}/runs, /api/tenant/runs/{run_id} and /api/tenant/status."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from addon_portal.api.services import history_service
from addon_portal.auth.policies import scope_for_setup
from addon_portal.auth.tokens import hash_key
from addon_portal.domain.clock import SystemClock, from_text
from tests.support.factories import LONG_AGO, ago, text_ago
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

RUNS = "/api/tenant/runs"
MISSING = "run_01k7qz9t3v5x8y2m4n6p0r1s2a"


def test_a_final_run_says_why(any_world: World) -> None:
    run = any_world.add_final(3)
    assert (run["state"], run["outcome"], run["reason"], run["exit_code"]) == ("failed", "failure", "exit_code", 3)
    assert run["message"] == run["execution_error"] == "The program ended with exit code 3."
    assert run["next_step"].startswith("Read the last lines")
    assert (run["signal"], run["signal_name"], run["tree"]) == (None, None, "proven")
    assert run["health"] is run["observed_at"] is run["waiting_for"] is run["queue_position"] is None
    assert run["health_all"] == []
    assert run["restartable"] is True
    times = [run[name] for name in ("requested_at", "claimed_at", "started_at", "ended_at", "finished_at")]
    assert times == sorted(times)


def test_an_unknown_outcome_is_failed_and_not_a_failure(any_world: World) -> None:
    run = any_world.add_running()
    any_world.supervisor.lose(run["run_id"])
    shown = any_world.get_run(run)
    assert (shown["state"], shown["outcome"], shown["reason"]) == ("failed", "unknown", "outcome_unknown")
    assert "nobody was there to see how" in shown["execution_error"]


def test_a_run_that_nobody_looks_after_is_unreachable_as_of_a_time(any_world: World) -> None:
    run = any_world.add_running()
    assert (run["health"], run["health_all"]) == ("ok", ["ok"])
    seen_at = ago(seconds=4)
    any_world.supervisor.sweep(seen_at)
    shown = any_world.get_run(run)
    assert (shown["state"], shown["health"]) == ("running", "unreachable")
    assert from_text(shown["observed_at"]) == seen_at
    any_world.supervisor.sweep()
    assert any_world.get_run(run)["health"] == "ok"


def test_a_waiting_run_says_when_its_supervisor_is_away(world: World) -> None:
    run = world.add_run()
    world.supervisor.sweep(LONG_AGO)
    assert "last heard of at 2020-01-01" in world.get_run(run)["waiting_for"]


def test_a_run_that_takes_too_long_is_overdue_and_goes_on(world: World) -> None:
    run = world.add_run()
    world.supervisor.start(run["run_id"], at=ago(hours=25))
    shown = world.get_run(run)
    assert (shown["state"], shown["health"], shown["health_all"]) == ("running", "overdue", ["overdue"])


def obstacle_of(world: World, run: Json) -> str | None:
    because = world.get_run(run)["not_restartable_because"]
    return because and str(because["code"])


def test_only_the_newest_run_of_a_project_is_restartable(world: World) -> None:
    old = world.add_final()
    new = world.add_run({"id": old["project_id"]})
    assert [world.get_run(run)["restartable"] for run in (old, new)] == [False, False]
    assert [obstacle_of(world, run) for run in (old, new)] == ["followed", "not_ended"]
    world.supervisor.finish(new["run_id"])
    assert [world.get_run(run)["restartable"] for run in (old, new)] == [False, True]
    assert [obstacle_of(world, run) for run in (old, new)] == ["followed", None]
    listed = json_of(world.alice.get(f"{path_of(old)}/runs"))["items"]
    assert [each["not_restartable_because"] is None for each in listed] == [True, False], "a page says the same"


def test_waiting_for_the_end_answers_when_it_comes(any_world: World) -> None:
    run = any_world.add_running()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(any_world.alice.get, f"{RUNS}/{run['run_id']}?wait_seconds=60") for _ in range(4)]
        any_world.wait_for_followers(4)
        any_world.supervisor.end(run["run_id"], 7)
        answers = [json_of(each.result(15)) for each in waiting]
    assert [(answer["state"], answer["exit_code"]) for answer in answers] == [("failed", 7)] * 4


def test_waiting_outlasts_other_changes(any_world: World) -> None:
    run = any_world.add_run()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(any_world.alice.get, f"{RUNS}/{run['run_id']}?wait_seconds=60")
        any_world.wait_for_followers(1)
        any_world.supervisor.finish(run["run_id"])
        assert json_of(waiting.result(15))["state"] == "completed"


def test_waiting_for_a_final_run_does_not_wait(world: World) -> None:
    run = world.add_final()
    response = world.alice.get(f"{RUNS}/{run['run_id']}?wait_seconds=60", timeout=30)
    assert json_of(response) == run


def test_waiting_ends_with_its_time(world: World) -> None:
    run = world.add_running()
    assert json_of(world.alice.get(f"{RUNS}/{run['run_id']}?wait_seconds=0.05"))["state"] == "running"
    world.wait_for_followers(0)


@pytest.mark.parametrize("seconds", ["61", "-1", "x", "nan", "", "1&wait=1"])
def test_a_bad_wait_is_refused(world: World, seconds: str) -> None:
    run = world.add_final()
    assert_problem(world.alice.get(f"{RUNS}/{run['run_id']}?wait_seconds={seconds}"), 422, "invalid_request")


def test_history_is_newest_first_and_read_page_by_page(any_world: World) -> None:
    made = [any_world.add_final(code)["run_id"] for code in (0, 1, 2, 3, 4)]
    found, cursor = [], None
    while True:
        page = json_of(any_world.alice.get(RUNS, params={"limit": 2} | ({"cursor": cursor} if cursor else {})))
        found += [item["run_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]


def test_history_can_be_filtered(any_world: World) -> None:
    success, failure = any_world.add_final(0), any_world.add_final(1)
    running = any_world.add_running()
    withdrawn = any_world.accept(f"{path_of(any_world.add_run())}/stop")

    def ids_of(**query: object) -> list[str]:
        return [run["run_id"] for run in json_of(any_world.alice.get(RUNS, params=query))["items"]]  # type: ignore[arg-type]

    assert ids_of(state="running") == [running["run_id"]]
    assert ids_of(state=["completed", "failed"]) == [failure["run_id"], success["run_id"]]
    assert ids_of(reason=["exit_code", "withdrawn"]) == [withdrawn["run_id"], failure["run_id"]]
    assert ids_of(state="failed", reason="withdrawn") == []
    assert ids_of(since=running["requested_at"]) == [withdrawn["run_id"], running["run_id"]]
    assert ids_of(until=failure["requested_at"]) == [success["run_id"]]
    assert ids_of(since=text_ago(hours=-1)) == []
    ends = {"finished_since": success["finished_at"], "finished_until": withdrawn["finished_at"]}
    assert ids_of(**ends) == [failure["run_id"], success["run_id"]]
    assert ids_of(**ends, state="failed") == [failure["run_id"]]


def test_a_page_shows_the_same_as_each_run(world: World) -> None:
    runs = [world.add_final(), world.add_running(), world.add_run(), world.add_run()]
    world.accept(f"{path_of(runs[0])}/restart")
    page = json_of(world.alice.get(RUNS))["items"]
    assert page == [world.get_run(run) for run in page]


def test_a_project_has_its_own_history(any_world: World) -> None:
    project = any_world.add_project()
    first = any_world.add_final(1, project)
    second = any_world.add_final(2, project)
    any_world.add_final(3)
    page = json_of(any_world.alice.get(f"{path_of(project)}/runs"))
    assert [run["run_id"] for run in page["items"]] == [second["run_id"], first["run_id"]]
    failed = json_of(any_world.alice.get(f"{path_of(project)}/runs", params={"reason": "succeeded"}))
    assert failed["items"] == []


def test_tenants_do_not_see_one_another(any_world: World) -> None:
    run = any_world.add_final()
    assert_problem(any_world.charlie.get(f"{RUNS}/{run['run_id']}"), 404, "not_found")
    assert_problem(any_world.charlie.get(f"{RUNS}/{run['run_id']}?wait_seconds=60"), 404, "not_found")
    assert_problem(any_world.charlie.get(f"{path_of(run)}/runs"), 404, "not_found")
    assert json_of(any_world.charlie.get(RUNS))["items"] == []
    page = json_of(any_world.alice.get(RUNS, params={"limit": 1}))
    stolen = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert json_of(any_world.charlie.get(RUNS, params=stolen))["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": -1}, "limit"),
        ({"cursor": "x" * 5000}, "cursor"),
        ({"cursor": "____"}, "cursor"),
        ({"state": "sleeping"}, "state[0]"),
        ({"reason": "bad luck"}, "reason[0]"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
        ({"since": "2026"}, "since"),
        ({"since": "1767225600"}, "since"),
        ({"until": "2026-01-01"}, "until"),
        ({"finished_since": "yesterday"}, "finished_since"),
        ({"until": "2026-13-01T00:00:00Z"}, "until"),
        ({"sate": "failed"}, "sate"),
    ],
)
def test_a_bad_query_is_refused(world: World, query: dict[str, str], field: str) -> None:
    assert fields_of(assert_problem(world.alice.get(RUNS, params=query), 422, "invalid_request")) == [field]


def test_a_time_that_is_none_is_told_what_one_looks_like(world: World) -> None:
    problem = assert_problem(world.alice.get(RUNS, params={"since": "2026"}), 422, "invalid_request")
    assert problem["problems"][0]["expected"].startswith("a time with an offset, such as 2026-05-04T09:00:00Z")
    assert problem["problems"][0]["got"] == "'2026'"


@pytest.mark.parametrize(
    "address", ["projects/{project_id}", "runs/{run_id}/log/raw", "events", "runs/{run_id}/evidence"]
)
def test_a_query_is_refused_where_none_is_taken(world: World, address: str) -> None:
    path = "/api/tenant/" + address.format_map(world.add_run())
    problem = assert_problem(world.alice.get(path, params={"offset": "1000", "bogus": 1}), 422, "invalid_request")
    assert fields_of(problem) == ["offset", "bogus"]


def test_a_key_that_was_revoked_waits_for_nothing(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_service, "KEYS_EVERY_SECONDS", 0.0)
    run = any_world.add_running()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(any_world.victor.get, f"{RUNS}/{run['run_id']}?wait_seconds=60")
        any_world.wait_for_followers(1)
        with any_world.storage.write() as uow:
            known = uow.credentials.find_by_hash(hash_key(any_world.victor.headers["Authorization"].split()[1]))
            assert known is not None
            uow.credentials.revoke(scope_for_setup(known[1]), known[0].id, SystemClock().now())
        any_world.supervisor.end(run["run_id"], 7)
        assert_problem(waiting.result(15), 401, "unauthenticated")


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+14:00"])
def test_the_ends_of_time_are_no_trouble(any_world: World, since: str) -> None:
    assert any_world.alice.get(RUNS, params={"since": since}).status_code in {200, 422}


@pytest.mark.parametrize("address", [RUNS, f"{RUNS}/{MISSING}", "/api/tenant/status"])
def test_without_a_credential_nothing_is_told(world: World, address: str) -> None:
    assert_problem(world.nobody.get(address), 401, "unauthenticated")


@pytest.mark.parametrize("identifier", ["run_1", MISSING, MISSING.replace("run_", "prj_"), "%20", MISSING + "%0A"])
def test_a_malformed_or_missing_run_is_not_found(world: World, identifier: str) -> None:
    assert_problem(world.alice.get(f"{RUNS}/{identifier}"), 404, "not_found")


def test_another_method_is_refused(world: World) -> None:
    run = world.add_final()
    assert_problem(world.alice.delete(f"{RUNS}/{run['run_id']}"), 405, "method_not_allowed")
    assert_problem(world.alice.post(RUNS, json={}), 405, "method_not_allowed")


def test_a_viewer_may_look(world: World) -> None:
    run = world.add_final()
    assert world.victor.get(f"{RUNS}/{run['run_id']}").status_code == 200


def test_the_status_counts_what_is_active(any_world: World) -> None:
    any_world.add_final()
    any_world.add_running()
    any_world.add_run()
    any_world.add_run()
    status = json_of(any_world.victor.get("/api/tenant/status"))
    assert status["projects"] == 4
    assert status["active_runs"] == {"pending": 2, "starting": 0, "running": 1, "stopping": 0}
    assert status["unreachable"] is False
    any_world.supervisor.sweep(LONG_AGO)
    status = json_of(any_world.victor.get("/api/tenant/status"))
    assert (status["unreachable"], status["observed_at"]) == (True, "2020-01-01T00:00:00.000000Z")
    assert json_of(any_world.charlie.get("/api/tenant/status"))["projects"] == 0
