"""Adding, reading and listing runs as their tenant does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from addon_portal.domain import ids
from addon_portal.domain.errors import AlreadyRestarted, AlreadyRunning, InvalidRequest, NotFound
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.storage import cursors
from addon_portal.storage.errors import ConstraintViolated
from tests.contract.storage.world import CODE_3, SIGKILLED, World


def test_a_run_comes_out_as_it_went_in(world: World) -> None:
    new = replace(
        world.new_run(world.add_project().id),
        parameters={"z": 1, "a": ["ä", "\ud800", "\0", 1.5]},
        env={"B": "\udcff", "A": ""},
        note="why\0not",
        workspace="wörk",
        waiting_for="a free place",
    )
    with world.storage.write() as uow:
        run = uow.runs.insert(world.scope, new)
    assert run == world.get(run.id)
    assert (run.state, run.number, run.restart_count, run.root_run) == (RunState.PENDING, 1, 0, None)
    assert (run.parameters, run.env, run.workspace, run.note) == (new.parameters, new.env, "wörk", "why\\x00not")
    assert list(run.parameters) == ["z", "a"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_times_are_exact_to_the_microsecond(world: World, moment: datetime) -> None:
    new = replace(world.new_run(world.add_project().id), requested_at=moment)
    with world.storage.write() as uow:
        uow.runs.insert(world.scope, new)
    assert world.get(new.id).requested_at == moment


def test_runs_of_a_project_are_numbered_from_one(world: World) -> None:
    project, other = world.add_project(), world.add_project()
    numbers = [world.add_final(each.id).number for each in (project, other, project, project)]
    assert numbers == [1, 1, 2, 3]


def test_the_newest_run_is_the_latest(world: World) -> None:
    project = world.add_project()
    with world.storage.read() as uow:
        assert uow.runs.latest(world.scope, project.id) is None
    world.add_final(project.id)
    second = world.add_run(project.id)
    with world.storage.read() as uow:
        assert uow.runs.latest(world.scope, project.id) == second


def test_restarts_form_a_chain_that_reads_both_ways(world: World) -> None:
    first = world.add_final()
    second = world.add_run(first.project_id, restart_of=first.id)
    world.apply(world.withdrawn(second.id))
    third = world.add_run(first.project_id, restart_of=second.id)
    assert (second.restart_of, second.root_run, second.restart_count) == (first.id, first.id, 1)
    assert (third.restart_of, third.root_run, third.restart_count) == (second.id, first.id, 2)
    assert world.get(first.id) == replace(first, restarted_by=second.id)
    assert world.get(second.id).restarted_by == third.id


def test_a_second_run_beside_an_active_one_is_refused_with_that_one(world: World) -> None:
    active = world.add_running()
    with pytest.raises(AlreadyRunning) as refused:
        world.add_run(active.project_id)
    assert refused.value.fields == {"run_id": active.id, "state": RunState.RUNNING}


def test_a_second_restart_is_refused_with_the_first_also_after_that_has_ended(world: World) -> None:
    first = world.add_final()
    second = world.add_run(first.project_id, restart_of=first.id)
    for _ in ("active", "ended"):
        with pytest.raises(AlreadyRestarted) as refused:
            world.add_run(first.project_id, restart_of=first.id)
        assert refused.value.fields == {"run_id": first.id, "new_run_id": second.id}
        world.apply(world.withdrawn(second.id))


def test_a_restart_while_running_is_refused(world: World) -> None:
    active = world.add_running()
    with pytest.raises(AlreadyRunning):
        world.add_run(active.project_id, restart_of=active.id)


def test_a_restart_of_another_projects_run_is_not_found(world: World) -> None:
    stranger = world.add_final()
    with pytest.raises(NotFound) as refused:
        world.add_run(world.add_project().id, restart_of=stranger.id)
    assert refused.value.fields == {"kind": "run", "id": stranger.id}


def test_a_run_of_no_project_is_not_found(world: World) -> None:
    with pytest.raises(NotFound) as refused:
        world.add_run(ProjectId("prj_nothing"))
    assert refused.value.fields["kind"] == "project"


def test_a_refused_run_leaves_nothing_behind(world: World) -> None:
    active = world.add_running()
    with world.storage.read() as uow:
        before = uow.journal.last_seq()
    with pytest.raises(AlreadyRunning):
        world.add_run(active.project_id)
    with world.storage.read() as uow:
        assert uow.journal.last_seq() == before
        assert uow.runs.list_page(world.scope, limit=9).items == (active,)


def test_an_identifier_cannot_be_used_twice(world: World) -> None:
    run = world.add_final()
    again = replace(world.new_run(world.add_project().id), id=run.id)
    with pytest.raises(ConstraintViolated), world.storage.write() as uow:
        uow.runs.insert(world.scope, again)


def test_a_run_of_a_host_that_is_not_known_is_refused_by_the_database(world: World) -> None:
    new = replace(world.new_run(world.add_project().id), host_id=ids.new_host_id(world.now()))
    with pytest.raises(ConstraintViolated), world.storage.write() as uow:
        uow.runs.insert(world.scope, new)


@pytest.mark.parametrize("run_id", ["", "run_nothing", "\0", "\ud800", "x" * 100_000, "' OR 1=1 --"])
def test_a_run_that_is_not_there_is_not_found(world: World, run_id: str) -> None:
    world.add_run()
    with world.storage.read() as uow, pytest.raises(NotFound):
        uow.runs.get(world.scope, RunId(run_id))


class History:
    """Runs in every state, of two projects."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.project = world.add_project()
        self.completed = world.add_final(self.project.id)
        self.failed = world.add_final(self.project.id, CODE_3)
        self.killed = world.add_final(self.project.id, SIGKILLED)
        self.cancelled = world.add_run(self.project.id)
        world.apply(world.withdrawn(self.cancelled.id))
        self.running = world.add_running(self.project.id)
        self.pending = world.add_run()
        world.add_run(scope=world.other_scope)

    @property
    def all(self) -> list[Run]:
        """Alice's runs, newest first."""
        return [self.pending, self.running, self.cancelled, self.killed, self.failed, self.completed]


