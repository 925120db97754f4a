"""Everything may be killed or frozen at any time: what is said is true, and the truth comes back."""

import os
import signal
from datetime import timedelta

import pytest

from addon_portal.domain.health import health_of
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Health, Outcome, RunState
from addon_portal.executors.host_features import pidfd_exit
from addon_portal.supervisor.daemon import AWAY_SECONDS
from tests.support.host import SupervisedHost
from tests.support.host_parts import state_of

pytestmark = pytest.mark.slow


def told_by_kernel(run: Run, code: int) -> bool:
    """The true code where this kernel tells it, and otherwise that nobody knows."""
    if pidfd_exit().holds:
        return run.exit_code == code
    return run.outcome is Outcome.UNKNOWN


def test_everything_is_killed_at_once_and_started_again(host_on_either: SupervisedHost) -> None:
    host = host_on_either
    leashes = [host.leash() for _ in range(4)]
    whole, alone, dead, orphan = (host.running(*leash.argv) for leash in leashes)
    programs = {run_id: host.program(run_id) for run_id in (dead, orphan)}
    host.await_sweep()
    host.kill_everything(alone, dead)
    programs[dead].kill_and_wait()
    ended_at = host.clock.now().timestamp()
    programs[orphan].kill_and_wait()
    for program in programs.values():
        host.await_reaped(program.pid)

    host.start_keeper()
    host.start_supervisor()
    # After the first sweep, without any further wait.
    assert [host.get(run_id).is_active for run_id in (whole, alone, dead, orphan)] == [True, True, False, False]
    lost = host.get(dead)
    assert (lost.state, lost.reason, lost.outcome) == (RunState.FAILED, Reason.OUTCOME_UNKNOWN, Outcome.UNKNOWN)
    host.assert_interval_holds(lost, ended_at)
    assert host.get(orphan).signal == signal.SIGKILL
    assert host.get(alone).conditions == {"unsupervised"}
    leashes[0].end(5)
    leashes[1].end(6)
    assert host.final(whole).exit_code == 5
    assert told_by_kernel(host.final(alone), 6)


