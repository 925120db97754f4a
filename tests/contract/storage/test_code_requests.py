"""Requests for code: open until they are fulfilled or refused, once."""

import pytest

from addon_portal.domain.code import Code, Commit
from addon_portal.domain.errors import NotFound
from addon_portal.domain.git_sources import GitSource
from addon_portal.domain.ids import ProjectId, new_code_request_id
from addon_portal.storage.values import CodeRequest
from tests.contract.storage.world import World

CODE = Code("sha256:5e", 3, 7, Commit("https://git.example/x", "main", "5e" * 20))


def ask(world: World, project_id: ProjectId) -> CodeRequest:
    """A request that is stored."""
    request = CodeRequest(
        *(new_code_request_id(world.now()), world.scope.tenant_id, project_id, world.host.id),
        *(GitSource("https://git.example/x", "main"), world.now(), "key:ada"),
    )
    with world.storage.write() as uow:
        uow.code_requests.insert(world.scope, request)
    return request


def test_a_request_is_open_until_its_code_is_in_the_definition(world: World) -> None:
    project = world.add_project()
    request = ask(world, project.id)
    with world.storage.read() as uow:
        assert uow.code_requests.list_open(world.host.id, 10) == (request,)
        assert uow.code_requests.get(world.scope, request.id) == request
    at = world.now()
    with world.storage.write() as uow:
        uow.code_requests.fulfil(request, CODE, at)
    with world.storage.read() as uow:
        done = uow.code_requests.get(world.scope, request.id)
        assert (done.completed_at, done.definition_version, done.problem) == (at, 2, None)
        assert uow.code_requests.list_open(world.host.id, 10) == ()
        assert uow.projects.get(world.scope, project.id).definition.code == CODE


def test_what_the_project_has_already_makes_no_version(world: World) -> None:
    project = world.add_project()
    requests = [ask(world, project.id) for _ in range(2)]
    for request in requests:
        with world.storage.write() as uow:
            uow.code_requests.fulfil(request, CODE, world.now())
    with world.storage.read() as uow:
        assert [uow.code_requests.get(world.scope, each.id).definition_version for each in requests] == [2, 2]


def test_a_refused_request_says_why_and_stays_refused(world: World) -> None:
    request = ask(world, world.add_project().id)
    with world.storage.write() as uow:
        uow.code_requests.refuse(request, "no such \0 branch", world.now())
        uow.code_requests.refuse(request, "another", world.now())
    with world.storage.read() as uow:
        done = uow.code_requests.get(world.scope, request.id)
    assert (done.definition_version, done.problem) == (None, "no such \\x00 branch")


def test_a_project_that_was_deleted_meanwhile_is_not_found(world: World) -> None:
    project = world.add_project()
    request = ask(world, project.id)
    with world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, project.id, world.now())
    with pytest.raises(NotFound), world.storage.write() as uow:
        uow.code_requests.fulfil(request, CODE, world.now())
