"""Files of projects and runs: listed, downloaded one by one and as an archive, and what a run changed."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.models import TenantScope
from tests.support.archives import tar_with
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

CONTENT = bytes(range(256)) * 10
SOMETHING = "prj_01k7qz8a1b2c3d4e5f6g7h8j9k"


class Results:
    """A running project with files in its workspace."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.project = world.add_project()
        self.run = world.add_run(self.project)
        self.workspace = self.workspace_of(self.run)
        (self.workspace / "lib").mkdir(parents=True)
        (self.workspace / "lib" / "ü 100% ?#.bin").write_bytes(CONTENT)
        (self.workspace / "code.py").write_text("print()")
        world.supervisor.start(self.run["run_id"])
        self.directory = Path(world.served.settings.data_dir, "runs", self.run["run_id"])

    def workspace_of(self, run: Json) -> Path:
        """Where a run begins."""
        with self.world.storage.read() as uow:
            workspace = uow.runs.get(TenantScope(self.world.tenant.id), RunId(run["run_id"])).workspace
        return Path(self.world.served.settings.data_dir, "workspaces", workspace)

    def get(self, **query: str | int) -> Json:
        """What the project's list answers."""
        return json_of(self.world.victor.get(f"{path_of(self.project)}/files", params=query))

    def changes(self, run: Json | None = None, **query: str | int) -> Json:
        """What a run changed."""
        run_id = (run or self.run)["run_id"]
        return json_of(self.world.victor.get(f"/api/tenant/runs/{run_id}/files", params=query))

    def record(self, name: str) -> None:
        """Write a record of the run, at this moment."""
        self.world.supervisor.write(self.run["run_id"], name, b"{}")


@pytest.fixture
def results(world: World) -> Results:
    return Results(world)


def paths(page: Json) -> list[str]:
    return [item["path"] for item in page["items"]]


def test_a_workspace_is_listed_by_directory(any_world: World) -> None:
    results = Results(any_world)
    page = results.get()
    assert (page["of"], page["run_id"], page["next_cursor"]) == ("workspace", results.run["run_id"], None)
    assert [(item["path"], item["kind"], item["bytes"]) for item in page["items"]] == [
        ("code.py", "file", 7),
        ("lib", "directory", None),
    ]
    assert paths(results.get(path="lib/")) == ["lib/ü 100% ?#.bin"]


def test_a_large_directory_is_listed_page_by_page(results: Results) -> None:
    for number in range(450):
        (results.workspace / f"f{number:03}").touch()
    found, cursor = [], None
    while True:
        page = results.get(limit=200, **({"cursor": cursor} if cursor else {}))
        found += paths(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["code.py", *(f"f{number:03}" for number in range(450)), "lib"]


@pytest.mark.parametrize("owner", ["projects", "runs"])
def test_a_file_is_downloaded_whole_and_by_range(results: Results, owner: str) -> None:
    identifier = results.project["id"] if owner == "projects" else results.run["run_id"]
    path = f"/api/tenant/{owner}/{identifier}/files/lib/%C3%BC%20100%25%20%3F%23.bin"
    response = results.world.victor.get(path)
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["content-length"] == str(len(CONTENT))
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%BC%20100%25%20%3F%23.bin"
    assert response.headers["content-security-policy"] == "sandbox"
    part = results.world.victor.get(path, headers={"Range": "bytes=-16"})
    assert (part.status_code, part.content) == (206, CONTENT[-16:])
    outside = results.world.victor.get(path, headers={"Range": "bytes=9999-"})
    assert assert_problem(outside, 416, "range_not_satisfiable")["size"] == len(CONTENT)
    head = results.world.victor.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(CONTENT)))


def test_a_slash_in_a_path_may_be_escaped(results: Results) -> None:
    (results.workspace / "lib" / "plain").write_text("x")
    assert results.world.victor.get(f"{path_of(results.project)}/files/lib%2Fplain").content == b"x"


