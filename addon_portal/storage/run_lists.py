"""Lists of a tenant's runs, newest first, each read from an index that has its order.

A list of a project goes by the run's number, one of what ended in a time by that end, one between times by the time of
the request, any other by the sequence number; so no list looks at many more rows than it shows, however many runs there
are. A cursor continues the list it came from.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, RunState
from addon_portal.storage import cursors
from addon_portal.storage.connection import Connection
from addon_portal.storage.rows import run_columns, run_from_row, storable, to_micros
from addon_portal.storage.values import Page


@dataclass(frozen=True, slots=True)
class _Order:
    """What a list goes by: the columns, how its cursors are called, and how a run's place is read."""

    kind: str
    columns: tuple[str, ...]

    def place_of(self, run: Run) -> tuple[int, ...]:
        """Where the run stands in this order."""
        values = (getattr(run, column) for column in self.columns)
        return tuple(to_micros(value) if isinstance(value, datetime) else value for value in values)

    @property
    def descending(self) -> str:
        """For ORDER BY."""
        return ", ".join(f"r.{column} DESC" for column in self.columns)

    @property
    def before(self) -> str:
        """The condition that continues behind a cursor."""
        columns = ", ".join(f"r.{column}" for column in self.columns)
        return f"({columns}) < ({', '.join(f':before{at}' for at in range(len(self.columns)))})"


_BY_SEQ = _Order("runs", ("seq",))
_BY_NUMBER = _Order("project-runs", ("number",))
_BY_END = _Order("runs-by-end", ("finished_at", "seq"))
_BY_TIME = _Order("runs-by-time", ("requested_at", "seq"))

_COLUMNS = run_columns("r")
_FILTERS = {
    "project_id": "r.project_id = :project_id",
    "since": "r.requested_at >= :since",
    "until": "r.requested_at < :until",
    # That it is not null follows, but SQLite uses the index of final runs only where it is said.
    "finished_since": "r.finished_at IS NOT NULL AND r.finished_at >= :finished_since",
    "finished_until": "r.finished_at IS NOT NULL AND r.finished_at < :finished_until",
    "states": "r.state IN (:states...)",
    "reasons": "r.reason IN (:reasons...)",
}


def list_page(
    connection: Connection,
    scope: TenantScope,
    *,
    limit: int,
    cursor: str | None,
    project_id: ProjectId | None,
    states: Collection[RunState],
    reasons: Collection[Reason],
    since: datetime | None,
    until: datetime | None,
    finished_since: datetime | None,
    finished_until: datetime | None,
) -> Page[Run]:
    """A part of a list. Raises InvalidRequest for a cursor that is malformed or of another kind of list."""
    filters: dict[str, object] = {}
    if project_id is not None:
        filters["project_id"] = storable(project_id)
    times = {"since": since, "until": until, "finished_since": finished_since, "finished_until": finished_until}
    filters |= {name: to_micros(time) for name, time in times.items() if time is not None}
    if states:
        filters["states"] = [state.value for state in states]
    if reasons:
        filters["reasons"] = [reason.value for reason in reasons]
    order = _order_of(filters)
    place = cursors.decode(order.kind, cursor, len(order.columns))
    parameters: dict[str, object] = {f"before{at}": value for at, value in enumerate(place or ())}
    sql, more = _statement(order, filters, has_cursor=place is not None)
    parameters |= more | {"tenant_id": scope.tenant_id, "limit": limit + 1}
    rows = connection.all(sql, parameters)
    items = tuple(run_from_row(row) for row in rows[:limit])
    return Page(items, cursors.encode(order.kind, order.place_of(items[-1])) if len(rows) > limit else None)


def _order_of(filters: dict[str, object]) -> _Order:
    if "project_id" in filters:
        return _BY_NUMBER
    if filters.keys() & {"finished_since", "finished_until"}:
        return _BY_END
    return _BY_TIME if filters.keys() & {"since", "until"} else _BY_SEQ


_MERGED = {_BY_SEQ: ("reasons", "states"), _BY_END: ("states",)}
"""Orders in which an index holds one part for each word of these filters; the first that was given is split."""


def _statement(order: _Order, filters: dict[str, object], *, has_cursor: bool) -> tuple[str, dict[str, object]]:
    """The statement and the parameters of its filters.

    By sequence number or by end, each state or reason is looked up in its own part of an index and the parts are
    merged: asked for several at once, a database reads everything that is newer than what it looks for.
    """
    if order is _BY_END and "states" not in filters:
        filters = filters | {"states": sorted(state.value for state in FINAL)}
    split = next((name for name in _MERGED.get(order, ()) if name in filters), None)
    if split is None:
        return _single_statement(order, tuple(filters), has_cursor), filters
    wanted = filters[split]
    assert isinstance(wanted, list)
    others = tuple(name for name in filters if name != split)
    parameters = {name: filters[name] for name in others} | {f"wanted{at}": word for at, word in enumerate(wanted)}
    return _merged_statement(order, split, len(wanted), others, has_cursor), parameters


@lru_cache(maxsize=64)
def _single_statement(order: _Order, filters: tuple[str, ...], has_cursor: bool) -> str:
    conditions = ["r.tenant_id = :tenant_id", *(_FILTERS[name] for name in filters)]
    if has_cursor:
        conditions.append(order.before)
    return f"SELECT {_COLUMNS} FROM runs AS r WHERE {' AND '.join(conditions)} ORDER BY {order.descending} LIMIT :limit"  # noqa: S608 - made of constants


@lru_cache(maxsize=256)
def _merged_statement(order: _Order, split: str, count: int, others: tuple[str, ...], has_cursor: bool) -> str:
    column = split.removesuffix("s")
    conditions = "".join(f" AND {_FILTERS[name]}" for name in others)
    if has_cursor:
        conditions += f" AND {order.before}"
    parts = " UNION ALL ".join(
        f"""SELECT seq FROM (
            SELECT r.seq FROM runs AS r WHERE r.tenant_id = :tenant_id AND r.{column} = :wanted{at}{conditions}
            ORDER BY {order.descending} LIMIT :limit
        ) AS part{at}"""  # noqa: S608 - made of constants
        for at in range(count)
    )
    return f"SELECT {_COLUMNS} FROM runs AS r WHERE r.seq IN ({parts}) ORDER BY {order.descending} LIMIT :limit"  # noqa: S608
