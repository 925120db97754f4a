"""What `up` was told, from settings that were read and checked."""

from dataclasses import dataclass

SUPERVISOR_OPTIONS = "ADDON_PORTAL_SUPERVISOR_OPTIONS"
NOTIFIER_OPTIONS = "ADDON_PORTAL_NOTIFIER_OPTIONS"
"""The environment variables in which a process of ours is told what to do; it takes them out at its start. A command
line would show the database's password to everybody on the machine."""


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
    login_link_minutes: float
    """How long the link lets somebody in that `up` prints when it is ready."""
    public_url: str | None
    """Under which people reach the portal, if not where it listens."""
    demo_key: str
    """Where the key to that tenant will lie."""
