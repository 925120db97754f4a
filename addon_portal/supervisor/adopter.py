"""Finding runs whose evidence lies on disk and whose rows are gone, as after restoring an older database.

Done at start, before anything is claimed, and at every clean-up: a run that was started must not be started again
because its row was lost. A live one that the books have no room for blocks its project. Imports what `spec.json` says
and what the evidence proves; leaves the rest to `watcher`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from addon_portal.domain import transitions
from addon_portal.domain.clock import from_text
from addon_portal.domain.errors import AlreadyRunning
from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Definition, Run, StopSettings
from addon_portal.domain.states import RunState
from addon_portal.domain.verdict import Ended, judge
from addon_portal.evidence.records import DamagedRecord
from addon_portal.executors.base import Executor, KnownRun
from addon_portal.storage import Storage, restore_owner

log = structlog.get_logger()


@dataclass(slots=True)
class Adopter:
    """Imports for one host. `blocked` names projects with a live run that the books have no room for."""

    storage: Storage
    executor: Executor
    host_id: HostId
    actor: str

    def import_lost_runs(self, now: datetime) -> tuple[list[Run], dict[ProjectId, RunId]]:
        """Insert what has no row; returns what was imported, oldest first, and what blocks which project."""
        imported: list[Run] = []
        blocked: dict[ProjectId, RunId] = {}
        for run_id, spec in self._find_lost():
            try:
                run = self._import(run_id, dict(spec), now)
            except AlreadyRunning:
                blocked[ProjectId(str(spec["project"]))] = run_id
                continue
            except (KeyError, TypeError, ValueError, OSError, DamagedRecord) as error:
                log.warning("run_directory_not_imported", run_id=run_id, error=repr(error))
                continue
            log.warning("run_imported", run_id=run_id, project_id=run.project_id, state=run.state)
            imported.append(run)
        return imported, blocked

    def _find_lost(self) -> list[tuple[RunId, Mapping[str, object]]]:
        if not self.executor.root_present():
            return []
        on_disk = self.executor.list_runs()
        with self.storage.read() as uow:
            known = uow.host_runs.known_ids([run_id for run_id, _ in on_disk])
        ours = (self.storage.installation_id, self.host_id)
        return [(i, s) for i, s in on_disk if i not in known and (s.get("installation"), s.get("host")) == ours]

    def _import(self, run_id: RunId, spec: dict[str, Any], now: datetime) -> Run:
        run = _run_of(run_id, spec, now)
        verdict = judge(self.executor.observe(KnownRun(run_id, None, None), now))
        if isinstance(verdict, Ended):
            ended = transitions.ended(run_id, verdict.ending, verdict.tree, now, self.actor, verdict.started_at)
            run = ended.applied_to(run)
        with self.storage.write() as uow:
            restore_owner(uow, run, _definition_of(spec, now), spec["tenant_name"], spec["project_name"])
            uow.host_runs.import_run(run)
        return run


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
    )
