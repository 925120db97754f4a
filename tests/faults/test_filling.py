"""Death while code is stored or copied into a workspace: no program ever starts among half of its files."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.support.archives import tar_with
from tests.support.portal import Portal
from tests.support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]

POINTS = ("workspace.copying", "workspace.copied", "workspace.named", "code.unpacked", "code.fetched")
FILES = {f"lib/file-{number}": f"{number}".encode() * 1000 for number in range(20)}
LIST_FILES = ["sh", "-c", "cat lib/* | wc -c; find . -type f | wc -l"]
WHOLE = [str(sum(map(len, FILES.values()))), str(len(FILES))]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Portal]:
    """A portal on which code can be held half-way; how processes are known has nothing to do with it."""
    settings = {"ADDON_PORTAL_GIT_TRANSPORTS": "file"}
    place = tmp_path_factory.mktemp("filling") / "portal"
    with Portal(place, template=template, points=POINTS, **settings) as portal:
        yield portal


def push(portal: Portal, project_id: str, content: bytes) -> httpx.Response:
    """Upload code."""
    return portal.client.put(f"/api/tenant/projects/{project_id}/files", content=content)


def new_project(portal: Portal) -> str:
    """A project with code."""
    project_id = portal.new_project(LIST_FILES)
    assert push(portal, project_id, tar_with(FILES)).status_code == 200
    return project_id


def assert_ran_among_all_its_files(portal: Portal, run_id: str) -> None:
    assert portal.wait_final(run_id)["exit_code"] == 0
    assert portal.log_of(run_id).split() == WHOLE


@pytest.mark.parametrize("point", ["workspace.copying", "workspace.copied", "workspace.named"])
def test_a_supervisor_that_dies_while_it_fills_a_workspace_is_followed_by_one_that_fills_it(
    portal: Portal, point: str
) -> None:
    project_id = new_project(portal)
    portal.pauses.arm(point)
    run_id = portal.run(project_id)
    portal.pauses.wait_reached(point)
    run = portal.get_run(run_id)
    assert (run["state"], run["started_at"]) == ("pending", None)
    with closing(portal.pin("supervisor")) as supervisor:
        supervisor.kill()
    portal.pauses.open(point)
    portal.wait_until_whole()
    assert_ran_among_all_its_files(portal, run_id)


def test_a_supervisor_that_dies_over_a_workspace_that_is_kept_leaves_no_mixture(portal: Portal) -> None:
    project_id = new_project(portal)
    portal.wait_final(portal.run(project_id))
    changed = {name: content[::-1] + b"new" for name, content in FILES.items()}
    assert push(portal, project_id, tar_with(changed)).status_code == 200
    portal.pauses.arm("workspace.copying")
    run_id = portal.run(project_id)
    portal.pauses.wait_reached("workspace.copying")
    with closing(portal.pin("supervisor")) as supervisor:
        supervisor.kill()
    portal.pauses.open("workspace.copying")
    portal.wait_until_whole()
    assert portal.wait_final(run_id)["exit_code"] == 0
    assert portal.log_of(run_id).split() == [str(sum(map(len, changed.values()))), str(len(changed))]


def test_a_workspace_that_is_being_filled_holds_up_nobody_else_and_its_run_says_so(portal: Portal) -> None:
    project_id = new_project(portal)
    portal.pauses.arm("workspace.copying")
    run_id = portal.run(project_id)
    portal.pauses.wait_reached("workspace.copying")
    wait_until(lambda: "code" in (portal.get_run(run_id)["waiting_for"] or ""), "the run to say what it waits for")
    other = portal.run(portal.new_project(["echo", "plain"]))
    assert portal.wait_final(other)["exit_code"] == 0
    assert portal.get_run(run_id)["health"] != "unreachable"
    # One that is withdrawn meanwhile starts nothing, and the next of the project waits for the same workspace.
    portal.ask("POST", f"/api/tenant/projects/{project_id}/stop", {})
    assert portal.wait_final(run_id)["reason"] == "withdrawn"
    second = portal.run(project_id)
    portal.pauses.open("workspace.copying")
    assert_ran_among_all_its_files(portal, second)


def test_an_api_that_dies_with_an_upload_leaves_nothing_that_lasts(portal: Portal) -> None:
    project_id = portal.new_project(LIST_FILES)
    portal.pauses.arm("code.unpacked")
    unheard = {**FILES, "main": b"never stored before"}
    with ThreadPoolExecutor(1) as pool, closing(portal.pin("api")) as api:
        upload = pool.submit(push, portal, project_id, tar_with(unheard))
        portal.pauses.wait_reached("code.unpacked")
        api.kill()
        with pytest.raises(httpx.TransportError):
            upload.result()
    portal.pauses.open("code.unpacked")
    portal.wait_until_whole()
    assert portal.get(f"/api/tenant/projects/{project_id}")["code"] is None
    assert push(portal, project_id, tar_with(FILES)).status_code == 200
    assert list(portal.data.uploads.iterdir()) == []
    assert list(portal.data.uploads.parent.glob("ten_*/*/tree/main")) == []
    assert_ran_among_all_its_files(portal, portal.run(project_id))


def test_a_supervisor_that_dies_while_it_fetches_code_is_followed_by_one_that_fetches_it(
    portal: Portal, tmp_path: Path
) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "lib").mkdir()
    (repository / "lib" / "file").write_text("fetched")
    commit = ["-c", "user.name=ada", "-c", "user.email=ada@git.example", "commit", "-q", "-m", "one"]
    for arguments in (["init", "-q"], ["add", "-A"], commit):
        subprocess.run(["git", *arguments], cwd=repository, check=True)
    project_id = portal.new_project(LIST_FILES)
    portal.pauses.arm("code.fetched")
    with ThreadPoolExecutor(1) as pool:
        path, body = f"/api/tenant/projects/{project_id}/code", {"git": f"file://{repository}"}
        asked = pool.submit(portal.client.put, path, json=body, timeout=PATIENCE_SECONDS)
        portal.pauses.wait_reached("code.fetched")
        with closing(portal.pin("supervisor")) as supervisor:
            supervisor.kill()
        portal.pauses.open("code.fetched")
        location = asked.result().headers["location"]
    wait_until(lambda: portal.get(location)["completed_at"], "the code to be fetched", PATIENCE_SECONDS)
    assert portal.get(location)["definition_version"] == 2
    run_id = portal.run(project_id)
    assert portal.wait_final(run_id)["exit_code"] == 0
    assert portal.log_of(run_id).split() == [str(len("fetched")), "1"]
