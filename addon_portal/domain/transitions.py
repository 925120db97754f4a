"""The legal moves of a run, and one named constructor per move.

A `Transition` names the states it may start from, so that losing a race is a normal result of applying it, and
carries the facts that become columns and journal. Leaves writing it down to `storage.transition`, the one function that
changes a state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from addon_portal.domain.clock import to_text
from addon_portal.domain.endings import Ending
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import ACTIVE, CLAIMED, FINAL, Outcome, RunState
from addon_portal.domain.verdict import Tree

LEGAL_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.PENDING: frozenset({RunState.STARTING, RunState.CANCELLED, RunState.FAILED}),
    RunState.STARTING: frozenset({RunState.RUNNING, RunState.STOPPING, *FINAL}),
    RunState.RUNNING: frozenset({RunState.STOPPING, *FINAL}),
    RunState.STOPPING: FINAL,
    RunState.COMPLETED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
}
"""From each state, the states a run may enter next. An amendment of an unknown outcome is not a move."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A guarded change of one run and its journal row.

    `values` are columns of the run by name. With `to_state` None the state stays (a fact about the run was learned);
    `only_outcome` guards an amendment.
    """

    run_id: RunId
    kind: str
    from_states: frozenset[RunState]
    to_state: RunState | None
    happened_at: datetime
    actor: str
    cause: str
    values: Mapping[str, object] = field(default_factory=dict)
    detail: Mapping[str, object] = field(default_factory=dict)
    only_outcome: Outcome | None = None
    unless_drained: bool = False
    """Whether it is not to be made while nothing may be started on the run's host."""
    decided_on: Mapping[str, object] = field(default_factory=dict)
    """Columns from which it was concluded: it is not made once they say something else."""

    def applied_to(self, run: Run) -> Run:
        """The run as it is after this transition has won."""
        return replace(run, state=self.to_state or run.state, **self.values)  # type: ignore[arg-type]


def claimed(run_id: RunId, at: datetime, actor: str, boot_id: str) -> Transition:
    """A supervisor takes a waiting run: its directory is written, nobody has been asked to start it."""
    values = {"claimed_at": at, "boot_id": boot_id, "waiting_for": None}
    return Transition(run_id, "claimed", frozenset({RunState.PENDING}), RunState.STARTING, at, actor, "claim", values)


def withdrawn(run_id: RunId, ending: Ending, at: datetime, actor: str) -> Transition:
    """A waiting run is taken back before anybody claimed it."""
    values = _final_values(ending, at, None, None)
    return Transition(
        run_id,
        "withdrawn",
        frozenset({RunState.PENDING}),
        ending.state,
        at,
        actor,
        "request",
        values,
        {"message": ending.message},
    )


def started(run_id: RunId, started_at: datetime, actor: str, *, supervised: bool) -> Transition:
    """The program is executing."""
    values = {
        "started_at": started_at,
        "conditions": frozenset() if supervised else frozenset({"unsupervised"}),
        "condition_detail": None,
    }
    return Transition(
        run_id,
        "started",
        frozenset({RunState.STARTING}),
        RunState.RUNNING,
        started_at,
        actor,
        "child record",
        values,
    )


def stopping(
    run_id: RunId,
    at: datetime,
    deadline_at: datetime,
    actor: str,
    requested_by: str,
    decided_on: Mapping[str, object] | None = None,
) -> Transition:
    """The stop that was asked for is on disk, and the ladder begins."""
    return Transition(
        run_id,
        "stopping",
        frozenset({RunState.STARTING, RunState.RUNNING}),
        RunState.STOPPING,
        at,
        actor,
        "stop request",
        {"stop_deadline_at": deadline_at},
        {"requested_by": requested_by},
        decided_on=decided_on or {},
    )


def ended(
    run_id: RunId,
    ending: Ending,
    tree: Tree,
    now: datetime,
    actor: str,
    started_at: datetime | None = None,
    said: NotifyRecord | None = None,
) -> Transition:
    """The run is final, by the evidence of `ending`. `started_at` completes a run whose start nobody had seen, `said`
    what is known of what its program said.
    """
    values = _final_values(ending, now, tree, started_at) | said_values(said)
    return Transition(
        run_id,
        "ended",
        CLAIMED,
        ending.state,
        ending.ended_at or now,
        actor,
        ending.source,
        values,
        {"reason": ending.reason.value, "message": ending.message, "tree": tree.value},
    )


