"""A restart that stops the active run first: made in the transaction that ends the old run, and never beside it."""

import pytest

from addon_portal.domain import transitions
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.storage import apply
from tests.integration.supervisor.desk import Desk, replace_run
from tests.support.host import SupervisedHost

HEEDFUL = ("sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done")


def follower_of(desk: Desk, run_id: RunId) -> Run:
    """The run that follows another."""
    followed_by = desk.get(run_id).restarted_by
    assert followed_by is not None
    return desk.get(followed_by)


def test_the_old_run_is_replaced_and_the_new_one_started(desk: Desk) -> None:
    run_id = desk.running()
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now())
    desk.settle()
    old, new = desk.get(run_id), follower_of(desk, run_id)
    assert (old.state, old.reason, old.restarted_by) == (RunState.CANCELLED, Reason.REPLACED, new_run_id)
    assert old.message == "The run was stopped by the key ada to be replaced by a restart. It ended by SIGTERM."
    assert (new.id, new.state, new.requested_by, new.restart_count) == (new_run_id, RunState.RUNNING, "key:ada", 1)
    assert (new.parameters, new.workspace, new.definition_version) == (old.parameters, old.workspace, 1)
    assert desk.host.starts == [run_id, new_run_id]
    assert desk.journal(new_run_id)[0].cause == "restart by request"


def test_the_new_run_is_there_in_the_moment_the_old_one_is_final(desk: Desk) -> None:
    run_id = desk.running()
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now())
    desk.settle()
    (ended,) = [entry for entry in desk.journal(run_id) if entry.kind == "ended"]
    requested = desk.journal(new_run_id)[0]
    assert requested.seq == ended.seq + 1
    assert requested.recorded_at == ended.recorded_at


@pytest.mark.parametrize("status", [0, 3 << 8])
def test_a_program_that_ended_by_itself_keeps_its_ending_and_is_followed(desk: Desk, status: int) -> None:
    run_id = desk.running()
    desk.host.finish(run_id, status)
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now())
    desk.settle()
    old = desk.get(run_id)
    assert (old.exit_code, old.reason) == (status >> 8, Reason.EXIT_CODE if status else Reason.SUCCEEDED)
    assert old.restarted_by == new_run_id
    assert desk.get(new_run_id).state is RunState.RUNNING


def test_a_stop_that_was_asked_for_before_stays_its_reason(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.trees_linger = True
    desk.request_stop(run_id)
    desk.settle()
    assert desk.get(run_id).state is RunState.STOPPING
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now())
    desk.host.trees_linger = False
    desk.host.thaw_shim(run_id)
    desk.settle()
    assert (desk.get(run_id).reason, desk.get(run_id).restarted_by) == (Reason.STOPPED_BY_PERSON, new_run_id)


def test_a_run_that_nobody_has_begun_to_start_is_followed_too(desk: Desk) -> None:
    desk.host.freeze_keeper()
    run_id = desk.request()
    desk.settle()
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now())
    desk.settle()
    desk.host.thaw_keeper()
    desk.settle()
    assert (desk.get(run_id).reason, desk.get(run_id).started_at) == (Reason.REPLACED, None)
    assert desk.host.starts == [new_run_id]


def test_leftovers_that_may_be_alive_call_it_off(desk: Desk) -> None:
    run_id = desk.unsupervised()
    replace_run(desk.storage, run_id, desk.clock.now())
    for _ in range(4):
        desk.turn()
    old = desk.get(run_id)
    assert (old.is_active, old.tree, old.restarted_by) == (False, "assumed", None)
    called_off = desk.journal(run_id)[-1]
    assert (called_off.kind, called_off.actor) == ("restart_called_off", "supervisor:here")
    assert "not proven" in str(called_off.detail["why"])


def test_leftovers_that_are_known_do_not(desk: Desk) -> None:
    run_id = desk.unsupervised()
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now(), confirmed=True)
    for _ in range(4):
        desk.turn()
    assert (desk.get(run_id).tree, desk.get(run_id).restarted_by) == ("assumed", new_run_id)


def test_a_tenant_that_may_no_longer_run_its_own_command_does_not(desk: Desk) -> None:
    run_id = desk.running()
    replace_run(desk.storage, run_id, desk.clock.now())
    with desk.storage.write() as uow:
        uow.tenants.update_limits(desk.scope.tenant_id, max_concurrent_runs=None, may_run_own_commands=False)
    desk.settle()
    assert (desk.get(run_id).reason, desk.get(run_id).restarted_by) == (Reason.REPLACED, None)
    assert desk.kinds(run_id)[-1] == "restart_called_off"


def test_it_survives_every_supervisor_that_dies_on_the_way(desk: Desk) -> None:
    desk.host.freeze_keeper()
    run_id = desk.request()
    desk.settle()
    desk.host.thaw_keeper()
    desk.settle()
    desk.host.freeze_shim(run_id)
    new_run_id = replace_run(desk.storage, run_id, desk.clock.now())
    for _ in range(3):
        desk.restart_supervisor()
        desk.turn()
    desk.settle()
    assert (desk.get(run_id).reason, desk.get(run_id).restarted_by) == (Reason.REPLACED, new_run_id)
    assert desk.host.starts == [run_id, new_run_id]


@pytest.mark.slow
def test_real_processes_never_run_side_by_side(host_on_either: SupervisedHost) -> None:
    host = host_on_either
    run_id = host.running(*HEEDFUL)
    host.wait_for(lambda: host.output(run_id) == b"ready\n", "the program to be ready")
    new_run_id = replace_run(host.storage, run_id, host.clock.now())
    host.runs.append(new_run_id)
    host.supervisor.kill()
    host.start_supervisor()
    old = host.final(run_id)
    new = host.reach(new_run_id, RunState.RUNNING)
    assert (old.reason, old.restarted_by, new.restart_of) == (Reason.REPLACED, new_run_id, run_id)
    assert old.tree == "proven"
    assert old.ended_at is not None
    assert new.started_at is not None
    assert old.ended_at <= new.requested_at <= new.started_at
    assert host.processes_of(run_id) == []
    with host.storage.write() as uow:
        assert apply(uow, transitions.stop_requested(new_run_id, host.clock.now(), "key:ada", "person", None))
    host.final(new_run_id)
