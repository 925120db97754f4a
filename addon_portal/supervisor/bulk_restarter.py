"""Restarts of many projects by one request, carried out some at a time between the turns of the loop.

Promises that each project has its turn once, that one which may not be restarted is skipped with the reason, and that
whatever is wrong with one keeps no other from its turn. All that is known of the work is in the database, so whoever
comes after a killed supervisor goes on where it was. Leaves starting what it makes to `launcher`.
"""

from dataclasses import dataclass, replace

import structlog

from addon_portal import faultpoints
from addon_portal.domain.bulk_restarts import BulkItem, BulkRestart, Candidate, ItemState, find_refusal
from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import AlreadyRestarted, DomainError, StorageBusy
from addon_portal.domain.ids import HostId, new_run_id
from addon_portal.domain.models import Definition, Project, Run, TenantScope
from addon_portal.storage import Storage, UnitOfWork
from addon_portal.storage.bulk_restart_work import BulkRestartWork
from addon_portal.storage.errors import ConstraintViolated
from addon_portal.storage.new_runs import Maker, has_own_directory, make_follower, make_run, workspace_for

log = structlog.get_logger()

_AT_ONCE = 20
"""So many have their turns in one turn of the loop, lest others wait."""


@dataclass(slots=True)
class BulkRestarter:
    """Bulk restarts for one host."""

    host_id: HostId
    clock: Clock
    has_work: bool = False
    """Whether there is one that is not finished, as far as is known; a sweep tells."""

    def work(self, storage: Storage) -> None:
        """Give the next few their turns. Raises StorageError and StorageBusy; then they still have theirs to come."""
        with storage.read() as uow:
            work = BulkRestartWork(uow)
            bulk = work.find_open(self.host_id)
            items = work.list_next(bulk, _AT_ONCE) if bulk else ()
        self.has_work = bool(items)
        for item in items:
            assert bulk is not None
            faultpoints.reach("supervisor.bulk_turn")
            if not self._take_turn(storage, bulk, item):
                return  # It was aborted; there may be another one.
            faultpoints.reach("supervisor.bulk_turn_taken")

    def _take_turn(self, storage: Storage, bulk: BulkRestart, item: BulkItem) -> bool:
        try:
            with storage.write() as uow:
                if not BulkRestartWork(uow).take_turn(bulk, item):
                    return False
                BulkRestartWork(uow).record(bulk, self._restart(uow, bulk, item), self.clock.now())
        except (ConstraintViolated, LookupError, TypeError, ValueError) as error:
            log.exception("bulk_restart_failed", bulk_restart_id=bulk.id, run_id=item.run_id)
            failed = replace(
                item, state=ItemState.FAILED, code="internal_error", why=f"{type(error).__name__}: {error}"
            )
            with storage.write() as uow:
                if not BulkRestartWork(uow).take_turn(bulk, item):
                    return False
                BulkRestartWork(uow).record(bulk, failed, self.clock.now())
        return True

    def _restart(self, uow: UnitOfWork, bulk: BulkRestart, item: BulkItem) -> BulkItem:
        """Restart one project if its rules allow that; the item with what came of it."""
        try:
            made = self._make(uow, bulk, item)
        except StorageBusy:
            raise
        except DomainError as refusal:
            return replace(item, state=ItemState.SKIPPED, code=refusal.code, why=refusal.message)
        log.info("restarted", run_id=made.id, restart_of=item.run_id, cause=bulk.cause)
        return replace(item, state=ItemState.STARTED, new_run_id=made.id)

    def _make(self, uow: UnitOfWork, bulk: BulkRestart, item: BulkItem) -> Run:
        scope, now = TenantScope(bulk.tenant_id), self.clock.now()
        project = uow.projects.get_locked(scope, item.project_id)
        before = project.latest_run
        assert before is not None, "it had a run when this was asked for"
        if before.id != item.run_id:
            raise AlreadyRestarted(item.run_id, before.id)
        definition = project.definition
        if not bulk.choices.latest_definition:
            definition = uow.projects.get_definition(scope, project.id, before.definition_version)
        allowed = uow.tenants.get(bulk.tenant_id).may_run_own_commands
        candidate = _candidate_of(project, before, definition, has_own_directory=has_own_directory(uow, definition))
        if refusal := find_refusal(candidate, bulk.choices, may_run_own_commands=allowed):
            raise refusal
        run_id = new_run_id(now)
        workspace = workspace_for(uow, project, definition, run_id, clean=bulk.choices.clean_workspace)
        new = make_run(project, definition, run_id, workspace, Maker(bulk.host_id, bulk.requested_by, now))
        new = make_follower(new, before, as_it_ran=not bulk.choices.latest_definition)
        made = uow.runs.insert(scope, replace(new, note=bulk.choices.note), bulk.cause)
        if project.scheduled_restart is not None:
            why = "somebody restarted the project"
            uow.scheduled_restarts.call_off(project.scheduled_restart, now, bulk.requested_by, why)
        return made


def _candidate_of(project: Project, run: Run, definition: Definition, *, has_own_directory: bool) -> Candidate:
    return Candidate(
        run_id=run.id,
        project_id=project.id,
        project_name=project.name,
        state=run.state,
        outcome=run.outcome,
        reason=run.reason,
        tree=run.tree,
        has_own_command=definition.command is not None,
        has_own_directory=has_own_directory,
    )
