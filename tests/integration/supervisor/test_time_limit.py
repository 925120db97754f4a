"""A run that may take so long and no longer: stopped by us, and failed only if that is what ended it."""

import signal

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import Terms
from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost

HOUR = 3600.0
ONE_HOUR = Terms(max_runtime_seconds=HOUR)
SHORT = Terms(max_runtime_seconds=0.3)


def timed_out(run: Run) -> bool:
    return (run.state, run.reason, run.outcome) == (RunState.FAILED, Reason.TIMED_OUT, Outcome.FAILURE)


def test_the_wall_clock_may_be_set_as_anybody_likes(desk: Desk) -> None:
    run_id = desk.running(ONE_HOUR)
    for hours in (5, -20):
        desk.clock.step(hours * HOUR)
        desk.turn()
        desk.settle()
        assert desk.get(run_id).state is RunState.RUNNING
    desk.turn(HOUR)
    desk.settle()
    assert timed_out(desk.get(run_id))
    assert desk.kinds(run_id)[-3:] == ["stop_requested", "stopping", "ended"]


def test_time_goes_on_while_no_supervisor_is_there(desk: Desk) -> None:
    run_id = desk.running(ONE_HOUR)
    desk.turn(HOUR / 2)
    assert desk.get(run_id).state is RunState.RUNNING
    desk.restart_supervisor()
    desk.turn(HOUR)
    desk.settle()
    assert timed_out(desk.get(run_id))


def test_a_supervisor_that_dies_after_asking_leaves_the_rest_to_the_next(desk: Desk) -> None:
    run_id = desk.running(ONE_HOUR)
    desk.host.freeze_shim(run_id)
    desk.turn(HOUR)
    asked = desk.get(run_id)
    assert (asked.stop_requested_by, asked.stop_why) == ("supervisor:here", "max_runtime")
    desk.restart_supervisor()
    desk.turn()
    desk.settle()
    assert timed_out(desk.get(run_id))
    assert desk.kinds(run_id).count("stop_requested") == 1


def test_what_a_person_asked_for_first_stays_so(desk: Desk) -> None:
    run_id = desk.running(ONE_HOUR)
    desk.host.freeze_shim(run_id)
    desk.request_stop(run_id)
    desk.turn(HOUR)
    desk.settle()
    assert desk.get(run_id).reason is Reason.STOPPED_BY_PERSON


def ended_in_time(host: SupervisedHost, run_id: RunId) -> Run:
    run = host.final(run_id)
    assert timed_out(run)
    assert run.message is not None
    assert run.message.startswith("The run exceeded its limit of 0.3 s and was stopped by the portal.")
    assert host.record(run_id, "stop")["limit_seconds"] == 0.3
    return run


@pytest.mark.slow
def test_a_program_that_takes_too_long_is_stopped_and_has_failed(host_on_either: SupervisedHost) -> None:
    run = ended_in_time(host_on_either, host_on_either.run("sleep", "60", terms=SHORT))
    assert (run.signal, run.tree) == (signal.SIGTERM, "proven")


@pytest.mark.slow
def test_a_program_that_ends_well_when_asked_has_exceeded_its_limit_all_the_same(host: SupervisedHost) -> None:
    polite = ("sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait")
    assert ended_in_time(host, host.run(*polite, terms=SHORT)).exit_code == 0


@pytest.mark.slow
def test_a_stubborn_program_is_killed_after_its_grace(host: SupervisedHost) -> None:
    stubborn = ("sh", "-c", "trap '' TERM; sleep 60; sleep 60")
    assert ended_in_time(host, host.run(*stubborn, terms=SHORT, grace_seconds=0.2)).signal == signal.SIGKILL


@pytest.mark.slow
def test_a_program_without_its_shim_is_stopped_too(host: SupervisedHost) -> None:
    run_id = host.run("sleep", "60", terms=Terms(max_runtime_seconds=2.0))
    host.reach(run_id, RunState.RUNNING)
    host.shim(run_id).kill_and_wait()
    assert timed_out(host.final(run_id))


@pytest.mark.slow
def test_the_limit_holds_for_a_run_that_a_dead_supervisor_left(host: SupervisedHost) -> None:
    run_id = host.run("sleep", "60", terms=Terms(max_runtime_seconds=1.0))
    host.reach(run_id, RunState.RUNNING)
    host.supervisor.kill()
    host.start_supervisor()
    assert timed_out(host.final(run_id))
