"""A run that is silent for longer than its project allows: warned of first, then what the project says."""

import sys

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import OnStall, Stall, StallBy, Terms
from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost

HOUR = 3600.0
SPEAKS = """
import os, socket, subprocess, sys, time
subprocess.call(sys.argv[1:])
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"WATCHDOG=1", os.environ["NOTIFY_SOCKET"])
time.sleep(60)
"""


def silent(desk: Desk, on_stall: OnStall) -> RunId:
    """A run of which its shim has heard nothing for too long, as everybody can see."""
    run_id = desk.running(Terms(stall=Stall(30, on_stall)))
    say_silent(desk, run_id, 0.0)
    desk.turn()
    assert desk.get(run_id).conditions == {"silent"}
    return run_id


def say_silent(desk: Desk, run_id: RunId, warned: float) -> None:
    desk.host.runs[run_id].said = NotifyRecord(None, None, None, 30.0 + warned, warned)


@pytest.mark.parametrize("on_stall", [OnStall.STOP, OnStall.RESTART])
def test_a_run_that_stays_silent_is_stopped_and_has_stalled(desk: Desk, on_stall: OnStall) -> None:
    run_id = silent(desk, on_stall)
    say_silent(desk, run_id, 10.0)
    desk.turn()
    desk.settle()
    run = desk.get(run_id)
    assert (run.state, run.reason) == (RunState.FAILED, Reason.STALLED)
    assert run.stop_requested_by == "supervisor:here"
    assert str(run.message).startswith("The program was silent for 30 s and its project says")
    desk.turn(HOUR)
    desk.settle()
    again = desk.get(run_id).restarted_by
    assert (again is None) is (on_stall is OnStall.STOP)
    if again is not None:
        assert (desk.get(again).state, desk.get(again).workspace) == (RunState.RUNNING, run.workspace)


def test_a_run_that_only_warns_goes_on_for_ever(desk: Desk) -> None:
    run_id = silent(desk, OnStall.WARN)
    say_silent(desk, run_id, 100_000.0)
    desk.turn()
    desk.settle()
    assert desk.get(run_id).state is RunState.RUNNING


def test_a_supervisor_that_comes_back_to_a_silent_run_warns_before_it_acts(desk: Desk) -> None:
    run_id = desk.running(Terms(stall=Stall(30, OnStall.STOP)))
    say_silent(desk, run_id, 100_000.0)
    desk.restart_supervisor()
    desk.turn()
    desk.settle()
    conditions = [entry.detail.get("conditions") for entry in desk.journal(run_id) if entry.kind == "condition"]
    assert conditions == [["silent"]]
    assert desk.kinds(run_id).index("condition") < desk.kinds(run_id).index("stop_requested")


def test_the_silence_of_a_run_whose_shim_was_killed_is_not_counted(desk: Desk) -> None:
    run_id = silent(desk, OnStall.STOP)
    desk.host.kill_shim(run_id)
    say_silent(desk, run_id, 1000.0)
    desk.turn()
    desk.settle()
    run = desk.get(run_id)
    assert (run.state, run.conditions) == (RunState.RUNNING, frozenset({"unsupervised"}))


def test_a_run_that_ended_by_itself_before_it_was_stopped_is_not_restarted(desk: Desk) -> None:
    run_id = silent(desk, OnStall.RESTART)
    say_silent(desk, run_id, 10.0)
    desk.host.runs[run_id].ends_before_signals = True
    desk.turn()
    desk.settle()
    desk.turn(HOUR)
    desk.settle()
    run = desk.get(run_id)
    assert (run.reason, run.restarted_by) == (Reason.SUCCEEDED, None)
    assert "because it was silent for 30 s, but the program ended by itself" in str(run.message)


@pytest.mark.slow
def test_real_silence_is_shown_and_a_word_takes_it_back(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.run(sys.executable, "-c", SPEAKS, *leash.argv, terms=Terms(stall=Stall(2)))
    host.reach_condition(run_id, "silent")
    leash.end(0)
    host.wait_for(lambda: not host.get(run_id).conditions, "a word")
    host.wait_for(lambda: host.get(run_id).last_heartbeat_at is not None, "its time in the books")


@pytest.mark.slow
def test_a_real_run_that_stays_silent_is_stopped(host: SupervisedHost) -> None:
    run = host.final(host.run("sleep", "60", terms=Terms(stall=Stall(1, OnStall.STOP))))
    assert run.reason is Reason.STALLED
    assert next(kind for kind in host.kinds(run.id) if kind in {"condition", "stop_requested"}) == "condition"


@pytest.mark.slow
def test_output_is_a_sign_of_life_where_the_project_says_so(host: SupervisedHost) -> None:
    writes = ("sh", "-c", "while true; do echo alive; sleep 0.2; done")
    speaking = host.run(*writes, terms=Terms(stall=Stall(2, by=StallBy.OUTPUT)))
    silent = host.run(*writes, terms=Terms(stall=Stall(2)))
    host.reach_condition(silent, "silent")
    assert host.get(speaking).conditions == frozenset()
