"""Lists of projects: every order, every filter, page by page; each tenant's own."""

from datetime import timedelta

import pytest

from addon_portal.domain import transitions
from addon_portal.domain.errors import InvalidRequest
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Project
from addon_portal.domain.project_lists import ProjectFilter, ProjectSort, Standing
from addon_portal.domain.transitions import Transition
from tests.contract.storage.world import CODE_3, World


def names_of(world: World, sort: ProjectSort = ProjectSort.CREATED, limit: int = 9, **wanted: object) -> list[str]:
    """All names of a list that is read page by page."""
    names: list[str] = []
    cursor = None
    with world.storage.read() as uow:
        while True:
            asked = ProjectFilter(**wanted)  # type: ignore[arg-type]
            page = uow.projects.list_page(world.scope, limit=limit, cursor=cursor, wanted=asked, sort=sort)
            assert len(page.items) <= limit
            names += [project.name for project in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return names


def stopping(world: World, run_id: RunId) -> Transition:
    return transitions.stopping(run_id, world.now(), world.now(), "supervisor", "bob")


def add_standing(world: World, standing: Standing) -> Project:
    """A project that is named after how its newest run stands, beside an older run that failed."""
    project = world.add_project(standing)
    if standing is Standing.NEVER_RUN:
        return project
    world.add_final(project.id, CODE_3)
    run = world.add_run(project.id)
    steps = {
        Standing.PENDING: [],
        Standing.STARTING: [world.claimed(run.id)],
        Standing.RUNNING: [world.claimed(run.id), world.started(run.id)],
        Standing.STOPPING: [world.claimed(run.id), world.started(run.id), stopping(world, run.id)],
        Standing.COMPLETED: [world.claimed(run.id), world.started(run.id), world.ended(run.id)],
        Standing.FAILED: [world.claimed(run.id), world.started(run.id), world.ended(run.id, CODE_3)],
        Standing.UNKNOWN: [world.claimed(run.id), world.started(run.id), world.lost(run.id)],
        Standing.CANCELLED: [world.withdrawn(run.id)],
    }
    assert all(world.apply(*steps[standing]))
    return project


def rename(world: World, project_id: ProjectId, name: str) -> None:
    with world.storage.write() as uow:
        uow.projects.rename(world.scope, project_id, name, world.now())


@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_by_name_upper_and_lower_case_stand_together(world: World, limit: int) -> None:
    for name in ("beta", "Alpha", "gamma", "ALPHABET", "alpha"):
        world.add_project(name)
    expected = ["Alpha", "alpha", "ALPHABET", "beta", "gamma"]
    assert names_of(world, ProjectSort.NAME, limit) == expected


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_by_change_what_was_changed_last_comes_first(world: World, limit: int) -> None:
    first, *_ = [world.add_project(name) for name in ("one", "two", "three")]
    rename(world, first.id, "changed")
    assert names_of(world, ProjectSort.CHANGED, limit) == ["changed", "three", "two"]


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_by_run_what_was_run_last_comes_first_and_what_never_ran_last(world: World, limit: int) -> None:
    one, _, three, _ = [world.add_project(name) for name in ("one", "never", "three", "neither")]
    world.add_final(three.id)
    world.add_final(one.id)
    world.add_run(three.id)
    assert names_of(world, ProjectSort.RUN, limit) == ["three", "one", "neither", "never"]


def test_a_list_by_name_goes_on_where_it_was_although_that_project_is_gone(world: World) -> None:
    for name in ("a", "b", "c"):
        world.add_project(name)
    with world.storage.write() as uow:
        page = uow.projects.list_page(world.scope, limit=2, sort=ProjectSort.NAME)
        uow.projects.soft_delete(world.scope, page.items[-1].id, world.now())
        rest = uow.projects.list_page(world.scope, limit=2, cursor=page.next_cursor, sort=ProjectSort.NAME)
    assert [project.name for project in rest.items] == ["c"]


def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    for _ in range(2):
        world.add_project()
    with world.storage.read() as uow:
        cursor = uow.projects.list_page(world.scope, limit=1, sort=ProjectSort.NAME).next_cursor
        for sort in set(ProjectSort) - {ProjectSort.NAME}:
            with pytest.raises(InvalidRequest):
                uow.projects.list_page(world.scope, limit=1, cursor=cursor, sort=sort)


def test_a_cursor_of_another_tenant_leads_nowhere(world: World) -> None:
    with world.storage.write() as uow:
        for _ in range(2):
            uow.projects.insert(world.other_scope, world.new_project())
        cursor = uow.projects.list_page(world.other_scope, limit=1, sort=ProjectSort.NAME).next_cursor
    world.add_project("zzz")
    with world.storage.read() as uow:
        assert uow.projects.list_page(world.scope, limit=9, cursor=cursor, sort=ProjectSort.NAME).items == ()


def test_each_standing_finds_its_own_by_the_newest_run_alone(world: World) -> None:
    for standing in Standing:
        add_standing(world, standing)
    for standing in Standing:
        assert names_of(world, standings=frozenset({standing})) == [standing]
    two = frozenset({Standing.NEVER_RUN, Standing.UNKNOWN})
    for sort in ProjectSort:
        assert set(names_of(world, sort, 1, standings=two)) == {"never_run", "unknown"}
    assert len(names_of(world, standings=frozenset(Standing))) == len(Standing)


def test_attention_is_what_failed_ended_unseen_or_is_not_well(world: World) -> None:
    for standing in Standing:
        add_standing(world, standing)
    early, late = world.now() - timedelta(days=1), world.now() + timedelta(days=1)
    assert set(names_of(world, needs_attention=True, overdue_before=early)) == {"failed", "unknown"}
    overdue = {"failed", "unknown", "running", "stopping"}
    assert set(names_of(world, needs_attention=True, overdue_before=late)) == overdue
    with world.storage.write() as uow:
        project = uow.projects.find_by_name(world.scope, "running")
        assert project is not None
        assert project.latest_run is not None
        uow.connection.change(
            "UPDATE runs SET conditions = 'finishing,silent' WHERE id = :id", {"id": project.latest_run.id}
        )
    assert set(names_of(world, needs_attention=True, overdue_before=early)) == {"failed", "unknown", "running"}


def test_filters_hold_together(world: World) -> None:
    for standing in (Standing.FAILED, Standing.UNKNOWN, Standing.COMPLETED):
        add_standing(world, standing)
    asked = frozenset({Standing.FAILED, Standing.COMPLETED})
    assert names_of(world, search="FAIL", standings=asked) == ["failed"]
    assert names_of(world, search="fail", standings=frozenset({Standing.COMPLETED})) == []
