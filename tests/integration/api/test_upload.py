"""PUT /api/tenant/projects/{project_id}/files."""

import os
import socket
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from addon_portal.domain.models import TenantScope
from tests.integration.api.conftest import settings_with_tables
from tests.support.archives import KINDS, member, tar_of, tar_with, zip_with
from tests.support.served import Served, serve
from tests.support.waiting import wait_until
from tests.support.world import Json, World, assert_problem, json_of, path_of

FILES = {"main.py": b"print('hi')\n", "lib/deep/x": b"\0\xff", "grüße/日本😀": b"unicode"}
ARCHIVE = tar_with(FILES)

Entries = list[tarfile.TarInfo | tuple[tarfile.TarInfo, bytes]]


def files_of(project: Json) -> str:
    """Where a project's files are."""
    return f"{path_of(project)}/files"


def tree_of(world: World, project: Json) -> Path:
    """The directory of a project's code."""
    digest = project["code"]["digest"].removeprefix("sha256:")
    return Path(world.served.settings.data_dir, "code", world.tenant.id, digest, "tree")


def stored(world: World) -> list[str]:
    """What the tenant has on disk, and what is being received."""
    code = world.served.settings.data_dir / "code"
    return [
        path.name for place in (code / world.tenant.id, code / "incoming") if place.is_dir() for path in place.iterdir()
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_of_any_kind_becomes_the_projects_code(any_world: World, kind: str) -> None:
    project = any_world.add_project()
    response = any_world.bob.put(files_of(project), content=KINDS[kind](FILES))
    after = json_of(response)
    assert response.status_code == 200, response.text
    assert after["definition_version"] == 2
    assert (after["code"]["entries"], after["code"]["bytes"]) == (6, sum(map(len, FILES.values())))
    assert after == json_of(any_world.alice.get(path_of(project)))
    tree = tree_of(any_world, after)
    assert {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()} == FILES


def test_equal_files_are_the_same_code_however_they_are_packed(world: World) -> None:
    project = world.add_project()
    digests = {
        json_of(world.alice.put(files_of(project), content=make(FILES)))["code"]["digest"] for make in KINDS.values()
    }
    assert len(digests) == 1


def test_a_repeated_upload_has_one_effect(any_world: World) -> None:
    project = any_world.add_project()
    first = json_of(any_world.alice.put(files_of(project), content=ARCHIVE))
    again = any_world.alice.put(files_of(project), content=ARCHIVE)
    assert (again.status_code, json_of(again)) == (200, first)


def test_each_version_keeps_its_code_and_other_changes_keep_it_too(any_world: World) -> None:
    project = any_world.add_project()
    before = any_world.add_final(3, project)
    pushed = json_of(any_world.alice.put(files_of(project), content=ARCHIVE))
    body = {"name": project["name"], "command": ["false"]}
    changed = json_of(any_world.alice.put(path_of(project), json=body))
    assert (changed["definition_version"], changed["code"]) == (3, pushed["code"])
    with any_world.storage.read() as uow:
        scope = TenantScope(any_world.tenant.id)
        ran = uow.projects.get_definition(scope, project["id"], before["definition_version"])
    assert ran.code is None


def test_only_executable_is_kept_of_the_modes(world: World) -> None:
    entries: Entries = [
        (member("run", mode=0o6755), b"#!/bin/sh\n"),
        (member("data", mode=0o4666), b""),
        member("d", b"5", mode=0o1777),
    ]
    project = json_of(world.alice.put(files_of(world.add_project()), content=tar_of(entries)))
    tree = tree_of(world, project)
    modes = {name: (tree / name).stat().st_mode & 0o7777 for name in ("run", "data")}
    assert modes == {"run": 0o755, "data": 0o644}
    assert (tree / "d").stat().st_mode & 0o7000 == 0


def test_links_inside_are_kept_as_links(world: World) -> None:
    entries: Entries = [
        member("current", b"2", "versions/1"),
        (member("versions/1/x"), b"1"),
        member("versions/up", b"2", ".."),
    ]
    project = json_of(world.alice.put(files_of(world.add_project()), content=tar_of(entries)))
    tree = tree_of(world, project)
    assert (tree / "current" / "x").read_bytes() == b"1"
    assert (tree / "versions" / "up").readlink() == Path("..")


def test_names_in_a_zip_that_does_not_say_how_they_are_encoded(world: World) -> None:
    made = zip_with({"gr__e": b"1"}).replace(b"gr__e", b"gr\xc3\xbce")
    project = json_of(world.alice.put(files_of(world.add_project()), content=made))
    assert [path.name for path in tree_of(world, project).iterdir()] == ["grüe"]


def test_two_uploads_at_once_each_make_a_version(any_world: World) -> None:
    project = any_world.add_project()
    contents = [tar_with({"n": str(number).encode() * 100_000}) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda content: any_world.alice.put(files_of(project), content=content), contents))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(json_of(answer)["definition_version"] for answer in answers) == [2, 3, 4, 5]
    for answer in answers:
        assert (tree_of(any_world, json_of(answer)) / "n").stat().st_size == 100_000


