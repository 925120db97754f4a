"""Runs as the supervisor of a host sees them."""

from dataclasses import replace

import pytest

from addon_portal.domain import ids
from addon_portal.domain.errors import AlreadyRunning, NotFound
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Host, Program, Run
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import RunState
from addon_portal.storage import restore_owner
from addon_portal.storage.values import Said
from tests.contract.storage.world import World, definition_of


def test_a_host_lists_its_claimed_runs_of_every_tenant_oldest_first(world: World) -> None:
    first = world.add_running()
    second = world.add_run(scope=world.other_scope)
    world.apply(world.claimed(second.id))
    world.add_run()
    world.add_final()
    with world.storage.read() as uow:
        assert uow.host_runs.list_claimed(world.host.id) == (first, world.get(second.id))
        assert uow.host_runs.count_claimed_by_tenant(world.host.id) == {world.alice.id: 1, world.charlie.id: 1}


def test_a_host_does_not_list_the_runs_of_another(world: World) -> None:
    other = Host(ids.new_host_id(world.now()), "there", None, None)
    with world.storage.write() as uow:
        uow.hosts.upsert(other)
    world.add_run()
    running = world.add_running()
    world.apply(world.lost(world.add_running().id))
    with world.storage.read() as uow:
        assert uow.host_runs.list_claimed(other.id) == ()
        assert uow.host_runs.list_pending(other.id, 9) == ()
        assert uow.host_runs.list_unknown(other.id) == ()
        assert uow.host_runs.count_claimed_by_tenant(other.id) == {}
        assert uow.host_runs.list_claimed(world.host.id) == (running,)


def test_pending_runs_come_in_the_order_they_were_asked_for(world: World) -> None:
    runs = [world.add_run(scope=scope) for scope in (world.scope, world.other_scope, world.scope)]
    with world.storage.read() as uow:
        pending = uow.host_runs.list_pending(world.host.id, 9)
        assert [each.run for each in pending] == runs
        assert [each.run.id for each in uow.host_runs.list_pending(world.host.id, 2)] == [runs[0].id, runs[1].id]


def test_tenants_without_room_do_not_hide_the_others(world: World) -> None:
    for _ in range(3):
        world.add_run()
    other = world.add_run(scope=world.other_scope)
    with world.storage.read() as uow:
        (found,) = uow.host_runs.list_startable(world.host.id, 2, excluding={world.alice.id})
        assert found.run == other
        assert uow.host_runs.list_startable(world.host.id, 2, excluding=[world.alice.id, world.charlie.id]) == ()


def test_a_launch_has_run_definition_program_tenant_and_name(world: World) -> None:
    program = Program(ids.new_program_id(world.now()), "train", ("train",), {}, {"A": "1"}, "/srv", world.now())
    definition = replace(definition_of(at=world.now()), command=None, program_id=program.id)
    with world.storage.write() as uow:
        uow.programs.insert(program)
        project = uow.projects.insert(world.other_scope, world.new_project("nightly", definition))
    run = world.add_run(project.id, scope=world.other_scope)
    with world.storage.write() as uow:
        uow.projects.add_definition(world.other_scope, project.id, definition_of("newer", at=world.now()))
    with world.storage.read() as uow:
        launch = uow.host_runs.launch_order(run.id)
        assert (launch.run, launch.definition, launch.program) == (run, project.definition, program)
        assert (launch.tenant, launch.project_name) == (world.charlie, "nightly")
        with pytest.raises(NotFound):
            uow.host_runs.launch_order(RunId("run_nothing"))


def test_what_is_to_end_and_has_not_is_listed(world: World) -> None:
    waiting, running, ended, begun = world.add_run(), *(world.add_running() for _ in range(3))
    world.apply(world.stop_requested(running.id), world.stop_requested(ended.id), world.ended(ended.id))
    world.apply(world.stop_requested(begun.id), world.stopping(begun.id))
    assert world.apply(world.stop_requested(waiting.id)) == [False]
    with world.storage.read() as uow:
        assert [run.id for run in uow.host_runs.list_stop_requested(world.host.id)] == [running.id, begun.id]


