"""Random histories of restarts: a real supervisor on real storage, a fake host, and what must hold whatever happens.

People run, restart, stop first and call off; programs end; supervisors die; the wall clock is set by hours. After every
step no project has two programs alive, no program was started twice, no row of restarts by the policy is longer than it
allows, and what waits follows the newest run and is never put off.
"""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import ProjectId, RunId, new_run_id
from addon_portal.domain.models import Run
from addon_portal.domain.restart_policy import RestartMode, RestartPolicy, policy_to_json
from addon_portal.domain.states import CLAIMED
from addon_portal.domain.verdict import Liveness
from addon_portal.storage import NewRun
from tests.integration.supervisor.desk import Desk, replace_run

MOST = 2
POLICY = RestartPolicy(RestartMode.ON_FAILURE, max_restarts=MOST, initial_seconds=8.0, jitter=0.5)
PROJECTS = st.integers(0, 1)


class Restarts(RuleBasedStateMachine):
    """One host with two projects; the first has a policy."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="portal-restarts-"))
        self.desk = Desk(f"sqlite:///{self.directory / 'desk.db'}", self.directory)
        self.projects: list[ProjectId] = []

    @override
    def teardown(self) -> None:
        self.desk.close()
        shutil.rmtree(self.directory)

    @initialize()
    def begin(self) -> None:
        self.projects = [self.desk.add_project() for _ in range(2)]
        with self.desk.storage.write() as uow:
            uow.projects.set_restart_policy(
                self.desk.scope, self.projects[0], policy_to_json(POLICY), self.desk.clock.now()
            )
        self.desk.turn()

    def latest(self, project_id: ProjectId) -> Run | None:
        with self.desk.storage.read() as uow:
            return uow.runs.latest(self.desk.scope, project_id)

    @rule(at=PROJECTS, restart=st.booleans())
    def ask(self, at: int, restart: bool) -> None:
        """Somebody runs or restarts, as the API does: in place of what is to come."""
        project_id = self.projects[at]
        before = self.latest(project_id)
        now = self.desk.clock.now()
        new = NewRun(new_run_id(now), project_id, 1, self.desk.host_id, now, "key:ada", workspace=project_id)
        if restart and before is not None:
            new = replace(new, restart_of=before.id)
        with suppress(DomainError), self.desk.storage.write() as uow:
            project = uow.projects.get_locked(self.desk.scope, project_id)
            if project.scheduled_restart is not None and (before is None or not before.is_active):
                uow.scheduled_restarts.call_off(project.scheduled_restart, now, "key:ada", "asked")
            uow.runs.insert(self.desk.scope, new)
        self.let_time_pass(0.001)

    @rule(at=PROJECTS)
    def stop_first(self, at: int) -> None:
        run = self.latest(self.projects[at])
        if run is None or run.state not in CLAIMED:
            return
        with self.desk.storage.read() as uow:
            if uow.scheduled_restarts.find(self.desk.scope, run.project_id) is not None:
                return
        replace_run(self.desk.storage, run.id, self.desk.clock.now())

    @rule(at=PROJECTS, status=st.sampled_from([0, 3 << 8, 9]))
    def finish(self, at: int, status: int) -> None:
        run = self.latest(self.projects[at])
        fake = self.desk.host.runs.get(run.id) if run else None
        if run is not None and fake is not None and fake.program is Liveness.ALIVE and not fake.gate_held:
            self.desk.host.finish(run.id, status)

    @rule(times=st.integers(1, MOST + 1))
    def fail_and_wait(self, times: int) -> None:
        """The program of the first project fails, and whatever the policy wants comes to pass, some times."""
        for _ in range(times):
            self.finish(0, 3 << 8)
            self.let_time_pass(1.0)
            self.let_time_pass(20.0)

    @rule(at=PROJECTS)
    def call_off(self, at: int) -> None:
        with self.desk.storage.write() as uow:
            waiting = uow.scheduled_restarts.find(self.desk.scope, self.projects[at])
            if waiting is not None:
                assert uow.scheduled_restarts.call_off(waiting, self.desk.clock.now(), "key:ada", "no")

    @rule()
    def lose_the_supervisor(self) -> None:
        self.desk.restart_supervisor()

    @rule(hours=st.sampled_from([-9, 9]))
    def set_the_clock(self, hours: int) -> None:
        self.desk.clock.step(hours * 3600)

    @rule(seconds=st.sampled_from([0.001, 1.0, 5.0, 40.0]))
    def let_time_pass(self, seconds: float) -> None:
        self.desk.turn(seconds)
        for _ in range(4):
            self.desk.supervisor.wake()
            self.desk.turn(0.001)

    @precondition(lambda self: self.projects)
    @invariant()
    def nothing_runs_twice(self) -> None:
        alive = Counter(run.spec["project"] for run in self.desk.host.runs.values() if run.program is Liveness.ALIVE)
        assert all(count == 1 for count in alive.values()), alive
        assert len(set(self.desk.host.starts)) == len(self.desk.host.starts)

    @precondition(lambda self: self.projects)
    @invariant()
    def the_policy_keeps_its_measure(self) -> None:
        with self.desk.storage.read() as uow:
            for project_id in self.projects:
                project = uow.projects.get(self.desk.scope, project_id)
                runs = uow.runs.list_page(self.desk.scope, limit=1000, project_id=project_id).items
                self.check_rows(runs)
                self.check_waiting(project_id, project.latest_run)

    def check_rows(self, runs: tuple[Run, ...]) -> None:
        """Restarts in a row, and each after the end of the one before."""
        in_a_row = 0
        by_id = {run.id: run for run in runs}
        for run in reversed(runs):
            in_a_row = in_a_row + 1 if run.requested_by == "restart policy" else 0
            assert in_a_row <= MOST
            assert not in_a_row or run.project_id == self.projects[0]
            if run.restart_of is not None:
                assert not by_id[RunId(run.restart_of)].is_active

    def check_waiting(self, project_id: ProjectId, latest: Run | None) -> None:
        """What waits follows the newest run, and was never to wait longer than the longest pause."""
        with self.desk.storage.read() as uow:
            waiting = uow.scheduled_restarts.find(self.desk.scope, project_id)
        if waiting is None:
            return
        assert latest is not None
        assert waiting.restart_of == latest.id
        if waiting.due_at is None:
            assert latest.is_active
            assert latest.stop_why == "replaced"
        else:
            assert not latest.is_active
            assert waiting.due_monotonic is not None
            assert waiting.due_monotonic - self.desk.clock.monotonic() <= 8.0 * 2 ** (MOST - 1)


TestRestarts = pytest.mark.slow(Restarts.TestCase)
TestRestarts.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
