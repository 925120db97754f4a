"""What the long-lived part of `up` is told, as JSON in an environment variable.

The short-lived part has read and checked the settings; paths come ready made, so that nothing has to be
imported to build them. A command line would show the database's password to everybody on the machine.
"""

import json
import os
from dataclasses import asdict, dataclass

UP_OPTIONS = "ADDON_PORTAL_UP_OPTIONS"
SUPERVISOR_OPTIONS = "ADDON_PORTAL_SUPERVISOR_OPTIONS"
NOTIFIER_OPTIONS = "ADDON_PORTAL_NOTIFIER_OPTIONS"
"""The environment variables in which a process of ours is told what to do; it takes them out at its start."""


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
    notifier: str
    """Those of the sender of messages, as JSON."""
    notifier_marker: str
    """The file that is there while a sender is wanted."""
    demo_marker: str
    """The file that is there until the tenant demo is made."""
    demo_key: str
    """Where the key to that tenant will lie."""

    def to_environment(self) -> dict[str, str]:
        """What to add to the environment of the process that is told."""
        return {UP_OPTIONS: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> "UpOptions":
        """Take out what `to_environment` added."""
        return cls(**json.loads(os.environ.pop(UP_OPTIONS)))
