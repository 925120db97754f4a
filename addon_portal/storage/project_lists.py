"""Lists of a tenant's projects, each with its newest run.

Each order but one has an index. By the newest run, and where its state decides, the newest run of each project of the
tenant is looked up in an index, so such a list costs as much as the tenant has projects, however many runs there are.
"""

from dataclasses import dataclass
from functools import lru_cache

from addon_portal.domain.models import Project, TenantScope
from addon_portal.domain.project_lists import ProjectFilter, ProjectSort
from addon_portal.domain.states import Health
from addon_portal.storage import cursors
from addon_portal.storage.rows import storable, to_micros


@dataclass(frozen=True, slots=True)
class _Order:
    """What a list goes by: how its cursors are called, the columns, the direction, and the place behind a cursor."""

    kind: str
    columns: tuple[str, ...]
    is_descending: bool
    place: str
    width: int

    @property
    def by(self) -> str:
        """For ORDER BY."""
        direction = " DESC" if self.is_descending else ""
        return ", ".join(f"{column}{direction}" for column in self.columns)

    @property
    def behind(self) -> str:
        """The condition that continues behind a cursor."""
        return f"({', '.join(self.columns)}) {'<' if self.is_descending else '>'} ({self.place})"


_ORDERS = {
    ProjectSort.CREATED: _Order("projects", ("p.seq",), True, ":place0", 1),
    # A cursor holds numbers: the name is that of the project where the page ended, also where that was deleted since.
    ProjectSort.NAME: _Order(
        "projects-by-name",
        ("p.name_folded", "p.seq"),
        False,
        "SELECT name_folded, seq FROM projects WHERE seq = :place0 AND tenant_id = :tenant_id",
        1,
    ),
    ProjectSort.CHANGED: _Order("projects-by-change", ("p.updated_at", "p.seq"), True, ":place0, :place1", 2),
    ProjectSort.RUN: _Order("projects-by-run", ("coalesce(r.seq, 0)", "p.seq"), True, ":place0, :place1", 2),
}

_STANDING = """
    CASE WHEN r.id IS NULL THEN 'never_run' WHEN r.outcome = 'unknown' THEN 'unknown' ELSE r.state END
    IN (:standings...)
"""
_TROUBLES = (Health.SILENT, Health.UNSUPERVISED)
_ATTENTION = "(r.state = 'failed' OR r.finished_at IS NULL AND (r.started_at < :overdue_before{troubles}))"


def page_of(
    select: str,
    dialect: str,
    scope: TenantScope,
    wanted: ProjectFilter,
    sort: ProjectSort,
    limit: int,
    cursor: str | None,
) -> tuple[str, dict[str, object]]:
    """The statement of one page, with one project more than it shows, and its parameters.

    Raises InvalidRequest for a cursor that is malformed or of another order.
    """
    order = _ORDERS[sort]
    place = cursors.decode(order.kind, cursor, order.width)
    parameters = _parameters_of(wanted) | {"tenant_id": scope.tenant_id}
    parameters |= {f"place{at}": number for at, number in enumerate(place or ())}
    narrowed = (bool(wanted.search), bool(wanted.standings), wanted.needs_attention)
    return _statement(select, dialect, sort, place is not None, narrowed, limit + 1), parameters


def cursor_behind(sort: ProjectSort, seq: int, project: Project) -> str:
    """The cursor of the page that begins behind this project."""
    place: tuple[int, ...] = (seq,)
    if sort is ProjectSort.CHANGED:
        place = (to_micros(project.updated_at), seq)
    if sort is ProjectSort.RUN:
        place = (project.latest_run.seq if project.latest_run else 0, seq)
    return cursors.encode(_ORDERS[sort].kind, place)


def fold(name: str) -> str:
    """A name as it is searched for and sorted by."""
    return storable(name.casefold())


def _parameters_of(wanted: ProjectFilter) -> dict[str, object]:
    parameters: dict[str, object] = {}
    if wanted.search:
        parameters["search"] = fold(wanted.search)
    if wanted.standings:
        parameters["standings"] = sorted(standing.value for standing in wanted.standings)
    if wanted.needs_attention:
        assert wanted.overdue_before is not None, "whoever asks says since when a run is overdue"
        parameters["overdue_before"] = to_micros(wanted.overdue_before)
    return parameters


@lru_cache(maxsize=128)
def _statement(
    select: str, dialect: str, sort: ProjectSort, has_cursor: bool, narrowed: tuple[bool, bool, bool], limit: int
) -> str:
    order = _ORDERS[sort]
    has_search, has_states, attention = narrowed
    # Unlike LIKE, these know no wildcards and no longest pattern.
    find = "instr" if dialect == "sqlite" else "strpos"
    troubles = "".join(f" OR {find}(r.conditions, '{trouble}') > 0" for trouble in _TROUBLES)
    conditions = [
        (has_cursor, order.behind),
        (has_search, f"{find}(p.name_folded, :search) > 0"),
        (has_states, _STANDING),
        (attention, _ATTENTION.format(troubles=troubles)),
    ]
    sql = select + "".join(f" AND {condition}" for is_asked, condition in conditions if is_asked)
    # Of a parameter PostgreSQL expects a tenth of all there is, and would plan each page anew: nearly half of its work.
    return f"{sql} ORDER BY {order.by} LIMIT {limit:d}"
