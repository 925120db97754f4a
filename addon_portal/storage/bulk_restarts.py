"""Restarts of many projects by one request, as their tenant sees them: what would match, how far each has come.

Made by those who need it, not by every unit of work. What the supervisor does without a scope stands in
`bulk_restart_work`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from addon_portal.domain.bulk_restarts import BulkChoices, BulkFilter, BulkItem, BulkRestart, Candidate, ItemState
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import BulkRestartId, RunId
from addon_portal.domain.models import TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.storage import cursors
from addon_portal.storage.connection import Row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import columns, from_json, from_micros, from_micros_or_none, storable, to_json, to_micros
from addon_portal.storage.values import Page

BULK_COLUMNS = (
    "id tenant_id host_id filter choices requested_at requested_by total done started skipped failed finished_at "
    "aborted_by seq"
)
ITEM_COLUMNS = "position run_id project_id project_name state code why new_run_id done_at"
_SELECT = f"SELECT {columns('b', BULK_COLUMNS)} FROM bulk_restarts AS b WHERE b.tenant_id = :tenant_id"  # noqa: S608
_CANDIDATES = """
    SELECT r.id, r.project_id, p.name, r.state, r.outcome, r.reason, r.tree, d.command IS NOT NULL,
           coalesce(d.working_directory, g.working_directory) IS NOT NULL
    FROM projects AS p
    JOIN runs AS r ON r.project_id = p.id
        AND r.number = (SELECT max(newest.number) FROM runs AS newest WHERE newest.project_id = p.id)
    JOIN definitions AS d ON d.project_id = p.id AND d.version = {version}
    LEFT JOIN programs AS g ON g.id = d.program_id
    WHERE p.tenant_id = :tenant_id AND p.deleted_at IS NULL
"""
_FILTERS = {
    "states": "r.state IN (:states...)",
    "outcomes": "r.outcome IN (:outcomes...)",
    "reasons": "r.reason IN (:reasons...)",
    "projects": "p.id IN (:projects...)",
    "search": "{find}(p.name_folded, :search) > 0",
    "since": "r.requested_at >= :since",
    "until": "r.requested_at < :until",
}
_INSERT = """
    INSERT INTO bulk_restarts (id, tenant_id, host_id, filter, choices, requested_at, requested_by, total, done,
                               started, skipped, failed, finished_at, key_id, request_hash, body_hash)
    VALUES (:id, :tenant_id, :host_id, :filter, :choices, :requested_at, :requested_by, :total, 0,
            0, 0, 0, :finished_at, :key_id, :request_hash, :body_hash)
    ON CONFLICT (tenant_id, key_id, request_hash) DO NOTHING RETURNING id
"""
_INSERT_ITEM = """
    INSERT INTO bulk_restart_items (bulk_restart_id, position, run_id, project_id, project_name, state)
    VALUES (:id, :position, :run_id, :project_id, :project_name, 'waiting')
"""
_FIND_REQUEST = f"""
    SELECT {columns("b", BULK_COLUMNS)}, b.body_hash FROM bulk_restarts AS b
    WHERE b.tenant_id = :tenant_id AND b.key_id = :key_id AND b.request_hash = :request_hash
"""  # noqa: S608 - made of constants
_FORGET_REQUESTS = """
    UPDATE bulk_restarts SET key_id = NULL, request_hash = NULL, body_hash = NULL
    WHERE tenant_id = :tenant_id AND key_id = :key_id AND request_hash = :request_hash AND requested_at < :before
"""
_REASONS = """
    SELECT i.state, i.code, count(*) FROM bulk_restart_items AS i
    JOIN bulk_restarts AS b ON b.id = i.bulk_restart_id
    WHERE i.bulk_restart_id = :id AND b.tenant_id = :tenant_id AND i.state IN ('skipped', 'failed')
    GROUP BY i.state, i.code ORDER BY i.state, i.code
"""
_ITEMS = f"""
    SELECT {columns("i", ITEM_COLUMNS)} FROM bulk_restart_items AS i
    JOIN bulk_restarts AS b ON b.id = i.bulk_restart_id
    WHERE i.bulk_restart_id = :id AND b.tenant_id = :tenant_id AND i.position > :after
"""  # noqa: S608 - made of constants
_ABORT = """
    UPDATE bulk_restarts SET finished_at = :at, aborted_by = :by
    WHERE id = :id AND tenant_id = :tenant_id AND finished_at IS NULL
"""
_OLD = "SELECT id FROM bulk_restarts WHERE tenant_id = :tenant_id AND finished_at < :before"
_DELETE_ITEMS = f"DELETE FROM bulk_restart_items WHERE bulk_restart_id IN ({_OLD})"  # noqa: S608 - made of constants
_DELETE = "DELETE FROM bulk_restarts WHERE tenant_id = :tenant_id AND finished_at < :before"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What tells a repeated request from another: who sent it with which Idempotency-Key, and its body."""

    key_id: str
    request_hash: bytes
    body_hash: bytes


