"""A success is what the project says it is: exit code 0, and a check that held and that nobody's death can skip."""

import os
import signal
import sys

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import SuccessCheck, Terms
from addon_portal.executors.host_features import pidfd_exit
from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost
from tests.support.waiting import wait_until

CHECKED = Terms(success_check=SuccessCheck(file="out.csv"))
REASONABLE = 60.0


def test_a_run_is_finishing_until_its_check_has_been_evaluated(desk: Desk) -> None:
    run_id = desk.running(CHECKED)
    desk.host.finish(run_id, 0)
    desk.settle()
    desk.turn()
    run = desk.get(run_id)
    assert (run.state, run.exit_code, run.conditions) == (RunState.RUNNING, 0, frozenset({"finishing"}))
    assert run.condition_detail == "its success check is being evaluated"
    assert desk.host.environments[run_id]["A"] == "1"
    desk.host.end_check(run_id)
    desk.settle()
    assert desk.get(run_id).reason is Reason.SUCCEEDED


def test_a_check_that_does_not_hold_fails_the_run(desk: Desk) -> None:
    run_id = desk.running(CHECKED)
    desk.host.finish(run_id, 0)
    desk.settle()
    desk.host.end_check(run_id, "the file out.csv does not exist")
    desk.settle()
    run = desk.get(run_id)
    assert (run.state, run.reason, run.exit_code) == (RunState.FAILED, Reason.CHECK_FAILED, 0)


def test_a_check_is_asked_for_once_and_again_by_the_next_supervisor_if_it_was_killed(desk: Desk) -> None:
    run_id = desk.running(CHECKED)
    desk.host.finish(run_id, 0)
    for _ in range(3):
        desk.turn()
    assert desk.host.checks == [run_id]
    desk.host.kill_check(run_id)
    desk.restart_supervisor()
    desk.turn()
    desk.settle()
    assert desk.host.checks == [run_id, run_id]
    desk.host.end_check(run_id)
    desk.settle()
    assert desk.get(run_id).state is RunState.COMPLETED


def test_a_stop_while_the_check_is_evaluated_changes_nothing_but_the_note(desk: Desk) -> None:
    run_id = desk.running(CHECKED)
    desk.host.finish(run_id, 0)
    desk.settle()
    desk.request_stop(run_id)
    desk.settle()
    assert desk.get(run_id).state is RunState.STOPPING
    desk.host.end_check(run_id)
    desk.settle()
    run = desk.get(run_id)
    assert run.reason is Reason.SUCCEEDED
    assert "had asked for a stop" in str(run.message)


# With real processes.


def ended(host: SupervisedHost, check: SuccessCheck, *argv: str) -> tuple[Run, str]:
    """A run with this check, and the end of its sentence."""
    run = host.final(host.run(*(argv or ("true",)), terms=Terms(success_check=check)))
    return run, (run.message or "").partition("did not hold: ")[2]


def checker_of(host: SupervisedHost, run_id: RunId) -> int:
    """The process that evaluates the run's check, once it does."""

    def find() -> int:
        lock = host.directory(run_id) / "check.lock"
        return int(lock.read_text() or 0) if lock.exists() else 0

    return wait_until(find, "a check", 20)


@pytest.mark.slow
def test_each_part_of_a_check_holds_or_says_what_does_not(host: SupervisedHost) -> None:
    writes = ("sh", "-c", "echo one; echo done; touch out.csv; mkdir place")
    holds = SuccessCheck(("sh", "-c", "test -f out.csv"), "out.csv", "^do.e$", "ERROR")
    run, said = ended(host, holds, *writes)
    assert (run.reason, said) == (Reason.SUCCEEDED, "")
    assert host.record(run.id, "check")["held"] is True
    for broken, expected in (
        (SuccessCheck(file="other.csv"), "the file other.csv does not exist."),
        (SuccessCheck(file="place"), "the file place does not exist."),
        (SuccessCheck(output_matches="^DONE"), "no line of the output matches '^DONE'."),
        (SuccessCheck(output_lacks="on."), "line 1 of the output matches 'on.'."),
        (SuccessCheck(("sh", "-c", "exit 3")), "sh ended with exit code 3."),
        (SuccessCheck(("sh", "-c", "kill -9 $$")), "sh was ended by SIGKILL."),
        (SuccessCheck(("no-such-command",)), "no-such-command could not be run: No such file or directory."),
    ):
        run, said = ended(host, broken, *writes)
        assert (run.reason, run.exit_code, said) == (Reason.CHECK_FAILED, 0, expected)


