"""Projects: versions, names, lists with the newest run, deletion."""

from dataclasses import replace

import pytest

from addon_portal.domain import ids
from addon_portal.domain.errors import ActiveRun, InvalidRequest, NameTaken, NotFound
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Definition, Program, Project, StopSettings
from addon_portal.domain.project_lists import ProjectFilter
from addon_portal.domain.terms import OnStall, Stall, StallBy, SuccessCheck, Terms
from addon_portal.storage import cursors
from addon_portal.storage.errors import ConstraintViolated
from tests.contract.storage.world import World, definition_of


def full_definition(world: World) -> Definition:
    return Definition(
        version=1,
        command=("sh", "-c", "echo 'ä'; exit 3", ""),
        program_id=None,
        parameters={"z": [1, 2.5, None, True, {"deep": "ü"}], "a": 10**15},
        env={"PATH": "/bin", "EMPTY": ""},
        working_directory="/srv/ä",
        stop=StopSettings(2, 0.25),
        created_at=world.now(),
        terms=Terms(
            0.25,
            SuccessCheck(("./verify", "ä"), "out.csv", "^ok", None, 2.5),
            stall=Stall(30.5, OnStall.RESTART, StallBy.EITHER),
        ),
    )


def test_a_project_comes_out_as_it_went_in(world: World) -> None:
    new = world.new_project("nightly", full_definition(world))
    with world.storage.write() as uow:
        inserted = uow.projects.insert(world.scope, new)
    with world.storage.read() as uow:
        found = uow.projects.get(world.scope, new.id)
        assert uow.projects.find_by_name(world.scope, "nightly") == found
    assert inserted == found
    assert found == Project(
        new.id, world.alice.id, "nightly", new.created_at, new.created_at, replace(new.definition, version=1)
    )
    assert list(found.definition.parameters) == ["z", "a"], "parameters keep their order"


def test_a_definition_may_use_a_program_instead_of_a_command(world: World) -> None:
    program = Program(ids.new_program_id(world.now()), "train", ("train",), {}, {}, None, world.now())
    definition = replace(full_definition(world), command=None, program_id=program.id)
    with world.storage.write() as uow:
        uow.programs.insert(program)
        project = uow.projects.insert(world.scope, world.new_project(definition=definition))
    assert project.definition == definition


def test_a_definition_with_neither_command_nor_program_is_refused_by_the_database(world: World) -> None:
    definition = replace(full_definition(world), command=None)
    with pytest.raises(ConstraintViolated), world.storage.write() as uow:
        uow.projects.insert(world.scope, world.new_project(definition=definition))


@pytest.mark.parametrize("name", ["x", "🧵 ̈́\u202e\u0000\ud800", "a%b_c", "x" * 500, "  ", "'); DROP TABLE runs; --"])
def test_a_name_may_be_any_text(world: World, name: str) -> None:
    project = world.add_project(name)
    with world.storage.read() as uow:
        found = uow.projects.find_by_name(world.scope, name)
        assert found is not None
        assert found.id == project.id
        page = uow.projects.list_page(world.scope, limit=2, wanted=ProjectFilter(search=name))
        assert [each.id for each in page.items] == [project.id]


def test_a_name_is_taken_only_within_its_tenant_and_while_its_project_lives(world: World) -> None:
    first = world.add_project("nightly")
    world.add_project("nightly", world.other_scope)
    with pytest.raises(NameTaken):
        world.add_project("nightly")
    world.add_project("Nightly")
    with world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, first.id, world.now())
    assert world.add_project("nightly").id != first.id


def test_a_change_makes_the_next_version_and_leaves_the_others(world: World) -> None:
    project = world.add_project()
    changed = definition_of("other", at=world.now())
    with world.storage.write() as uow:
        second = uow.projects.add_definition(world.scope, project.id, changed)
        third = uow.projects.add_definition(world.scope, project.id, changed)
        assert (second.version, third.version) == (2, 3)
        assert uow.projects.get_definition(world.scope, project.id, 1) == project.definition
        assert uow.projects.get_definition(world.scope, project.id, 2) == replace(changed, version=2)
        assert uow.projects.get(world.scope, project.id).definition == third
        assert uow.projects.get(world.scope, project.id).updated_at == changed.created_at
        with pytest.raises(NotFound):
            uow.projects.get_definition(world.scope, project.id, 4)


