"""Making the restarts that were scheduled, in the transactions of the supervisor.

Promises that a run whose restart waits for its end is followed in the very transaction that makes it final, so that
nobody sees a moment between the two, and that a restart which may not be made is called off with the reason in the
journal. Never keeps an end from being recorded. Leaves starting what it makes to `launcher`.
"""

from dataclasses import dataclass

import structlog

from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import DomainError
from addon_portal.domain.models import ScheduledRestart, TenantScope
from addon_portal.storage import UnitOfWork
from addon_portal.storage.scheduled_restarts import new_run_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Restarter:
    """Restarts for one host."""

    actor: str
    clock: Clock

    def follow(self, uow: UnitOfWork) -> None:
        """See to what is to follow the runs that became final in this transaction."""
        for run_id in uow.ended_with_follower:
            scheduled = uow.scheduled_restarts.find_of_run(run_id)
            if scheduled is not None and scheduled.due_at is None:
                self.make(uow, scheduled)

    def make(self, uow: UnitOfWork, scheduled: ScheduledRestart) -> bool:
        """Make the run of a restart, or call it off; False when it is not there any more or may not be made."""
        if not uow.scheduled_restarts.take(scheduled):
            return False
        now = self.clock.now()
        why_not = _why_not(uow, scheduled)
        if why_not is None:
            try:
                scope = TenantScope(scheduled.tenant_id)
                uow.runs.insert(scope, new_run_of(scheduled, now), f"restart by {scheduled.cause}")
            except DomainError as refusal:
                why_not = refusal.message
            else:
                log.info("restarted", run_id=scheduled.run_id, restart_of=scheduled.restart_of, cause=scheduled.cause)
                return True
        log.warning("restart_called_off", run_id=scheduled.run_id, restart_of=scheduled.restart_of, why=why_not)
        detail = {"run_id": scheduled.run_id}
        uow.scheduled_restarts.record(scheduled, "restart_called_off", now, self.actor, why_not, detail)
        return False


def _why_not(uow: UnitOfWork, scheduled: ScheduledRestart) -> str | None:
    """What forbids the restart by now, beside what its insertion will tell."""
    before = uow.host_runs.find(scheduled.restart_of)
    if before is None or (before.tree == "assumed" and not scheduled.confirmed):
        return "it is not proven that everything the run before had started is gone; look, then restart with confirm"
    scope = TenantScope(scheduled.tenant_id)
    definition = uow.projects.get_definition(scope, scheduled.project_id, scheduled.definition_version)
    if definition.command is not None and not uow.tenants.get(scheduled.tenant_id).may_run_own_commands:
        return "the tenant may run the operator's programs only, and the definition has its own command"
    return None
