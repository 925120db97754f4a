"""What the long-lived part of `up` is told, as one JSON argument.

The short-lived part has read and checked the settings; paths come ready made, so that nothing has to be
imported to build them.
"""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class UpOptions:
    """Plain values only."""

    data: str
    lock_file: str
    up_file: str
    keepers: str
    logs: str
    host: str
    port: int
    samples: bool
    stop_runs_at_end: bool
    environment: dict[str, str]
    """Settings that were given as options, for the processes that read them from the environment."""
    supervisor: str
    """The supervisor's options, as JSON."""

    def to_json(self) -> str:
        """One argument for `python -m addon_portal.cli.upkeep`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "UpOptions":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))