@pytest.mark.slow
def test_a_check_command_has_what_the_run_had_and_its_words_are_evidence(host: SupervisedHost) -> None:
    code = "import os; print(os.getcwd(), os.environ['COLOUR'], os.environ['ADDON_PORTAL_RUN_ID']); raise SystemExit(1)"
    check = SuccessCheck((sys.executable, "-c", code))
    run_id = host.run("true", env={"COLOUR": "blue"}, terms=Terms(success_check=check))
    run = host.final(run_id)
    assert run.ending
    facts: object = run.ending["facts"]
    assert isinstance(facts, dict)
    cwd, colour, named = facts["check_output"].split()
    assert (colour, named) == ("blue", run_id)
    assert cwd == host.record(run_id, "spec")["cwd"]


@pytest.mark.slow
@pytest.mark.parametrize("slow", ["a command", "a pattern"])
def test_a_check_that_takes_too_long_is_given_up_with_all_that_it_started(host: SupervisedHost, slow: str) -> None:
    command = ("sh", "-c", "setsid sleep 60 & trap '' TERM; sleep 60; sleep 60")
    check = SuccessCheck(command, timeout_seconds=0.5)
    if slow == "a pattern":
        check = SuccessCheck(output_matches="^(a+)+$", timeout_seconds=0.5)
    run, said = ended(host, check, "sh", "-c", f"echo {'a' * 60}b")
    assert (run.reason, said) == (Reason.CHECK_FAILED, "it took longer than 0.5 s.")
    host.wait_for(lambda: host.processes_of(run.id) == [], "nothing to be left")


@pytest.mark.slow
def test_what_does_not_succeed_is_not_checked(host: SupervisedHost) -> None:
    run, _ = ended(host, SuccessCheck(("true",)), "sh", "-c", "exit 3")
    assert run.reason is Reason.EXIT_CODE
    assert not (host.directory(run.id) / "check.lock").exists()


@pytest.mark.slow
def test_a_supervisor_may_die_while_a_check_is_evaluated(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.run("true", terms=Terms(success_check=SuccessCheck(tuple(leash.argv))))
    checker = checker_of(host, run_id)
    host.supervisor.kill()
    host.start_supervisor()
    host.reach_condition(run_id, "finishing")
    assert checker_of(host, run_id) == checker
    leash.end(0)
    assert host.final(run_id).reason is Reason.SUCCEEDED


@pytest.mark.slow
def test_a_check_that_was_killed_is_evaluated_again_and_its_death_is_no_result(host: SupervisedHost) -> None:
    code = "import os, time; os.path.exists('tried') or (open('tried', 'w'), time.sleep(60))"
    check = SuccessCheck((sys.executable, "-c", code), timeout_seconds=REASONABLE)
    run_id = host.run("true", terms=Terms(success_check=check))
    workspace = host.data.workspace(host.get(run_id).workspace)
    host.wait_for((workspace / "tried").exists, "the check to have begun")
    os.kill(checker_of(host, run_id), signal.SIGKILL)
    assert host.final(run_id).reason is Reason.SUCCEEDED
    host.wait_for(lambda: host.processes_of(run_id) == [], "nothing to be left of the first")


@pytest.mark.slow
def test_a_run_that_nobody_watched_to_its_end_is_checked_all_the_same(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.run(*leash.argv, terms=Terms(success_check=SuccessCheck(file="nowhere")))
    host.reach(run_id, RunState.RUNNING)
    host.kill_everything(run_id)
    host.start_keeper()
    host.start_supervisor()
    leash.end(0)
    run = host.final(run_id)
    assert run.reason is (Reason.CHECK_FAILED if pidfd_exit().holds else Reason.OUTCOME_UNKNOWN)
