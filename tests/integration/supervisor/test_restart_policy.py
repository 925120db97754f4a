"""Runs that are restarted by their project's policy: how often, when, and never twice."""

from dataclasses import replace
from itertools import pairwise

import pytest

from addon_portal.domain.ids import ProjectId, RunId, new_run_id
from addon_portal.domain.models import RestartCause, Run, ScheduledRestart
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restart_policy import RestartMode, RestartPolicy, policy_to_json
from addon_portal.domain.restarts import repeat
from addon_portal.domain.states import RunState
from addon_portal.storage import NewRun, Storage
from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost

HOUR = 3600.0
CODE_3 = 3 << 8
THREE_TIMES = RestartPolicy(RestartMode.ON_FAILURE, initial_seconds=10.0, jitter=0.0)
QUICKLY = RestartPolicy(RestartMode.ON_FAILURE, initial_seconds=0.05, jitter=0.0)


def set_policy(host: Desk | SupervisedHost, project_id: ProjectId, policy: RestartPolicy) -> None:
    """As the API stores it."""
    with host.storage.write() as uow:
        uow.projects.set_restart_policy(host.scope, project_id, policy_to_json(policy), host.clock.now())


def running(desk: Desk, policy: RestartPolicy = THREE_TIMES) -> Run:
    """A running run of a new project with a policy."""
    project_id = desk.add_project()
    set_policy(desk, project_id, policy)
    run_id = desk.request(project_id)
    desk.settle()
    return desk.get(run_id)


def fail(desk: Desk, run: Run, status: int = CODE_3) -> None:
    """Its program returns a code."""
    desk.host.finish(run.id, status)
    desk.settle()


def latest(desk: Desk, run: Run) -> Run:
    """The newest run of the same project."""
    with desk.storage.read() as uow:
        found = uow.runs.latest(desk.scope, run.project_id)
    assert found is not None
    return found


def scheduled(desk: Desk, run: Run) -> ScheduledRestart | None:
    """What is to come."""
    with desk.storage.read() as uow:
        return uow.scheduled_restarts.find(desk.scope, run.project_id)


def wait_out(desk: Desk, seconds: float) -> None:
    """Let time pass with the sweeps that belong to it."""
    desk.turn(seconds)
    desk.settle()


def test_three_failures_three_restarts_with_growing_pauses_and_then_no_more(desk: Desk) -> None:
    run = running(desk)
    pauses = []
    for restarts in range(3):
        fail(desk, run)
        waiting = scheduled(desk, run)
        assert waiting is not None
        assert (waiting.restart_of, waiting.cause) == (run.id, RestartCause.POLICY)
        assert waiting.why == f"restart {restarts + 1} of 3 by the policy"
        pauses.append(waiting.delay_seconds)
        wait_out(desk, waiting.delay_seconds - 1)
        assert latest(desk, run).id == run.id
        wait_out(desk, 1)
        run = latest(desk, run)
        assert (run.id, run.state, run.requested_by) == (waiting.run_id, RunState.RUNNING, "restart policy")
        assert desk.journal(run.id)[0].cause == "restart by policy"
    fail(desk, run)
    wait_out(desk, HOUR)
    assert pauses == [10.0, 20.0, 40.0]
    assert scheduled(desk, run) is None
    assert latest(desk, run).id == run.id
    given_up = desk.journal(run.id)[-1]
    assert (given_up.kind, given_up.actor) == ("restart_given_up", "restart policy")
    assert given_up.detail["why"] == "it was restarted 3 times in a row, as often as the policy allows"
    assert len(desk.host.starts) == 4


def test_it_is_decided_in_the_transaction_that_ends_the_run(desk: Desk) -> None:
    run = running(desk)
    fail(desk, run)
    ended, decided = desk.journal(run.id)[-2:]
    assert (ended.kind, decided.kind, decided.from_state) == ("ended", "restart_scheduled", RunState.FAILED)
    assert decided.recorded_at == ended.recorded_at


