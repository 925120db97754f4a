"""What retention asks of the books: requests, what is in use, and since when a workspace is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from addon_portal.domain.code import Code
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, ProjectId, RetentionId, RunId, new_retention_id
from addon_portal.domain.models import Project
from addon_portal.storage.cleanups import KEPT_FOR
from addon_portal.storage.retentions import RetentionRequest, Retentions
from tests.contract.storage.world import World


def new_request(world: World, *, dry_run: bool = False) -> RetentionRequest:
    """One that is not stored."""
    return RetentionRequest(new_retention_id(world.now()), world.host.id, world.now(), "key:ops", dry_run)


def test_a_request_is_open_until_it_has_its_report(world: World) -> None:
    first, second = new_request(world), new_request(world, dry_run=True)
    with world.storage.write() as uow:
        Retentions(uow).insert(second)
        Retentions(uow).insert(first)
        assert Retentions(uow).list_open(world.host.id) == (first, second)
        assert Retentions(uow).list_open(HostId("hst_other")) == ()
        at = world.now()
        Retentions(uow).complete(first.id, {"logs": {"count": 1}}, at)
        Retentions(uow).complete(first.id, {"logs": {"count": 2}}, world.now())
        assert Retentions(uow).list_open(world.host.id) == (second,)
        done = replace(first, completed_at=at, report={"logs": {"count": 1}})
        assert Retentions(uow).get(first.id) == done
        with pytest.raises(NotFound):
            Retentions(uow).get(RetentionId("ret_nothing"))


def test_a_report_is_kept_for_a_time_and_a_request_without_one_until_it_is_done(world: World) -> None:
    now = world.now()
    before = now - KEPT_FOR - timedelta(seconds=1)
    old = [RetentionRequest(new_retention_id(before), world.host.id, before, "key:ops", dry_run=True) for _ in range(2)]
    recent = replace(new_request(world), requested_at=now - KEPT_FOR + timedelta(hours=1))
    recent = replace(recent, id=new_retention_id(recent.requested_at))
    with world.storage.write() as uow:
        for request in (*old, recent):
            Retentions(uow).insert(request)
        for request in (old[0], recent):
            Retentions(uow).complete(request.id, {}, now)
        Retentions(uow).insert(new_request(world))
        with pytest.raises(NotFound):
            Retentions(uow).get(old[0].id)
        assert Retentions(uow).get(old[1].id) == old[1]
        assert Retentions(uow).get(recent.id).report == {}


def test_a_sweep_is_told_that_somebody_has_asked(world: World) -> None:
    request = new_request(world)
    with world.storage.write() as uow:
        assert not uow.hosts.record_observed(world.host.id, world.now(), "boot", 1).retention
        Retentions(uow).insert(request)
        assert uow.hosts.record_observed(world.host.id, world.now(), "boot", 1).retention
        Retentions(uow).complete(request.id, {}, world.now())
        assert not uow.hosts.record_observed(world.host.id, world.now(), "boot", 1).retention


def add_run_in(world: World, project: Project, workspace: str) -> RunId:
    """A run that began there and has ended."""
    with world.storage.write() as uow:
        run = uow.runs.insert(world.scope, replace(world.new_run(project.id), workspace=workspace))
    world.apply(world.claimed(run.id), world.started(run.id), world.ended(run.id))
    return run.id


def test_the_newest_run_of_each_project_is_known(world: World) -> None:
    empty, project = world.add_project(), world.add_project()
    add_run_in(world, project, "one")
    with world.storage.write() as uow:
        active = uow.runs.insert(world.scope, replace(world.new_run(project.id), workspace="two"))
        found = Retentions(uow).list_newest([empty.id, project.id, ProjectId("prj_nothing")])
    assert set(found) == {empty.id, project.id}
    assert (found[empty.id].number, found[empty.id].workspace, found[empty.id].is_active) == (0, "", False)
    newest = found[project.id]
    assert (newest.number, newest.workspace, newest.is_active, newest.finished_at) == (active.number, "two", True, None)
    assert (newest.tenant_id, newest.deleted_at) == (world.alice.id, None)
    with world.storage.read() as uow:
        assert Retentions(uow).list_newest([]) == {}


def test_a_workspace_is_left_when_the_first_run_is_asked_for_that_begins_elsewhere(world: World) -> None:
    project = world.add_project()
    first = add_run_in(world, project, "one")
    add_run_in(world, project, "one")
    with world.storage.read() as uow:
        assert Retentions(uow).find_left_at(project.id, "one", first) is None
    other = add_run_in(world, project, "two")
    add_run_in(world, project, "three")
    with world.storage.read() as uow:
        left = Retentions(uow).find_left_at(project.id, "one", first)
        assert left == uow.runs.get(world.scope, other).requested_at
        assert Retentions(uow).find_left_at(project.id, "one", "run_nothing") is None


def test_code_is_in_use_by_every_version_of_a_project_and_by_an_active_run_of_a_deleted_one(world: World) -> None:
    project = world.add_project()
    codes = [Code(f"sha256:{letter * 64}", 1, 10) for letter in "abc"]
    with world.storage.write() as uow:
        for code in codes[:2]:
            uow.projects.add_code(world.scope, uow.projects.get(world.scope, project.id), code, world.now())
    with world.storage.read() as uow:
        assert Retentions(uow).list_code_in_use(world.alice.id) == {code.digest for code in codes[:2]}
        assert Retentions(uow).list_code_in_use(world.charlie.id) == set()
    run = world.add_run(project.id)
    with world.storage.write() as uow:
        uow.connection.change("UPDATE projects SET deleted_at = 1 WHERE id = :id", {"id": project.id})
    with world.storage.read() as uow:
        assert len(Retentions(uow).list_code_in_use(world.alice.id)) == 2
    world.apply(world.claimed(run.id), world.started(run.id), world.ended(run.id))
    with world.storage.read() as uow:
        assert Retentions(uow).list_code_in_use(world.alice.id) == set()
