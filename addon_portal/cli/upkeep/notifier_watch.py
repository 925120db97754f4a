"""A sender of messages, for as long as there is somebody to be told: most portals have no webhook and need none.

Whoever adds a webhook makes the marker; the sender takes it away and leaves when the last webhook is gone. Leaves
starting, and starting again what died, to `services`.
"""

from pathlib import Path

from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.services import Service

LOOK_EVERY_SECONDS = 1.0
"""How long the first message of a portal may wait for a sender to be started; a look costs one stat(2)."""


class NotifierWatch:
    """Looks whether a sender is wanted, and starts it."""

    def __init__(self, loop: EventLoop, notifier: Service, marker: str) -> None:
        self._loop = loop
        self._notifier = notifier
        self._marker = Path(marker)
        self._cancelled = False
        notifier.may_leave = True

    def begin(self) -> None:
        """Look for the first time, and then for as long as nobody cancels it."""
        if self._cancelled:
            return
        if self._notifier.is_at_rest and self._marker.exists():
            self._notifier.start()
        self._loop.call_later(LOOK_EVERY_SECONDS, self.begin)

    def cancel(self) -> None:
        """Start it no more."""
        self._cancelled = True
