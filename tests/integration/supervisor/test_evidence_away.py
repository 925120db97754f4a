"""Evidence that is away, strange or made up: the table's words, and the row says why."""

import json
import os
import shutil
import stat
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_portal.domain import transitions
from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.executors.processes import place
from addon_portal.storage import apply
from tests.support.host import SupervisedHost
from tests.support.machine import run_where_allowed

pytestmark = pytest.mark.slow

UNMOUNTED = "the run root's marker file is missing: is its file system mounted?"
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


def test_without_the_marker_runs_are_unreachable_and_new_ones_wait(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    marker = host.data.run_root_marker.rename(host.data.root / "marker")
    assert host.reach_condition(run_id, "unreachable").condition_detail == UNMOUNTED
    later = host.run("true")
    host.await_run(later, lambda run: run.waiting_for == "the run root to be mounted", "the run to wait")
    leash.end(3)
    host.await_sweep()
    assert host.get(run_id).state is RunState.RUNNING
    marker.rename(host.data.run_root_marker)
    assert host.final(run_id).exit_code == 3
    assert host.final(later).state is RunState.COMPLETED


@pytest.fixture
def file_system(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, mounted aside."""
    aside = tmp_path / "aside"
    aside.mkdir()
    run_where_allowed("mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "none", aside)
    yield aside
    subprocess.run(["umount", "-l", aside], check=True)


@is_root
@pytest.mark.root
def test_an_unmounted_run_root_ends_nothing(idle_host: SupervisedHost, file_system: Path) -> None:
    host, root = idle_host, idle_host.data.run_root

    def mount() -> None:
        subprocess.run(["mount", "--bind", file_system, root], check=True)

    mount()
    host.mark_root()
    host.start()
    try:
        leash = host.leash()
        run_id = host.running(*leash.argv)
        host.supervisor.kill()
        subprocess.run(["umount", "-l", root], check=True)
        shutil.rmtree(root)
        root.mkdir()
        host.start_supervisor()
        assert host.get(run_id).conditions == {"unreachable"}
        assert host.get(run_id).condition_detail == UNMOUNTED
        leash.end(3)
        host.await_sweep()
        assert host.get(run_id).state is RunState.RUNNING
    finally:
        mount()
    assert host.final(run_id).exit_code == 3
    subprocess.run(["umount", "-l", root], check=True)


def test_a_directory_that_is_taken_from_a_living_run_ends_nothing_until_it_is_dead(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    away = host.directory(run_id).rename(host.data.root / "away")
    run = host.reach_condition(run_id, "unreachable")
    assert run.condition_detail == "the run directory is missing, while something that the run started is alive"
    leash.end(3)
    run = host.final(run_id)
    assert (run.reason, run.outcome) == (Reason.OUTCOME_UNKNOWN, Outcome.UNKNOWN)
    assert run.ending
    facts: object = run.ending["facts"]
    assert isinstance(facts, dict)
    assert facts["why"] == "the run directory is missing, so its evidence is lost"

    host.wait_for((away / "done.json").exists, "the shim to be done")
    assert host.clean_up()["changed"] == []
    away.rename(host.directory(run_id))
    [change] = host.clean_up()["changed"]
    assert (change["run_id"], change["what"], change["reason"]) == (run_id, "amended", "exit_code")
    amended = host.get(run_id)
    assert (amended.outcome, amended.exit_code, amended.tree) == (Outcome.FAILURE, 3, "proven")
    assert host.clean_up()["changed"] == []
    assert host.kinds(run_id).count("amended") == 1


class Stuck:
    """Makes rows and directories by hand, as no supervisor would leave them."""

    def __init__(self, host: SupervisedHost) -> None:
        self.host = host

    def row(self, state: RunState, boot_id: str | None = None) -> RunId:
        """A run in a claimed state, without any process."""
        run_id, now = self.host.run("true"), self.host.clock.now()
        moves = [transitions.claimed(run_id, now, "hand", boot_id or place.boot_id())]
        if state is not RunState.STARTING:
            moves.append(transitions.started(run_id, now, "hand", supervised=True))
        if state is RunState.STOPPING:
            moves.append(transitions.stopping(run_id, now, now, "hand", "key:ada"))
        with self.host.storage.write() as uow:
            assert all(apply(uow, move) for move in moves)
        return run_id

    def directory(self, run_id: RunId, *, boot_id: str | None = None, pid: int | None = None) -> None:
        """A directory of a launch whose shim and keeper are gone."""
        directory = self.host.directory(run_id)
        directory.mkdir(mode=0o700)
        (directory / "lock").touch()
        (directory / "spec.json").write_text(json.dumps({"version": 1, "run": run_id}))
        if pid is None:
            return
        who = {"pid": pid, "start_ticks": 1, "pidfs_inode": None}
        boot = {
            "boot_id": boot_id or place.boot_id(),
            "pid_namespace": place.pid_namespace(),
            "init_start_ticks": place.init_start_ticks(),
        }
        child = {"version": 1, "run": run_id, "started_at": "2026-11-23T16:20:00.123456Z", "keeper": "kpr_gone"}
        (directory / "child.json").write_text(json.dumps({**child, **boot, **who, "shim": who}))


def test_rows_made_stuck_by_hand_become_what_the_evidence_says(host: SupervisedHost) -> None:
    stuck = Stuck(host)
    host.supervisor.kill()
    old_boot = str(uuid.uuid4())
    nothing = stuck.row(RunState.RUNNING)
    stopping = stuck.row(RunState.STOPPING)
    nobody = stuck.row(RunState.RUNNING)
    stuck.directory(nobody, pid=1)
    never = stuck.row(RunState.STARTING)
    stuck.directory(never)
    rebooted = stuck.row(RunState.RUNNING, old_boot)
    stuck.directory(rebooted, boot_id=old_boot, pid=1)
    host.start_supervisor()

    reasons = {
        nothing: Reason.OUTCOME_UNKNOWN,
        stopping: Reason.OUTCOME_UNKNOWN,
        nobody: Reason.OUTCOME_UNKNOWN,
        never: Reason.LAUNCH_INTERRUPTED,
        rebooted: Reason.HOST_RESTARTED,
    }
    assert {run_id: host.final(run_id).reason for run_id in reasons} == reasons
    assert all(host.get(run_id).state is RunState.FAILED for run_id in reasons)
    messages = {run_id: host.get(run_id).message or "" for run_id in reasons}
    assert messages[never] == "The launch was interrupted before the program began; none of its code ran."
    assert messages[nothing].startswith("The program ended between ")
    assert messages[rebooted].startswith("The host (or its container) restarted between ")


def test_a_stranger_with_the_number_of_a_dead_program_is_left_alone(host: SupervisedHost) -> None:
    """The program is long dead, its keeper is gone, and its number leads somebody else's session by now."""
    host.supervisor.kill()
    run_id = Stuck(host).row(RunState.RUNNING)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        Stuck(host).directory(run_id, pid=stranger.pid)
        exited = {"version": 1, "run": run_id, "pid": stranger.pid, "wait_status": 0x300, "by": "shim", "signals": []}
        exited["ended_at"] = "2026-11-23T16:20:01.123456Z"
        (host.directory(run_id) / "exit.json").write_text(json.dumps(exited))
        host.start_supervisor()
        run = host.final(run_id)
        assert (run.exit_code, run.tree) == (3, "assumed")
        assert stranger.poll() is None
        stranger.kill()


def test_a_row_that_is_stuck_under_a_running_supervisor_is_in_the_report_of_a_clean_up(host: SupervisedHost) -> None:
    run_id = host.request(host.project(["sleep", "60"]))
    host.reach(run_id, RunState.RUNNING)
    host.program(run_id).kill_and_wait()
    host.final(run_id)
    host.supervisor.freeze()
    stuck = Stuck(host).row(RunState.RUNNING)
    host.supervisor.thaw()
    report = host.clean_up()
    [change] = [each for each in report["changed"] if each["run_id"] == stuck]
    assert (change["what"], change["state"], change["reason"]) == ("ended", "failed", "outcome_unknown")
    run = host.get(stuck)
    assert change["message"] == run.message
    assert report["found"] == 1
    # No sweep ever found it alive, so none is named as the moment when it still was.
    began = to_text(run.started_at) if run.started_at else "its start"
    assert (run.message or "").startswith(f"The program ended between {began} and ")
    assert "the run directory is missing" in (run.message or "")


def test_a_host_that_was_restarted_tells_the_interval(host: SupervisedHost) -> None:
    """The records say another boot, as after a reboot; the processes are killed as a reboot does."""
    leash = host.leash()
    run_id = host.running(*leash.argv)
    host.await_sweep()
    program = host.program(run_id)
    host.kill_everything(run_id)
    program.kill_and_wait()
    ended_at = host.clock.now().timestamp()
    path = host.directory(run_id) / "child.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "boot_id": str(uuid.uuid4())}))
    host.start_keeper()
    host.start_supervisor()
    run = host.get(run_id)
    assert (run.reason, run.outcome, run.state) == (Reason.HOST_RESTARTED, Outcome.UNKNOWN, RunState.FAILED)
    host.assert_interval_holds(run, ended_at)


@pytest.mark.parametrize("torn", ["exit", "done"])
def test_a_record_that_a_power_cut_tore_counts_as_not_written(host: SupervisedHost, torn: str) -> None:
    """As a file system may leave a file behind that was not brought to disk: with its length, and nothing in it."""
    leash = host.leash()
    run_id = host.running(*leash.argv)
    program = host.program(run_id)
    host.kill_everything(run_id)
    program.kill_and_wait()
    directory = host.directory(run_id)
    child = json.loads((directory / "child.json").read_text())
    (directory / "child.json").write_text(json.dumps({**child, "boot_id": str(uuid.uuid4())}))
    (directory / f"{torn}.json").write_bytes(bytes(380))
    host.start_keeper()
    host.start_supervisor()
    run = host.final(run_id)
    assert (run.reason, run.outcome) == (Reason.HOST_RESTARTED, Outcome.UNKNOWN)


def test_a_record_that_cannot_be_read_ends_nothing_and_says_which(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*leash.argv)
    path = host.directory(run_id) / "child.json"
    content = path.read_text()
    path.write_text(content[:40])
    detail = host.reach_condition(run_id, "unreachable").condition_detail
    assert detail is not None
    assert detail.startswith("child.json is damaged")
    path.write_text(json.dumps({**json.loads(content), "version": 99}))
    host.await_run(
        run_id,
        lambda run: run.condition_detail == "child.json has version 99; this release reads 1 to 1",
        "the version to be named",
    )
    path.write_text(content)
    host.reach_condition(run_id)
    leash.end(3)
    assert host.final(run_id).exit_code == 3


@pytest.mark.parametrize("replacement", ["nothing", "file", "fifo"])
def test_hints_that_were_removed_or_replaced_cost_time_and_never_truth(host: SupervisedHost, replacement: str) -> None:
    host.data.hints.unlink()
    if replacement == "file":
        host.data.hints.touch()
    if replacement == "fifo":
        os.mkfifo(host.data.hints)
    run_id = host.run("sh", "-c", "exit 3")
    assert host.final(run_id).exit_code == 3
    host.await_sweep()
    assert stat.S_ISFIFO(host.data.hints.lstat().st_mode)
    descriptor = os.open(host.data.hints, os.O_WRONLY | os.O_NONBLOCK)
    os.close(descriptor)


def test_a_file_in_the_place_of_the_hints_keeps_no_supervisor_from_starting(idle_host: SupervisedHost) -> None:
    idle_host.data.hints.write_text("not a FIFO")
    idle_host.start()
    assert idle_host.final(idle_host.run("true")).state is RunState.COMPLETED