def test_many_runs_are_found_at_once(world: World) -> None:
    runs = [world.add_run(), world.add_running(), world.add_run(scope=world.other_scope)]
    with world.storage.read() as uow:
        found = uow.host_runs.find_many([*(run.id for run in runs), ids.new_run_id(world.now())])
        assert found == {run.id: uow.host_runs.find(run.id) for run in runs}
        assert uow.host_runs.find_many([]) == {}


def test_who_waits_has_a_place_among_its_own(world: World) -> None:
    first, second, _ = world.add_run(), world.add_run(), world.add_running()
    other = world.add_run(scope=world.other_scope)
    third = world.add_run()
    both = [world.scope.tenant_id, world.other_scope.tenant_id]
    with world.storage.write() as uow:
        uow.host_runs.set_waiting_for({second.id: "a free place"})
        assert uow.host_runs.waiting(world.host.id, both[:1], 2) == {
            first.id: (None, 1),
            second.id: ("a free place", 2),
        }
        found = uow.host_runs.waiting(world.host.id, both, 9)
        assert {run_id: place for run_id, (_, place) in found.items()} == {
            first.id: 1,
            second.id: 2,
            third.id: 3,
            other.id: 1,
        }
        assert uow.host_runs.waiting(world.host.id, [], 9) == {}


def test_what_a_run_waits_for_is_said_while_it_waits(world: World) -> None:
    waiting, claimed = world.add_run(), world.add_running()
    with world.storage.write() as uow:
        uow.host_runs.set_waiting_for({waiting.id: "a place of tenant \0", claimed.id: "nothing"})
        uow.host_runs.set_waiting_for({})
    assert world.get(waiting.id).waiting_for == "a place of tenant \\x00"
    assert world.get(claimed.id) == claimed
    with world.storage.write() as uow:
        uow.host_runs.set_waiting_for({waiting.id: None})
    assert world.get(waiting.id) == waiting


def test_seeing_a_program_alive_leaves_a_time_and_no_journal_row(world: World) -> None:
    running, ended = world.add_running(), world.add_final()
    with world.storage.read() as uow:
        last = uow.journal.last_seq()
    at = world.now()
    with world.storage.write() as uow:
        uow.host_runs.touch_alive([running.id, ended.id, RunId("run_nothing")], at)
        uow.host_runs.touch_alive([], at)
    assert world.get(running.id) == replace(running, last_seen_alive_at=at)
    assert world.get(ended.id) == ended
    with world.storage.read() as uow:
        assert uow.journal.last_seq() == last


def test_what_programs_say_is_stored_while_they_live_and_not_journalled(world: World) -> None:
    running, silent, ended = world.add_running(), world.add_running(), world.add_final()
    said = NotifyRecord(world.now(), 0.5, "lädt \0 \ud800")
    with world.storage.write() as uow:
        last = uow.journal.last_seq()
        uow.host_runs.set_said({running.id: said, ended.id: said})
        uow.host_runs.set_said({})
        assert uow.journal.last_seq() == last
    stored = replace(said, status="lädt \\x00 \\ud800")
    expected = replace(running, progress=0.5, status_text=stored.status, last_heartbeat_at=said.heard_at)
    assert world.get(running.id) == expected
    assert (world.get(silent.id), world.get(ended.id)) == (silent, ended)
    with world.storage.read() as uow:
        assert uow.host_runs.list_said(world.host.id) == (Said(running.id, world.alice.id, stored),)


def test_unknown_outcomes_are_listed_until_they_are_amended(world: World) -> None:
    first, second, known = world.add_running(), world.add_running(), world.add_running()
    world.apply(world.lost(first.id), world.lost(second.id), world.ended(known.id))
    with world.storage.read() as uow:
        assert [run.id for run in uow.host_runs.list_unknown(world.host.id)] == [first.id, second.id]
        assert [run.id for run in uow.host_runs.list_unknown(world.host.id, limit=1)] == [first.id]
        (after,) = uow.host_runs.list_unknown(world.host.id, after_seq=first.seq)
        assert after.id == second.id
    world.apply(world.amended(first.id))
    with world.storage.read() as uow:
        assert [run.id for run in uow.host_runs.list_unknown(world.host.id)] == [second.id]