@pytest.fixture
def history(world: World) -> History:
    return History(world)


def ids_of(runs: tuple[Run, ...] | list[Run]) -> list[RunId]:
    return [run.id for run in runs]


def test_a_list_holds_the_tenants_runs_newest_first(world: World, history: History) -> None:
    with world.storage.read() as uow:
        page = uow.runs.list_page(world.scope, limit=100)
    assert ids_of(page.items) == ids_of(history.all)
    assert page.next_cursor is None
    assert page.items == tuple(world.get(run.id) for run in history.all)


FILTERS: dict[str, Callable[[History], dict[str, object]]] = {
    "everything": lambda _: {},
    "a project": lambda h: {"project_id": h.project.id},
    "a project and a state": lambda h: {"project_id": h.project.id, "states": [RunState.FAILED]},
    "since": lambda h: {"since": h.failed.requested_at},
    "until": lambda h: {"until": h.pending.requested_at},
    "between, and states": lambda h: {
        "since": h.completed.requested_at,
        "until": h.pending.requested_at,
        "states": [RunState.FAILED, RunState.RUNNING],
    },
    "ended since": lambda h: {"finished_since": h.failed.finished_at},
    "ended between, and states": lambda h: {
        "finished_since": h.completed.finished_at,
        "finished_until": h.cancelled.finished_at,
        "states": [RunState.FAILED, RunState.COMPLETED, RunState.RUNNING],
    },
    "states": lambda _: {"states": [RunState.FAILED, RunState.PENDING, RunState.COMPLETED]},
    "reasons": lambda _: {"reasons": list(Reason)},
    "reasons and states": lambda _: {"reasons": list(Reason), "states": [RunState.FAILED]},
}


@pytest.mark.parametrize("name", FILTERS)
def test_pages_of_any_size_give_the_whole_list(world: World, history: History, name: str) -> None:
    filters: Any = FILTERS[name](history)
    with world.storage.read() as uow:
        whole = ids_of(uow.runs.list_page(world.scope, limit=100, **filters).items)
        assert whole == [run.id for run in history.all if run.id in whole]
        assert len(whole) >= 2
        for limit in range(1, 8):
            seen: list[RunId] = []
            cursor = None
            while True:
                page = uow.runs.list_page(world.scope, limit=limit, cursor=cursor, **filters)
                assert len(page.items) <= limit
                seen += ids_of(page.items)
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert seen == whole


