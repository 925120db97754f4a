"""The journal: every fact about every run, in the order it was recorded.

Rows are held back and written at the end of the transaction, when it has its turn: so sequence numbers become visible
in their order on both databases, and a reader that has seen one never misses a smaller one. Only
`transition.apply` and the insertion of runs add to it; nothing changes or removes a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from addon_portal.domain.ids import ProjectId, RunId, TenantId
from addon_portal.domain.models import JournalEntry, TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, RunState
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import ENTRY_COLUMNS, columns, entry_from_row, storable, to_json, to_micros

if TYPE_CHECKING:
    from addon_portal.storage.unit_of_work import UnitOfWork

_SELECT = f"SELECT {columns('j', ENTRY_COLUMNS)} FROM journal AS j"  # noqa: S608 - made of constants
_OF_RUN = f"{_SELECT} WHERE j.run_id = :run_id AND j.tenant_id = :tenant_id ORDER BY j.seq"
_AFTER = f"{_SELECT} WHERE j.seq > :seq ORDER BY j.seq LIMIT :limit"
_HEADS_AFTER = "SELECT seq, tenant_id, run_id, to_state FROM journal WHERE seq > :seq ORDER BY seq LIMIT :limit"
_LAST = "SELECT max(seq) FROM journal"
_INSERT = """
    INSERT INTO journal (tenant_id, project_id, run_id, kind, from_state, to_state, reason, actor, cause, happened_at,
                         recorded_at, detail)
    VALUES (:tenant_id, :project_id, :run_id, :kind, :from_state, :to_state, :reason, :actor, :cause, :happened_at,
            :recorded_at, :detail)
"""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A journal entry that has no place in the order yet."""

    tenant_id: TenantId
    project_id: ProjectId
    run_id: RunId
    kind: str
    from_state: RunState | None
    to_state: RunState | None
    reason: Reason | None
    actor: str
    cause: str
    happened_at: datetime
    detail: Mapping[str, object] = field(default_factory=dict)


class EntryHead(NamedTuple):
    """What tells whether a journal entry matters to a reader; `to_state` is the state's word, None without a move."""

    seq: int
    tenant_id: TenantId
    run_id: RunId
    to_state: str | None


class Journal(Repository):
    """Journal entries."""

    __slots__ = ("_pending",)

    def __init__(self, uow: "UnitOfWork") -> None:
        super().__init__(uow)
        self._pending: list[NewEntry] = []

    def append(self, entry: NewEntry) -> None:
        """Have the entry written with the transaction, and the api woken."""
        self._pending.append(entry)
        self._uow.wake_api()

    def skip_numbers(self) -> None:
        """Have the next entry leave a gap: a reader may know a number whose entry a power cut has taken back."""
        self._uow.database.skip_journal_numbers(self._connection)

    @property
    def has_ends(self) -> bool:
        """Whether a run becomes final with what is to be written."""
        return any(entry.to_state in FINAL for entry in self._pending)

    @property
    def has_pending(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._pending)

    def flush(self) -> None:
        """Write what was appended; the transaction has its turn and ends next."""
        if not self._pending:
            return
        recorded_at = to_micros(self._uow.now())
        rows = [_to_row(entry, recorded_at) for entry in self._pending]
        self._pending.clear()
        if len(rows) == 1:
            self._connection.change(_INSERT, rows[0])
        else:
            self._connection.change_many(_INSERT, rows)

    def list_for_run(self, scope: TenantScope, run_id: RunId) -> tuple[JournalEntry, ...]:
        """What happened to a run, oldest first; nothing for a run of another tenant."""
        rows = self._connection.all(_OF_RUN, {"run_id": storable(run_id), "tenant_id": scope.tenant_id})
        return tuple(entry_from_row(row) for row in rows)

    def read_after(self, seq: int, limit: int) -> tuple[JournalEntry, ...]:
        """Entries of all tenants after a sequence number, in order; none that is smaller can appear later."""
        rows = self._connection.all(_AFTER, {"seq": seq, "limit": limit})
        return tuple(entry_from_row(row) for row in rows)

    def read_heads_after(self, seq: int, limit: int) -> list[EntryHead]:
        """As `read_after`, for who needs to know only whom to tell: a fifth of the work."""
        return [EntryHead._make(row) for row in self._connection.all(_HEADS_AFTER, {"seq": seq, "limit": limit})]

    def last_seq(self) -> int:
        """The newest sequence number; 0 in an empty journal."""
        row = self._connection.one(_LAST)
        return (row[0] if row else None) or 0


def _to_row(entry: NewEntry, recorded_at: int) -> dict[str, object]:
    return {
        "tenant_id": entry.tenant_id,
        "project_id": entry.project_id,
        "run_id": entry.run_id,
        "kind": entry.kind,
        "from_state": entry.from_state and entry.from_state.value,
        "to_state": entry.to_state and entry.to_state.value,
        "reason": entry.reason and entry.reason.value,
        "actor": storable(entry.actor),
        "cause": storable(entry.cause),
        "happened_at": to_micros(entry.happened_at),
        "recorded_at": recorded_at,
        "detail": to_json(entry.detail),
    }
