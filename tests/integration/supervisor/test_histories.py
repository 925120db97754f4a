"""Random histories: programs with random lives and codes, and a random hand that kills and freezes everybody.

Whatever happens, no code is wrong, no run is stuck, and none is called ended while it lives. The seed is in the test's
name, so that a history can be had again.
"""

import random
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from tests.support.host import SupervisedHost
from tests.support.host_parts import Leash

pytestmark = [pytest.mark.slow, pytest.mark.faults]

PROGRAMS = 20
ROUNDS = 80


@dataclass
class Life:
    """One run, how its program was told to end, and what else may truthfully be said of it."""

    run_id: RunId
    leash: Leash
    code: int | None = None
    signal: int | None = None
    has_ended: bool = False
    may_be_unknown: bool = False
    may_be_interrupted: bool = False


class History:
    """A random hand over one host."""

    def __init__(self, host: SupervisedHost, seed: int, *, kills_keepers: bool) -> None:
        self.host = host
        self.random = random.Random(seed)
        self.lives: list[Life] = []
        self.deeds = [self.ask_for_a_run] * 4 + [self.end_a_program] * 4 + [self.kill_a_shim] * 3
        self.deeds += [self.kill_a_program, self.freeze_a_shim, self.replace_the_supervisor, self.freeze_the_supervisor]
        if kills_keepers:
            self.deeds.append(self.replace_the_keeper)

    def ask_for_a_run(self) -> None:
        """One more, up to a limit."""
        if len(self.lives) < PROGRAMS:
            leash = self.host.leash()
            self.lives.append(Life(self.host.run(*leash.argv), leash))

    def pick(self, *, living: bool) -> Life | None:
        """A run that has been launched; `living` if its program has not been told to end."""
        launched = [life for life in self.lives if self.host.has(life.run_id, "child")]
        candidates = [life for life in launched if not (living and life.has_ended)]
        return self.random.choice(candidates) if candidates else None

    def end_a_program(self) -> None:
        """It ends by itself."""
        life = self.pick(living=True)
        if life is not None:
            self.end(life)

    def end(self, life: Life) -> None:
        """With a code, or by a signal of its own."""
        life.has_ended = True
        if self.random.random() < 0.7:
            life.code = self.random.randrange(256)
            life.leash.end(life.code)
        else:
            life.signal = self.random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
            life.leash.end(by_signal=life.signal)

    def kill_a_program(self) -> None:
        """Somebody kills it; behind its gate it was not yet the program."""
        life = self.pick(living=True)
        if life is not None:
            life.has_ended, life.signal = True, signal.SIGKILL
            life.may_be_interrupted |= not self.is_running(life)
            self.host.program(life.run_id).kill()

    def kill_a_shim(self) -> None:
        """Of any run, whether or not its program was told to end."""
        life = self.pick(living=False)
        if life is not None:
            life.may_be_interrupted |= not self.is_running(life)
            self.host.shim(life.run_id).kill()

    def freeze_a_shim(self) -> None:
        """It stays so until somebody needs it."""
        life = self.pick(living=False)
        if life is not None and self.is_running(life):
            self.host.shim(life.run_id).kill(signal.SIGSTOP)

    def is_running(self, life: Life) -> bool:
        """Whether the books know that the program has begun."""
        return self.host.get(life.run_id).started_at is not None

    def replace_the_supervisor(self) -> None:
        """Killed, and another started at once."""
        self.host.supervisor.kill()
        self.host.spawn_supervisor()

    def freeze_the_supervisor(self) -> None:
        """For the time of one other deed."""
        self.host.supervisor.freeze()
        self.end_a_program()
        self.host.supervisor.thaw()

    def replace_the_keeper(self) -> None:
        """With it goes a witness of every program that it started, and perhaps a launch that it had just begun."""
        self.host.keeper.kill()
        for life in self.lives:
            life.may_be_unknown = True
            life.may_be_interrupted |= not self.is_running(life)
        self.host.start_keeper()

    def check_that_nothing_final_lives(self) -> None:
        """Nobody whose run is final has a living process."""
        final = [life.run_id for life in self.lives if not self.host.get(life.run_id).is_active]
        assert self.host.processes_of(*final) == []

    def check_end(self, life: Life) -> None:
        """The truth, or that nobody knows it where nobody can."""
        run: Run = self.host.final(life.run_id)
        if life.may_be_unknown and run.outcome is Outcome.UNKNOWN:
            return
        if life.may_be_interrupted and run.reason is Reason.LAUNCH_INTERRUPTED:
            return
        assert (run.exit_code, run.signal) == (life.code, life.signal), run
        assert run.state is (RunState.COMPLETED if life.code == 0 else RunState.FAILED)


@pytest.mark.parametrize("kills_keepers", [False, True], ids=["keeper lives", "keepers die"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_history_ends_in_the_truth(tmp_path: Path, seed: int, kills_keepers: bool) -> None:
    with SupervisedHost(tmp_path / "data") as host:
        host.start()
        history = History(host, seed, kills_keepers=kills_keepers)
        for _ in range(ROUNDS):
            history.random.choice(history.deeds)()
            history.check_that_nothing_final_lives()
        for life in history.lives:
            if not life.has_ended:
                history.end(life)
        for life in history.lives:
            history.check_end(life)
        history.check_that_nothing_final_lives()
        host.await_sweep()  # The newest supervisor may have started a moment ago.
