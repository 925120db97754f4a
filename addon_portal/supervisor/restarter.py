"""Restarts: those that follow an end at once, those that the policy wants later, and making them when they are due.

Promises that what is to follow a run is decided in the very transaction that makes it final, that a restart is made in
the one that takes it from the books, and that one which may not be made is called off with the reason in the journal.
Never keeps an end from being recorded. Counts on the monotonic clock, so that nobody who sets the wall clock makes a
restart come early or late. Leaves starting what it makes to `launcher`.
"""

import math
import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

import structlog

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import DomainError, NotFound, StorageBusy
from addon_portal.domain.ids import ProjectId, RunId, new_run_id
from addon_portal.domain.models import RestartCause, Run, ScheduledRestart, TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restart_policy import (
    POLICY_ACTOR,
    Again,
    GiveUp,
    PastRestart,
    RestartMode,
    RestartPolicy,
    decide,
    policy_from_json,
)
from addon_portal.domain.restarts import age_of, needs_confirmation, repeat, seconds_until_due
from addon_portal.domain.transitions import Transition
from addon_portal.storage import Storage, UnitOfWork
from addon_portal.storage.errors import ConstraintViolated
from addon_portal.storage.scheduled_restarts import MadeRestart, new_run_of

log = structlog.get_logger()

T = TypeVar("T")

_AT_ONCE = 20
"""So many are made in one turn of the loop, lest others wait."""


