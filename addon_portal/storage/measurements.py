"""What is measured about all tenants together: how runs and hosts stand, and what has moved meanwhile.

For the installation's own metrics. Nothing of one tenant can be told from it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from addon_portal.domain.states import ACTIVE, FINAL, RunState
from addon_portal.storage.connection import Row, quoted
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_micros_or_none, from_words, to_micros

# From the hosts, of which there are few, so that each state is looked up in the index of what is not final.
_STANDING = f"""
    SELECT h.id, h.observed_at, r.state, r.conditions,
           CASE WHEN r.started_at < :overdue_before THEN 1 ELSE 0 END,
           CASE WHEN r.state = 'starting' AND r.claimed_at < :stuck_before
                  OR r.state = 'stopping' AND r.stop_deadline_at < :stuck_before THEN 1 ELSE 0 END,
           count(r.id), min(r.requested_at)
    FROM hosts AS h
    LEFT JOIN runs AS r ON r.host_id = h.id AND r.finished_at IS NULL AND r.state IN ({quoted(ACTIVE)})
    GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - made of constants
_MOVES = f"""
    SELECT j.seq, j.kind, j.to_state, j.reason, j.happened_at, j.recorded_at,
           r.requested_at, r.started_at, r.ended_at, r.outcome
    FROM journal AS j JOIN runs AS r ON r.id = j.run_id
    WHERE j.seq > :after AND j.to_state IN ('running', {quoted(FINAL)}) AND j.kind <> 'amended'
    ORDER BY j.seq LIMIT :limit
"""  # noqa: S608 - made of constants


@dataclass(frozen=True, slots=True)
class AlikeRuns:
    """Active runs of one host that are alike in all that is measured; `state` is None for a host without any."""

    host_id: str
    observed_at: datetime | None
    state: RunState | None
    conditions: frozenset[str]
    is_overdue: bool
    is_late: bool
    """Whether they have been starting, or past the end of their grace time, for too long."""
    count: int
    oldest_requested_at: datetime | None


class Move(NamedTuple):
    """A start or an end. Lengths are None where a time is not known."""

    seq: int
    to_state: str
    reason: str | None
    outcome: str | None
    since_request: timedelta
    recorded_after: timedelta
    ran: timedelta | None


class Measurements(Repository):
    """Numbers of the whole installation."""

    __slots__ = ()

    def standing(self, *, overdue_before: datetime, stuck_before: datetime) -> tuple[AlikeRuns, ...]:
        """Every host with its active runs, in one statement."""
        parameters = {"overdue_before": to_micros(overdue_before), "stuck_before": to_micros(stuck_before)}
        return tuple(_alike_from_row(row) for row in self._connection.all(_STANDING, parameters))

    def moves_after(self, seq: int, limit: int) -> tuple[Move, ...]:
        """Programs that were executed and runs that became final, in the order of the journal."""
        return tuple(_move_from_row(row) for row in self._connection.all(_MOVES, {"after": seq, "limit": limit}))


def _alike_from_row(row: Row) -> AlikeRuns:
    host_id, observed_at, state, conditions, is_overdue, is_late, count, oldest = row
    return AlikeRuns(
        host_id,
        from_micros_or_none(observed_at),
        None if state is None else RunState(state),
        from_words(conditions or ""),
        bool(is_overdue),
        bool(is_late),
        count,
        from_micros_or_none(oldest),
    )


def _move_from_row(row: Row) -> Move:
    seq, _, to_state, reason, happened_at, recorded_at, requested_at, started_at, ended_at, outcome = row
    ran = None if started_at is None or ended_at is None else timedelta(microseconds=ended_at - started_at)
    return Move(
        seq,
        to_state,
        reason,
        outcome,
        timedelta(microseconds=happened_at - requested_at),
        timedelta(microseconds=recorded_at - happened_at),
        ran,
    )
