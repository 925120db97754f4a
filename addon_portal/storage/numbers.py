"""A tenant's numbers: how things stand now, and how runs went over time. One statement for each question.

Counts of final runs are always those of a time, found in an index by their end: the whole history is never counted.
Leaves what is shown of a run to the services.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from addon_portal.domain.ids import HostId, ProjectId
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.states import ACTIVE, CLAIMED, FINAL, Outcome, RunState
from addon_portal.storage.connection import Row, quoted
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import HOUR_MICROS, from_micros_or_none, from_words, storable, to_micros
from addon_portal.storage.surroundings import SHOWN_COLUMNS, RunSurroundings, shown_from_row

_DIGITS = 2
_LONGEST_DIGITS = 16
"""Microseconds of three hundred years."""


def _rounded(number: str) -> str:
    """A whole number with all but its first digits as noughts: so many of one length make few groups."""
    cases = (
        f"WHEN {number} < {10**digits} THEN {number} / {10 ** (digits - _DIGITS)} * {10 ** (digits - _DIGITS)}"
        for digits in range(_DIGITS, _LONGEST_DIGITS + 1)
    )
    return f"CASE {' '.join(cases)} END"


_NOTHING = "CAST(NULL AS text)"
_NO_NUMBER = "CAST(NULL AS bigint)"
_UNKNOWN = {RunState.FAILED: "count(CASE WHEN outcome = 'unknown' THEN 1 END)"}


def _finished(when: str) -> str:
    """How many became final then. Asked for several states at once, a database sorts all that it finds, or reads what
    is newer than what it looks for.
    """
    return " UNION ALL ".join(
        f"""SELECT 'finished', '{state}', {_NOTHING}, {_UNKNOWN.get(state, "0")}, count(*), {_NO_NUMBER}
            FROM runs WHERE tenant_id = :tenant_id AND state = '{state}' AND finished_at IS NOT NULL AND {when}"""  # noqa: S608 - made of constants
        for state in sorted(FINAL)
    )


# PostgreSQL keeps what is alike in an index once, with a list of its rows, and counts from that in a third of the time:
# so it takes whole hours by their number. That they have an end is said for the sake of its planner (see `_overview`).
_WHOLE_HOURS = " UNION ALL ".join(
    f"""SELECT 'finished', '{state}', {_NOTHING}, {unknown}, count(*), {_NO_NUMBER}
        FROM runs WHERE tenant_id = :tenant_id AND outcome {outcome}
                    AND finished_hour BETWEEN :first_hour AND {2**63 - 1}"""  # noqa: S608 - made of constants
    for state, outcome, unknown in (
        (RunState.COMPLETED, "= 'success'", "0"),
        (RunState.FAILED, "= 'failure'", "0"),
        (RunState.FAILED, "= 'unknown'", "count(*)"),
        (RunState.CANCELLED, "IS NULL", "0"),
    )
)
_FINISHED = {
    "sqlite": _finished("finished_at >= :finished_after"),
    "postgresql": f"""{_finished("finished_at >= :finished_after AND finished_at < :first_hour_at")}
        UNION ALL {_WHOLE_HOURS}""",
}
_RUNNING = " UNION ALL ".join(
    f"""SELECT 'running', {_NOTHING}, {_NOTHING}, -seq, {_NO_NUMBER}, seq FROM (
            SELECT seq FROM runs WHERE tenant_id = :tenant_id AND state = '{state}' ORDER BY seq DESC LIMIT {{limit:d}}
        ) AS part4"""  # noqa: S608 - made of constants
    for state in sorted(CLAIMED)
)
# Every part has the same columns: two words, a mark (flags, or the place in a list), a count, a run.
_OVERVIEW = f"""
    WITH parts (part, word, words, mark, number, seq) AS (
        SELECT 'projects', {_NOTHING}, {_NOTHING}, {_NO_NUMBER}, count(*), {_NO_NUMBER}
        FROM projects WHERE tenant_id = :tenant_id AND deleted_at IS NULL
        UNION ALL
        SELECT 'host', {_NOTHING}, {_NOTHING}, {_NO_NUMBER}, observed_at, {_NO_NUMBER} FROM hosts WHERE id = :host_id
        UNION ALL
        SELECT 'active', state, conditions, flags, count(*), {_NO_NUMBER} FROM (
            SELECT a.state, a.conditions,
                   (CASE WHEN a.started_at < :overdue_before THEN 1 ELSE 0 END)
                   + (CASE WHEN b.observed_at >= :seen_after THEN 0 ELSE 2 END) AS flags
            FROM runs AS a JOIN hosts AS b ON b.id = a.host_id
            WHERE a.tenant_id = :tenant_id AND a.state IN ({quoted(ACTIVE)})
        ) AS part1 GROUP BY state, conditions, flags
        UNION ALL
        {{finished}}
        UNION ALL
        SELECT 'failed', {_NOTHING}, {_NOTHING}, -finished_at, {_NO_NUMBER}, seq FROM (
            SELECT seq, finished_at FROM runs
            WHERE tenant_id = :tenant_id AND state = 'failed' AND finished_at IS NOT NULL
            ORDER BY finished_at DESC LIMIT {{limit:d}}
        ) AS part2
        UNION ALL
        {_RUNNING}
        UNION ALL
        SELECT 'waiting', {_NOTHING}, {_NOTHING}, seq, {_NO_NUMBER}, seq FROM (
            SELECT seq FROM runs WHERE tenant_id = :tenant_id AND state = 'pending' ORDER BY seq LIMIT {{limit:d}}
        ) AS part3
    )
    SELECT x.part, x.word, x.words, x.mark, x.number, {SHOWN_COLUMNS}
    FROM parts AS x
    LEFT JOIN runs AS r ON r.seq = x.seq
    LEFT JOIN projects AS p ON p.id = r.project_id
    LEFT JOIN hosts AS h ON h.id = r.host_id
    LEFT JOIN scheduled_restarts AS s ON s.restart_of = r.id
