"""One case of the matrix, played on a real portal: bring a run to its stage, do the harm, mend, look at everything.

What does not start again by itself (`up`) is started again; what was frozen is thawed; then the run goes on. Judged
are the words that were said all along (`Observer`), the end (`ending_of`), how often the program ran, its log, and that
no process is left.
"""

import contextlib
import signal
from collections.abc import Iterator

from addon_portal.domain.clock import SystemClock, from_text
from tests.faults.matrix import KILLED, NEVER_BEGAN, Action, Case, Expected, Stage, words_while_held
from tests.faults.observer import Observer
from tests.faults.specimen import CODE, Specimen
from tests.support.kernel import Pinned
from tests.support.portal import Json, Portal, hold
from tests.support.waiting import PATIENCE_SECONDS, wait_until

FREEZE_SECONDS = 5.0
"""Long enough for `unreachable`, which is said after 3 s."""

_PARTS = ("up", "api", "supervisor", "keeper")


class Experiment:
    """A case on a portal whose processes are all well, and that runs nothing else."""

    def __init__(self, portal: Portal, case: Case, ending: Expected, name: str, *, sees_zombies: bool) -> None:
        """`sees_zombies`: whether the supervisor can tell how a program ended that is not reaped."""
        self.portal, self.case, self.ending, self.name = portal, case, ending, name
        self._sees_zombies = sees_zombies
        self._clock = SystemClock()
        self._shim_pid: int | None = None
        self._blocker: Specimen | None = None

    def play(self) -> None:
        """Do it. Raises AssertionError with all that was not true."""
        with Specimen(self.portal, self.name) as specimen, contextlib.ExitStack() as cleanup:
            if self.case.stage is Stage.QUEUED:
                self._blocker = cleanup.enter_context(Specimen(self.portal, f"{self.name}-blocker"))
            try:
                self._bring_to_stage(specimen)
                observer = cleanup.enter_context(Observer(specimen, may_be_unknown=self.ending.outcome == "unknown"))
                observer.expect(words_while_held(self.case, self.ending))
                if self.case.action is Action.KILL:
                    self._kill(specimen, observer)
                else:
                    self._freeze(specimen, observer)
                run = self.portal.wait_final(specimen.run_id)
                observer.wait_for(lambda seen: seen["finished_at"], "the observer to see the end")
            finally:
                if self.case.stage.point:
                    self.portal.pauses.open(self.case.stage.point)
            assert not observer.lies, "\n".join([*observer.lies, f"history: {observer.history}"])
            self._verify(specimen, run)
        self.portal.wait_until_alone()

    # Getting there.

    def _bring_to_stage(self, specimen: Specimen) -> None:
        stage = self.case.stage
        if self._blocker is not None:
            self._blocker.start()
            self._blocker.wait_begun()
        if stage.point:
            self.portal.pauses.arm(stage.point)
        specimen.start()
        if not stage.is_before_the_gate:
            specimen.wait_begun()
            get_run = self.portal.get_run
            wait_until(
                lambda: get_run(specimen.run_id)["state"] == "running", "it to be seen running", PATIENCE_SECONDS
            )
            if stage is not Stage.RUNNING:
                specimen.tell()
        if stage.point:
            pid = self.portal.pauses.wait_reached(stage.point)
            self._shim_pid = pid if stage.has_shim else None

    @contextlib.contextmanager
    def _victims(self, specimen: Specimen) -> Iterator[list[Pinned]]:
        pinned: list[Pinned] = []
        try:
            for name in self.case.victims:
                if name in _PARTS:
                    pinned.append(self.portal.pin(name))
                else:
                    found = specimen.pin_program(self._shim_pid) if name == "program" else self._pin_shim(specimen)
                    assert found is not None, f"there is no {name}"
                    pinned.append(found)
            yield pinned
        finally:
            for process in pinned:
                process.close()

    def _pin_shim(self, specimen: Specimen) -> Pinned | None:
        return Pinned(self._shim_pid) if self._shim_pid else specimen.pin_shim()

    # The harm.

    def _kill(self, specimen: Specimen, observer: Observer) -> None:
        killed, stage = self.case.killed, self.case.stage
        before = self._clock.now()
        with self._victims(specimen) as victims:
            for process in victims:
                process.send(signal.SIGKILL)
            for process in victims:
                process.wait()
        if "up" in killed:
            if stage.holds_supervisor:
                self._release(specimen, observer)  # a supervisor that is held cannot notice that its `up` is gone
            self.portal.spawn()
        self.portal.wait_until_whole()
        if not stage.holds_supervisor or "supervisor" in killed:
            observer.wait_for_sweep(before)
            self._check_held(observer)
        self._release(specimen, observer)

    def _check_held(self, observer: Observer) -> None:
        """What a supervisor that has had time to look has to say of a run that is still held."""
        killed, stage = self.case.killed, self.case.stage
        health, code = "finishing", CODE if stage is not Stage.ENDED or self._sees_zombies else None
        if stage is Stage.RUNNING and "shim" in killed:
            health, code = "unsupervised", None
        elif stage.is_before_the_gate or stage is Stage.RUNNING:
            return
        said = (health, code)
        observer.wait_for(
            lambda run: run["finished_at"] or (run["health"], run["exit_code"]) == said, f"health and code to be {said}"
        )

    def _freeze(self, specimen: Specimen, observer: Observer) -> None:
        frozen = self.case.frozen
        with self._victims(specimen) as victims:
            for name, process in zip(self.case.victims, victims, strict=True):
                if name == "shim":
                    process.send(signal.SIGSTOP)  # the supervisor may have thawed it before anybody sees it stand still
                else:
                    process.freeze()
            since = self._clock.now()
            try:
                hold(FREEZE_SECONDS / 2)
                self._release(specimen, observer)
                hold(FREEZE_SECONDS / 2)
                if "supervisor" in frozen and "api" not in frozen:
                    run = self.portal.get_run(specimen.run_id)
                    if run["state"] in {"starting", "running"}:
                        assert run["health"] == "unreachable", f"nobody can look: {run}"
                        assert from_text(run["observed_at"]) <= since, f"nobody can have looked: {run}"
            finally:
                for process in victims:
                    process.thaw()

    def _release(self, specimen: Specimen, observer: Observer) -> None:
        """Let the run go on to its end."""
        observer.expect(None)
        if self._blocker is not None:
            self._blocker.tell()
        if self.case.stage.is_before_the_gate or self.case.stage is Stage.RUNNING:
            specimen.tell()
        if self.case.stage.point:
            self.portal.pauses.open(self.case.stage.point)

    # The truth.

    def _verify(self, specimen: Specimen, run: Json) -> None:
        ending = self.ending
        found = Expected(run["reason"], run["outcome"], run["exit_code"], run["signal"], len(specimen.executions))
        assert found == ending, f"expected {ending}, got {found}: {run['message']}"
        assert set(specimen.executions) <= {specimen.run_id}
        assert run["execution_error"] == run["message"] != ""
        assert run["next_step"]
        specimen.wait_until_gone()
        if ending is not NEVER_BEGAN:
            log = self.portal.log_of(specimen.run_id)
            assert log == ("begun\n" if ending is KILLED else "begun\nending\n"), f"its log says {log!r}"
        evidence = self.portal.ask("GET", f"/api/tenant/runs/{specimen.run_id}/evidence")
        assert evidence.status_code == 200, evidence.text
        if self._blocker is not None:
            assert self.portal.wait_final(self._blocker.run_id)["exit_code"] == CODE
