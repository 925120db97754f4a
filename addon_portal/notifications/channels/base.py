"""What a channel is: one blocking call that hands a message over and says what was answered.

Promises for every channel: it is called from a thread of its own, takes no longer than it was told, raises nothing for
trouble outside, puts no address or secret into what it says, and follows the operator's rule about addresses.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MOST_RESPONSE = 1000
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with where it goes. `body` is JSON, the same for every attempt."""

    id: str
    url: str
    body: str
    sent_at: datetime
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of handing a message over: `error` is None where it arrived."""

    error: str | None = None
    status: int | None = None
    response: str | None = None
    is_gone: bool = False
    """The receiver says that it will never take another message."""
    retry_after_seconds: float | None = None
    """The receiver asks to be left alone for so long."""


class Channel(Protocol):
    """A way to tell somebody."""

    def send(self, message: Outgoing) -> Answer:
        """Hand a message over. Blocks, for a bounded time."""
        ...