def refused(run_id: RunId, ending: Ending, now: datetime, actor: str) -> Transition:
    """A waiting run that can never start, because its directory or its command cannot be made."""
    return Transition(
        run_id,
        "ended",
        frozenset({RunState.PENDING}),
        ending.state,
        now,
        actor,
        ending.source,
        _final_values(ending, now, None, None),
        {"reason": ending.reason.value, "message": ending.message},
    )


def amended(run_id: RunId, ending: Ending, tree: Tree, now: datetime, actor: str) -> Transition:
    """Later evidence tells how a run ended whose outcome was unknown; happens at most once to a run.

    The state stays `failed` unless the evidence proves otherwise; that is the one exception from "final states stay".
    """
    return Transition(
        run_id,
        "amended",
        frozenset({RunState.FAILED}),
        ending.state,
        ending.ended_at or now,
        actor,
        ending.source,
        _final_values(ending, now, tree, None),
        {"reason": ending.reason.value, "message": ending.message},
        only_outcome=Outcome.UNKNOWN,
    )


def condition_changed(
    run_id: RunId,
    conditions: frozenset[str],
    detail: str | None,
    now: datetime,
    actor: str,
    observed: ProcessExit | None = None,
    last_seen_alive_at: datetime | None = None,
    silent_since: datetime | None = None,
) -> Transition:
    """What the supervisor found about a run's health changed; an observed code is shown before it is final.

    `last_seen_alive_at` is kept from the moment that the run could no longer be seen well, `silent_since` from the last
    sign of life as long as it is silent.
    """
    values: dict[str, object] = {
        "conditions": conditions,
        "condition_detail": detail,
        "last_seen_alive_at": last_seen_alive_at,
        "silent_since": silent_since,
    }
    if observed is not None:
        values |= {"exit_code": observed.exit_code, "signal": observed.signal}
    shown = {"conditions": sorted(conditions), "detail": detail}
    return Transition(run_id, "condition", ACTIVE, None, now, actor, "observation", values, shown)


def stop_requested(run_id: RunId, at: datetime, requested_by: str, why: str, grace_seconds: float | None) -> Transition:
    """Somebody asks for the end of a claimed run; the supervisor acts on it. Only the first request counts."""
    values = {
        "stop_requested_at": at,
        "stop_requested_by": requested_by,
        "stop_why": why,
        "stop_grace_seconds": grace_seconds,
    }
    return Transition(run_id, "stop_requested", CLAIMED, None, at, requested_by, "request", values, {"why": why})


def grace_shortened(
    run_id: RunId, at: datetime, requested_by: str, grace_seconds: float, *, is_running: bool
) -> Transition:
    """Somebody wants a run to end sooner that is to end already; a longer grace than what is left of it is refused.

    With `is_running` the grace runs, and its end, as the books tell it, is moved to `grace_seconds` from now. Otherwise
    nobody has begun to stop the run, and the grace will be that short when somebody does.
    """
    values: dict[str, object] = {"stop_grace_seconds": grace_seconds}
    detail: dict[str, object] = {"grace_seconds": grace_seconds}
    if is_running:
        values["stop_deadline_at"] = deadline_at = at + timedelta(seconds=grace_seconds)
        detail["deadline_at"] = to_text(deadline_at)
    from_states = frozenset({RunState.STOPPING} if is_running else {RunState.STARTING, RunState.RUNNING})
    return Transition(run_id, "grace_shortened", from_states, None, at, requested_by, "request", values, detail)


def replacement_requested(run_id: RunId, at: datetime, requested_by: str) -> Transition:
    """A claimed run that is being stopped already is to be followed by a restart."""
    values = {"stop_why": "replaced"}
    return Transition(run_id, "replacement_requested", CLAIMED, None, at, requested_by, "request", values)


def said_values(said: NotifyRecord | None) -> dict[str, object]:
    """The columns of what a program says of itself; none where it says nothing."""
    if said is None:
        return {}
    return {"progress": said.progress, "status_text": said.status, "last_heartbeat_at": said.heard_at}


def _final_values(ending: Ending, now: datetime, tree: Tree | None, started_at: datetime | None) -> dict[str, object]:
    values: dict[str, object] = {
        "reason": ending.reason,
        "outcome": ending.outcome,
        "message": ending.message,
        "ended_at": ending.ended_at,
        "finished_at": now,
        "exit_code": ending.exit.exit_code if ending.exit else None,
        "signal": ending.exit.signal if ending.exit else None,
        "tree": tree.value if tree else None,
        "ending": {"facts": dict(ending.facts), "source": ending.source, "notes": list(ending.notes)},
        "conditions": frozenset[str](),
        "condition_detail": None,
        "silent_since": None,
        "waiting_for": None,
    }
    if started_at is not None:
        values["started_at"] = started_at
    return values
