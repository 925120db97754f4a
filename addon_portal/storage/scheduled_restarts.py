"""Restarts that are to come: at most one for each project, beside the run that it will follow.

A row is written in the transaction that decides it and taken in the one that makes the run; taking is a guarded
DELETE, so of any number of takers one makes the run. Everything that happens to one is a journal entry of the run that
it would follow. Leaves when it is due, and whether it may still be made, to the supervisor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import count

from addon_portal.domain.ids import HostId, ProjectId, RunId
from addon_portal.domain.models import RestartCause, Run, ScheduledRestart, TenantScope
from addon_portal.domain.states import RunState
from addon_portal.storage.connection import Row
from addon_portal.storage.journal import NewEntry
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_json, from_micros, from_micros_or_none, storable, to_column, to_micros
from addon_portal.storage.values import NewRun

SCHEDULED_FIELDS = tuple(each.name for each in fields(ScheduledRestart))
"""The columns of a scheduled restart in the order of `ScheduledRestart`."""


def scheduled_columns(alias: str) -> str:
    """The columns that `scheduled_from_row` reads, of a row of `scheduled_restarts` under this alias."""
    return ", ".join(f"{alias}.{name}" for name in SCHEDULED_FIELDS)


_SELECT = f"SELECT {scheduled_columns('s')} FROM scheduled_restarts AS s"  # noqa: S608 - made of constants
_OF_PROJECT = f"{_SELECT} WHERE s.project_id = :project_id AND s.tenant_id = :tenant_id"
_OF_RUN = f"{_SELECT} WHERE s.restart_of = :run_id"
_OF_HOST = f"{_SELECT} WHERE s.host_id = :host_id"
_OF_TENANT = f"{_SELECT} WHERE s.tenant_id = :tenant_id ORDER BY s.due_at, s.run_id"
_INSERT = f"""
    INSERT INTO scheduled_restarts ({", ".join(SCHEDULED_FIELDS)})
    VALUES ({", ".join(f":{name}" for name in SCHEDULED_FIELDS)})
    ON CONFLICT DO NOTHING RETURNING run_id
"""  # noqa: S608 - made of constants
_TAKE = "DELETE FROM scheduled_restarts WHERE project_id = :project_id AND run_id = :run_id"
_STATE = "SELECT state FROM runs WHERE id = :run_id"
_REMEMBER = """
    INSERT INTO automatic_restarts (project_id, number, counts, made_at, boot_id, made_monotonic)
    VALUES (:project_id, :number, :counts, :made_at, :boot_id, :made_monotonic)
"""
_PAST = """
    SELECT number, counts, made_at, boot_id, made_monotonic FROM automatic_restarts
    WHERE project_id = :project_id AND number <= :number ORDER BY number DESC LIMIT :limit