class BulkRestarts(Repository):
    """One tenant's, for whoever holds its scope."""

    __slots__ = ()

    def list_candidates(
        self, scope: TenantScope, wanted: BulkFilter, *, latest_definition: bool
    ) -> tuple[Candidate, ...]:
        """The projects whose newest run matches, oldest project first, with what decides about each."""
        filters = _parameters_of(wanted)
        version = "p.definition_version" if latest_definition else "r.definition_version"
        find = "instr" if self._uow.database.dialect == "sqlite" else "strpos"
        conditions = "".join(f" AND {_FILTERS[name].format(find=find)}" for name in filters)
        sql = f"{_CANDIDATES.format(version=version)}{conditions} ORDER BY p.seq"
        rows = self._connection.all(sql, filters | {"tenant_id": scope.tenant_id})
        return tuple(_candidate_from_row(row) for row in rows)

    def insert(
        self, scope: TenantScope, new: BulkRestart, candidates: Collection[Candidate], key: RequestKey | None
    ) -> bool:
        """Store one with its projects; False when a request with the same key was faster: `find_request` tells.

        One without projects is finished from the beginning. The host's supervisor finds it with its next sweep.
        """
        assert new.tenant_id == scope.tenant_id
        identity = (key.key_id, key.request_hash, key.body_hash) if key else (None, None, None)
        parameters = {
            "id": new.id,
            "tenant_id": scope.tenant_id,
            "host_id": new.host_id,
            "filter": to_json(new.filter),
            "choices": to_json(_choices_to_json(new.choices)),
            "requested_at": to_micros(new.requested_at),
            "requested_by": storable(new.requested_by),
            "total": len(candidates),
            "finished_at": None if candidates else to_micros(new.requested_at),
            **dict(zip(("key_id", "request_hash", "body_hash"), identity, strict=True)),
        }
        if self._connection.one(_INSERT, parameters) is None:
            return False
        self._connection.change_many(_INSERT_ITEM, list(_item_parameters(new.id, candidates)))
        return True

    def find_request(
        self, scope: TenantScope, key: RequestKey, forget_before: datetime
    ) -> tuple[BulkRestart, bytes] | None:
        """What an earlier request with the same key has made, and the hash of its body; older ones are forgotten."""
        identity = {"tenant_id": scope.tenant_id, "key_id": key.key_id, "request_hash": key.request_hash}
        self._connection.change(_FORGET_REQUESTS, identity | {"before": to_micros(forget_before)})
        row = self._connection.one(_FIND_REQUEST, identity)
        return None if row is None else (bulk_from_row(row[:-1]), bytes(row[-1]))

    def get(self, scope: TenantScope, bulk_id: BulkRestartId) -> BulkRestart:
        """One of them. Raises NotFound."""
        row = self._connection.one(f"{_SELECT} AND b.id = :id", _of(scope, bulk_id))
        if row is None:
            raise NotFound("bulk_restart", bulk_id)
        return bulk_from_row(row)

    def list_page(self, scope: TenantScope, *, limit: int, cursor: str | None = None) -> Page[BulkRestart]:
        """Newest first. Raises InvalidRequest for a malformed cursor."""
        place = cursors.decode("bulk-restarts", cursor)
        parameters: dict[str, object] = {"tenant_id": scope.tenant_id, "limit": limit + 1}
        before = ""
        if place is not None:
            (parameters["before"],) = place
            before = " AND b.seq < :before"
        rows = self._connection.all(f"{_SELECT}{before} ORDER BY b.seq DESC LIMIT :limit", parameters)
        items = tuple(bulk_from_row(row) for row in rows[:limit])
        return Page(items, cursors.encode("bulk-restarts", (rows[limit - 1][-1],)) if len(rows) > limit else None)

    def count_reasons(self, scope: TenantScope, bulk_id: BulkRestartId) -> dict[ItemState, dict[str, int]]:
        """Why projects were skipped or failed, by code."""
        found: dict[ItemState, dict[str, int]] = {ItemState.SKIPPED: {}, ItemState.FAILED: {}}
        for state, code, count in self._connection.all(_REASONS, _of(scope, bulk_id)):
            found[ItemState(state)][code] = count
        return found

    def list_items(
        self,
        scope: TenantScope,
        bulk_id: BulkRestartId,
        *,
        states: Collection[ItemState] = (),
        limit: int,
        cursor: str | None = None,
    ) -> Page[BulkItem]:
        """Its projects in their order. Raises NotFound, and InvalidRequest for a malformed cursor."""
        self.get(scope, bulk_id)
        place = cursors.decode("bulk-restart-items", cursor)
        parameters = _of(scope, bulk_id) | {"after": place[0] if place else 0, "limit": limit + 1}
        wanted = ""
        if states:
            parameters["states"] = [state.value for state in states]
            wanted = " AND i.state IN (:states...)"
        rows = self._connection.all(f"{_ITEMS}{wanted} ORDER BY i.position LIMIT :limit", parameters)
        items = tuple(item_from_row(row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(items, cursors.encode("bulk-restart-items", (items[-1].position,)) if more else None)

    def abort(self, scope: TenantScope, bulk_id: BulkRestartId, at: datetime, by: str) -> bool:
        """Have nothing more restarted; False when it is finished. What was started stays as it is."""
        parameters = _of(scope, bulk_id) | {"at": to_micros(at), "by": storable(by)}
        return self._connection.change(_ABORT, parameters) > 0

    def forget(self, scope: TenantScope, before: datetime) -> None:
        """Remove those that were finished before; their runs and journals stay."""
        parameters = {"tenant_id": scope.tenant_id, "before": to_micros(before)}
        self._connection.change(_DELETE_ITEMS, parameters)
        self._connection.change(_DELETE, parameters)


def bulk_from_row(row: Row) -> BulkRestart:
    """The bulk restart in `BULK_COLUMNS`."""
    (
        bulk_id, tenant_id, host_id, wanted, choices, requested_at, requested_by, total, done, started, skipped, failed,
        finished_at, aborted_by, _,
    ) = row  # fmt: skip
    return BulkRestart(
        bulk_id, tenant_id, host_id, from_json(wanted), _choices_from_json(from_json(choices)),
        from_micros(requested_at), requested_by, total, done, started, skipped, failed,
        from_micros_or_none(finished_at), aborted_by,
    )  # fmt: skip


def item_from_row(row: Row) -> BulkItem:
    """The item in `ITEM_COLUMNS`."""
    position, run_id, project_id, project_name, state, code, why, new_run_id, done_at = row
    return BulkItem(
        position,
        run_id,
        project_id,
        project_name,
        ItemState(state),
        code,
        why,
        new_run_id,
        from_micros_or_none(done_at),
    )


def _of(scope: TenantScope, bulk_id: BulkRestartId) -> dict[str, object]:
    return {"tenant_id": scope.tenant_id, "id": storable(bulk_id)}


def _item_parameters(bulk_id: BulkRestartId, candidates: Iterable[Candidate]) -> Iterable[dict[str, object]]:
    for position, each in enumerate(candidates, 1):
        yield {
            "id": bulk_id,
            "position": position,
            "run_id": each.run_id,
            "project_id": each.project_id,
            "project_name": each.project_name,
        }


def _parameters_of(wanted: BulkFilter) -> dict[str, object]:
    """What filters, by the names of `_FILTERS`."""
    parameters: dict[str, object] = {
        "states": sorted(wanted.states),
        "outcomes": sorted(wanted.outcomes),
        "reasons": sorted(wanted.reasons),
        "projects": sorted(map(storable, wanted.projects)),
        "search": wanted.search and storable(wanted.search.casefold()),
        "since": None if wanted.since is None else to_micros(wanted.since),
        "until": None if wanted.until is None else to_micros(wanted.until),
    }
    return {name: value for name, value in parameters.items() if value not in (None, "", [])}


def _candidate_from_row(row: Row) -> Candidate:
    run_id, project_id, project_name, state, outcome, reason, tree, own_command, own_directory = row
    return Candidate(
        run_id,
        project_id,
        project_name,
        RunState(state),
        None if outcome is None else Outcome(outcome),
        None if reason is None else Reason(reason),
        tree,
        bool(own_command),
        bool(own_directory),
    )


def _choices_to_json(choices: BulkChoices) -> dict[str, object]:
    return {
        "restartable": sorted(choices.restartable),
        "latest_definition": choices.latest_definition,
        "clean_workspace": choices.clean_workspace,
        "confirmed": choices.confirmed,
        "note": choices.note,
        "seen": sorted(choices.seen),
    }


def _choices_from_json(stored: dict[str, object]) -> BulkChoices:
    restartable, seen = stored["restartable"], stored.get("seen", [])  # before there was `seen`, nothing was named
    assert isinstance(restartable, list)
    assert isinstance(seen, list)
    note = stored["note"]
    return BulkChoices(
        frozenset(RunState(each) for each in restartable),
        bool(stored["latest_definition"]),
        bool(stored["clean_workspace"]),
        bool(stored["confirmed"]),
        None if note is None else str(note),
        frozenset(RunId(each) for each in seen),
    )
