"""Values of a run's environment are hidden wherever its output is shown."""

import json

import pytest

from addon_portal.api.services.history_service import hide_printed
from addon_portal.evidence.masking import Mask
from tests.support.world import Json, World, json_of

SECRET = "correct-horse"
STARS = "*" * len(SECRET)


def show_everything(world: World, run: Json) -> dict[str, object]:
    """Every way in which Alice, who may set the environment, can read a run's output."""
    path = f"/api/tenant/runs/{run['run_id']}"
    last_lines = world.alice.get("/api/tenant/last-lines", params={"run": run["run_id"]})
    return {
        "log": json_of(world.alice.get(f"{path}/log"))["text"],
        "raw": world.alice.get(f"{path}/log/raw").text,
        "range": world.alice.get(f"{path}/log/raw", headers={"Range": "bytes=9-"}).text,
        "size": world.alice.head(f"{path}/log/raw").headers["content-length"],
        "last": json_of(last_lines)["items"][0]["text"],
        "tail": json_of(world.alice.get(f"{path}/evidence"))["output_tail"],
        "found": [item["text"] for item in json_of(world.alice.get(f"{path}/log/search?q=key"))["items"]],
        "secret": json_of(world.alice.get(f"{path}/log/search?q={SECRET[2:8]}"))["items"],
    }


def assert_hidden(world: World, run: Json) -> None:
    """Write the secret and read it back in every way."""
    line = f"the key: {SECRET}"
    world.supervisor.write(run["run_id"], "output.log", f"{line}\n".encode())
    assert show_everything(world, run) == {
        "log": f"the key: {STARS}\n",
        "raw": f"the key: {STARS}\n",
        "range": f"{STARS}\n",
        "size": str(len(line) + 1),
        "last": f"the key: {STARS}",
        "tail": [f"the key: {STARS}"],
        "found": [f"the key: {STARS}"],
        "secret": [],
    }


@pytest.mark.parametrize("where", ["project", "run", "program"])
def test_a_secret_is_hidden_wherever_it_was_set(any_world: World, where: str) -> None:
    world, env = any_world, {"TOKEN": SECRET}
    changes: Json = {"env": env} if where == "project" else {}
    if where == "program":
        name = f"program of {world.tenant.name}"
        made = world.olivia.post("/api/admin/programs", json={"name": name, "argv": ["true"], "env": env})
        assert made.status_code == 201, made.text
        changes = {"program": name, "command": None}
    run = world.add_run(world.add_project(**changes), **({"env": env} if where == "run" else {}))
    world.supervisor.start(run["run_id"])
    assert_hidden(world, run)
    world.supervisor.end(run["run_id"])
    assert_hidden(world, run)


def test_the_secret_of_a_later_definition_hides_nothing_of_an_earlier_run(world: World) -> None:
    project = world.add_project(env={"WORD": "battery-staple"})
    run = world.add_final(0, project)
    body = {"name": project["name"], "command": ["true"], "env": {"WORD": SECRET}}
    assert world.alice.put(f"/api/tenant/projects/{project['id']}", json=body).status_code == 200
    world.supervisor.write(run["run_id"], "output.log", f"{SECRET} battery-staple".encode())
    shown = json_of(world.alice.get(f"/api/tenant/runs/{run['run_id']}/log"))["text"]
    assert shown == f"{SECRET} **************"


def test_a_secret_that_is_written_in_two_parts_is_never_seen(world: World) -> None:
    run = world.add_run(world.add_project(env={"TOKEN": SECRET}))
    world.supervisor.start(run["run_id"])
    path = f"/api/tenant/runs/{run['run_id']}/log"
    world.supervisor.write(run["run_id"], "output.log", f"key {SECRET[:7]}".encode())
    first = json_of(world.alice.get(path))
    assert (first["text"], first["next_offset"], first["size"], first["eof"]) == ("key ", 4, 4, True)
    assert world.alice.get(f"{path}/raw").text == "key "
    assert world.alice.get(path, params={"offset": 11}).status_code == 200
    world.supervisor.write(run["run_id"], "output.log", f"key {SECRET}\n".encode())
    assert json_of(world.alice.get(path, params={"offset": 4}))["text"] == f"{STARS}\n"


def test_what_a_success_check_printed_is_hidden_in_the_evidence(world: World) -> None:
    run = world.add_run(world.add_project(env={"TOKEN": SECRET}))
    world.supervisor.start(run["run_id"])
    world.supervisor.end(run["run_id"])
    record = json.dumps({"version": 1, "held": False, "output_tail": f"bad key {SECRET}\n"})
    world.supervisor.write(run["run_id"], "check.json", record.encode())
    shown = json_of(world.alice.get(f"/api/tenant/runs/{run['run_id']}/evidence"))
    assert shown["records"]["check.json"]["output_tail"] == f"bad key {STARS}\n"
    assert shown["records"]["check.json"]["held"] is False


def test_what_an_ending_holds_of_it_is_hidden_too() -> None:
    ending = {"facts": {"check_output": f"bad key {SECRET}", "exit_code": 0}, "source": "shim"}
    expected = {"facts": {"check_output": f"bad key {STARS}", "exit_code": 0}, "source": "shim"}
    assert hide_printed(ending, Mask([SECRET])) == expected
