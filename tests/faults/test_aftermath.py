"""After the worst: everything killed at once, an older database, no run root, rows that somebody changed by hand."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from addon_portal.domain.clock import SystemClock, from_text
from addon_portal.executors.processes.selection import Chosen
from tests.faults.conftest import PortalWith
from tests.faults.observer import Observer
from tests.faults.specimen import CODE, Specimen
from tests.support.identities import kernel_tells
from tests.support.kernel import Pinned
from tests.support.portal import PARTS, Json, Portal
from tests.support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]

SOON = timedelta(seconds=10)
"""The promise is 1 s, and the figure is printed; a busy machine may take longer without being wrong."""

STUCK = """
    UPDATE runs SET state = 'running', previous_state = 'starting', reason = NULL, outcome = NULL, message = NULL,
        exit_code = NULL, signal = NULL, ended_at = NULL, finished_at = NULL, tree = NULL, ending = NULL,
        waiting_for = NULL, started_at = requested_at, claimed_at = requested_at
    WHERE id = ?
"""
"""As in the requirements: somebody or something has set a project to `running`, and there is no process."""

clock = SystemClock()


class Crowd:
    """Specimens by name, each with its one run, and an observer of each."""

    def __init__(self, portal: Portal, stack: ExitStack) -> None:
        self.portal, self.stack = portal, stack
        self.members: dict[str, Specimen] = {}
        self.observers: dict[str, Observer] = {}

    def begin(self, *names: str) -> None:
        """Run these programs, and wait until all are seen to be running."""
        for name in names:
            self.members[name] = self.stack.enter_context(Specimen(self.portal, name))
            self.members[name].start()
        for name in names:
            self.members[name].wait_begun()
            self.wait(name, lambda run: run["state"] == "running", "running")

    def wait(self, name: str, condition: Callable[[Json], object], what: str) -> Json:
        """Wait until the API says this of a run."""

        def find() -> Json | None:
            run = self.get(name)
            return run if condition(run) else None

        found = wait_until(find, f"{name} to be {what}", PATIENCE_SECONDS)
        assert found
        return found

    def observe(self, name: str, *, may_be_unknown: bool = False) -> None:
        """Hold every word about this run against the kernel, until the end of the test."""
        observer = Observer(self.members[name], may_be_unknown=may_be_unknown)
        self.observers[name] = self.stack.enter_context(observer)

    def get(self, name: str) -> Json:
        """The Run object."""
        return self.portal.get_run(self.members[name].run_id)

    def end(self, name: str) -> Json:
        """Let it end and return the final run."""
        self.members[name].tell()
        return self.wait_final(name)

    def wait_final(self, name: str) -> Json:
        """The final run, of which nothing is left, and which was executed once."""
        run = self.portal.wait_final(self.members[name].run_id)
        self.members[name].wait_until_gone()
        assert self.members[name].executions == [run["run_id"]]
        return run

    def check_words(self) -> None:
        """Nothing that was said was a lie."""
        for name, observer in self.observers.items():
            assert not observer.lies, f"{name}: {observer.lies}"

    def pins(self, kind: str, *names: str) -> list[Pinned]:
        """Shims or programs of these."""
        found = [
            self.members[name].pin_shim() if kind == "shim" else self.members[name].pin_program() for name in names
        ]
        assert all(found)
        return [process for process in found if process]


def kill_all(processes: list[Pinned]) -> None:
    """SIGKILL to all before waiting for any."""
    for process in processes:
        process.send(9)
    for process in processes:
        with closing(process):
            process.wait()


def words(run: Json) -> tuple[object, ...]:
    """What is compared of an ending."""
    return run["state"], run["reason"], run["outcome"], run["exit_code"], run["signal"]


OWN_CODE = ("failed", "exit_code", "failure", CODE, None)
KILLED = ("failed", "signal", "failure", None, 9)
UNKNOWN = ("failed", "outcome_unknown", "unknown", None, None)


def test_everything_is_killed_at_once_and_started_again(
    portal: Portal, identity: Chosen, record_property: Callable[[str, object], None]
) -> None:
    with ExitStack() as stack:
        crowd = Crowd(portal, stack)
        living, orphaned, killed, lost = "living", "orphaned", "killed", "lost"
        crowd.begin(living, orphaned, killed, lost)
        told = kernel_tells(identity)
        for name in (living, killed):
            crowd.observe(name)
        crowd.observe(lost, may_be_unknown=True)
        crowd.observe(orphaned, may_be_unknown=not told)
        victims = [*crowd.pins("shim", orphaned, lost), *crowd.pins("program", killed, lost)]
        kill_all([*(portal.pin(part) for part in reversed(PARTS)), *victims])

        portal.start()
        began = psutil.Process(portal.pid_of("supervisor")).create_time()
        ready = clock.now()
        wait_until(lambda: (portal.observed_at() or ready) > ready, "a complete look at all runs", PATIENCE_SECONDS)
        assert words(crowd.get(killed)) == KILLED
        # Whoever dies last may have seen it; and a zombie that nobody has reaped yet tells how it ended.
        assert words(crowd.get(lost)) in {UNKNOWN, KILLED}
        assert crowd.get(lost)["execution_error"]
        assert (crowd.get(living)["state"], crowd.get(living)["health"]) == ("running", "ok")
        assert (crowd.get(orphaned)["state"], crowd.get(orphaned)["health"]) == ("running", "unsupervised")
        for name in (killed, lost):
            took = from_text(crowd.wait_final(name)["finished_at"]).timestamp() - began
            record_property(
                "figure", f"everything killed: a {name} run was final {took:.2f} s after the supervisor began"
            )
            assert took < SOON.total_seconds()
        assert words(crowd.end(living)) == OWN_CODE
        assert words(crowd.end(orphaned)) == (OWN_CODE if told else UNKNOWN)
        for name in (living, orphaned):
            assert portal.log_of(crowd.members[name].run_id) == "begun\nending\n"
        crowd.check_words()
    portal.wait_until_alone()


def copy_database(portal: Portal) -> Path:
    """A consistent copy of the database as it is now."""
    path = portal.root / "older.db"
    with closing(sqlite3.connect(portal.data.database)) as now, closing(sqlite3.connect(path)) as copy:
        now.backup(copy)
    return path


def kill_parts(portal: Portal) -> None:
    """All that has the database open."""
    kill_all([portal.pin(part) for part in ("up", "api", "supervisor")])


def test_a_database_restored_to_an_older_copy_forgets_no_run_that_has_evidence(portal: Portal) -> None:
    with ExitStack() as stack:
        crowd = Crowd(portal, stack)
        crowd.begin("in-the-copy", "ended-before")
        assert words(crowd.end("ended-before")) == OWN_CODE
        older = copy_database(portal)
        crowd.begin("ended-after", "alive-after")
        finals = {name: crowd.end(name) for name in ("in-the-copy", "ended-after")}
        kill_parts(portal)
        for name in ("portal.db-wal", "portal.db-shm"):
            (portal.data.root / name).unlink(missing_ok=True)
        shutil.copy(older, portal.data.database)

        portal.start()
        for name, before in finals.items():
            again = crowd.wait(name, lambda run: run["finished_at"], "final again")
            assert words(again) == words(before) == OWN_CODE
            assert again["ended_at"] == before["ended_at"]
            assert portal.log_of(again["run_id"]) == "begun\nending\n"
        alive = crowd.wait("alive-after", lambda run: run["state"] == "running", "running")
        assert alive["health"] == "ok"
        refused = portal.ask("POST", f"/api/tenant/projects/{crowd.members['alive-after'].project_id}/run", {})
        assert refused.json()["code"] == "already_running"
        assert words(crowd.end("alive-after")) == OWN_CODE
    portal.wait_until_alone()


@pytest.mark.parametrize("what", ["marker", "directory"])
def test_without_the_run_root_nothing_ends_and_nothing_starts(portal: Portal, what: str) -> None:
    gone = portal.data.run_root_marker if what == "marker" else portal.data.run_root
    kept = portal.root / "elsewhere"
    with ExitStack() as stack:
        crowd = Crowd(portal, stack)
        crowd.begin("running")
        crowd.observe("running")
        gone.rename(kept)
        if what == "directory":
            gone.mkdir()  # the empty mount point
        observer = crowd.observers["running"]
        observer.expect(frozenset({"running"}))
        crowd.wait("running", lambda run: run["health"] == "unreachable", "unreachable")
        assert "marker" in crowd.get("running")["condition_detail"]
        waiting = stack.enter_context(Specimen(portal, "waiting"))
        crowd.members["waiting"] = waiting
        waiting.start()
        crowd.wait("waiting", lambda run: "mounted" in run["waiting_for"], "waiting for the run root")
        crowd.members["running"].tell()
        kill_all([portal.pin("supervisor")])
        portal.wait_until_whole()
        observer.wait_for_sweep(clock.now())
        assert crowd.get("running")["state"] == "running", "its end cannot have been seen"
        assert waiting.executions == []
        observer.expect(None)
        if what == "directory":
            gone.rmdir()
        kept.rename(gone)
        assert words(crowd.wait_final("running")) == OWN_CODE
        assert words(crowd.end("waiting")) == OWN_CODE
        crowd.check_words()
    portal.wait_until_alone()


class StuckRows:
    """Runs that the database calls running, without any process: one with its evidence, one without."""

    def __init__(self, portal: Portal, stack: ExitStack) -> None:
        self.portal = portal
        crowd = Crowd(portal, stack)
        crowd.begin("with-evidence", "without-evidence")
        self.with_evidence, self.without = crowd.end("with-evidence"), crowd.end("without-evidence")
        self.ids = [self.with_evidence["run_id"], self.without["run_id"]]

    def make_stuck(self) -> None:
        """Change the rows by hand; of one the evidence is gone as well."""
        shutil.rmtree(self.portal.data.run_root / self.ids[1], ignore_errors=True)
        with closing(sqlite3.connect(self.portal.data.database, timeout=30)) as database, database:
            for run_id in self.ids:
                assert database.execute(STUCK, [run_id]).rowcount == 1

    def check_stuck(self) -> None:
        """They are shown as the rows say."""
        assert [self.portal.get_run(run_id)["state"] for run_id in self.ids] == ["running", "running"]

    def check_mended(self) -> None:
        """Both have failed and say why; both projects can be restarted."""
        with_evidence, without = (self.portal.wait_final(run_id) for run_id in self.ids)
        assert words(with_evidence) == OWN_CODE
        assert "exit code 7" in with_evidence["execution_error"]
        assert words(without) == UNKNOWN
        assert "nobody was there to see how" in without["execution_error"]
        for run in (with_evidence, without):
            project = self.portal.get(f"/api/tenant/projects/{run['project_id']}")
            assert project["execution_status"] == "failed"
            assert project["execution_error"] == run["execution_error"] == run["message"]
            assert project["execution_completed_at"] is not None
            assert run["restartable"]

    def check_report(self, report: Json) -> None:
        """The report names both, with what they are now and why."""
        changed = {change["run_id"]: change for change in report["changed"] if change["what"] == "ended"}
        assert set(self.ids) <= set(changed)
        assert report["looked_at"] >= len(self.ids)
        assert report["found"] >= len(self.ids)
        assert [changed[run_id]["reason"] for run_id in self.ids] == ["exit_code", "outcome_unknown"]
        assert all(changed[run_id]["message"] for run_id in self.ids)


def test_rows_that_are_stuck_are_mended_on_request_and_reported(portal_with: PortalWith) -> None:
    with portal_with(PROJECT_CLEANUP_INTERVAL_SECONDS="0") as portal, ExitStack() as stack:
        rows = StuckRows(portal, stack)
        rows.make_stuck()
        rows.check_stuck()
        answer = portal.ask("POST", "/api/admin/cleanup")
        assert answer.status_code == 200, answer.text
        rows.check_report(answer.json()["report"])
        rows.check_mended()

        rows.make_stuck()
        rows.check_stuck()
        done = portal.command("cleanup", "--json")
        assert done.returncode == 0, done.stderr
        rows.check_report(json.loads(done.stdout)["report"])
        rows.check_mended()


def test_rows_that_are_stuck_are_mended_at_start_and_by_themselves(portal_with: PortalWith) -> None:
    with portal_with(PROJECT_CLEANUP_INTERVAL_SECONDS="1") as portal, ExitStack() as stack:
        rows = StuckRows(portal, stack)
        rows.make_stuck()
        rows.check_mended()
        kill_parts(portal)
        rows.make_stuck()
        portal.start()
        rows.check_mended()


def test_a_waiting_row_that_was_set_to_running_by_hand_is_not_taken_for_a_run_that_ran(portal_with: PortalWith) -> None:
    settings = {"ADDON_PORTAL_MAX_CONCURRENT_RUNS": "1", "PROJECT_CLEANUP_INTERVAL_SECONDS": "0"}
    with portal_with(**settings) as portal, ExitStack() as stack:
        crowd = Crowd(portal, stack)
        crowd.begin("blocker")
        waiting = stack.enter_context(Specimen(portal, "waiting"))
        waiting.start()
        with closing(sqlite3.connect(portal.data.database, timeout=30)) as database, database:
            assert database.execute(STUCK, [waiting.run_id]).rowcount == 1
        answer = portal.ask("POST", "/api/admin/cleanup")
        changed = {change["run_id"]: change for change in answer.json()["report"]["changed"]}
        run = portal.wait_final(waiting.run_id)
        assert words(run) == UNKNOWN
        assert changed[waiting.run_id]["message"] == run["execution_error"] != ""
        assert waiting.executions == []
        assert crowd.get("blocker")["state"] == "running", "a run that is well is left alone"
        assert words(crowd.end("blocker")) == OWN_CODE