"""  # noqa: S608 - made of constants
_WIDTH = 5


@lru_cache(maxsize=128)
def _overview(dialect: str, limit: int) -> str:
    """The statement of an overview.

    Planning it takes PostgreSQL longer than most of its parts. A prepared statement is planned once where a plan for
    any parameters promises to be as good as one for the given: so the length of the lists stands in the statement, and
    a time has two ends. Of a parameter as a limit the planner expects a tenth of all there is, of an open end a third.
    """
    return _OVERVIEW.format(finished=_FINISHED[dialect], limit=limit)


# A project's runs end in the order of their numbers, since one is active at a time; but for clocks that were stepped.
_OF_PROJECT = """
    project_id = :project_id AND finished_at >= :since AND finished_at < :until AND number > coalesce((
        SELECT number FROM runs WHERE project_id = :project_id AND finished_at < :long_before
        ORDER BY number DESC LIMIT 1
    ), 0)
"""
_OF_ALL = f"state IN ({quoted(FINAL)}) AND finished_at IS NOT NULL AND finished_at >= :since AND finished_at < :until"
_STATS = f"""
    SELECT slot, state, outcome, {_rounded("took")}, count(*) FROM (
        SELECT (finished_at - :since) / :width AS slot, state, outcome,
               CASE WHEN outcome = 'success' AND ended_at >= started_at THEN ended_at - started_at END AS took
        FROM runs WHERE tenant_id = :tenant_id AND {{which}}
    ) AS part1 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - made of constants
_STATS_OF_ALL = _STATS.format(which=_OF_ALL)
_STATS_OF_PROJECT = _STATS.format(which=_OF_PROJECT)


_LARGEST_STEP = timedelta(days=1)
"""A clock may have been set back by so much, and no run of a project is forgotten."""


@dataclass(frozen=True, slots=True)
class ActiveRuns:
    """How many active runs are alike in all that health depends on."""

    state: RunState
    conditions: frozenset[str]
    is_overdue: bool
    is_unseen: bool
    count: int


