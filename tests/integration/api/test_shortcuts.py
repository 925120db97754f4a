"""A plain request is answered as the operation of its address answers the same request in another form."""

import httpx
import pytest

from tests.support.world import World, json_of, path_of

NOTHING: dict[str, object] = {}
"""What takes a request to run a project the long way and asks for nothing else."""


def alike(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether status, headers and, where it is a problem, body say the same."""
    told = [{name: value for name, value in each.headers.items() if name != "date"} for each in (one, other)]
    return (one.status_code, told[0]) == (other.status_code, told[1]) and (one.is_success or one.text == other.text)


def test_a_run_asked_for_plainly_is_as_any_other(any_world: World) -> None:
    project = any_world.add_project(parameters={"day": 7})
    plain = any_world.bob.post(f"{path_of(project)}/run")
    any_world.supervisor.finish(json_of(plain)["run_id"])
    other = any_world.bob.post(f"{path_of(project)}/run", json=NOTHING)
    assert plain.headers["location"].endswith(json_of(plain)["run_id"])
    assert other.headers["location"].endswith(json_of(other)["run_id"])
    differing = {name for name, value in json_of(plain).items() if json_of(other)[name] != value}
    assert differing <= {"run_id", "number", "requested_at", "observed_at"}


def test_a_run_got_plainly_is_as_any_other(any_world: World) -> None:
    for run in (any_world.add_final(), any_world.add_run()):
        path = f"/api/tenant/runs/{run['run_id']}"
        plain, other = any_world.victor.get(path), any_world.victor.get(path, params={"wait_seconds": "0"})
        assert alike(plain, other)
        assert json_of(plain) == json_of(other)


@pytest.mark.parametrize("who", ["nobody", "victor", "charlie", "alice"])
def test_refusals_are_the_same(any_world: World, who: str) -> None:
    run, client = any_world.add_running(), getattr(any_world, who)
    assert alike(client.post(f"{path_of(run)}/run"), client.post(f"{path_of(run)}/run", json=NOTHING))
    path = f"/api/tenant/runs/{run['run_id']}"
    if who in {"nobody", "charlie"}:
        plain = client.get(path)
        assert not plain.is_success
        assert alike(plain, client.get(path, params={"wait_seconds": "0"}))
        assert alike(plain, client.get(path, params={"wait_seconds": "30"}))


def test_what_does_not_exist_is_refused_the_same(any_world: World) -> None:
    missing = f"/api/tenant/projects/prj_{'0' * 26}"
    assert alike(any_world.bob.post(f"{missing}/run"), any_world.bob.post(f"{missing}/run", json=NOTHING))
    run = f"/api/tenant/runs/run_{'0' * 26}"
    plain = any_world.bob.get(run, params={"wait_seconds": "30"})
    assert plain.status_code == 404
    assert alike(plain, any_world.bob.get(run, params={"wait_seconds": "0"}))
