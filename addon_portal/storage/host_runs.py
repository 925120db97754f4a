"""Runs as a supervisor sees them: those of its host, whosever they are.

The only way to runs without a tenant's scope. Of what answers tenants, only the reader of changes (`run_changes`)
uses it: it reads for all tenants at once and gives each only its own. States are changed by `transition.apply` alone.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, RunId, TenantId
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.models import Run
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import CLAIMED, RunState
from addon_portal.domain.transitions import said_values
from addon_portal.storage import run_insertion
from addon_portal.storage.connection import quoted
from addon_portal.storage.launches import LAUNCH, launch_facts_from_row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import (
    from_micros_or_none,
    run_columns,
    run_from_row,
    storable,
    to_column,
    to_micros,
)
from addon_portal.storage.values import Said

_SELECT = f"SELECT {run_columns('r')} FROM runs AS r"  # noqa: S608 - made of constants
_CLAIMED = quoted(CLAIMED)
_FIND = f"{_SELECT} WHERE r.id = :run_id"
_FIND_MANY = f"{_SELECT} WHERE r.id IN (:run_ids...)"
_UNFINISHED = "r.host_id = :host_id AND r.finished_at IS NULL"
_LIST_CLAIMED = f"{_SELECT} WHERE {_UNFINISHED} AND r.state IN ({_CLAIMED}) ORDER BY r.seq"
_LIST_STOP_REQUESTED = f"""
    {_SELECT} WHERE {_UNFINISHED} AND r.state IN ({_CLAIMED}) AND r.stop_requested_at IS NOT NULL ORDER BY r.seq
"""
_WAITING = f"""
    SELECT r.id, r.tenant_id, r.waiting_for FROM runs AS r
    WHERE {_UNFINISHED} AND r.state = 'pending' AND r.tenant_id IN (:tenant_ids...) ORDER BY r.seq LIMIT :limit
"""  # noqa: S608 - made of constants
_COUNT_CLAIMED = f"""
    SELECT r.tenant_id, count(*) FROM runs AS r WHERE {_UNFINISHED} AND r.state IN ({_CLAIMED}) GROUP BY r.tenant_id
"""  # noqa: S608 - made of constants
_LIST_UNKNOWN = f"""
    {_SELECT} WHERE r.host_id = :host_id AND r.outcome = 'unknown' AND r.amended_at IS NULL AND r.seq > :after_seq
    ORDER BY r.seq LIMIT :limit
"""
_KNOWN = "SELECT id FROM runs WHERE id IN (:run_ids...)"
_SET_WAITING_FOR = "UPDATE runs SET waiting_for = :waiting_for WHERE id = :run_id AND state = 'pending'"
_TOUCH_ALIVE = f"""
    UPDATE runs SET last_seen_alive_at = :at WHERE id IN (:run_ids...) AND state IN ({_CLAIMED})
"""  # noqa: S608 - made of constants
_SET_SAID = f"""
    UPDATE runs SET progress = :progress, status_text = :status_text, last_heartbeat_at = :last_heartbeat_at
    WHERE id = :run_id AND state IN ({_CLAIMED})
"""  # noqa: S608 - made of constants
_LIST_SAID = f"""
    SELECT r.id, r.tenant_id, r.progress, r.status_text, r.last_heartbeat_at FROM runs AS r
    WHERE {_UNFINISHED} AND r.last_heartbeat_at IS NOT NULL