def test_a_workspace_is_an_archive(results: Results) -> None:
    response = results.world.victor.get(f"{path_of(results.project)}/archive")
    assert response.headers["content-disposition"].endswith(f"{results.project['id']}.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(response.content), mode="r:gz") as archive:
        assert archive.getnames() == ["code.py", "lib", "lib/ü 100% ?#.bin"]
    part = results.world.victor.get(f"{path_of(results.project)}/archive", params={"path": "lib"})
    assert part.headers["content-disposition"].endswith("lib.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(part.content), mode="r:gz") as archive:
        assert archive.getnames() == ["ü 100% ?#.bin"]


def test_a_run_tells_what_it_changed_and_no_more(results: Results) -> None:
    results.record("child.json")
    (results.workspace / "result").write_text("1")
    (results.workspace / "lib" / "deep").mkdir()
    (results.workspace / "lib" / "deep" / "other").write_text("2")
    os.utime(results.workspace / "result", (1, 1))
    running = results.changes()
    assert paths(running) == ["lib/deep/other", "result"]
    assert running["until"] is None
    results.record("done.json")
    results.world.supervisor.end(results.run["run_id"])
    end = (results.directory / "done.json").stat().st_ctime_ns
    while (results.workspace / "late").exists() is False or (results.workspace / "late").stat().st_ctime_ns <= end:
        (results.workspace / "late").write_text("after its end")
    ended = results.changes()
    assert paths(ended) == ["lib/deep/other", "result"]
    assert ended["since"] <= ended["items"][0]["changed_at"] <= ended["until"]
    assert ended["continued_by"] is None
    page = results.changes(limit=1)
    assert paths(page) == ["lib/deep/other"]
    assert paths(results.changes(limit=1, cursor=page["next_cursor"])) == ["result"]


def test_a_run_that_went_on_in_the_workspace_is_named(results: Results) -> None:
    results.world.supervisor.end(results.run["run_id"], 3)
    again = results.world.accept(f"{path_of(results.project)}/restart")
    assert results.changes()["continued_by"] == again["run_id"]
    assert results.changes(again) == {
        "run_id": again["run_id"],
        "since": None,
        "until": None,
        "continued_by": None,
        "items": [],
        "next_cursor": None,
    }


def test_an_older_runs_workspace_is_still_there_after_a_clean_restart(results: Results) -> None:
    results.world.supervisor.end(results.run["run_id"], 3)
    again = results.world.accept(f"{path_of(results.project)}/restart", workspace="clean")
    listed = results.world.victor.get(f"{path_of(results.project)}/files")
    assert "has not begun" in assert_problem(listed, 409, "no_workspace")["detail"]
    assert paths(results.get(run_id=results.run["run_id"])) == ["code.py", "lib"]
    assert results.changes()["continued_by"] is None
    results.workspace_of(again).mkdir()
    assert paths(results.get()) == []


def test_before_the_first_run_the_code_is_shown(world: World) -> None:
    project = world.add_project()
    assert_problem(world.victor.get(f"{path_of(project)}/files"), 409, "no_workspace")
    world.alice.put(f"{path_of(project)}/files", content=tar_with({"lib/x": b"1"}))
    page = json_of(world.victor.get(f"{path_of(project)}/files", params={"path": "lib"}))
    assert (page["of"], page["run_id"], paths(page)) == ("code", None, ["lib/x"])
    assert world.victor.get(f"{path_of(project)}/files/lib/x").content == b"1"


def test_a_directory_of_the_projects_own_is_not_shown(world: World) -> None:
    project = world.add_project(working_directory="/etc")
    run = world.add_run(project)
    for path in (f"{path_of(project)}/files", f"{path_of(project)}/files/passwd", f"{path_of(project)}/archive"):
        assert_problem(world.alice.get(path), 409, "no_workspace")
    for path in ("files", "files/passwd"):
        assert_problem(world.alice.get(f"/api/tenant/runs/{run['run_id']}/{path}"), 409, "no_workspace")


@pytest.mark.parametrize(
    "path",
    [
        "..%2F..%2Fportal.db",
        "lib%2F..%2F..%2F..%2F..%2Fportal.db",
        "%2Fetc%2Fpasswd",
        "nothing",
        "out",
        "up/portal.db",
        "a%00b",
    ],
)
def test_nothing_outside_is_ever_read(results: Results, path: str) -> None:
    (results.workspace / "out").symlink_to("/etc/passwd")
    (results.workspace / "up").symlink_to("../../..")
    assert_problem(results.world.alice.get(f"{path_of(results.project)}/files/{path}"), 404, "not_found")
    assert_problem(results.world.alice.get(f"/api/tenant/runs/{results.run['run_id']}/files/{path}"), 404, "not_found")


@pytest.mark.parametrize("call", ["files", "archive"])
def test_a_path_that_leads_out_is_refused(results: Results, call: str) -> None:
    for path in ("..", "lib/../..", "a\0"):
        response = results.world.alice.get(f"{path_of(results.project)}/{call}", params={"path": path})
        assert fields_of(assert_problem(response, 422, "invalid_request")) == ["path"]
    (results.workspace / "up").symlink_to("..")
    for path in ("up", "nothing", "code.py"):
        response = results.world.alice.get(f"{path_of(results.project)}/{call}", params={"path": path})
        assert_problem(response, 404, "not_found")


def test_a_directory_and_a_fifo_are_no_files(results: Results) -> None:
    os.mkfifo(results.workspace / "fifo")
    for path in ("lib", "fifo"):
        assert_problem(results.world.alice.get(f"{path_of(results.project)}/files/{path}"), 409, "not_a_file")


def test_malformed_queries_are_told(results: Results) -> None:
    address = f"{path_of(results.project)}/files"
    for name, value in (("limit", "0"), ("limit", "1001"), ("cursor", "x"), ("cursor", "Y2hhbmdlcwBh"), ("bogus", "1")):
        response = results.world.alice.get(address, params={name: value})
        assert fields_of(assert_problem(response, 422, "invalid_request")) == [name]
    other = results.world.add_run()
    response = results.world.alice.get(address, params={"run_id": other["run_id"]})
    assert fields_of(assert_problem(response, 422, "invalid_request")) == ["run_id"]
    assert_problem(results.world.alice.get(address, params={"run_id": "run_x"}), 404, "not_found")


def addresses(results: Results) -> list[str]:
    """Every operation that reads."""
    project, run = path_of(results.project), f"/api/tenant/runs/{results.run['run_id']}"
    return [
        f"{project}/files",
        f"{project}/files/code.py",
        f"{project}/archive",
        f"{run}/files",
        f"{run}/files/code.py",
    ]


def test_without_a_credential_nothing_is_shown(results: Results) -> None:
    for address in addresses(results):
        assert_problem(results.world.nobody.get(address), 401, "unauthenticated")


def test_another_tenants_files_are_not_found(any_world: World) -> None:
    results = Results(any_world)
    for address in addresses(results):
        assert_problem(any_world.charlie.get(address), 404, "not_found")


def test_another_method_is_refused(results: Results) -> None:
    for address in addresses(results):
        assert_problem(results.world.alice.post(address), 405, "method_not_allowed")


def test_what_is_not_there_is_not_found(world: World) -> None:
    for name in (SOMETHING, "prj_x", "nightly"):
        for call in ("files", "files/x", "archive"):
            assert_problem(world.alice.get(f"/api/tenant/projects/{name}/{call}"), 404, "not_found")
    for name in ("run_01k7qz8a1b2c3d4e5f6g7h8j9k", "run_x", "nightly"):
        for call in ("files", "files/x"):
            assert_problem(world.alice.get(f"/api/tenant/runs/{name}/{call}"), 404, "not_found")


def test_a_workspace_that_was_removed_is_told(results: Results) -> None:
    results.workspace.rename(results.workspace.with_name("elsewhere"))
    response = results.world.alice.get(f"{path_of(results.project)}/files")
    assert "not on the disk any more" in assert_problem(response, 409, "no_workspace")["detail"]
