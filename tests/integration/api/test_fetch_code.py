"""PUT /api/tenant/projects/{project_id}/code and GET /api/tenant/code-requests/{request_id}."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from addon_portal.api.services import code_service
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.code import Code, Commit
from addon_portal.storage.values import CodeRequest
from tests.support.waiting import wait_until
from tests.support.world import Json, World, assert_problem, fields_of, json_of, path_of

ASKED = {"git": "https://git.example/etl.git", "ref": "main"}
CODE = Code("sha256:5e", 3, 7, Commit(ASKED["git"], "main", "5e" * 20))
NOWHERE = "/api/tenant/code-requests/cdr_01k7qz8a1b2c3d4e5f6g7h8j9k"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fetches here, so that nobody waits for it either."""
    monkeypatch.setattr(code_service, "FETCHED_WITHIN_SECONDS", 0)


def code_of(project: Json) -> str:
    """Where a project's code is asked for."""
    return f"{path_of(project)}/code"


def requests_of(world: World) -> list[CodeRequest]:
    """What the world's tenant has asked for."""
    with world.storage.read() as uow:
        return [each for each in uow.code_requests.list_open(world.host_id, 1000) if each.tenant_id == world.tenant.id]


def test_code_that_is_fetched_in_time_is_answered_at_once(any_world: World) -> None:
    project = any_world.add_project()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(any_world.bob.put, code_of(project), json=ASKED)
        (request,) = wait_until(lambda: requests_of(any_world), "the request to be stored")
        with any_world.storage.write() as uow:
            uow.code_requests.fulfil(request, CODE, SystemClock().now())
        response = asked.result()
    body = json_of(response)
    assert response.status_code == 200, response.text
    assert (body["git"], body["ref"], body["definition_version"], body["problem"]) == (*ASKED.values(), 2, None)
    assert json_of(any_world.victor.get(response.headers["location"])) == body
    code = json_of(any_world.victor.get(path_of(project)))["code"]
    assert code["git"] == {"url": ASKED["git"], "ref": "main", "commit": "5e" * 20}


def test_code_that_takes_longer_is_asked_for_again(impatient: None, world: World) -> None:
    project = world.add_project()
    response = world.alice.put(code_of(project), json={"git": ASKED["git"]})
    body = json_of(response)
    assert (response.status_code, body["ref"], body["completed_at"]) == (202, "HEAD", None)
    assert json_of(world.alice.get(response.headers["location"])) == body
    assert json_of(world.alice.get(path_of(project)))["code"] is None


def test_what_git_says_is_told(world: World) -> None:
    project = world.add_project()

    def refuse() -> None:
        (request,) = wait_until(lambda: requests_of(world), "the request to be stored")
        with world.storage.write() as uow:
            uow.code_requests.refuse(request, "git says: no such branch", SystemClock().now())

    refusing = threading.Thread(target=refuse)
    refusing.start()
    problem = assert_problem(world.alice.put(code_of(project), json=ASKED), 422, "git_failed")
    refusing.join()
    assert problem["detail"] == "git says: no such branch"
    stored = json_of(world.alice.get(f"/api/tenant/code-requests/{problem['request_id']}"))
    assert stored["problem"] == problem["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "git"),
        ({"git": "ext::sh -c id"}, "git"),
        ({"git": "file:///etc"}, "git"),
        ({"git": "--upload-pack=id"}, "git"),
        ({"git": "https://user:secret@git.example/x"}, "git"),
        ({**ASKED, "ref": "--upload-pack=id"}, "ref"),
        ({**ASKED, "ref": 7}, "ref"),
        ({**ASKED, "commit": "x"}, "commit"),
    ],
)
def test_what_cannot_be_fetched_is_refused_with_its_field(world: World, body: Json, field: str) -> None:
    response = world.alice.put(code_of(world.add_project()), json=body)
    assert fields_of(assert_problem(response, 422, "invalid_request")) == [field]
    assert "secret" not in response.text
    assert requests_of(world) == []


def test_credentials_roles_and_methods(world: World) -> None:
    project = world.add_project()
    assert_problem(world.nobody.put(code_of(project), json=ASKED), 401, "unauthenticated")
    assert_problem(world.victor.put(code_of(project), json=ASKED), 403, "forbidden")
    assert_problem(world.nobody.get(NOWHERE), 401, "unauthenticated")
    assert_problem(world.alice.post(code_of(project), json=ASKED), 405, "method_not_allowed")
    assert_problem(world.alice.put(NOWHERE), 405, "method_not_allowed")


def test_another_tenant_finds_nothing(impatient: None, any_world: World) -> None:
    project = any_world.add_project()
    assert_problem(any_world.charlie.put(code_of(project), json=ASKED), 404, "not_found")
    location = any_world.alice.put(code_of(project), json=ASKED).headers["location"]
    assert_problem(any_world.charlie.get(location), 404, "not_found")


def test_what_is_not_there_is_not_found(world: World) -> None:
    for name in ("prj_01k7qz8a1b2c3d4e5f6g7h8j9k", "prj_x"):
        assert_problem(world.alice.put(f"/api/tenant/projects/{name}/code", json=ASKED), 404, "not_found")
    for path in (NOWHERE, "/api/tenant/code-requests/x"):
        assert_problem(world.alice.get(path), 404, "not_found")


def test_a_project_with_a_directory_of_its_own_is_refused(world: World) -> None:
    project = world.add_project(working_directory="/srv/etl")
    assert_problem(world.alice.put(code_of(project), json=ASKED), 409, "no_workspace")