@pytest.mark.parametrize("hours", [9, -9])
def test_a_clock_that_is_set_by_hours_changes_nothing(desk: Desk, hours: float) -> None:
    run = running(desk)
    fail(desk, run)
    desk.clock.step(hours * HOUR)
    wait_out(desk, 5)
    desk.restart_supervisor()
    wait_out(desk, 4)
    assert latest(desk, run).id == run.id
    wait_out(desk, 1)
    again = latest(desk, run)
    assert again.id != run.id
    for _ in range(2):
        desk.clock.step(hours * HOUR)
        fail(desk, again)
        wait_out(desk, 40)
        again = latest(desk, run)
    fail(desk, again)
    assert desk.kinds(again.id)[-1] == "restart_given_up"


@pytest.mark.parametrize("hours", [9, -9])
def test_a_window_is_measured_in_time_that_has_passed(desk: Desk, hours: float) -> None:
    run = running(desk, replace(THREE_TIMES, max_restarts=1, window_seconds=HOUR))
    fail(desk, run)
    wait_out(desk, 10)
    second = latest(desk, run)
    desk.clock.step(hours * HOUR)
    fail(desk, second)
    assert desk.kinds(second.id)[-1] == "restart_given_up"


def test_a_restart_waits_for_a_supervisor_and_is_made_once(desk: Desk) -> None:
    run = running(desk)
    fail(desk, run)
    desk.executor.close()
    desk.clock.advance(HOUR)
    desk.start_supervisor()
    desk.turn()
    desk.settle()
    desk.restart_supervisor()
    desk.turn()
    desk.settle()
    assert desk.host.starts == [run.id, latest(desk, run).id]


def test_after_a_boot_what_is_left_of_the_pause_is_waited_for(desk: Desk) -> None:
    run = running(desk)
    fail(desk, run)
    desk.host.boot_id = "the next boot"
    desk.clock.advance(4)
    desk.restart_supervisor()
    desk.turn(1)
    desk.clock.step(9 * HOUR)
    wait_out(desk, 4)
    assert latest(desk, run).id == run.id
    wait_out(desk, 1)
    assert latest(desk, run).restart_of == run.id


def test_a_manual_restart_takes_its_place_and_begins_a_new_row(desk: Desk) -> None:
    run = running(desk, replace(THREE_TIMES, max_restarts=1))
    fail(desk, run)
    wait_out(desk, 10)
    second = latest(desk, run)
    fail(desk, second)
    assert desk.kinds(second.id)[-1] == "restart_given_up"
    new = NewRun(new_run_id(desk.clock.now()), run.project_id, 1, desk.host_id, desk.clock.now(), "key:ada")
    with desk.storage.write() as uow:
        uow.runs.insert(desk.scope, replace(new, restart_of=second.id))
    desk.settle()
    fail(desk, desk.get(new.id))
    assert scheduled(desk, run) is not None


def test_one_that_was_called_off_is_not_made(desk: Desk) -> None:
    run = running(desk)
    fail(desk, run)
    waiting = scheduled(desk, run)
    assert waiting is not None
    with desk.storage.write() as uow:
        assert uow.scheduled_restarts.call_off(waiting, desk.clock.now(), "key:ada", "not wanted")
    wait_out(desk, 20)
    assert latest(desk, run).id == run.id


def test_a_run_beside_it_keeps_it_from_being_made(desk: Desk) -> None:
    """Nobody may run beside it without calling it off; should that happen all the same, the books decide."""
    run = running(desk)
    fail(desk, run)
    other = desk.request(run.project_id)
    wait_out(desk, 10)
    assert scheduled(desk, run) is None
    assert desk.kinds(run.id)[-1] == "restart_called_off"
    assert desk.host.starts == [run.id, other]


def test_a_deleted_project_is_left_alone(desk: Desk) -> None:
    run = running(desk)
    fail(desk, run)
    with desk.storage.write() as uow:
        uow.projects.soft_delete(desk.scope, run.project_id, desk.clock.now())
    wait_out(desk, 10)
    assert desk.kinds(run.id)[-1] == "restart_called_off"


def test_a_project_that_was_deleted_under_its_run_lets_it_end(desk: Desk) -> None:
    run = running(desk)
    with desk.storage.write() as uow:
        uow.connection.change("UPDATE projects SET deleted_at = 1 WHERE id = :id", {"id": run.project_id})
    fail(desk, run)
    assert desk.get(run.id).exit_code == 3


