"""What is asked of any way to know processes; `tests/contract/processes` holds for all of them.

Every question is about one process of this boot and PID namespace, named by its identity and never by its number
alone. Leaves to `domain.verdict` what an answer means.
"""

from collections.abc import Iterator
from typing import Protocol

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.records import ProcessIdentity
from addon_portal.domain.verdict import Liveness


class HeldProcess(Protocol):
    """One process, compared with its identity when it was taken hold of, until `close`."""

    def fileno(self) -> int | None:
        """A descriptor that reads as ready once the process has ended; None where deaths are no events."""
        ...

    def has_ended(self) -> bool:
        """Whether it has ended, reaped or not."""
        ...

    def send_signal(self, number: int) -> bool:
        """Send a signal unless it has ended; returns whether it was sent. Raises PermissionError."""
        ...

    def send_signal_to_group(self, number: int) -> bool:
        """Signal the group that it leads, or it alone where that cannot be done. Raises PermissionError."""
        ...

    def exit(self) -> ProcessExit | None:
        """How it ended, also when somebody else reaped it; None while it lives and where nobody tells."""
        ...

    def close(self) -> None:
        """Let go of it, and of what is told through it."""
        ...


class Processes(Protocol):
    """A way to know processes."""

    def liveness(self, identity: ProcessIdentity) -> Liveness:
        """Whether exactly this process lives."""
        ...

    def has_executed(self, identity: ProcessIdentity) -> bool:
        """Whether it has become another program since a shim forked it. True also when nobody can tell any more."""
        ...

    def hold(self, identity: ProcessIdentity) -> HeldProcess | None:
        """Take hold of it, zombie or not; None when it is gone."""
        ...

    def zombie_exit(self, identity: ProcessIdentity) -> ProcessExit | None:
        """How a zombie ended that nobody has reaped, where we may see it."""
        ...

    def find_members(self, cookie: bytes, session: int | None) -> Iterator[ProcessIdentity]:
        """All living processes but ours that carry a cookie in their first environment or belong to a session.

        Looks at every process there is: slow, and proves nothing when it finds nothing (a process may fork behind its
        back). Used only where nobody is left whose children they are.
        """
        ...
