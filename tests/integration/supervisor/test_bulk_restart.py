"""Restarts of many projects: each at most once, with the reasons for the others, over deaths and aborts."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from addon_portal.domain import endings, transitions
from addon_portal.domain.bulk_restarts import BulkChoices, BulkFilter, BulkItem, BulkRestart, BulkState, ItemState
from addon_portal.domain.ids import ProjectId, RunId, new_bulk_restart_id, new_run_id
from addon_portal.domain.models import RestartCause, Run, TenantScope
from addon_portal.domain.restarts import repeat
from addon_portal.domain.states import FINAL, RunState
from addon_portal.domain.verdict import Tree
from addon_portal.storage import Storage, apply
from addon_portal.storage.bulk_restarts import BulkRestarts
from addon_portal.storage.scheduled_restarts import new_run_of
from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost

CODE_3 = 3 << 8
MANY = 45
"""More than two turns of the loop take."""


def ask(host: Desk | SupervisedHost, wanted: BulkFilter | None = None, **choices: Any) -> BulkRestart:
    """Ask for one, as the API does; by default of all projects."""
    now = host.clock.now()
    with host.storage.write() as uow:
        repository = BulkRestarts(uow)
        found = repository.list_candidates(
            host.scope, wanted or BulkFilter(), latest_definition=choices.get("latest_definition", False)
        )
        bulk = BulkRestart(
            id=new_bulk_restart_id(now),
            tenant_id=host.scope.tenant_id,
            host_id=host.host_id,
            filter={},
            choices=BulkChoices(FINAL, **choices),
            requested_at=now,
            requested_by="key:ada",
            total=len(found),
            finished_at=None if found else now,
        )
        assert repository.insert(host.scope, bulk, found, None)
    return bulk


def get(storage: Storage, scope: TenantScope, bulk: BulkRestart) -> BulkRestart:
    with storage.read() as uow:
        return BulkRestarts(uow).get(scope, bulk.id)


def items_of(storage: Storage, scope: TenantScope, bulk: BulkRestart) -> tuple[BulkItem, ...]:
    with storage.read() as uow:
        return BulkRestarts(uow).list_items(scope, bulk.id, limit=200).items


def add_failed(desk: Desk, count: int) -> list[Run]:
    """Failed runs of as many projects."""
    run_ids = [desk.request() for _ in range(count)]
    desk.settle()
    for run_id in run_ids:
        desk.host.finish(run_id, CODE_3)
    desk.settle()
    return [desk.get(run_id) for run_id in run_ids]


def carry_out(desk: Desk, bulk: BulkRestart) -> BulkRestart:
    """Let the supervisor find it with its sweep, and work until it is finished."""
    desk.turn()
    for _ in range(MANY):
        desk.turn(0.001)
    stored = get(desk.storage, desk.scope, bulk)
    assert stored.finished_at is not None
    desk.settle()
    return stored


def followers(desk: Desk, runs: Collection[Run]) -> list[RunId | None]:
    return [desk.get(run.id).restarted_by for run in runs]


def test_every_matching_project_is_restarted_once(desk: Desk) -> None:
    runs = add_failed(desk, MANY)
    bulk = ask(desk, note="after the disk was changed")
    done = carry_out(desk, bulk)
    assert (done.state, done.started, done.total) == (BulkState.FINISHED, MANY, MANY)
    made = [desk.get(run_id) for run_id in followers(desk, runs) if run_id is not None]
    assert len({run.id for run in made}) == MANY
    assert {run.state for run in made} == {RunState.RUNNING}
    assert {(run.requested_by, run.note) for run in made} == {("key:ada", "after the disk was changed")}
    assert [run.workspace for run in made] == [run.workspace for run in runs]
    assert {desk.journal(run.id)[0].cause for run in made} == {f"bulk restart {bulk.id}"}
    assert [item.new_run_id for item in items_of(desk.storage, desk.scope, bulk)] == followers(desk, runs)


def test_some_have_their_turn_between_two_looks_at_everything_else(desk: Desk) -> None:
    runs = add_failed(desk, MANY)
    bulk = ask(desk)
    desk.turn()
    desk.turn(0.001)
    assert 0 < get(desk.storage, desk.scope, bulk).done < MANY
    carry_out(desk, bulk)
    assert None not in followers(desk, runs)


def test_a_killed_supervisor_is_followed_by_one_that_goes_on_where_it_was(desk: Desk) -> None:
    runs = add_failed(desk, MANY)
    bulk = ask(desk)
    desk.turn()
    desk.turn(0.001)
    done = get(desk.storage, desk.scope, bulk).done
    desk.restart_supervisor()
    assert carry_out(desk, bulk).started == MANY > done
    assert desk.host.starts == [run.id for run in runs] + followers(desk, runs)


def test_what_somebody_restarted_or_runs_or_deleted_meanwhile_is_skipped(desk: Desk) -> None:
    restarted, running, deleted = add_failed(desk, 3)
    bulk = ask(desk)
    now = desk.clock.now()
    with desk.storage.write() as uow:
        again = repeat(restarted, new_run_id(now), RestartCause.REQUEST, "x", now, "key:bob")
        uow.runs.insert(desk.scope, new_run_of(again, now))
        uow.projects.soft_delete(desk.scope, deleted.project_id, now)
    desk.request(running.project_id)
    done = carry_out(desk, bulk)
    assert (done.started, done.skipped) == (0, 3)
    codes = [item.code for item in items_of(desk.storage, desk.scope, bulk)]
    assert codes == ["already_restarted", "already_restarted", "not_found"]


def test_the_rules_of_a_single_restart_hold_for_each(desk: Desk) -> None:
    active = desk.running()
    lost = _lost(desk)
    bulk = ask(desk)
    carry_out(desk, bulk)
    codes = {item.run_id: item.code for item in items_of(desk.storage, desk.scope, bulk)}
    assert codes == {active: "not_restartable", lost: "confirmation_required"}
    assert carry_out(desk, ask(desk, confirmed=True)).started == 1


def _lost(desk: Desk) -> RunId:
    """A run of which nobody knows how it ended, nor whether all of it is gone."""
    run_id = desk.request()
    now = desk.clock.now()
    with desk.storage.write() as uow:
        for move in (
            transitions.claimed(run_id, now, "supervisor", "boot"),
            transitions.started(run_id, now, "supervisor", supervised=True),
            transitions.ended(run_id, endings.unknown(None, now, "x"), Tree.ASSUMED_EMPTY, now, "supervisor"),
        ):
            assert apply(uow, move)
    return run_id


def test_a_tenant_that_lost_the_right_to_own_commands_gets_no_run(desk: Desk) -> None:
    (run,) = add_failed(desk, 1)
    bulk = ask(desk)
    with desk.storage.write() as uow:
        uow.tenants.update_limits(desk.scope.tenant_id, max_concurrent_runs=None, may_run_own_commands=False)
    carry_out(desk, bulk)
    assert [item.code for item in items_of(desk.storage, desk.scope, bulk)] == ["own_command_forbidden"]
    assert followers(desk, [run]) == [None]


def test_a_restart_that_was_to_come_is_called_off(desk: Desk) -> None:
    (run,) = add_failed(desk, 1)
    now = desk.clock.now()
    with desk.storage.write() as uow:
        later = repeat(run, new_run_id(now), RestartCause.POLICY, "exit_code", now, "restart policy")
        assert uow.scheduled_restarts.schedule(replace(later, due_at=now, delay_seconds=3600, boot_id=None))
    carry_out(desk, ask(desk))
    assert desk.kinds(run.id)[-1] == "restart_called_off"
    assert [item for item in followers(desk, [run]) if item not in {None, later.run_id}]


def test_a_clean_workspace_and_the_latest_definition_are_what_is_asked_for(desk: Desk) -> None:
    (run,) = add_failed(desk, 1)
    with desk.storage.write() as uow:
        newest = replace(uow.projects.get(desk.scope, run.project_id).definition, parameters={"day": 8})
        uow.projects.add_definition(desk.scope, run.project_id, newest)
    carry_out(desk, ask(desk, clean_workspace=True, latest_definition=True))
    (follower,) = followers(desk, [run])
    assert follower is not None
    made = desk.get(follower)
    assert (made.definition_version, made.parameters) == (2, {"day": 8})
    assert made.workspace == f"{run.project_id}/{made.id}"


def test_after_an_abort_nothing_more_is_started_and_what_was_started_goes_on(desk: Desk) -> None:
    runs = add_failed(desk, MANY)
    bulk = ask(desk)
    desk.turn()
    desk.turn(0.001)
    with desk.storage.write() as uow:
        assert BulkRestarts(uow).abort(desk.scope, bulk.id, desk.clock.now(), "key:ada")
    for _ in range(5):
        desk.turn()
    aborted = get(desk.storage, desk.scope, bulk)
    made = [run_id for run_id in followers(desk, runs) if run_id is not None]
    assert (aborted.state, aborted.started) == (BulkState.ABORTED, len(made))
    assert 0 < len(made) < MANY
    assert {desk.get(run_id).state for run_id in made} == {RunState.RUNNING}


def test_two_over_the_same_projects_make_one_run_each(desk: Desk) -> None:
    runs = add_failed(desk, 5)
    bulks = [ask(desk), ask(desk)]
    done = [carry_out(desk, bulk) for bulk in bulks]
    assert [each.started for each in done] == [5, 0]
    assert len(desk.host.starts) == 2 * len(runs)


def test_what_is_wrong_with_one_project_is_said_and_keeps_no_other_from_its_turn(desk: Desk) -> None:
    broken, fine = add_failed(desk, 2)
    with desk.storage.write() as uow:
        uow.connection.change("UPDATE runs SET parameters = '{' WHERE id = :id", {"id": broken.id})
    bulk = ask(desk)
    desk.turn()
    desk.turn(0.001)
    stored = get(desk.storage, desk.scope, bulk)
    assert (stored.failed, stored.started, stored.state) == (1, 1, BulkState.FINISHED)
    (first, _) = items_of(desk.storage, desk.scope, bulk)
    assert (first.state, first.code) == (ItemState.FAILED, "internal_error")
    assert followers(desk, [fine]) != [None]


def test_during_a_drain_the_runs_are_made_and_wait(desk: Desk) -> None:
    (run,) = add_failed(desk, 1)
    with desk.storage.write() as uow:
        uow.hosts.drain(desk.host_id, desk.clock.now(), "key:ops")
    assert carry_out(desk, ask(desk)).started == 1
    (follower,) = followers(desk, [run])
    assert follower is not None
    assert desk.get(follower).state is RunState.PENDING


@pytest.mark.slow
def test_real_programs_are_started_once_over_a_supervisor_that_is_killed_in_the_middle(
    host_on_either: SupervisedHost,
) -> None:
    host = host_on_either
    runs = [host.run("sh", "-c", "exit 3") for _ in range(6)]
    for run_id in runs:
        host.final(run_id)
    host.supervisor.kill()
    bulk = ask(host)
    for point in ("supervisor.bulk_turn", "supervisor.bulk_turn_taken"):
        host.spawn_supervisor(faultpoints={point: "kill"}).wait()
    host.start_supervisor()
    host.wait_for(lambda: get(host.storage, host.scope, bulk).finished_at, "the bulk restart to be finished")
    assert get(host.storage, host.scope, bulk).started == len(runs)
    made = [host.get(run_id).restarted_by for run_id in runs]
    assert [item.new_run_id for item in items_of(host.storage, host.scope, bulk)] == made
    for follower in made:
        assert follower is not None
        host.runs.append(follower)
        assert host.final(follower).restart_count == 1
    assert _count_runs(host, [host.get(run_id).project_id for run_id in runs]) == 2 * len(runs)


def _count_runs(host: SupervisedHost, projects: Collection[ProjectId]) -> int:
    with host.storage.read() as uow:
        return sum(len(uow.runs.list_page(host.scope, limit=9, project_id=each).items) for each in projects)