def test_a_launch_that_we_interrupted_costs_no_try(desk: Desk) -> None:
    policy = replace(THREE_TIMES, max_restarts=1)
    project_id = desk.add_project()
    set_policy(desk, project_id, policy)
    desk.host.holds_gates = True
    run_id = desk.request(project_id)
    desk.settle()
    desk.host.kill_shim(run_id)
    desk.settle()
    assert desk.get(run_id).reason is Reason.LAUNCH_INTERRUPTED
    desk.host.holds_gates = False
    wait_out(desk, 10)
    second = latest(desk, desk.get(run_id))
    fail(desk, second)
    waiting = scheduled(desk, second)
    assert waiting is not None
    assert waiting.counts


def test_a_program_that_cannot_be_prepared_is_tried_again(desk: Desk) -> None:
    project_id = desk.add_project()
    set_policy(desk, project_id, THREE_TIMES)
    desk.host.cannot_prepare["run_directory"] = OSError(28, "No space left on device", "place")
    run_id = desk.request(project_id)
    desk.settle()
    assert desk.get(run_id).reason is Reason.COULD_NOT_START
    desk.host.cannot_prepare.clear()
    wait_out(desk, 10)
    assert latest(desk, desk.get(run_id)).state is RunState.RUNNING


def test_what_somebody_stopped_or_nobody_saw_is_not_restarted(desk: Desk) -> None:
    stopped = running(desk)
    desk.request_stop(stopped.id)
    desk.settle()
    lost = running(desk)
    desk.host.kill_shim(lost.id)
    desk.host.kernel_tells = False
    desk.host.kill_keeper()
    desk.host.finish(lost.id, CODE_3)
    for _ in range(5):
        desk.turn()
    assert desk.get(lost.id).reason is Reason.OUTCOME_UNKNOWN
    wait_out(desk, HOUR)
    assert (latest(desk, stopped).id, latest(desk, lost).id) == (stopped.id, lost.id)


def test_a_rule_for_silent_runs_is_followed_as_the_policy_would(desk: Desk) -> None:
    run_id = desk.running()
    run = desk.get(run_id)
    now = desk.clock.now()
    with desk.storage.write() as uow:
        asked = repeat(run, new_run_id(now), RestartCause.STALL, "it was silent", now, "supervisor:here")
        assert uow.scheduled_restarts.schedule(asked)
    fail(desk, run)
    assert scheduled(desk, run) is None, "it ended by itself, and its project has no policy"


def test_whatever_is_wrong_with_a_restart_the_end_is_recorded(desk: Desk) -> None:
    run = running(desk)
    with desk.storage.write() as uow:
        uow.connection.change(
            "UPDATE projects SET restart_policy = :p WHERE id = :id", {"id": run.project_id, "p": '{"mode": "?"}'}
        )
    fail(desk, run)
    assert desk.get(run.id).exit_code == 3


@pytest.mark.slow
def test_real_programs_are_restarted_over_a_supervisor_that_is_killed(host_on_either: SupervisedHost) -> None:
    host = host_on_either
    project_id = host.project(["sh", "-c", 'echo "$ADDON_PORTAL_RESTART_COUNT"; exit 3'])
    set_policy(host, project_id, replace(QUICKLY, initial_seconds=0.5))
    first = host.request(project_id)
    host.final(first)
    host.supervisor.kill()
    assert _scheduled(host.storage, first)
    host.start_supervisor()
    chain = [first]
    for _ in range(3):
        follower = host.await_run(chain[-1], lambda run: run.restarted_by is not None, "a restart").restarted_by
        assert follower is not None
        chain.append(follower)
        host.runs.append(follower)
        host.final(follower)
    host.wait_for(lambda: host.kinds(chain[-1])[-1] == "restart_given_up", "the policy to give up")
    assert [host.output(run_id) for run_id in chain] == [b"0\n", b"1\n", b"2\n", b"3\n"]
    runs = [host.get(run_id) for run_id in chain]
    for before, after in pairwise(runs):
        assert before.finished_at is not None
        assert after.started_at is not None
        assert before.finished_at < after.started_at


def _scheduled(storage: Storage, run_id: RunId) -> bool:
    with storage.read() as uow:
        run = uow.host_runs.find(run_id)
        assert run is not None
        return uow.scheduled_restarts.find_of_run(run_id) is not None or run.restarted_by is not None