def test_a_code_is_known_although_the_supervisor_was_dead_when_the_program_ended(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.supervisor.kill()
    leash.end(7)
    host.record(run_id, "done")
    assert host.get(run_id).state is RunState.RUNNING
    host.start_supervisor()
    assert (host.get(run_id).reason, host.get(run_id).exit_code) == (Reason.EXIT_CODE, 7)


def test_while_nobody_looks_runs_are_unreachable_and_the_truth_comes_back(host: SupervisedHost) -> None:
    run_id = host.running("sleep", "60")
    host.await_sweep()
    host.supervisor.freeze()
    host.program(run_id).kill()

    def health() -> Health | None:
        shown = health_of(host.get(run_id), host.host().observed_at, host.clock.now(), timedelta(hours=24))
        return shown[0] if shown else None

    host.wait_for(lambda: health() is Health.UNREACHABLE, "the run to be unreachable")
    frozen_at = host.host().observed_at
    assert host.get(run_id).state is RunState.RUNNING
    host.supervisor.thaw()
    assert host.final(run_id).signal == signal.SIGKILL
    host.await_sweep()
    assert host.host().observed_at != frozen_at


def test_the_first_sweep_of_a_supervisor_that_was_frozen_says_what_has_ended_meanwhile(host: SupervisedHost) -> None:
    run_id = host.running("sleep", "60")
    host.await_sweep()
    host.supervisor.freeze()
    shim = host.shim(run_id)
    shim.kill(signal.SIGSTOP)
    host.program(run_id).kill()  # a zombie that nobody records
    seen = host.host().observed_at
    assert seen
    until = seen + timedelta(seconds=AWAY_SECONDS + 1)
    host.wait_for(lambda: host.clock.now() > until, "nobody to have looked for so long")
    host.supervisor.thaw()

    def looked() -> Run | None:
        with host.storage.read() as uow:  # both of one moment
            run, at = uow.host_runs.find(run_id), uow.hosts.get(host.host_id).observed_at
        return run if at != seen else None

    run = host.wait_for(looked, "a sweep")
    assert run.conditions == {"finishing"} or not run.is_active, "it is said to run as of a moment when it did not"
    shim.kill(signal.SIGCONT)
    assert host.final(run_id).signal == signal.SIGKILL


def test_sweeps_are_recorded_as_of_their_beginning(host: SupervisedHost) -> None:
    host.await_sweep()
    first = host.host()
    host.await_sweep()
    second = host.host()
    assert first.observed_at
    assert second.observed_at
    assert first.observed_at < second.observed_at <= host.clock.now()
    assert second.supervisor_pid == host.supervisor.pid


def test_a_second_supervisor_is_refused_with_the_pid_of_the_first(host: SupervisedHost) -> None:
    first = host.supervisor
    second = host.spawn_supervisor()
    assert second.wait() != 0
    assert f"Process {first.pid} already supervises" in host.log.read_text()
    first.kill()
    host.start_supervisor()


def test_a_supervisor_that_is_asked_to_leave_leaves_the_runs_alone(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    assert host.supervisor.terminate() == 0
    assert state_of(host.program(run_id).pid) == "S"
    host.start_supervisor()
    leash.end(3)
    assert host.final(run_id).exit_code == 3


def test_a_supervisor_leaves_with_its_parent(idle_host: SupervisedHost) -> None:
    host = idle_host
    host.start_keeper()
    ours, theirs = os.pipe()
    os.set_inheritable(ours, True)
    host.options["parent_fd"] = ours
    supervisor = host.spawn_supervisor(inherit=[ours])
    os.close(ours)
    host.wait_for(lambda: host.host().supervisor_pid == supervisor.pid, "the first sweep")
    os.close(theirs)
    assert supervisor.wait() == 0


def test_without_a_keeper_runs_go_on_and_new_ones_wait_for_one(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.keeper.kill()
    later = host.run("sh", "-c", "exit 4")
    host.reach(later, RunState.STARTING)
    leash.end(3)
    assert host.final(run_id).exit_code == 3
    assert host.get(later).state is RunState.STARTING
    host.start_keeper()
    assert host.final(later).exit_code == 4


def test_a_run_that_was_asked_of_a_frozen_keeper_starts_once_when_it_thaws(host: SupervisedHost) -> None:
    host.keeper.freeze()
    run_id = host.run("sh", "-c", "echo begun; exit 3")
    host.reach(run_id, RunState.STARTING)
    for _ in range(3):
        host.await_sweep()
    host.supervisor.kill()
    host.start_supervisor()
    host.await_sweep()
    assert (host.get(run_id).state, host.get(run_id).conditions) == (RunState.STARTING, frozenset())
    host.keeper.thaw()
    assert host.final(run_id).exit_code == 3
    assert host.output(run_id) == b"begun\n"


def test_a_silent_keeper_makes_a_dead_run_unreachable_until_it_tells_the_code(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    host.keeper.freeze()
    leash.end(3)
    run = host.reach_condition(run_id, "unreachable")
    assert run.condition_detail == "the program has ended and the keeper that holds its exit status does not answer"
    host.keeper.thaw()
    run = host.final(run_id)
    assert run.ending
    assert (run.exit_code, run.ending["source"], run.tree) == (3, "keeper", "proven")


def test_a_run_whose_shim_was_killed_says_so_and_goes_on(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    leash.end(3, leaving="sleep 60")
    run = host.final(run_id)
    assert run.ending
    assert (run.exit_code, run.ending["source"], run.tree) == (3, "keeper", "proven")
    assert host.processes_of(run_id) == []


def test_leftovers_are_ended_also_when_nobody_is_left_whose_children_they_are(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.keeper.kill()
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    leash.end(3, leaving="setsid sleep 60")
    run = host.final(run_id)
    assert told_by_kernel(run, 3)
    assert run.tree == "assumed"
    assert host.processes_of(run_id) == []