"""  # noqa: S608 - made of constants

_LAUNCH_ORDER = f"{LAUNCH} WHERE r.id = :run_id"
_PENDING = f"{LAUNCH} WHERE {_UNFINISHED} AND r.state = 'pending'"
_LIST_PENDING = f"{_PENDING} ORDER BY r.seq LIMIT :limit"
_STARTABLE = f"{_PENDING} AND (SELECT h.drained_at FROM hosts AS h WHERE h.id = :host_id) IS NULL"  # noqa: S608
_LIST_STARTABLE = f"{_STARTABLE} ORDER BY r.seq LIMIT :limit"
_LIST_STARTABLE_OF_OTHERS = f"{_STARTABLE} AND NOT r.tenant_id IN (:excluding...) ORDER BY r.seq LIMIT :limit"


class HostRuns(Repository):
    """The runs of a host, for its supervisor."""

    __slots__ = ()

    def find(self, run_id: RunId) -> Run | None:
        """The run of any tenant."""
        row = self._connection.one(_FIND, {"run_id": storable(run_id)})
        return None if row is None else run_from_row(row)

    def find_many(self, run_ids: Collection[RunId]) -> dict[RunId, Run]:
        """Those of these runs that have a row, whosever they are, in one statement."""
        if not run_ids:
            return {}
        rows = self._connection.all(_FIND_MANY, {"run_ids": list(run_ids)})
        return {run.id: run for run in map(run_from_row, rows)}

    def waiting(
        self, host_id: HostId, tenants: Collection[TenantId], limit: int
    ) -> dict[RunId, tuple[str | None, int]]:
        """What the first `limit` waiting runs of these tenants wait for, and their places among their tenant's own."""
        parameters: dict[str, object] = {"host_id": host_id, "tenant_ids": list(tenants), "limit": limit}
        found: dict[RunId, tuple[str | None, int]] = {}
        places: Counter[TenantId] = Counter()
        for run_id, tenant_id, waiting_for in self._connection.all(_WAITING, parameters):
            places[tenant_id] += 1
            found[run_id] = (waiting_for, places[tenant_id])
        return found

    def list_claimed(self, host_id: HostId) -> tuple[Run, ...]:
        """Starting, running and stopping: every run that may have a process, oldest first."""
        return tuple(run_from_row(row) for row in self._connection.all(_LIST_CLAIMED, {"host_id": host_id}))

    def list_stop_requested(self, host_id: HostId) -> tuple[Run, ...]:
        """Claimed runs that somebody wants stopped, whether or not somebody has begun to stop them."""
        return tuple(run_from_row(row) for row in self._connection.all(_LIST_STOP_REQUESTED, {"host_id": host_id}))

    def list_pending(self, host_id: HostId, limit: int) -> tuple[LaunchFacts, ...]:
        """Waiting runs in the order they were asked for, each with all that starting it needs, in one statement."""
        rows = self._connection.all(_LIST_PENDING, {"host_id": host_id, "limit": limit})
        return tuple(launch_facts_from_row(row) for row in rows)

    def list_startable(
        self, host_id: HostId, limit: int, *, excluding: Collection[TenantId] = ()
    ) -> tuple[LaunchFacts, ...]:
        """As `list_pending`, without those of tenants that have no room; nothing while the host is drained."""
        parameters: dict[str, object] = {"host_id": host_id, "limit": limit}
        if excluding:
            rows = self._connection.all(_LIST_STARTABLE_OF_OTHERS, {**parameters, "excluding": list(excluding)})
        else:
            rows = self._connection.all(_LIST_STARTABLE, parameters)
        return tuple(launch_facts_from_row(row) for row in rows)

    def count_claimed_by_tenant(self, host_id: HostId) -> dict[TenantId, int]:
        """How many places each tenant takes; tenants without any are left out."""
        return {row[0]: row[1] for row in self._connection.all(_COUNT_CLAIMED, {"host_id": host_id})}

    def list_unknown(self, host_id: HostId, *, after_seq: int = 0, limit: int = 100) -> tuple[Run, ...]:
        """Final runs of unknown outcome that later evidence may still amend, by `seq`."""
        parameters = {"host_id": host_id, "after_seq": after_seq, "limit": limit}
        return tuple(run_from_row(row) for row in self._connection.all(_LIST_UNKNOWN, parameters))

    def known_ids(self, run_ids: Collection[RunId]) -> set[RunId]:
        """Which of these runs have a row."""
        return {row[0] for row in self._connection.all(_KNOWN, {"run_ids": list(run_ids)})}

    def launch_order(self, run_id: RunId) -> LaunchFacts:
        """All that starting the run needs, in one statement. Raises NotFound."""
        row = self._connection.one(_LAUNCH_ORDER, {"run_id": storable(run_id)})
        if row is None:
            raise NotFound("run", run_id)
        return launch_facts_from_row(row)

    def set_waiting_for(self, waiting_for: Mapping[RunId, str | None]) -> None:
        """Say what pending runs wait for. Not journalled; runs that were claimed meanwhile are left alone."""
        if waiting_for:
            self._connection.change_many(
                _SET_WAITING_FOR,
                [{"run_id": run_id, "waiting_for": text and storable(text)} for run_id, text in waiting_for.items()],
            )
            self._uow.wake_api()

    def touch_alive(self, run_ids: Collection[RunId], at: datetime) -> None:
        """These runs' programs were seen alive. Not journalled: it bounds an interval that may never be needed."""
        if run_ids:
            self._connection.change(_TOUCH_ALIVE, {"run_ids": list(run_ids), "at": to_micros(at)})

    def set_said(self, said: Mapping[RunId, NotifyRecord]) -> None:
        """What living programs say of themselves. Not journalled: it is news, and the last of it ends with the run."""
        if said:
            parameters = [{"run_id": run_id, **_said_columns(each)} for run_id, each in said.items()]
            self._connection.change_many(_SET_SAID, parameters)
            self._uow.wake_api()

    def list_said(self, host_id: HostId) -> tuple[Said, ...]:
        """What the programs of unfinished runs have said of themselves, of those that have said anything."""
        rows = self._connection.all(_LIST_SAID, {"host_id": host_id})
        return tuple(
            Said(run_id, tenant_id, NotifyRecord(from_micros_or_none(at), progress, status))
            for run_id, tenant_id, progress, status, at in rows
        )

    def import_run(self, run: Run) -> bool:
        """Add a run whose directory has no row (the database is older); False when it has one.

        Raises NotFound where its project is not known, AlreadyRunning while its project has an active run: judge that
        one first and import again.
        """
        assert run.state is not RunState.PENDING, "a run with a directory was claimed"
        return run_insertion.insert_found(self._uow, run)


def _said_columns(said: NotifyRecord) -> dict[str, object]:
    return {name: to_column(value) for name, value in said_values(said).items()}
