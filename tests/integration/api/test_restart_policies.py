"""`restart_policy` of POST and PUT /api/tenant/projects."""

import pytest

from tests.support.world import Json, World, assert_problem, fields_of, path_of

DEFAULTS = {
    "mode": "on-failure",
    "max_restarts": 3,
    "window_seconds": None,
    "initial_seconds": 1.0,
    "factor": 2.0,
    "max_seconds": 300.0,
    "jitter": 0.2,
    "reasons": None,
    "unknown": False,
}


def test_a_policy_has_defaults_and_is_shown(any_world: World) -> None:
    project = any_world.add_project(restart_policy={"mode": "on-failure"})
    assert project["restart_policy"] == DEFAULTS
    assert any_world.alice.get(path_of(project)).json()["restart_policy"] == DEFAULTS


def test_without_one_nothing_is_restarted(world: World) -> None:
    assert world.add_project()["restart_policy"] is None
    assert world.add_project(restart_policy={"mode": "never", "max_restarts": 9})["restart_policy"] is None


def test_a_change_of_it_is_no_new_version_and_leaving_it_out_takes_it_back(any_world: World) -> None:
    project = any_world.add_project(restart_policy={"mode": "always"})
    body = {"name": project["name"], "command": project["command"]}
    policy = {"mode": "on-failure", "reasons": ["signal", "exit_code"], "unknown": True, "window_seconds": 60}
    changed = any_world.alice.put(path_of(project), json={**body, "restart_policy": policy}).json()
    assert changed["restart_policy"] == DEFAULTS | policy | {"reasons": ["exit_code", "signal"]}
    assert changed["definition_version"] == 1
    assert any_world.alice.put(path_of(project), json=body).json()["restart_policy"] is None


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({}, "restart_policy.mode"),
        ({"mode": "sometimes"}, "restart_policy.mode"),
        ({"mode": "always", "max_restarts": 0}, "restart_policy.max_restarts"),
        ({"mode": "always", "window_seconds": 0}, "restart_policy.window_seconds"),
        ({"mode": "always", "factor": 0.5}, "restart_policy.factor"),
        ({"mode": "always", "jitter": 2}, "restart_policy.jitter"),
        ({"mode": "always", "initial_seconds": -1}, "restart_policy.initial_seconds"),
        ({"mode": "always", "reasons": []}, "restart_policy.reasons"),
        ({"mode": "always", "reasons": ["succeeded"]}, "restart_policy.reasons[0]"),
        ({"mode": "always", "retries": 3}, "restart_policy.retries"),
        ("always", "restart_policy"),
    ],
)
def test_what_is_no_policy_is_refused_by_its_field(world: World, policy: Json | str, field: str) -> None:
    body = {"name": "x", "command": ["true"], "restart_policy": policy}
    problem = assert_problem(world.alice.post("/api/tenant/projects", json=body), 422, "invalid_request")
    assert fields_of(problem) == [field]
