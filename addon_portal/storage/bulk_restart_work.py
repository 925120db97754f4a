"""Carrying out restarts of many projects, for the supervisor of their host.

Each project has its turn in a transaction of its own, which begins with the one guarded UPDATE that gives it the turn:
`done` moves from the place before it to its own, unless the whole was aborted. So a turn is taken once, whoever repeats
the work, and what has not had its turn when an abort commits never has it.
"""

from datetime import datetime

from addon_portal.domain.bulk_restarts import BulkItem, BulkRestart, ItemState
from addon_portal.domain.ids import HostId
from addon_portal.storage.bulk_restarts import BULK_COLUMNS, ITEM_COLUMNS, bulk_from_row, item_from_row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import columns, storable, to_micros

_OPEN = f"""
    SELECT {columns("b", BULK_COLUMNS)} FROM bulk_restarts AS b
    WHERE b.host_id = :host_id AND b.finished_at IS NULL ORDER BY b.seq LIMIT 1
"""  # noqa: S608 - made of constants
_NEXT = f"""
    SELECT {columns("i", ITEM_COLUMNS)} FROM bulk_restart_items AS i
    WHERE i.bulk_restart_id = :id AND i.position > :done ORDER BY i.position LIMIT :limit
"""  # noqa: S608 - made of constants
_TAKE_TURN = """
    UPDATE bulk_restarts SET done = :position WHERE id = :id AND done = :position - 1 AND finished_at IS NULL
"""
_COUNT = """
    UPDATE bulk_restarts SET {count} = {count} + 1, finished_at = CASE WHEN done = total THEN :at END WHERE id = :id
"""
_RECORD = """
    UPDATE bulk_restart_items SET state = :state, code = :code, why = :why, new_run_id = :new_run_id, done_at = :at
    WHERE bulk_restart_id = :id AND position = :position
"""


class BulkRestartWork(Repository):
    """Those of a host that are not finished."""

    __slots__ = ()

    def find_open(self, host_id: HostId) -> BulkRestart | None:
        """The oldest that is not finished."""
        row = self._connection.one(_OPEN, {"host_id": host_id})
        return None if row is None else bulk_from_row(row)

    def list_next(self, bulk: BulkRestart, limit: int) -> tuple[BulkItem, ...]:
        """Those whose turn is next."""
        rows = self._connection.all(_NEXT, {"id": bulk.id, "done": bulk.done, "limit": limit})
        return tuple(item_from_row(row) for row in rows)

    def take_turn(self, bulk: BulkRestart, item: BulkItem) -> bool:
        """Give a project its turn; False when it had it before, or the whole was aborted."""
        return self._connection.change(_TAKE_TURN, {"id": bulk.id, "position": item.position}) > 0

    def record(self, bulk: BulkRestart, item: BulkItem, at: datetime) -> None:
        """Store what came of a turn, in the transaction that took it."""
        assert item.state is not ItemState.WAITING
        parameters = {"id": bulk.id, "at": to_micros(at)}
        why = None if item.why is None else storable(item.why)
        outcome = {"state": item.state.value, "code": item.code, "why": why, "new_run_id": item.new_run_id}
        self._connection.change(_RECORD, parameters | outcome | {"position": item.position})
        self._connection.change(_COUNT.format(count=item.state.value), parameters)
