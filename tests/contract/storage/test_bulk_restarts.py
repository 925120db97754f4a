"""Restarts of many projects: which match, that each has its turn once, and that an abort is the end of turns."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from addon_portal.domain.bulk_restarts import (
    BulkChoices,
    BulkFilter,
    BulkItem,
    BulkRestart,
    BulkState,
    Candidate,
    ItemState,
)
from addon_portal.domain.errors import InvalidRequest, NotFound
from addon_portal.domain.ids import new_bulk_restart_id
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, Outcome, RunState
from addon_portal.storage.bulk_restart_work import BulkRestartWork
from addon_portal.storage.bulk_restarts import BulkRestarts, RequestKey
from tests.contract.storage.world import CODE_3, SIGKILLED, World

CHOICES = BulkChoices(FINAL, latest_definition=True, confirmed=True, note="again")
KEY = RequestKey("key_1", b"request", b"body")


def matching(world: World, wanted: BulkFilter) -> list[str]:
    """The newest runs that a filter finds."""
    return [each.run_id for each in candidates(world, wanted)]


def candidates(world: World, wanted: BulkFilter) -> tuple[Candidate, ...]:
    with world.storage.read() as uow:
        return BulkRestarts(uow).list_candidates(world.scope, wanted, latest_definition=False)


def new_bulk(world: World, total: int = 0) -> BulkRestart:
    """One that is not stored."""
    now = world.now()
    return BulkRestart(
        id=new_bulk_restart_id(now),
        tenant_id=world.alice.id,
        host_id=world.host.id,
        filter={"state": ["failed"]},
        choices=CHOICES,
        requested_at=now,
        requested_by="key:ci",
        total=total,
        finished_at=None if total else now,
    )


def add_bulk(world: World, count: int = 3, key: RequestKey | None = None) -> BulkRestart:
    """A stored one over so many failed runs."""
    for _ in range(count):
        world.add_final(exit=CODE_3)
    found = candidates(world, BulkFilter(frozenset({RunState.FAILED})))
    bulk = new_bulk(world, len(found))
    with world.storage.write() as uow:
        assert BulkRestarts(uow).insert(world.scope, bulk, found, key)
    return bulk


def take(world: World, bulk: BulkRestart, item: BulkItem, state: ItemState, **outcome: str) -> bool:
    """Give an item its turn, with this outcome."""
    with world.storage.write() as uow:
        work = BulkRestartWork(uow)
        if not work.take_turn(bulk, item):
            return False
        work.record(bulk, replace(item, state=state, **outcome), world.now())  # type: ignore[arg-type]
        return True


def next_items(world: World, bulk: BulkRestart, limit: int = 10) -> tuple[BulkItem, ...]:
    with world.storage.read() as uow:
        return BulkRestartWork(uow).list_next(bulk, limit)


def get(world: World, bulk: BulkRestart) -> BulkRestart:
    with world.storage.read() as uow:
        return BulkRestarts(uow).get(world.scope, bulk.id)


def find_open(world: World) -> BulkRestart | None:
    with world.storage.read() as uow:
        return BulkRestartWork(uow).find_open(world.host.id)


def test_only_the_newest_runs_of_projects_match(world: World) -> None:
    old = world.add_final(exit=CODE_3)
    newest = world.add_final(old.project_id, exit=SIGKILLED)
    world.add_project()
    completed = world.add_final()
    running = world.add_running()
    assert matching(world, BulkFilter()) == [newest.id, completed.id, running.id]
    assert matching(world, BulkFilter(states=frozenset({RunState.FAILED}))) == [newest.id]
    assert matching(world, BulkFilter(reasons=frozenset({Reason.EXIT_CODE}))) == []
    assert matching(world, BulkFilter(reasons=frozenset({Reason.EXIT_CODE, Reason.SIGNAL}))) == [newest.id]
    assert matching(world, BulkFilter(outcomes=frozenset({Outcome.SUCCESS}))) == [completed.id]


def test_projects_match_by_name_and_identifier_and_all_conditions_hold(world: World) -> None:
    runs = [world.add_final(world.add_project(name).id) for name in ("Straße 100%", "STRASSE_2", "other")]
    assert matching(world, BulkFilter(search="strasse")) == [runs[0].id, runs[1].id]
    assert matching(world, BulkFilter(search="%")) == [runs[0].id]
    wanted = BulkFilter(projects=frozenset({runs[1].project_id, runs[2].project_id}))
    assert matching(world, wanted) == [runs[1].id, runs[2].id]
    assert matching(world, replace(wanted, search="strasse")) == [runs[1].id]


def test_times_are_those_of_the_requests(world: World) -> None:
    first, second = world.add_final(), world.add_final()
    assert matching(world, BulkFilter(since=second.requested_at)) == [second.id]
    assert matching(world, BulkFilter(until=second.requested_at)) == [first.id]


def test_what_is_deleted_does_not_match(world: World) -> None:
    run = world.add_final()
    with world.storage.write() as uow:
        uow.projects.soft_delete(world.scope, run.project_id, world.now())
    assert matching(world, BulkFilter()) == []


def test_a_candidate_says_what_decides_about_it(world: World) -> None:
    run = world.add_running()
    world.apply(world.lost(run.id))
    (found,) = candidates(world, BulkFilter())
    assert (found.run_id, found.project_id, found.state) == (run.id, run.project_id, RunState.FAILED)
    assert (found.outcome, found.reason, found.tree) == (Outcome.UNKNOWN, Reason.OUTCOME_UNKNOWN, "assumed")
    assert (found.has_own_command, found.has_own_directory) == (True, False)


def test_what_was_stored_is_read_back(world: World) -> None:
    bulk = add_bulk(world)
    assert get(world, bulk) == bulk
    assert (bulk.state, find_open(world)) == (BulkState.WORKING, bulk)
    items = next_items(world, bulk)
    assert [(each.position, each.state) for each in items] == [(at, ItemState.WAITING) for at in (1, 2, 3)]
    assert next_items(world, bulk, 2) == items[:2]


def test_one_without_projects_is_finished(world: World) -> None:
    bulk = add_bulk(world, 0)
    assert (get(world, bulk).state, find_open(world)) == (BulkState.FINISHED, None)


def test_each_has_its_turn_once_and_in_its_order(world: World) -> None:
    bulk = add_bulk(world)
    first, second, third = next_items(world, bulk)
    assert not take(world, bulk, second, ItemState.SKIPPED, code="not_found", why="too early")
    assert take(world, bulk, first, ItemState.STARTED, new_run_id="run_new")
    assert not take(world, bulk, first, ItemState.STARTED, new_run_id="run_other")
    assert next_items(world, get(world, bulk)) == (second, third)
    assert take(world, bulk, second, ItemState.SKIPPED, code="not_restartable", why="it runs")
    assert take(world, bulk, third, ItemState.FAILED, code="internal_error", why="it is broken")
    done = get(world, bulk)
    assert (done.done, done.started, done.skipped, done.failed) == (3, 1, 1, 1)
    assert (done.state, find_open(world)) == (BulkState.FINISHED, None)
    with world.storage.read() as uow:
        items = BulkRestarts(uow).list_items(world.scope, bulk.id, limit=9).items
        assert BulkRestarts(uow).count_reasons(world.scope, bulk.id) == {
            ItemState.SKIPPED: {"not_restartable": 1},
            ItemState.FAILED: {"internal_error": 1},
        }
    assert [each.new_run_id for each in items] == ["run_new", None, None]
    assert [each.why for each in items] == [None, "it runs", "it is broken"]


def test_of_two_who_take_the_same_turn_one_wins(world: World) -> None:
    bulk = add_bulk(world, 1)
    (item,) = next_items(world, bulk)
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda _: take(world, bulk, item, ItemState.SKIPPED, code="x", why="y"), range(2)))
    assert sorted(taken) == [False, True]
    assert get(world, bulk).skipped == 1


def test_after_an_abort_nobody_has_a_turn(world: World) -> None:
    bulk = add_bulk(world)
    first, second, _ = next_items(world, bulk)
    take(world, bulk, first, ItemState.STARTED, new_run_id="run_new")
    with world.storage.write() as uow:
        assert BulkRestarts(uow).abort(world.scope, bulk.id, world.now(), "key:ops")
        assert not BulkRestarts(uow).abort(world.scope, bulk.id, world.now(), "key:other")
    assert not take(world, bulk, second, ItemState.STARTED, new_run_id="run_other")
    aborted = get(world, bulk)
    assert (aborted.state, aborted.aborted_by, aborted.done) == (BulkState.ABORTED, "key:ops", 1)
    assert find_open(world) is None


def test_the_sweep_of_a_host_is_told_that_there_is_one(world: World) -> None:
    def observe() -> bool:
        with world.storage.write() as uow:
            return uow.hosts.record_observed(world.host.id, world.now(), "boot", 1).bulk_restart

    assert not observe()
    bulk = add_bulk(world, 1)
    assert observe()
    (item,) = next_items(world, bulk)
    take(world, bulk, item, ItemState.SKIPPED, code="x", why="y")
    assert not observe()


def test_a_request_with_a_key_is_stored_once_and_found_until_it_is_forgotten(world: World) -> None:
    bulk = add_bulk(world, 1, KEY)
    day = timedelta(hours=24)
    with world.storage.write() as uow:
        repository = BulkRestarts(uow)
        assert not repository.insert(world.scope, new_bulk(world), (), KEY)
        assert repository.find_request(world.scope, KEY, world.now() - day) == (bulk, b"body")
        assert repository.find_request(world.scope, replace(KEY, key_id="key_2"), world.now() - day) is None
        assert repository.find_request(world.scope, KEY, world.now() + day) is None
        assert repository.insert(world.scope, new_bulk(world), (), KEY)


def test_they_are_listed_newest_first_page_by_page(world: World) -> None:
    made = [add_bulk(world, 0) for _ in range(3)]
    with world.storage.read() as uow:
        repository = BulkRestarts(uow)
        first = repository.list_page(world.scope, limit=2)
        rest = repository.list_page(world.scope, limit=2, cursor=first.next_cursor)
        with pytest.raises(InvalidRequest):
            repository.list_page(world.scope, limit=2, cursor="x")
    assert [*first.items, *rest.items] == made[::-1]
    assert rest.next_cursor is None


def test_its_projects_are_listed_page_by_page_and_by_state(world: World) -> None:
    bulk = add_bulk(world)
    take(world, bulk, next_items(world, bulk)[0], ItemState.SKIPPED, code="x", why="y")
    with world.storage.read() as uow:
        repository = BulkRestarts(uow)
        first = repository.list_items(world.scope, bulk.id, limit=2)
        rest = repository.list_items(world.scope, bulk.id, limit=2, cursor=first.next_cursor)
        skipped = repository.list_items(world.scope, bulk.id, states=[ItemState.SKIPPED], limit=2)
    assert [each.position for each in (*first.items, *rest.items)] == [1, 2, 3]
    assert [each.position for each in skipped.items] == [1]


def test_what_was_finished_long_ago_is_forgotten_with_its_projects(world: World) -> None:
    finished, unfinished = add_bulk(world, 1), add_bulk(world, 1)
    take(world, finished, next_items(world, finished)[0], ItemState.SKIPPED, code="x", why="y")
    with world.storage.write() as uow:
        BulkRestarts(uow).forget(world.scope, world.now())
        with pytest.raises(NotFound):
            BulkRestarts(uow).get(world.scope, finished.id)
        rows = uow.connection.all("SELECT DISTINCT bulk_restart_id FROM bulk_restart_items")
    assert rows == [(unfinished.id,)]


def test_a_second_run_of_a_project_is_what_matches_then(world: World) -> None:
    run = world.add_final(exit=CODE_3)
    again: Run = world.add_run(run.project_id, restart_of=run.id)
    assert matching(world, BulkFilter()) == [again.id]
