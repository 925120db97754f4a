"""Stopping every active run of this host, for a portal that is to be gone with all it started.

Asks the way the API does, by stored intents, and waits for what the supervisor then proves, but not for ever; nothing
here signals a program. Needs a supervisor that lives. Says on the way who is left, and why.
"""

import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from addon_portal.cli.output import counted
from addon_portal.domain import endings, transitions
from addon_portal.domain.clock import Clock, to_text
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, RunId
from addon_portal.domain.models import Run
from addon_portal.domain.states import Health, RunState
from addon_portal.storage import Storage, UnitOfWork, apply, wakeups

LATE_SECONDS = 30.0
"""How long a run may outlive its grace time, or a supervisor may take to begin, before it is given up."""
SAY_AGAIN_SECONDS = 10.0
MOST_NAMED = 20
"""More runs than these are counted and not named on the way."""
_LOOK_AGAIN_SECONDS = 1.0
"""The safety net under the wake-ups."""
_AT_ONCE = 1000
_BECOMES_REACHABLE = timedelta(seconds=3)
"""How long a run may stay out of reach before it is given up: a keeper may be about to come back."""


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run that is still active, with the name of its project and what it is doing, in words."""

    run: Run
    project: str
    doing: str

    def sentence(self) -> str:
        """That it was given up, for people."""
        return f"{self._name()} was left as it is: {self.doing}."

    def progress(self) -> str:
        """What is waited for, for people."""
        return f"{self._name()}: {self.doing}."

    def to_json(self) -> dict[str, object]:
        """For programs."""
        deadline = self.run.stop_deadline_at
        return {
            "run_id": self.run.id,
            "project": self.project,
            "state": self.run.state.value,
            "unreachable": is_out_of_reach(self.run),
            "stop_deadline_at": deadline and to_text(deadline),
            "doing": self.doing,
        }

    def _name(self) -> str:
        return f"Run {self.run.id} ({self.project})"


@dataclass(frozen=True, slots=True)
class Stopped:
    """What came of it: the runs that are final now, and those that were given up."""

    stopped: Sequence[RunId]
    left: Sequence[LeftRun]

    def sentence(self) -> str:
        """How many were stopped, for people."""
        return f"Stopped {counted(len(self.stopped), 'run')}." if self.stopped or self.left else "No run was active."


class RunStopper:
    """Asks every active run of a host to end and waits until all are final or nobody need be waited for any more.

    A run is given up when the supervisor has looked at it since and could not reach it, or `LATE_SECONDS` after its
    grace is over; after `timeout_seconds`, where that is given, whatever is left is. `say` gets sentences for people
    on the way.
    """

    def __init__(
        self,
        storage: Storage,
        host_id: HostId,
        clock: Clock,
        actor: str,
        say: Callable[[str], None],
        timeout_seconds: float | None = None,
    ) -> None:
        self._storage = storage
        self._host_id = host_id
        self._clock = clock
        self._actor = actor
        self._say = say
        self._timeout_seconds = timeout_seconds
        self._began = clock.now()
        self._began_monotonic = clock.monotonic()
        self._projects: dict[RunId, str] = {}
        self._said: tuple[object, ...] = ()
        self._said_at = self._began_monotonic

    def stop_all(self, check: Callable[[], None] = lambda: None) -> Stopped:
        """Do it. `check` is called at least once a second and may raise to give up."""
        listener = self._storage.listen(wakeups.API)
        seen: dict[RunId, None] = {}
        try:
            while True:
                left = self._request_stops()
                seen |= dict.fromkeys(run.id for run in left)
                if self._is_enough(left):
                    break
                check()
                self._tell(left)
                select.select([listener], [], [], self._pause_seconds())
                listener.drain()
        finally:
            listener.close()
        remaining = {run.id for run in left}
        return Stopped([run_id for run_id in seen if run_id not in remaining], [self._describe(run) for run in left])

    def _is_enough(self, left: list[Run]) -> bool:
        if left and self._timeout_seconds is not None and self._elapsed() >= self._timeout_seconds:
            return True
        was_looked_at = any(map(is_out_of_reach, left)) and self._was_looked_at()
        return all((is_out_of_reach(run) and was_looked_at) or self._is_late(run) for run in left)

    def _elapsed(self) -> float:
        return self._clock.monotonic() - self._began_monotonic

    def _pause_seconds(self) -> float:
        if self._timeout_seconds is None:
            return _LOOK_AGAIN_SECONDS
        return min(_LOOK_AGAIN_SECONDS, max(0.0, self._timeout_seconds - self._elapsed()))

    def _is_late(self, run: Run) -> bool:
        """Whether it should have been gone long ago. Not while a time that the caller gave is running."""
        if self._timeout_seconds is not None:
            return False
        return self._clock.now() > max(self._began, run.stop_deadline_at or self._began) + timedelta(
            seconds=LATE_SECONDS
        )

    def _was_looked_at(self) -> bool:
        """Whether a whole look at all runs has begun since then, so that what is stored of them is not from before."""
        with self._storage.read() as uow:
            observed_at = uow.hosts.get(self._host_id).observed_at
        return observed_at is not None and observed_at > self._began + _BECOMES_REACHABLE

    def _request_stops(self) -> list[Run]:
        """Withdraw what waits and ask the rest to stop, unless that was done; returns those that are still active."""
        with self._storage.read() as uow:
            unasked = [run for run in list_active(uow, self._host_id) if run.stop_requested_at is None]
        if unasked:
            now = self._clock.now()
            with self._storage.write() as uow:
                for run in unasked:
                    withdrawal = transitions.withdrawn(run.id, endings.withdrawn(self._actor, now), now, self._actor)
                    if not apply(uow, withdrawal):
                        apply(uow, transitions.stop_requested(run.id, now, self._actor, "shutdown", None))
                uow.wake_supervisor(self._host_id)
                uow.wake_api()
        with self._storage.read() as uow:
            return list_active(uow, self._host_id)

    def _tell(self, left: list[Run]) -> None:
        """Say who is left when that or what they do has changed, and now and then."""
        now = self._clock.now()
        picture = tuple((run.id, _phase(run, now)) for run in left)
        if picture == self._said and self._clock.monotonic() - self._said_at < SAY_AGAIN_SECONDS:
            return
        self._said, self._said_at = picture, self._clock.monotonic()
        self._say(f"Stopping {counted(len(left), 'run')} ...")
        for run in left[:MOST_NAMED]:
            self._say("  " + self._describe(run).progress())
        if len(left) > MOST_NAMED:
            self._say(f"  and {len(left) - MOST_NAMED} more.")

    def _describe(self, run: Run) -> LeftRun:
        if run.id not in self._projects:
            with suppress(NotFound), self._storage.read() as uow:
                self._projects[run.id] = uow.host_runs.launch_order(run.id).project_name
        return LeftRun(run, self._projects.get(run.id, run.project_id), _doing(run, self._clock.now()))


def list_active(uow: UnitOfWork, host_id: HostId) -> list[Run]:
    """Every run of the host that can still move."""
    waiting = uow.host_runs.list_pending(host_id, _AT_ONCE)
    return [*uow.host_runs.list_claimed(host_id), *(facts.run for facts in waiting)]


def is_out_of_reach(run: Run) -> bool:
    """Whether the supervisor found that nobody can look at the run."""
    return Health.UNREACHABLE in run.conditions


def _phase(run: Run, now: datetime) -> str:
    """What a run that was asked to end is doing, in one word."""
    if is_out_of_reach(run):
        return "unreachable"
    if Health.FINISHING in run.conditions:
        return "finishing"
    if run.state is not RunState.STOPPING or run.stop_deadline_at is None:
        return "asked"
    return "grace" if now < run.stop_deadline_at else "killing"


def _doing(run: Run, now: datetime) -> str:
    until = run.stop_deadline_at
    match _phase(run, now):
        case "unreachable":
            return f"it cannot be reached ({run.condition_detail or 'nobody can look at it'})"
        case "finishing":
            return "its program has ended, and what it left behind or its records are not finished"
        case "asked":
            return f"{run.state.value}, and no supervisor has begun to stop it"
        case "grace":
            assert until is not None
            seconds = (until - now).total_seconds()
            return f"stopping, and its grace time is over at {until:%H:%M:%S} UTC, in {seconds:.0f} s"
        case _:
            assert until is not None
            return f"its grace time was over at {until:%H:%M:%S} UTC and it is being killed"