@dataclass(frozen=True, slots=True)
class Finished:
    """How many runs became final so in a time; `unknown` are not among `failed`."""

    completed: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand. The lists are as long as was asked for: newest failures, newest running, first waiting."""

    projects: int
    observed_at: datetime | None
    active: tuple[ActiveRuns, ...]
    finished: Finished
    failed: tuple[tuple[Run, RunSurroundings], ...]
    running: tuple[tuple[Run, RunSurroundings], ...]
    waiting: tuple[tuple[Run, RunSurroundings], ...]


@dataclass(frozen=True, slots=True)
class Durations:
    """How long successful runs took: half of them, and 95 of 100, no longer than this; None without any.

    Rounded down to two digits: 61 s of 61.9 s, 7.2 h of 7.29 h.
    """

    median: timedelta | None = None
    p95: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """What became final in one stretch of time, from `at` on."""

    at: datetime
    finished: Finished
    durations: Durations


@dataclass(frozen=True, slots=True)
class Stats:
    """The slots in which something became final, oldest first, and how long runs took in all of them together."""

    slots: tuple[Slot, ...]
    durations: Durations


class Numbers(Repository):
    """One tenant's numbers."""

    __slots__ = ()

    def overview(
        self,
        scope: TenantScope,
        host_id: HostId,
        *,
        overdue_before: datetime,
        seen_after: datetime,
        finished_after: datetime,
        limit: int,
    ) -> Overview:
        """How things stand, in one statement."""
        first_hour = -(-to_micros(finished_after) // HOUR_MICROS)
        rows = self._connection.all(
            _overview(self._uow.database.dialect, limit),
            {
                "tenant_id": scope.tenant_id,
                "host_id": host_id,
                "overdue_before": to_micros(overdue_before),
                "seen_after": to_micros(seen_after),
                "finished_after": to_micros(finished_after),
                "first_hour": first_hour,
                "first_hour_at": first_hour * HOUR_MICROS,
            },
        )
        parts: dict[str, list[Row]] = {}
        for row in rows:
            parts.setdefault(row[0], []).append(row)
        failed, running, waiting = (
            tuple(shown_from_row(row[_WIDTH:]) for row in sorted(parts.get(name, ()), key=lambda row: row[3]))
            for name in ("failed", "running", "waiting")
        )
        return Overview(
            projects=parts["projects"][0][4],
            observed_at=next((from_micros_or_none(row[4]) for row in parts.get("host", ())), None),
            active=tuple(_active_from_row(row) for row in parts.get("active", ())),
            finished=_finished_from(parts["finished"]),
            failed=failed,
            running=running[:limit],
            waiting=waiting,
        )

    def stats(
        self, scope: TenantScope, project_id: ProjectId | None, since: datetime, until: datetime, width: timedelta
    ) -> Stats:
        """What became final in [since, until), in slots of this width, in one statement."""
        parameters: dict[str, object] = {
            "tenant_id": scope.tenant_id,
            "since": to_micros(since),
            "until": to_micros(until),
            "width": width // timedelta(microseconds=1),
        }
        if project_id is not None:
            parameters["project_id"] = storable(project_id)
            parameters["long_before"] = to_micros(since - _LARGEST_STEP)
        rows = self._connection.all(_STATS_OF_ALL if project_id is None else _STATS_OF_PROJECT, parameters)
        by_slot: dict[int, list[Row]] = {}
        for row in rows:
            by_slot.setdefault(row[0], []).append(row)
        slots = (Slot(since + at * width, _finished_of(its), _durations_of(its)) for at, its in sorted(by_slot.items()))
        return Stats(tuple(slots), _durations_of(rows))


def _active_from_row(row: Row) -> ActiveRuns:
    _, state, conditions, flags, count = row[:_WIDTH]
    return ActiveRuns(RunState(state), from_words(conditions), bool(flags & 1), bool(flags & 2), count)


def _finished_from(rows: Iterable[Row]) -> Finished:
    """From how many there are of a state, part by part, and how many of those with an unknown outcome."""
    counts, unknown = Counter[str](), 0
    for _, state, _, unknown_ones, count, *_ in rows:
        counts[state] += count
        unknown += unknown_ones
    failed = counts[RunState.FAILED] - unknown
    return Finished(counts[RunState.COMPLETED], failed, unknown, counts[RunState.CANCELLED])


def _finished_of(rows: Iterable[Row]) -> Finished:
    """From groups of runs: slot, state, outcome, length, count."""
    counts = Counter[tuple[str, str | None]]()
    for _, state, outcome, _, count in rows:
        counts[state, outcome] += count
    return Finished(
        completed=counts[RunState.COMPLETED, Outcome.SUCCESS],
        failed=counts[RunState.FAILED, Outcome.FAILURE],
        unknown=counts[RunState.FAILED, Outcome.UNKNOWN],
        cancelled=counts[RunState.CANCELLED, None],
    )


def _durations_of(rows: Iterable[Row]) -> Durations:
    """The nearest ranks among the lengths of these groups."""
    lengths = Counter[int]()
    for *_, length, count in rows:
        if length is not None:
            lengths[length] += count
    return Durations(_rank(lengths, 50), _rank(lengths, 95))


def _rank(lengths: Mapping[int, int], percent: int) -> timedelta | None:
    """The shortest length that so many of all do not exceed."""
    wanted = (sum(lengths.values()) * percent + 99) // 100
    for length in sorted(lengths):
        wanted -= lengths[length]
        if wanted <= 0:
            return timedelta(microseconds=length)
    return None
