"""GET /api/tenant/runs/{run_id}/evidence."""

import shutil

import pytest

from tests.support.world import Json, World, assert_problem, json_of


def evidence_of(world: World, run: Json) -> Json:
    """The evidence as Alice reads it."""
    response = world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence")
    assert response.status_code == 200, response.text
    return json_of(response)


def test_the_journal_tells_everything_in_order(any_world: World) -> None:
    run = any_world.add_final(3)
    evidence = evidence_of(any_world, run)
    assert evidence["run"] == run
    assert [entry["kind"] for entry in evidence["journal"]] == ["requested", "claimed", "started", "ended"]
    assert [entry["to_state"] for entry in evidence["journal"]] == ["pending", "starting", "running", "failed"]
    ended = evidence["journal"][-1]
    assert (ended["from_state"], ended["reason"], ended["actor"]) == ("running", "exit_code", "supervisor")
    assert ended["happened_at"] <= ended["recorded_at"]


def test_the_ending_is_shown_with_its_facts_and_the_next_step(world: World) -> None:
    evidence = evidence_of(world, world.add_final(3))
    assert evidence["sentence"] == "The program ended with exit code 3."
    assert evidence["next_step"].startswith("Read the last lines")
    assert evidence["ending"]["source"] == "shim"
    assert evidence["ending"]["facts"]["wait_status"] == 768


def test_records_are_shown_as_they_are(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "child.json", {"pid": 4711, "start_ticks": 99, "unheard_of": {"x": [1]}})
    evidence = evidence_of(world, run)
    assert evidence["records"]["child.json"] == {
        "version": 1,
        "run": run["run_id"],
        "pid": 4711,
        "start_ticks": 99,
        "unheard_of": {"x": [1]},
    }
    assert evidence["missing"]["exit.json"] == "nobody has recorded an end of the program"
    assert evidence["directory"].endswith(run["run_id"])


def test_the_last_lines_of_output_are_shown(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "output.log", b"".join(b"line %d\n" % number for number in range(50)))
    evidence = evidence_of(world, run)
    assert evidence["output_tail"] == [f"line {number}" for number in range(30, 50)]
    assert evidence["output_bytes"] == sum(len(f"line {number}\n") for number in range(50))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"version": 99}', b"\xff\xfe", b"{}"])
def test_a_damaged_record_is_named_and_never_taken_for_absence(world: World, content: bytes) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "exit.json", content)
    evidence = evidence_of(world, run)
    assert "exit.json" not in evidence["records"]
    assert evidence["missing"]["exit.json"].startswith("cannot be read: exit.json")


def test_a_missing_directory_is_said(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(world.add_run()["run_id"], "spec.json", {})
    evidence = evidence_of(world, run)
    assert evidence["records"] == {}
    assert "lost" in evidence["missing"].pop("output.log")
    assert set(evidence["missing"].values()) == {"the run directory does not exist"}
    assert (evidence["output_tail"], evidence["output_bytes"]) == ([], 0)


def test_a_run_root_that_is_not_mounted_is_said(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "spec.json", {})
    root = world.served.settings.data.run_root
    away = root.rename(root.with_name("away"))
    try:
        assert all("mounted" in why for why in evidence_of(world, run)["missing"].values())
    finally:
        shutil.rmtree(root, ignore_errors=True)
        away.rename(root)


@pytest.mark.parametrize("value", ["NaN", '"\\ud800"', "1" * 5000])
def test_what_stands_in_a_record_cannot_break_the_answer(world: World, value: str) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "child.json", f'{{"version": 1, "x": {value}}}'.encode())
    evidence = evidence_of(world, run)
    assert ("child.json" in evidence["missing"]) != ("child.json" in evidence["records"])


def test_limits_are_shown_with_who_keeps_them_and_what_was_counted(world: World) -> None:
    run = world.add_running()
    kept = {"wanted": 100, "enforced_by": "cgroup", "note": None}
    lost = {"wanted": 0.5, "enforced_by": "nothing", "note": "control groups cannot be made here"}
    world.supervisor.write(run["run_id"], "spec.json", {"limits": {"pids": kept, "cpus": lost}})
    assert evidence_of(world, run)["limits"]["pids"] == {**kept, "events": {}}
    world.supervisor.write(run["run_id"], "exit.json", {"pids_events": {"max": 12}, "cpu_stat": None})
    shown = evidence_of(world, run)["limits"]
    assert shown == {"pids": {**kept, "events": {"max": 12}}, "cpus": {**lost, "events": {}}}


def test_a_run_without_limits_shows_none(world: World) -> None:
    run = world.add_running()
    world.supervisor.write(run["run_id"], "spec.json", {"limits": "nonsense"})
    assert evidence_of(world, run)["limits"] == {}


def test_without_a_credential_nothing_is_told(world: World) -> None:
    run = world.add_final()
    assert_problem(world.nobody.get(f"/api/tenant/runs/{run['run_id']}/evidence"), 401, "unauthenticated")


def test_another_tenants_evidence_does_not_exist(any_world: World) -> None:
    run = any_world.add_final()
    assert_problem(any_world.charlie.get(f"/api/tenant/runs/{run['run_id']}/evidence"), 404, "not_found")


@pytest.mark.parametrize("identifier", ["nope", "..", "%2e%2e%2fkeepers", "run_01k7qz9t3v5x8y2m4n6p0r1s2a"])
def test_a_malformed_or_missing_run_is_not_found(world: World, identifier: str) -> None:
    assert_problem(world.alice.get(f"/api/tenant/runs/{identifier}/evidence"), 404, "not_found")


def test_another_method_is_refused(world: World) -> None:
    run = world.add_final()
    assert_problem(world.alice.post(f"/api/tenant/runs/{run['run_id']}/evidence"), 405, "method_not_allowed")
