"""The health of an active run: what the supervisor found, joined with what follows from the clock.

Computed whenever a run is shown, so that `unreachable` is said even while the supervisor, which could not say it, is
dead. Never changes a state.
"""

from datetime import datetime, timedelta

from addon_portal.domain.models import Run
from addon_portal.domain.states import CLAIMED, Health, rank

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
    conditions = {Health(name) for name in run.conditions}
    if run.state in CLAIMED and (observed_at is None or now - observed_at > UNREACHABLE_AFTER):
        conditions.add(Health.UNREACHABLE)
    if run.started_at is not None and now - run.started_at > overdue_after:
        conditions.add(Health.OVERDUE)
    return rank(conditions)
