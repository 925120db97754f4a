"""Random histories against real SQLite: requests, moves of every kind, failures and restarts of the process.

A small model says what each step must answer. After every step: one active run per project, final runs stay as they are
but for one amendment of an unknown outcome, the journal replayed gives the stored states, and no tenant sees another's.
"""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule
from typing_extensions import override

from addon_portal.domain import transitions
from addon_portal.domain.errors import AlreadyRestarted, AlreadyRunning, DomainError, NotFound
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.states import ACTIVE, CLAIMED, FINAL, Outcome, RunState
from addon_portal.domain.transitions import Transition
from addon_portal.storage import Storage, apply
from tests.contract.storage.world import SUPERVISOR, SteppedClock, World
from tests.support.tables import lay_tables


@dataclass
class ModelRun:
    """What the model knows of a run."""

    id: RunId
    project_id: ProjectId
    alices: bool
    state: RunState = RunState.PENDING
    outcome: Outcome | None = None
    amended: bool = False
    stop_requested: bool = False
    grace_shortened: bool = False
    restart_of: RunId | None = None

    def accepts(self, transition: Transition) -> bool:
        """Whether the transition wins, said in other words than the storage's."""
        match transition.kind:
            case "claimed" | "withdrawn":
                return self.state is RunState.PENDING
            case "started":
                return self.state is RunState.STARTING
            case "stopping":
                return self.state in {RunState.STARTING, RunState.RUNNING}
            case "ended":
                return self.state in CLAIMED
            case "amended":
                return self.outcome is Outcome.UNKNOWN and not self.amended
            case "stop_requested":
                return self.state in CLAIMED and not self.stop_requested
            case "grace_shortened":
                is_untaken = self.state in {RunState.STARTING, RunState.RUNNING}
                return is_untaken and self.stop_requested and not self.grace_shortened
            case "condition":
                return self.state in ACTIVE
            case other:
                raise AssertionError(other)

    def take(self, transition: Transition) -> None:
        """Move on."""
        self.state = transition.to_state or self.state
        self.stop_requested |= transition.kind == "stop_requested"
        self.grace_shortened |= transition.kind == "grace_shortened"
        self.amended |= transition.kind == "amended"
        if self.state in FINAL:
            outcome = transition.values["outcome"]
            assert outcome is None or isinstance(outcome, Outcome)
            self.outcome = outcome


KINDS = (
    "claimed", "started", "stopping", "ended", "lost", "withdrawn", "stop_requested", "grace_shortened", "condition",
    "amended",
)  # fmt: skip
EXITS = st.sampled_from([ProcessExit(0), ProcessExit(3 << 8), ProcessExit(9)])