def test_a_project_can_be_renamed_unless_the_name_is_taken(world: World) -> None:
    project, other = world.add_project("one"), world.add_project("two")
    with world.storage.write() as uow:
        uow.projects.rename(world.scope, project.id, "THREE", world.now())
        uow.projects.rename(world.scope, project.id, "THREE", world.now())
        assert uow.projects.get(world.scope, project.id).name == "THREE"
        assert len(uow.projects.list_page(world.scope, limit=9, wanted=ProjectFilter(search="three")).items) == 1
    with pytest.raises(NameTaken), world.storage.write() as uow:
        uow.projects.rename(world.scope, project.id, other.name, world.now())
    with pytest.raises(NotFound), world.storage.write() as uow:
        uow.projects.rename(world.scope, ProjectId("prj_nothing"), "four", world.now())


def test_the_newest_run_comes_with_the_project(world: World) -> None:
    project = world.add_project()
    first = world.add_final(project.id)
    second = world.add_run(project.id, restart_of=first.id)
    with world.storage.read() as uow:
        assert uow.projects.get(world.scope, project.id).latest_run == second
        assert [each.latest_run for each in uow.projects.list_page(world.scope, limit=9).items] == [second]


def test_pages_go_from_the_newest_project_to_the_oldest(world: World) -> None:
    expected = [world.add_project().id for _ in range(7)][::-1]
    seen, cursor = [], None
    with world.storage.read() as uow:
        while True:
            page = uow.projects.list_page(world.scope, limit=3, cursor=cursor)
            seen.append([project.id for project in page.items])
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == [expected[:3], expected[3:6], expected[6:]]


def test_a_page_that_is_exactly_full_is_the_last(world: World) -> None:
    for _ in range(3):
        world.add_project()
    with world.storage.read() as uow:
        assert uow.projects.list_page(world.scope, limit=3).next_cursor is None
        assert uow.projects.list_page(world.scope, limit=2).next_cursor is not None


def test_a_search_finds_parts_of_names_in_any_case(world: World) -> None:
    for name in ("Straße 1%", "strasse 2", "other"):
        world.add_project(name)
    with world.storage.read() as uow:

        def search(part: str) -> list[str]:
            page = uow.projects.list_page(world.scope, limit=9, wanted=ProjectFilter(search=part))
            return [each.name for each in page.items]

        assert search("STRASSE") == ["strasse 2", "Straße 1%"]
        assert search("1%") == ["Straße 1%"]
        assert search("%") == ["Straße 1%"]
        assert search("_") == []
        assert search("x" * 100_000) == []
        assert len(search("")) == 3


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "a",
        "cnVuczox",
        "x" * 10_000,
        "ä",
        cursors.encode("projects", (1,)) + "=",
        cursors.encode("projects", (1, 2)),
        cursors.encode("projects", (2**63,)),
    ],
)
def test_a_malformed_cursor_is_refused_by_its_name(world: World, cursor: str) -> None:
    with world.storage.read() as uow, pytest.raises(InvalidRequest) as refused:
        uow.projects.list_page(world.scope, limit=1, cursor=cursor)
    assert [problem.field for problem in refused.value.problems] == ["cursor"]


def test_a_deleted_project_is_not_found_and_its_runs_are(world: World) -> None:
    run = world.add_final()
    with world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, run.project_id, world.now())
    with world.storage.write() as uow:
        for find in (uow.projects.get, uow.projects.lock):
            with pytest.raises(NotFound):
                find(world.scope, run.project_id)
        assert uow.projects.list_page(world.scope, limit=9).items == ()
        assert uow.runs.get(world.scope, run.id) == run
        assert uow.projects.get_definition(world.scope, run.project_id, 1).version == 1
    with pytest.raises(NotFound), world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, run.project_id, world.now())


def test_a_project_is_not_deleted_under_its_run(world: World) -> None:
    run = world.add_run()
    with pytest.raises(ActiveRun) as refused, world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, run.project_id, world.now())
    assert refused.value.fields["run_id"] == run.id


def test_a_deleted_project_takes_no_run(world: World) -> None:
    project = world.add_project()
    with world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, project.id, world.now())
    with pytest.raises(NotFound):
        world.add_run(project.id)
