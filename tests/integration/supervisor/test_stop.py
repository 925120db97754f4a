"""Stopping: asked politely, then by force, whoever is dead or frozen."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.executors.host_features import pidfd_exit
from tests.support.handles import Pause
from tests.support.host import SupervisedHost

pytestmark = pytest.mark.slow

POLITE = ("sh", "-c", "trap 'exit 7' TERM; echo ready; sleep 60 & wait")
STUBBORN = ("sh", "-c", "trap '' TERM; echo ready; sleep 60; sleep 60")
_PIDFD_SIGNAL_PROCESS_GROUP = 1 << 2


@pytest.fixture
def pause(tmp_path: Path) -> Iterator[Pause]:
    """A place where a process can be made to wait."""
    pause = Pause(tmp_path / "pause")
    yield pause
    pause.close()


def ready(host: SupervisedHost, *argv: str, grace_seconds: float = 10.0) -> "Run":
    """A run whose program has said that it is ready for signals."""
    run_id = host.run(*argv, grace_seconds=grace_seconds)
    host.reach(run_id, RunState.RUNNING)
    host.wait_for(lambda: host.output(run_id) == b"ready\n", "the program to be ready")
    return host.get(run_id)


def sent(run: Run) -> list[tuple[str, str]]:
    """The signals that were sent according to the run's ending; one may be sent again until it has had its effect."""
    assert run.ending
    facts: object = run.ending["facts"]
    assert isinstance(facts, dict)
    return list(dict.fromkeys((each["signal_name"], each["why"]) for each in facts["signals_sent"]))


def was_stopped(run: Run) -> bool:
    """Whether a stop took effect."""
    return (run.state, run.reason, run.outcome) == (RunState.CANCELLED, Reason.STOPPED_BY_PERSON, None)


def test_a_polite_program_ends_in_its_own_way(host_on_either: SupervisedHost) -> None:
    host = host_on_either
    run_id = ready(host, *POLITE).id
    host.request_stop(run_id)
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.exit_code, sent(run)) == (7, [("SIGTERM", "stop")])
    assert run.message == "The run was stopped by the key ada. It ended with exit code 7."
    assert host.kinds(run_id) == ["requested", "claimed", "started", "stop_requested", "stopping", "ended"]
    assert run.stop_deadline_at is not None
    assert host.record(run_id, "stop")["deadline_at"] == to_text(run.stop_deadline_at)


def test_a_stubborn_program_is_killed_when_its_grace_is_over(host: SupervisedHost) -> None:
    run_id = ready(host, *STUBBORN).id
    host.request_stop(run_id, grace_seconds=0.2)
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.signal, sent(run)) == (9, [("SIGTERM", "stop"), ("SIGKILL", "deadline")])


def test_a_stop_reaches_children_in_other_sessions(host: SupervisedHost) -> None:
    nest = "setsid sh -c 'trap \"\" TERM; setsid sleep 60 & sleep 60; sleep 60' & echo ready; wait"
    run_id = ready(host, "sh", "-c", nest).id
    host.wait_for(lambda: len(host.processes_of(run_id)) >= 4, "all children")
    host.request_stop(run_id, grace_seconds=0.2)
    run = host.final(run_id)
    assert was_stopped(run)
    assert run.tree == "proven"
    assert host.processes_of(run_id) == []


def test_a_stop_before_the_keeper_has_answered_means_that_nothing_runs(host: SupervisedHost) -> None:
    host.keeper.freeze()
    run_id = host.run("sh", "-c", "echo begun; sleep 60")
    host.reach(run_id, RunState.STARTING)
    host.request_stop(run_id)
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.started_at, run.message) == (None, "The run was stopped by the key ada. Its program had not begun.")
    host.keeper.thaw()
    assert host.final(host.run("true")).state is RunState.COMPLETED
    assert not (host.directory(run_id) / "output.log").exists()


def test_a_stop_at_the_gate_means_that_nothing_runs(idle_host: SupervisedHost, pause: Pause) -> None:
    host = idle_host
    host.start_keeper({"shim.before_gate": pause.action})
    host.start_supervisor()
    run_id = host.run("sh", "-c", "echo begun; sleep 60")
    pause.wait()
    host.request_stop(run_id)
    host.reach(run_id, RunState.STOPPING)
    pause.release()
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.started_at, host.output(run_id)) == (None, b"")