"""
_LONGEST_ROW = 2000
"""More than the largest number of restarts in a row that a policy may allow, with those that use up no try."""


@dataclass(frozen=True, slots=True)
class MadeRestart:
    """One that a policy made: whether it used up a try, and when it was made."""

    counts: bool
    made_at: datetime
    boot_id: str | None
    made_monotonic: float | None


class ScheduledRestarts(Repository):
    """Restarts that are to come."""

    __slots__ = ()

    def schedule(self, restart: ScheduledRestart) -> bool:
        """Store a restart that is to come; False when the project has one already.

        Without `due_at` the supervisor makes it in the transaction that ends the run before.
        """
        parameters = {name: to_column(getattr(restart, name)) for name in SCHEDULED_FIELDS}
        if self._connection.one(_INSERT, parameters) is None:
            return False
        detail = {"run_id": restart.run_id, "cause": restart.cause, "delay_seconds": restart.delay_seconds}
        self.record(restart, "restart_scheduled", restart.scheduled_at, restart.scheduled_by, restart.why, detail)
        return True

    def find(self, scope: TenantScope, project_id: ProjectId) -> ScheduledRestart | None:
        """The restart of a project that is to come."""
        parameters = {"project_id": storable(project_id), "tenant_id": scope.tenant_id}
        return _find(self._connection.one(_OF_PROJECT, parameters))

    def list_all(self, scope: TenantScope) -> tuple[ScheduledRestart, ...]:
        """Every restart of the tenant that is to come; those that are due first."""
        rows = self._connection.all(_OF_TENANT, {"tenant_id": scope.tenant_id})
        return tuple(scheduled_from_row(row) for row in rows)

    def find_of_run(self, run_id: RunId) -> ScheduledRestart | None:
        """The restart that is to follow this run."""
        return _find(self._connection.one(_OF_RUN, {"run_id": run_id}))

    def list_for_host(self, host_id: HostId) -> tuple[ScheduledRestart, ...]:
        """Those that the supervisor of this host has to make."""
        rows = self._connection.all(_OF_HOST, {"host_id": host_id})
        return tuple(scheduled_from_row(row) for row in rows)

    def take(self, restart: ScheduledRestart) -> bool:
        """Remove it in order to make its run; False when somebody else did so before, or called it off."""
        return self._connection.change(_TAKE, {"project_id": restart.project_id, "run_id": restart.run_id}) > 0

    def call_off(self, restart: ScheduledRestart, at: datetime, actor: str, why: str) -> bool:
        """Remove it without making its run, and have the journal say why; False when it was gone before."""
        if not self.take(restart):
            return False
        self.record(restart, "restart_called_off", at, actor, why, {"run_id": restart.run_id})
        return True

    def remember(self, run: Run, counts: bool, at: datetime, boot_id: str | None, monotonic: float | None) -> None:
        """A run was made by the policy; with a `boot_id` its age can be told by the monotonic clock."""
        self._connection.change(
            _REMEMBER,
            {
                "project_id": run.project_id,
                "number": run.number,
                "counts": counts,
                "made_at": to_micros(at),
                "boot_id": boot_id,
                "made_monotonic": None if boot_id is None else monotonic,
            },
        )

    def list_past(self, run: Run) -> list[MadeRestart]:
        """Which runs the policy made in an unbroken row up to this one, newest first."""
        parameters = {"project_id": run.project_id, "number": run.number, "limit": _LONGEST_ROW}
        past = []
        for expected, row in zip(count(run.number, -1), self._connection.all(_PAST, parameters), strict=False):
            number, counts, made_at, boot_id, made_monotonic = row
            if number != expected:
                break
            past.append(MadeRestart(bool(counts), from_micros(made_at), boot_id, made_monotonic))
        return past

    def record(
        self,
        restart: ScheduledRestart,
        kind: str,
        at: datetime,
        actor: str,
        why: str,
        detail: Mapping[str, object],
    ) -> None:
        """Write to the journal of the run before what became of its restart."""
        row = self._connection.one(_STATE, {"run_id": restart.restart_of})
        assert row is not None, "a foreign key promises the run"
        self._uow.journal.append(
            NewEntry(
                tenant_id=restart.tenant_id,
                project_id=restart.project_id,
                run_id=restart.restart_of,
                kind=kind,
                from_state=RunState(row[0]),
                to_state=None,
                reason=None,
                actor=actor,
                cause=restart.cause,
                happened_at=at,
                detail={**detail, "why": why},
            )
        )

    def give_up(self, run: Run, at: datetime, actor: str, why: str) -> None:
        """Have the journal say that the policy wanted to restart a run and may not."""
        self._uow.journal.append(
            NewEntry(
                tenant_id=run.tenant_id,
                project_id=run.project_id,
                run_id=run.id,
                kind="restart_given_up",
                from_state=run.state,
                to_state=None,
                reason=None,
                actor=actor,
                cause=RestartCause.POLICY,
                happened_at=at,
                detail={"why": why},
            )
        )


def new_run_of(restart: ScheduledRestart, at: datetime) -> NewRun:
    """The run that a scheduled restart makes."""
    return NewRun(
        id=restart.run_id,
        project_id=restart.project_id,
        definition_version=restart.definition_version,
        host_id=restart.host_id,
        requested_at=at,
        requested_by=restart.scheduled_by,
        parameters=restart.parameters,
        env=restart.env,
        note=restart.note,
        workspace=restart.workspace,
        restart_of=restart.restart_of,
    )


def scheduled_from_row(row: Row) -> ScheduledRestart:
    """The scheduled restart in the columns of `scheduled_columns`."""
    (
        run_id, restart_of, tenant_id, project_id, host_id, cause, why, scheduled_at, scheduled_by, definition_version,
        parameters, env, note, workspace, confirmed, counts, delay_seconds, due_at, boot_id, due_monotonic,
    ) = row  # fmt: skip
    return ScheduledRestart(
        run_id, restart_of, tenant_id, project_id, host_id, RestartCause(cause), why, from_micros(scheduled_at),
        scheduled_by, definition_version, from_json(parameters), from_json(env), note, workspace, bool(confirmed),
        bool(counts), delay_seconds, from_micros_or_none(due_at), boot_id, due_monotonic,
    )  # fmt: skip


def _find(row: Row | None) -> ScheduledRestart | None:
    return None if row is None else scheduled_from_row(row)