def test_the_same_upload_twice_at_once_is_one_version(any_world: World) -> None:
    project = any_world.add_project()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: any_world.alice.put(files_of(project), content=ARCHIVE), range(4)))
    assert {json_of(answer)["definition_version"] for answer in answers} == {2}
    assert len(stored(any_world)) == 1


def test_another_method_is_refused(world: World) -> None:
    response = world.alice.post(files_of(world.add_project()), content=ARCHIVE)
    assert_problem(response, 405, "method_not_allowed")


def test_without_a_credential_nothing_is_read(world: World) -> None:
    project = world.add_project()
    assert_problem(world.nobody.put(files_of(project), content=ARCHIVE), 401, "unauthenticated")
    assert_problem(world.victor.put(files_of(project), content=ARCHIVE), 403, "forbidden")
    assert stored(world) == []


def test_another_tenants_project_is_not_found(any_world: World) -> None:
    project = any_world.add_project()
    assert_problem(any_world.charlie.put(files_of(project), content=ARCHIVE), 404, "not_found")
    assert json_of(any_world.alice.get(path_of(project)))["code"] is None


@pytest.mark.parametrize("name", ["prj_01k7qz8a1b2c3d4e5f6g7h8j9k", "prj_x", "nightly"])
def test_a_project_that_is_not_there_is_not_found(world: World, name: str) -> None:
    assert_problem(world.alice.put(f"/api/tenant/projects/{name}/files", content=ARCHIVE), 404, "not_found")


def test_a_project_with_a_directory_of_its_own_is_refused(world: World) -> None:
    project = world.add_project(working_directory="/srv/etl")
    problem = assert_problem(world.alice.put(files_of(project), content=ARCHIVE), 409, "no_workspace")
    assert "/srv/etl" in problem["detail"]


def send_part_of_an_upload(world: World, project: Json) -> socket.socket:
    """A connection on which an upload has begun and does not go on."""
    address = urlsplit(world.served.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=10)
    head = (
        f"PUT {files_of(project)} HTTP/1.1\r\nHost: portal\r\nContent-Length: {len(ARCHIVE)}\r\n"
        f"Authorization: {world.alice.headers['Authorization']}\r\n\r\n"
    )
    connection.sendall(head.encode() + ARCHIVE[: len(ARCHIVE) // 2])
    return connection


def test_an_upload_that_breaks_off_leaves_nothing(world: World) -> None:
    project = world.add_project()
    connection = send_part_of_an_upload(world, project)
    wait_until(lambda: stored(world), "the upload to begin")
    connection.close()
    wait_until(lambda: not stored(world), "it to be removed")
    assert json_of(world.alice.get(path_of(project)))["code"] is None


def test_what_a_killed_process_was_receiving_is_removed_by_the_next_and_what_lives_is_not(world: World) -> None:
    project = world.add_project()
    left = world.served.settings.data_dir / "code" / "incoming" / "left"
    (left / "version" / "tree").mkdir(parents=True)
    connection = send_part_of_an_upload(world, project)
    wait_until(lambda: not left.exists() and stored(world), "the leftover to be removed")
    assert world.alice.put(files_of(project), content=tar_with({"other": b""})).status_code == 200
    connection.sendall(ARCHIVE[len(ARCHIVE) // 2 :])
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
    connection.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A data directory with 8 MiB of room."""
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small file system can only be mounted by root with CAP_SYS_ADMIN")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


@pytest.fixture
def cramped(small_disk: Path) -> Iterator[World]:
    """A world on it."""
    with serve(settings_with_tables(data_dir=small_disk)) as served, closing(World(served)) as world:
        yield world


@pytest.mark.parametrize(
    "content", [os.urandom(9 << 20), KINDS["tar.gz"]({"zeros": bytes(9 << 20)})], ids=["sent", "unpacked"]
)
def test_a_full_disk_is_told_and_nothing_is_left(cramped: World, content: bytes) -> None:
    project = cramped.add_project()
    assert_problem(cramped.alice.put(files_of(project), content=content), 507, "disk_full")
    assert stored(cramped) == []
    assert cramped.alice.put(files_of(project), content=ARCHIVE).status_code == 200


def test_the_api_answers_others_while_it_unpacks(sqlite_served: Served, world: World) -> None:
    project = world.add_project()
    content = KINDS["tar.gz"]({f"f{number}": bytes(1 << 16) for number in range(800)})
    done = threading.Event()

    def upload() -> None:
        assert world.alice.put(files_of(project), content=content).status_code == 200
        done.set()

    thread = threading.Thread(target=upload)
    thread.start()
    answered = 0
    while not done.is_set():
        assert world.bob.get("/api/tenant/status").status_code == 200
        answered += 1
    thread.join()
    assert answered > 3