def test_a_polite_program_without_its_shim_ends_in_its_own_way(host: SupervisedHost) -> None:
    run_id = ready(host, *POLITE).id
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    host.request_stop(run_id)
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.exit_code, sent(run)) == (7, [("SIGTERM", "stop")])


def test_a_stop_without_a_shim_reaches_the_programs_group(host: SupervisedHost) -> None:
    """A shell runs its trap only when its foreground child has ended."""
    if not groups_can_be_signalled():
        pytest.skip("the kernel signals groups through pidfds since Linux 6.9")
    run_id = ready(host, "sh", "-c", "trap 'exit 7' TERM; echo ready; sleep 60; exit 8").id
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    host.request_stop(run_id)
    assert host.final(run_id).exit_code == 7


def groups_can_be_signalled() -> bool:
    """Whether pidfd_send_signal(2) knows process groups."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0) as leader:
        descriptor = os.pidfd_open(leader.pid)
        try:
            signal.pidfd_send_signal(descriptor, 0, None, _PIDFD_SIGNAL_PROCESS_GROUP)
        except OSError:
            return False
        finally:
            os.close(descriptor)
    return True


def test_a_stubborn_program_without_its_shim_is_killed_with_all_it_started(host: SupervisedHost) -> None:
    run_id = ready(host, *STUBBORN).id
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    host.request_stop(run_id, grace_seconds=0.2)
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.signal, sent(run)) == (9, [("SIGTERM", "stop"), ("SIGKILL", "deadline")])
    assert host.processes_of(run_id) == []


def test_what_a_dead_shim_has_sent_is_known_and_not_sent_again(host: SupervisedHost) -> None:
    script = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done"
    run_id = ready(host, "sh", "-c", script).id
    host.request_stop(run_id, grace_seconds=1.5)
    host.record(run_id, "signals")
    host.keeper.kill()
    host.shim(run_id).kill_and_wait()
    run = host.final(run_id)
    assert host.output(run_id).count(b"asked") == 1  # the shell may also tell that the signal met its sleep
    assert not pidfd_exit().holds or sent(run) == [("SIGTERM", "stop"), ("SIGKILL", "deadline")]


def test_a_frozen_shim_is_thawed_to_do_its_work(host: SupervisedHost) -> None:
    run_id = ready(host, *POLITE).id
    host.shim(run_id).kill(signal.SIGSTOP)
    host.request_stop(run_id)
    run = host.final(run_id)
    assert was_stopped(run)
    assert run.exit_code == 7


def test_a_shim_that_does_nothing_is_helped_after_the_deadline(idle_host: SupervisedHost, pause: Pause) -> None:
    host = idle_host
    host.start_keeper({"shim.gate_open": pause.action})
    host.start_supervisor()
    run_id = host.run("sh", "-c", "trap '' TERM; sleep 60; sleep 60")
    pause.wait()
    host.reach(run_id, RunState.RUNNING)
    host.request_stop(run_id, grace_seconds=0.1)
    host.reach_condition(run_id, "finishing")
    pause.release()
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.signal, sent(run)) == (9, [("SIGKILL", "deadline")])


def test_a_stop_that_nobody_was_there_to_hear_is_carried_out_by_the_next_supervisor(host: SupervisedHost) -> None:
    run_id = ready(host, *POLITE).id
    host.supervisor.kill()
    host.request_stop(run_id)
    host.start_supervisor()
    assert was_stopped(host.final(run_id))


def test_a_stop_survives_the_supervisor_with_its_first_deadline(host: SupervisedHost) -> None:
    run_id = ready(host, *STUBBORN).id
    host.request_stop(run_id, grace_seconds=2.0)
    deadline = host.reach(run_id, RunState.STOPPING).stop_deadline_at
    host.supervisor.kill()
    host.shim(run_id).kill_and_wait()
    host.start_supervisor()
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.signal, run.stop_deadline_at) == (9, deadline)


def was_killed_early(host: SupervisedHost, run_id: RunId) -> bool:
    """Whether a stop with a minute's grace had its effect by the deadline that was brought forward."""
    run = host.final(run_id)
    assert was_stopped(run)
    assert run.stop_deadline_at is not None
    assert host.record(run_id, "stop")["deadline_at"] == to_text(run.stop_deadline_at)
    assert host.processes_of(run_id) == []
    return (run.signal, sent(run)) == (9, [("SIGTERM", "stop"), ("SIGKILL", "deadline")])