def test_runs_of_the_same_moment_are_not_lost_between_pages(world: World) -> None:
    moment = datetime(1969, 7, 20, 20, 17, tzinfo=UTC)
    for _ in range(4):
        new = replace(world.new_run(world.add_project().id), requested_at=moment)
        with world.storage.write() as uow:
            uow.runs.insert(world.scope, new)
    with world.storage.read() as uow:
        first = uow.runs.list_page(world.scope, limit=2, since=moment)
        second = uow.runs.list_page(world.scope, limit=2, since=moment, cursor=first.next_cursor)
    assert [run.seq for run in first.items + second.items] == [4, 3, 2, 1]
    assert second.next_cursor is None


def test_a_page_is_not_moved_by_runs_that_are_added_meanwhile(world: World, history: History) -> None:
    with world.storage.read() as uow:
        first = uow.runs.list_page(world.scope, limit=2)
    world.add_run()
    with world.storage.read() as uow:
        second = uow.runs.list_page(world.scope, limit=2, cursor=first.next_cursor)
    assert ids_of(first.items) + ids_of(second.items) == ids_of(history.all[:4])


def test_lists_can_be_filtered(world: World, history: History) -> None:
    h = history
    with world.storage.read() as uow:

        def listed(**filters: object) -> list[RunId]:
            return ids_of(uow.runs.list_page(world.scope, limit=100, **filters).items)  # type: ignore[arg-type]

        assert listed(project_id=h.pending.project_id) == [h.pending.id]
        assert listed(states=[RunState.FAILED]) == [h.killed.id, h.failed.id]
        assert listed(states={RunState.PENDING, RunState.COMPLETED}) == [h.pending.id, h.completed.id]
        assert listed(reasons=[Reason.SIGNAL]) == [h.killed.id]
        assert listed(reasons=[Reason.EXIT_CODE, Reason.WITHDRAWN]) == [h.cancelled.id, h.failed.id]
        assert listed(states=[RunState.COMPLETED], reasons=[Reason.SIGNAL]) == []
        assert listed(reasons=[Reason.EXIT_CODE], states=[RunState.FAILED, RunState.CANCELLED]) == [h.failed.id]
        assert listed(since=h.running.requested_at) == [h.pending.id, h.running.id]
        assert listed(until=h.failed.requested_at) == [h.completed.id]
        assert listed(since=h.failed.requested_at, until=h.running.requested_at, project_id=h.project.id) == [
            h.cancelled.id,
            h.killed.id,
            h.failed.id,
        ]
        assert listed(since=h.pending.requested_at + timedelta(days=1)) == []


def test_what_ended_in_a_time_is_listed_by_its_end(world: World) -> None:
    slow, quick = world.add_running(), world.add_final()
    world.apply(world.lost(slow.id))
    slow = world.get(slow.id)
    assert quick.finished_at is not None
    assert slow.finished_at is not None
    assert quick.finished_at < slow.finished_at
    with world.storage.read() as uow:

        def listed(**filters: object) -> list[RunId]:
            return ids_of(uow.runs.list_page(world.scope, limit=100, **filters).items)  # type: ignore[arg-type]

        assert listed(finished_since=quick.finished_at) == [slow.id, quick.id]
        assert listed(finished_since=quick.finished_at, finished_until=slow.finished_at) == [quick.id]
        assert listed(finished_since=quick.finished_at, states=[RunState.FAILED]) == [slow.id]
        assert listed(finished_until=quick.finished_at) == []
        assert listed(finished_since=quick.finished_at, project_id=slow.project_id) == [slow.id]


def test_several_runs_are_read_with_what_they_were_made_from_within_their_tenant(world: World) -> None:
    mine, others = world.add_run(), world.add_run(scope=world.other_scope)
    with world.storage.read() as uow:
        assert [facts.run for facts in uow.runs.list_launches(world.scope, [mine.id, others.id])] == [mine]
        assert uow.runs.list_launches(world.scope, [mine.id]) == [uow.runs.get_launch(world.scope, mine.id)]
        assert uow.runs.list_launches(world.scope, []) == []


def test_filters_and_cursors_go_together(world: World, history: History) -> None:
    with world.storage.read() as uow:
        first = uow.runs.list_page(world.scope, limit=1, states=[RunState.FAILED])
        second = uow.runs.list_page(world.scope, limit=1, states=[RunState.FAILED], cursor=first.next_cursor)
    assert ids_of(first.items + second.items) == [history.killed.id, history.failed.id]
    assert second.next_cursor is None


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    with world.storage.read() as uow, pytest.raises(InvalidRequest):
        uow.runs.list_page(world.scope, limit=1, cursor=cursors.encode("projects", (1,)))
