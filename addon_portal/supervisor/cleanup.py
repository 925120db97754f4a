"""The report of a clean-up: what was looked at, what was found, what was changed.

The supervisor makes one whenever somebody asks (`cleanup_stuck_projects`) and at its own intervals; it is stored only
for those who asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from addon_portal.domain.models import Run
from addon_portal.domain.transitions import Transition
from addon_portal.storage import CleanupRequest, Storage


@dataclass(frozen=True, slots=True)
class CleanupReport:
    """One pass over all active runs of a host."""

    looked_at: int
    changed: Sequence[Transition] = ()
    imported: Sequence[Run] = field(default=())

    def as_json(self) -> dict[str, object]:
        """As the API and the CLI show it."""
        return {
            "looked_at": self.looked_at,
            "found": len(self.changed) + len(self.imported),
            "changed": [
                {
                    "run_id": change.run_id,
                    "what": change.kind,
                    "state": change.to_state,
                    "reason": change.detail.get("reason"),
                    "message": change.detail.get("message"),
                }
                for change in self.changed
            ],
            "imported": [{"run_id": run.id, "project_id": run.project_id, "state": run.state} for run in self.imported],
        }


def answer_cleanups(storage: Storage, requests: Sequence[CleanupRequest], report: CleanupReport, now: datetime) -> None:
    """Store the report for everybody who has asked by now."""
    with storage.write() as uow:
        for request in requests:
            uow.cleanups.complete(request.id, report.as_json(), now)