def test_a_grace_that_runs_is_shortened(host_on_either: SupervisedHost) -> None:
    host = host_on_either
    run_id = ready(host, *STUBBORN).id
    host.request_stop(run_id, grace_seconds=60.0)
    late = host.reach(run_id, RunState.STOPPING).stop_deadline_at
    host.record(run_id, "signals")
    host.shorten_grace(run_id)
    assert was_killed_early(host, run_id)
    assert late
    assert (host.get(run_id).stop_deadline_at or late) < late
    assert host.get(run_id).stop_requested_by == "key:ada"
    kinds = ["requested", "claimed", "started", "stop_requested", "stopping", "grace_shortened", "ended"]
    assert host.kinds(run_id) == kinds


def test_a_grace_that_runs_is_shortened_without_a_shim(host: SupervisedHost) -> None:
    run_id = ready(host, *STUBBORN).id
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    host.request_stop(run_id, grace_seconds=60.0)
    host.reach(run_id, RunState.STOPPING)
    host.wait_for(lambda: host.record(run_id, "stop")["signals"], "the polite signal")
    host.shorten_grace(run_id)
    assert was_killed_early(host, run_id)


def test_less_grace_that_nobody_was_there_to_hear_of_is_given_by_the_next_supervisor(host: SupervisedHost) -> None:
    run_id = ready(host, *STUBBORN).id
    host.request_stop(run_id, grace_seconds=60.0)
    host.reach(run_id, RunState.STOPPING)
    host.record(run_id, "signals")
    host.supervisor.kill()
    host.shorten_grace(run_id)
    assert host.get(run_id).state is RunState.STOPPING
    host.start_supervisor()
    assert was_killed_early(host, run_id)


def test_what_a_program_leaves_has_no_longer_a_grace_than_it_had_itself(host: SupervisedHost) -> None:
    leaving = "trap 'exit 7' TERM; (trap '' TERM; sleep 60; sleep 60) & echo ready; wait"
    run_id = ready(host, "sh", "-c", leaving).id
    host.request_stop(run_id, grace_seconds=60.0)
    host.reach_condition(run_id, "finishing")
    assert host.processes_of(run_id) != []
    host.shorten_grace(run_id)
    run = host.final(run_id)
    assert was_stopped(run)
    assert (run.exit_code, host.processes_of(run_id)) == (7, [])


def test_a_stop_that_is_being_written_heeds_less_grace(idle_host: SupervisedHost, pause: Pause) -> None:
    host = idle_host
    host.start_keeper()
    host.start_supervisor({"supervisor.stop_written": pause.action})
    run_id = ready(host, *STUBBORN).id
    host.request_stop(run_id, grace_seconds=60.0)
    pause.wait()
    host.shorten_grace(run_id, 0.2, is_running=False)
    pause.release()
    assert was_killed_early(host, run_id)


def test_a_program_that_ended_before_the_signal_ended_by_itself(idle_host: SupervisedHost, pause: Pause) -> None:
    host = idle_host
    host.start_keeper({"shim.peeked": pause.action})
    host.start_supervisor()
    run_id = host.run("sh", "-c", "exit 3")
    pause.wait()
    host.reach_condition(run_id, "finishing")
    host.request_stop(run_id)
    host.reach(run_id, RunState.STOPPING)
    pause.release()
    run = host.final(run_id)
    assert (run.state, run.reason, run.exit_code) == (RunState.FAILED, Reason.EXIT_CODE, 3)
    assert run.message is not None
    assert "key:ada had asked for a stop" in run.message


def test_a_frozen_shim_is_thawed_to_record_an_end(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.shim(run_id).kill(signal.SIGSTOP)
    leash.end(3)
    assert host.final(run_id).exit_code == 3


def test_a_spec_that_is_damaged_keeps_nobody_from_stopping(host: SupervisedHost) -> None:
    run_id = ready(host, *POLITE).id
    (host.directory(run_id) / "spec.json").write_text('{"version": 1, "st')
    host.request_stop(run_id)
    assert was_stopped(host.final(run_id))
    assert host.supervisor.is_running
