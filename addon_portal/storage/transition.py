"""The one function that changes the state of a run.

A transition is one guarded UPDATE: it names the states it expects, so whoever comes too late changes no row and is
told so, and its journal row is written in the same transaction. Which moves are legal is `domain.transitions`' to say.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, Outcome, RunState
from addon_portal.domain.transitions import LEGAL_MOVES, Transition
from addon_portal.storage.connection import quoted
from addon_portal.storage.journal import NewEntry
from addon_portal.storage.rows import RUN_FIELDS, to_column, to_micros

if TYPE_CHECKING:
    from addon_portal.storage.unit_of_work import UnitOfWork

# Who a run is, and its state, are never facts that a transition brings along.
_FIXED = {"seq", "id", "tenant_id", "project_id", "number", "state", "restarted_by"}
_CHANGEABLE = frozenset(RUN_FIELDS) - _FIXED

# Asked in the statement that ends the run, so that it costs no other. Without the cast SQLite would not use the index.
# The run's own column comes first: PostgreSQL shows it as it is by then, other tables as they were at the beginning.
_HAS_FOLLOWER = """
    (CASE WHEN stop_why = 'replaced' THEN id ELSE coalesce(
        (SELECT s.run_id FROM scheduled_restarts AS s WHERE s.restart_of = CAST(runs.id AS text)),
        (SELECT p.id FROM projects AS p WHERE p.id = CAST(runs.project_id AS text) AND p.restart_policy IS NOT NULL)
    ) END)
"""

# For the supervisor, which is woken. Only the first stop counts, and its grace is never lengthened.
_STOP_REQUESTS = frozenset({"stop_requested", "grace_shortened"})
_ENDS_EARLIER = ":stop_deadline_at < stop_deadline_at"
_IS_SHORTER = """
    stop_requested_at IS NOT NULL AND :stop_grace_seconds < coalesce(stop_grace_seconds, (
        SELECT d.stop_grace_seconds FROM definitions AS d
        WHERE d.project_id = CAST(runs.project_id AS text) AND d.version = runs.definition_version
    ))
"""


def apply(uow: "UnitOfWork", transition: Transition) -> bool:
    """Make the change if the run is still where the transition expects it; whether it was made.

    False is a normal result: somebody else was faster, and the row tells what they did. Illegal moves are bugs and
    fail an assertion. Listeners are woken after the commit.
    """
    assert is_legal(transition), f"illegal move: {transition}"
    sql = _statement(
        tuple(transition.values),
        transition.from_states,
        transition.to_state is not None,
        transition.to_state in FINAL,
        transition.only_outcome,
        transition.kind,
        transition.unless_drained,
        tuple((name, value is None) for name, value in transition.decided_on.items()),
    )
    parameters = {name: to_column(value) for name, value in transition.values.items()}
    parameters |= {f"was_{name}_": to_column(value) for name, value in transition.decided_on.items()}
    parameters["run_id_"] = transition.run_id
    if transition.to_state is not None:
        parameters["to_state_"] = transition.to_state.value
    if transition.only_outcome is not None:
        parameters["recorded_at_"] = to_micros(uow.now())
    row = uow.connection.one(sql, parameters)
    if row is None:
        return False
    tenant_id, project_id, host_id, state, previous_state, has_follower = row
    if has_follower:
        uow.ended_with_follower.append(transition.run_id)
    if transition.kind in _STOP_REQUESTS:
        uow.wake_supervisor(host_id)
    reason = transition.values.get("reason")
    uow.journal.append(
        NewEntry(
            tenant_id=tenant_id,
            project_id=project_id,
            run_id=transition.run_id,
            kind=transition.kind,
            from_state=RunState(state if transition.to_state is None else previous_state),
            to_state=transition.to_state,
            reason=None if reason is None else Reason(str(reason)),
            actor=transition.actor,
            cause=transition.cause,
            happened_at=transition.happened_at,
            detail=transition.detail,
        )
    )
    return True


def is_legal(transition: Transition) -> bool:
    """Whether every move that the transition may make is in the table, or it amends an unknown outcome."""
    if transition.to_state is None:
        return "reason" not in transition.values
    if transition.only_outcome is not None:
        return transition.only_outcome is Outcome.UNKNOWN
    return all(transition.to_state in LEGAL_MOVES[state] for state in transition.from_states)


@lru_cache(maxsize=256)
def _statement(
    names: tuple[str, ...],
    from_states: frozenset[RunState],
    moves: bool,
    ends: bool,
    only_outcome: Outcome | None,
    kind: str,
    unless_drained: bool,
    decided_on: tuple[tuple[str, bool], ...],
) -> str:
    assert _CHANGEABLE.issuperset(names), f"not for a transition to change: {set(names) - _CHANGEABLE}"
    changes = [f"{name} = :{name}" for name in names]
    guards = ["id = :run_id_", f"state IN ({quoted(from_states)})"]
    if moves:
        # The right-hand side sees the row as it was: this is how the journal learns where the run came from.
        changes += ["previous_state = state", "state = :to_state_"]
    if only_outcome is not None:
        changes.append("amended_at = :recorded_at_")
        guards += [f"outcome = '{only_outcome}'", "amended_at IS NULL"]
    if unless_drained:
        guards.append("(SELECT h.drained_at FROM hosts AS h WHERE h.id = runs.host_id) IS NULL")
    if kind == "stop_requested":
        guards.append("stop_requested_at IS NULL")
    elif kind == "grace_shortened":
        guards.append(_ENDS_EARLIER if "stop_deadline_at" in names else _IS_SHORTER)
    guards += [f"{name} IS NULL" if was_null else f"{name} = :was_{name}_" for name, was_null in decided_on]
    return (
        f"UPDATE runs SET {', '.join(changes)} WHERE {' AND '.join(guards)} "  # noqa: S608 - made of constants
        "RETURNING tenant_id, project_id, host_id, state, previous_state, "
        f"{_HAS_FOLLOWER if ends and only_outcome is None else 'NULL'}"
    )
