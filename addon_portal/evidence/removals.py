"""What retention has written down where it removed something: when that was, and why.

The record is on disk before the thing goes, so that what is missing is never taken for what never was.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from addon_portal.domain.clock import from_text, to_text
from addon_portal.evidence.records import DamagedRecord, read_json

LOG_REMOVED = "output.removed.json"


@dataclass(frozen=True, slots=True)
class RemovalRecord:
    """One removal. `size` is how many bytes there were."""

    at: datetime
    why: str
    size: int

    def sentence(self, what: str) -> str:
        """What people are told who ask for it."""
        return f"{what} was removed by retention at {to_text(self.at)}: {self.why}."


def workspace_removed(workspace: Path) -> Path:
    """Where the removal of a workspace is written down."""
    return workspace.with_name(f"{workspace.name}.removed.json")


def read_removal(path: Path) -> RemovalRecord | None:
    """The record, or None where nothing was removed. One that is damaged still says that something was."""
    try:
        record = read_json(path)
        if record is None:
            return None
        return RemovalRecord(from_text(record["removed_at"]), str(record["why"]), int(record["bytes"]))
    except (DamagedRecord, KeyError, TypeError, ValueError):
        changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        return RemovalRecord(changed, "the record of it is damaged", 0)