def test_known_runs_are_told_from_others(world: World) -> None:
    run = world.add_run()
    strangers = [ids.new_run_id(world.now()) for _ in range(3000)]
    with world.storage.read() as uow:
        assert uow.host_runs.known_ids([*strangers, run.id]) == {run.id}
        assert uow.host_runs.known_ids([]) == set()


def found_run(world: World, like: Run) -> Run:
    """A run as its directory tells of it, which has no row."""
    return replace(
        like,
        id=ids.new_run_id(world.now()),
        seq=-1,
        number=-1,
        state=RunState.STARTING,
        claimed_at=world.now(),
        boot_id="boot",
        env={"A": "1"},
        restarted_by=None,
    )


def test_a_run_without_a_row_is_imported_once(world: World) -> None:
    before = world.add_final()
    found = replace(found_run(world, before), restart_of=before.id, reason=None, outcome=None)
    found = replace(found, message=None, finished_at=None, ended_at=None, exit_code=None, ending=None, tree=None)
    with world.storage.write() as uow:
        assert uow.host_runs.import_run(found)
        assert not uow.host_runs.import_run(found)
    imported = world.get(found.id)
    assert imported == replace(
        found, seq=imported.seq, number=2, root_run=before.id, restart_count=1, restart_of=before.id
    )
    with world.storage.read() as uow:
        (entry,) = uow.journal.list_for_run(world.scope, found.id)
        assert (entry.kind, entry.from_state, entry.to_state) == ("imported", None, RunState.STARTING)


def test_an_imported_run_does_not_take_the_place_of_another_in_a_chain(world: World) -> None:
    before = world.add_final()
    after = world.add_run(before.project_id, restart_of=before.id)
    world.apply(world.withdrawn(after.id))
    with world.storage.write() as uow:
        assert uow.host_runs.import_run(replace(found_run(world, after), restart_of=before.id))
    assert world.get(before.id).restarted_by == after.id


def test_a_run_is_not_imported_beside_an_active_one(world: World) -> None:
    active = world.add_running()
    with pytest.raises(AlreadyRunning) as refused, world.storage.write() as uow:
        uow.host_runs.import_run(found_run(world, active))
    assert refused.value.fields["run_id"] == active.id


def test_a_run_of_an_unknown_project_is_imported_after_its_owner_was_restored(world: World) -> None:
    unknown = world.new_project("nightly")
    world.add_project("nightly")
    found = replace(
        found_run(world, world.add_run()), project_id=unknown.id, definition_version=3, tenant_id=world.alice.id
    )
    with pytest.raises(NotFound), world.storage.write() as uow:
        uow.host_runs.import_run(found)
    definition = replace(unknown.definition, version=3)
    for _ in range(2):
        with world.storage.write() as uow:
            restore_owner(uow, found, definition, "alice and bob", "nightly")
            uow.host_runs.import_run(found)
    with world.storage.read() as uow:
        project = uow.projects.get(world.scope, unknown.id)
        assert project.name == f"nightly (recovered {unknown.id[-6:]})"
        assert project.definition == definition
        assert project.latest_run == world.get(found.id)
        assert uow.tenants.list() == (world.alice, world.charlie)


def test_a_found_run_of_a_tenant_that_is_lost_brings_the_tenant_back(world: World) -> None:
    tenant_id = ids.new_tenant_id(world.now())
    found = replace(
        found_run(world, world.add_run()),
        tenant_id=tenant_id,
        project_id=ids.new_project_id(world.now()),
        definition_version=1,
    )
    with world.storage.write() as uow:
        restore_owner(uow, found, replace(definition_of(at=world.now()), version=1), "charlie", "nightly")
        assert uow.host_runs.import_run(found)
        tenant = uow.tenants.get(tenant_id)
        assert (tenant.name, tenant.may_run_own_commands) == (f"charlie (recovered {tenant_id[-6:]})", False)