@dataclass(slots=True)
class Restarter:
    """Restarts for one host."""

    actor: str
    clock: Clock
    boot_id: str
    _due: dict[ProjectId, tuple[float, ScheduledRestart]] = field(default_factory=dict)
    """What is to come, with the monotonic time at which it is due."""

    # Following an end.

    def write(self, storage: Storage, change: Callable[[UnitOfWork], T]) -> T:
        """A transaction of changes with what follows from them; whatever is wrong with that, they are written."""
        try:
            with storage.write() as uow:
                changed = change(uow)
                scheduled = self._follow(uow)
        except (ConstraintViolated, LookupError, TypeError, ValueError):  # such as a policy of another version
            log.exception("restart_failed")
            with storage.write() as uow:
                return change(uow)
        self._note(scheduled)
        return changed

    def _follow(self, uow: UnitOfWork) -> list[ScheduledRestart]:
        """See to what is to follow the runs that became final in this transaction; returns what is to come later."""
        later = []
        for run_id in uow.ended_with_follower:
            run = uow.host_runs.find(run_id)
            assert run is not None, "it was changed in this transaction"
            waiting = uow.scheduled_restarts.find_of_run(run_id)
            if waiting is not None and waiting.cause is RestartCause.REQUEST:
                self._make(uow, waiting)
                continue
            is_stalled = waiting is not None and uow.scheduled_restarts.take(waiting) and run.reason is Reason.STALLED
            scheduled = self._apply_policy(uow, run, is_stalled=is_stalled)
            if scheduled is not None:
                later.append(scheduled)
        return later

    def prepare(self, uow: UnitOfWork, run: Run, asked: Transition) -> None:
        """Have a run followed that we have asked to end because it is silent, if that is what ends it."""
        if asked.values.get("stop_why") == "stalled_restart":
            run_id, why = new_run_id(asked.happened_at), "the program was silent for too long"
            restart = repeat(run, run_id, RestartCause.STALL, why, asked.happened_at, self.actor)
            uow.scheduled_restarts.schedule(restart)

    def _apply_policy(self, uow: UnitOfWork, run: Run, *, is_stalled: bool) -> ScheduledRestart | None:
        try:
            project = uow.projects.get(TenantScope(run.tenant_id), run.project_id)
        except NotFound:
            return None  # it was deleted
        policy = policy_from_json(project.restart_policy) or RestartPolicy()
        if is_stalled and policy.mode is RestartMode.NEVER:
            policy = replace(policy, mode=RestartMode.ON_FAILURE)
        now = self.clock.now()
        past = [self._past(made) for made in uow.scheduled_restarts.list_past(run)]
        match decide(policy, run, past, random.random(), is_wanted=is_stalled):
            case Again(after_seconds, counts, why):
                cause = RestartCause.STALL if is_stalled else RestartCause.POLICY
                scheduled = replace(
                    repeat(run, new_run_id(now), cause, why, now, POLICY_ACTOR),
                    counts=counts,
                    delay_seconds=after_seconds,
                    due_at=now + timedelta(seconds=after_seconds),
                    boot_id=self.boot_id,
                    due_monotonic=self.clock.monotonic() + after_seconds,
                )
                return scheduled if uow.scheduled_restarts.schedule(scheduled) else None
            case GiveUp(why):
                uow.scheduled_restarts.give_up(run, now, POLICY_ACTOR, why)
                log.warning("restart_given_up", run_id=run.id, why=why)
        return None

    def _past(self, made: MadeRestart) -> PastRestart:
        same_boot = made.boot_id == self.boot_id
        age = age_of(made.made_at, made.made_monotonic, same_boot, self.clock.now(), self.clock.monotonic())
        return PastRestart(age, made.counts)

    # Making what is due.

    def learn(self, restarts: Collection[ScheduledRestart], claimed: Collection[RunId]) -> None:
        """Take what the books say is to come. One that waits for the end of a run that is not claimed is due."""
        wanted = {
            each.project_id: each for each in restarts if each.due_at is not None or each.restart_of not in claimed
        }
        known = self._due
        self._due = {
            project_id: known[project_id]
            for project_id, each in wanted.items()
            if project_id in known and known[project_id][1].run_id == each.run_id
        }
        self._note(each for project_id, each in wanted.items() if project_id not in self._due)

    def _note(self, restarts: Iterable[ScheduledRestart]) -> None:
        for each in restarts:
            left = seconds_until_due(each, self.clock.now(), self.boot_id, self.clock.monotonic())
            self._due[each.project_id] = self.clock.monotonic() + left, each

    @property
    def next_due(self) -> float:
        """The monotonic time at which there is something to make."""
        return min((at for at, _ in self._due.values()), default=math.inf)

    def make_due(self, storage: Storage) -> None:
        """Make what is due, some at a time. Raises StorageError and StorageBusy; then it is still due."""
        now = self.clock.monotonic()
        due = sorted((at, project_id) for project_id, (at, _) in self._due.items() if at <= now)
        for _, project_id in due[:_AT_ONCE]:
            restart = self._due[project_id][1]
            faultpoints.reach("supervisor.restart_due")
            try:
                with storage.write() as uow:
                    self._make(uow, restart)
            except ConstraintViolated:
                log.exception("restart_failed", run_id=restart.run_id, restart_of=restart.restart_of)
            del self._due[project_id]
            faultpoints.reach("supervisor.restart_made")

    def _make(self, uow: UnitOfWork, scheduled: ScheduledRestart) -> None:
        """Make the run of a restart, or call it off; nothing where it is not there any more."""
        if not uow.scheduled_restarts.take(scheduled):
            return
        now = self.clock.now()
        why_not = _why_not(uow, scheduled)
        if why_not is None:
            try:
                scope = TenantScope(scheduled.tenant_id)
                made = uow.runs.insert(scope, new_run_of(scheduled, now), f"restart by {scheduled.cause}")
            except StorageBusy:
                raise
            except DomainError as refusal:
                why_not = refusal.message
            else:
                if scheduled.cause is not RestartCause.REQUEST:
                    monotonic = self.clock.monotonic()
                    uow.scheduled_restarts.remember(made, scheduled.counts, now, self.boot_id, monotonic)
                log.info("restarted", run_id=made.id, restart_of=scheduled.restart_of, cause=scheduled.cause)
                return
        log.warning("restart_called_off", run_id=scheduled.run_id, restart_of=scheduled.restart_of, why=why_not)
        detail = {"run_id": scheduled.run_id}
        uow.scheduled_restarts.record(scheduled, "restart_called_off", now, self.actor, why_not, detail)


def _why_not(uow: UnitOfWork, scheduled: ScheduledRestart) -> str | None:
    """What forbids the restart by now, beside what its insertion will tell."""
    before = uow.host_runs.find(scheduled.restart_of)
    if before is None or (needs_confirmation(before.tree) and not scheduled.confirmed):
        return "it is not proven that everything the run before had started is gone; look, then restart with confirm"
    scope = TenantScope(scheduled.tenant_id)
    definition = uow.projects.get_definition(scope, scheduled.project_id, scheduled.definition_version)
    if definition.command is not None and not uow.tenants.get(scheduled.tenant_id).may_run_own_commands:
        return "the tenant may run the operator's programs only, and the definition has its own command"
    return None
