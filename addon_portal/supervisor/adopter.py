"""Finding runs whose evidence lies on disk and whose rows are gone, as after restoring an older database.

Done at start, before anything is claimed, and whenever somebody asks: a run that was started must not be started again
because its row was lost, and one that was not must not be started without its environment, which only the row had. A
live one that the books have no room for blocks its project. Imports what `spec.json` says and what the evidence proves;
leaves the rest to `watcher`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from addon_portal.domain import transitions
from addon_portal.domain.clock import from_text
from addon_portal.domain.code import code_from_record
from addon_portal.domain.errors import AlreadyRunning, DomainError, StorageBusy
from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Definition, Run, StopSettings
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import terms_from_json
from addon_portal.domain.verdict import Ended, judge
from addon_portal.evidence.records import DamagedRecord
from addon_portal.executors.base import Executor, KnownRun
from addon_portal.storage import Storage, restore_owner
from addon_portal.storage.errors import ConstraintViolated

log = structlog.get_logger()

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What was imported, oldest first, and which live runs without a row block which project."""

    imported: list[Run] = field(default_factory=list)
    blocked: dict[ProjectId, RunId] = field(default_factory=dict)


@dataclass(slots=True)
class Adopter:
    """Imports for one host."""

    storage: Storage
    executor: Executor
    host_id: HostId
    actor: str

    def import_lost_runs(self, now: datetime) -> Found:
        """Insert everything that has a directory and no row."""
        return self.import_runs(self._find_lost(), now)

    def import_runs(self, run_ids: Iterable[RunId], now: datetime) -> Found:
        """Insert these runs; what cannot be imported is left alone and said in the log."""
        found = Found()
        for run_id in run_ids:
            try:
                self._import(run_id, now, found)
            except StorageBusy:
                raise
            except (LookupError, TypeError, ValueError, AttributeError, OSError) as error:
                log.warning("run_directory_not_imported", run_id=run_id, error=repr(error))
            except (DamagedRecord, DomainError, ConstraintViolated) as error:
                log.warning("run_directory_not_imported", run_id=run_id, error=repr(error))
        return found

    def _find_lost(self) -> list[RunId]:
        if not self.executor.root_present():
            return []
        try:
            on_disk = self.executor.list_runs()
        except OSError as error:
            log.warning("run_root_unreadable", error=str(error))
            return []
        known: set[RunId] = set()
        with self.storage.read() as uow:
            for start in range(0, len(on_disk), _AT_ONCE):
                known |= uow.host_runs.known_ids(on_disk[start : start + _AT_ONCE])
        return [run_id for run_id in on_disk if run_id not in known]

    def _import(self, run_id: RunId, now: datetime, found: Found) -> None:
        spec: dict[str, Any] = dict(self.executor.read_spec(run_id))
        if (spec.get("installation"), spec.get("host")) != (self.storage.installation_id, self.host_id):
            return
        run = self._judged(_run_of(run_id, spec, now))
        try:
            with self.storage.write() as uow:
                restore_owner(uow, run, _definition_of(spec, now), spec["tenant_name"], spec["project_name"])
                uow.host_runs.import_run(run)
        except AlreadyRunning:
            log.warning("run_without_a_row", run_id=run_id, project_id=run.project_id)
            found.blocked[run.project_id] = run_id
            return
        log.warning("run_imported", run_id=run_id, project_id=run.project_id, state=run.state)
        found.imported.append(run)

    def _judged(self, run: Run) -> Run:
        """As the evidence says; what cannot be read may be alive, and the watcher will say so."""
        if not self.executor.was_launched(run.id):
            self.executor.forbid_start(run.id)
        try:
            seen = self.executor.observe(KnownRun(run.id, None, None))
        except DamagedRecord as error:
            log.warning("evidence_unreadable", run_id=run.id, error=str(error))
            return run
        verdict = judge(seen)
        if not isinstance(verdict, Ended):
            return run
        ended = transitions.ended(run.id, verdict.ending, verdict.tree, seen.looked_at, self.actor, verdict.started_at)
        return ended.applied_to(run)


def _run_of(run_id: RunId, spec: dict[str, Any], now: datetime) -> Run:
    """The row as it was when the run had just been claimed; evidence says the rest."""
    return Run(
        seq=0,
        id=run_id,
        tenant_id=TenantId(spec["tenant"]),
        project_id=ProjectId(spec["project"]),
        number=spec["number"],
        definition_version=spec["definition"]["version"],
        host_id=HostId(spec["host"]),
        state=RunState.STARTING,
        requested_at=from_text(spec["requested_at"]),
        requested_by=spec["requested_by"],
        parameters=spec["parameters"],
        note=spec["note"],
        workspace=spec["workspace"],
        claimed_at=now,
        restart_of=spec["restart_of"],
        root_run=spec["root_run"],
        restart_count=spec["restart_count"],
    )


def _definition_of(spec: dict[str, Any], now: datetime) -> Definition:
    kept = spec["definition"]
    return Definition(
        version=kept["version"],
        command=tuple(kept["command"]) if kept["command"] is not None else None,
        program_id=kept["program"],
        parameters=kept["parameters"],
        env={},
        working_directory=kept["working_directory"],
        stop=StopSettings(**spec["stop"]),
        created_at=now,
        terms=terms_from_json(spec.get("terms")),
        code=code_from_record(kept["code"]) if kept.get("code") else None,
    )
