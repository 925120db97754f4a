"""The health of an active run: what the supervisor found, joined with what follows from the clock.

Computed whenever a run is shown, so that `unreachable` is said even while the supervisor, which could not say it, is
dead. Never changes a state.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from addon_portal.domain.models import Run
from addon_portal.domain.states import CLAIMED, Health, RunState, rank

UNREACHABLE_AFTER = timedelta(seconds=3)
"""A sweep older than this means that nobody is looking."""


def health_of(
    run: Run, observed_at: datetime | None, now: datetime, overdue_after: timedelta
) -> tuple[Health, ...] | None:
    """All that holds for an active run, most important first; None for a final one.

    `observed_at` is when the last complete sweep of the run's host began. A run that nobody has claimed has no process
    and so cannot be unreachable; it waits.
    """
    if not run.is_active:
        return None
    is_unseen = observed_at is None or now - observed_at > UNREACHABLE_AFTER
    is_overdue = run.started_at is not None and now - run.started_at > overdue_after
    return health_from(run.state, run.conditions, is_unseen=is_unseen, is_overdue=is_overdue)


def health_from(state: RunState, conditions: Iterable[str], *, is_unseen: bool, is_overdue: bool) -> tuple[Health, ...]:
    """All that holds for an active run, given what was found and what follows from the clock."""
    held = {Health(name) for name in conditions}
    if is_unseen and state in CLAIMED:
        held.add(Health.UNREACHABLE)
    if is_overdue:
        held.add(Health.OVERDUE)
    return rank(held)