class History(RuleBasedStateMachine):
    """One installation and what happens to it."""

    projects: Bundle[tuple[ProjectId, bool]] = Bundle("projects")
    runs: Bundle[ModelRun] = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="portal-history-"))
        lay_tables(self.directory / "portal.db")
        self.clock = SteppedClock()
        self.known: list[ModelRun] = []
        self.finals: dict[RunId, Run] = {}
        self.open()
        self.world = World(self.storage, self.clock).found()

    def open(self) -> None:
        self.storage = Storage.open(f"sqlite:///{self.directory / 'portal.db'}", clock=self.clock)

    @override
    def teardown(self) -> None:
        self.storage.close()
        shutil.rmtree(self.directory)

    def scope(self, *, alices: bool) -> TenantScope:
        return self.world.scope if alices else self.world.other_scope

    def active_of(self, project_id: ProjectId) -> ModelRun | None:
        active = [run for run in self.known if run.project_id == project_id and run.state in ACTIVE]
        assert len(active) <= 1
        return active[0] if active else None

    @initialize(target=projects)
    def begin(self) -> tuple[ProjectId, bool]:
        return self.world.add_project().id, True

    @rule(target=projects, alices=st.booleans())
    def add_project(self, alices: bool) -> tuple[ProjectId, bool]:
        return self.world.add_project(scope=self.scope(alices=alices)).id, alices

    @rule(target=runs, project=projects)
    def run_project(self, project: tuple[ProjectId, bool]) -> ModelRun | MultipleResults[ModelRun]:
        return self.insert(*project, None)

    @rule(target=runs, project=projects, before=runs)
    def restart(self, project: tuple[ProjectId, bool], before: ModelRun) -> ModelRun | MultipleResults[ModelRun]:
        """A restart; sometimes of a run of another project or tenant."""
        return self.insert(*project, before)

    @rule(target=runs, before=runs)
    def restart_in_place(self, before: ModelRun) -> ModelRun | MultipleResults[ModelRun]:
        return self.insert(before.project_id, before.alices, before)

    def insert(
        self, project_id: ProjectId, alices: bool, before: ModelRun | None
    ) -> ModelRun | MultipleResults[ModelRun]:
        new = self.world.new_run(project_id, before.id if before else None)
        refusal: type[DomainError] | None = None
        in_the_way: RunId | None = None
        successors = [run.id for run in self.known if before and run.restart_of == before.id]
        active = self.active_of(project_id)
        if before is not None and before.project_id != project_id:
            refusal = NotFound
        elif successors:
            refusal, in_the_way = AlreadyRestarted, successors[0]
        elif active is not None:
            refusal, in_the_way = AlreadyRunning, active.id
        if refusal is not None:
            with pytest.raises(refusal) as refused, self.storage.write() as uow:
                uow.runs.insert(self.scope(alices=alices), new)
            assert in_the_way in {None, refused.value.fields.get("new_run_id"), refused.value.fields.get("run_id")}
            return multiple()
        with self.storage.write() as uow:
            stored = uow.runs.insert(self.scope(alices=alices), new)
        assert stored.restart_count == (self.depth(before) + 1 if before else 0)
        run = ModelRun(new.id, project_id, alices, restart_of=before.id if before else None)
        self.known.append(run)
        return run

    def depth(self, run: ModelRun) -> int:
        return 1 + self.depth(self.model_of(run.restart_of)) if run.restart_of else 0

    def model_of(self, run_id: RunId) -> ModelRun:
        return next(run for run in self.known if run.id == run_id)

    def transition(self, run_id: RunId, kind: str, exit: ProcessExit) -> Transition:
        now = self.clock.now()
        match kind:
            case "ended":
                return self.world.ended(run_id, exit)
            case "amended":
                return self.world.amended(run_id, exit)
            case "stopping":
                return transitions.stopping(run_id, now, now, SUPERVISOR, "bob")
            case "condition":
                return transitions.condition_changed(run_id, frozenset({"unsupervised"}), None, now, SUPERVISOR)
            case _:
                made: Transition = getattr(self.world, kind)(run_id)
                return made

    @rule(run=runs, kind=st.sampled_from(KINDS), exit=EXITS)
    def move(self, run: ModelRun, kind: str, exit: ProcessExit) -> None:
        self.apply([(run, self.transition(run.id, kind, exit))])

    @rule(moves=st.lists(st.tuples(runs, st.sampled_from(KINDS), EXITS), max_size=6))
    def move_many(self, moves: list[tuple[ModelRun, str, ProcessExit]]) -> None:
        """Several in one transaction, some of the same run."""
        self.apply([(run, self.transition(run.id, kind, ended)) for run, kind, ended in moves])

    def apply(self, moves: list[tuple[ModelRun, Transition]]) -> None:
        with self.storage.write() as uow:
            for run, transition in moves:
                expected = run.accepts(transition)
                assert apply(uow, transition) == expected
                if expected:
                    run.take(transition)

    @rule(run=runs, kind=st.sampled_from(KINDS), exit=EXITS)
    def fail_half_way(self, run: ModelRun, kind: str, exit: ProcessExit) -> None:
        """An error after the change, before the commit."""
        with suppress(ZeroDivisionError), self.storage.write() as uow:
            apply(uow, self.transition(run.id, kind, exit))
            uow.finish()
            _ = 1 // 0

    @rule()
    def start_anew(self) -> None:
        """The process ends and another one opens the database."""
        self.storage.close()
        self.open()
        self.world.storage = self.storage

    @rule(run=runs)
    def look_across(self, run: ModelRun) -> None:
        with self.storage.read() as uow, pytest.raises(NotFound):
            uow.runs.get(self.scope(alices=not run.alices), run.id)

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        with self.storage.read() as uow:
            stored = {
                alices: uow.runs.list_page(self.scope(alices=alices), limit=10_000).items for alices in (True, False)
            }
            entries = uow.journal.read_after(0, 100_000)
        for alices, runs in stored.items():
            assert [run.id for run in runs] == [run.id for run in reversed(self.known) if run.alices == alices]
        everything = {run.id: run for runs in stored.values() for run in runs}
        replayed: dict[RunId, RunState] = {}
        for entry in entries:
            assert entry.from_state == replayed.get(entry.run_id)
            replayed[entry.run_id] = entry.to_state or replayed[entry.run_id]
        for model in self.known:
            run = everything[model.id]
            assert (run.state, run.outcome) == (model.state, model.outcome)
            assert replayed[run.id] is run.state
            assert (run.state in FINAL) == (run.reason is not None) == (run.finished_at is not None)
            assert run.state is not RunState.COMPLETED or run.exit_code == 0
            self.check_final_stays(model, run)
        for project_id in {run.project_id for run in self.known}:
            self.active_of(project_id)

    def check_final_stays(self, model: ModelRun, run: Run) -> None:
        """Nothing of a final run changes, but for who follows it, and for one amendment."""
        if run.state not in FINAL:
            return
        seen = replace(run, restarted_by=None)
        before = self.finals.get(run.id)
        if before is not None and before != seen:
            assert before.outcome is Outcome.UNKNOWN
            assert model.amended
        if before is None or before.outcome is Outcome.UNKNOWN:
            self.finals[run.id] = seen


TestHistory = pytest.mark.slow(History.TestCase)
TestHistory.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
