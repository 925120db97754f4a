"""Wake-ups between processes: "look again", and nothing more.

A wake-up carries no data and may come for nothing; a lost one costs a slow poll. Listeners are selectable and
stay so: their descriptor never changes. Which way they travel is the database's: `wakeups_local` or `wakeups_postgres`.
"""

from typing import Protocol

from addon_portal.domain.ids import HostId

API = "api"
"""Every api process listens: there is something to show."""


def supervisor(host_id: HostId) -> str:
    """The channel of the one supervisor of a host: there is something to do."""
    return f"supervisor-{host_id}"


class Listener(Protocol):
    """An open ear on one channel."""

    def fileno(self) -> int:
        """A descriptor that is readable while a wake-up is waiting; the same for the listener's whole life."""
        ...

    def drain(self) -> None:
        """Take every wake-up that is waiting; never blocks. Then look at the database."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class Wakeups(Protocol):
    """Sending and hearing wake-ups."""

    def notify(self, channel: str) -> None:
        """Wake whoever listens now; never blocks and never fails."""
        ...

    def listen(self, channel: str) -> Listener:
        """Listen from now on."""
        ...

    def close(self) -> None:
        """Give back what sending used; listeners are closed by themselves."""
        ...
