"""What came of asking keepers to start one run, and what there is to say when it does not start.

Remembers only when it was asked and what was refused. Promises words that stay the same while nothing changes. Leaves
asking to `local`, and whether the run has started to the evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from addon_portal.domain.clock import Clock
from addon_portal.executors.keeper_client import KeeperClient

LATE_SECONDS = 2.0
"""A start takes milliseconds; when nobody has taken the lock for so long, people are told why."""
_ASK_AGAIN_AFTER_SECONDS = 1.0


@dataclass(slots=True)
class StartRequests:
    """The requests for one run. Times are of the monotonic clock."""

    _wanted: float | None = None
    _sent: float | None = None
    _unanswered: float | None = None
    _refusal: str | None = None
    _silence: str | None = None

    def may_ask(self, now: float) -> bool:
        """Whether the last request is long enough ago; the first call says since when the start is wanted."""
        if self._wanted is None:
            self._wanted = now
        return self._sent is None or now - self._sent >= _ASK_AGAIN_AFTER_SECONDS

    def was_sent(self, now: float) -> None:
        """A keeper was asked."""
        self._sent = now
        if self._unanswered is None:
            self._unanswered = now

    def was_answered(self, answer: Mapping[str, Any]) -> None:
        """A keeper has said something; after a refusal it may be asked again at once."""
        self._unanswered = self._silence = self._refusal = None
        if answer.get("result") in {"refused", "error"}:
            self._sent = None
            step = f" at {answer['step']}" if answer.get("step") else ""
            self._refusal = f"its keeper cannot start it{step}: {answer.get('message')}"

    def trouble(self, clock: Clock, keepers: KeeperClient) -> str | None:
        """Why it has not started, where that is late; None while it is not, or while nobody knows."""
        now = clock.monotonic()
        if self._wanted is None or now - self._wanted < LATE_SECONDS:
            return None
        if not keepers.has_willing():
            return "no keeper is there to start it"
        if self._unanswered is None or now - self._unanswered < LATE_SECONDS:
            return self._refusal
        if self._silence is None:
            since = clock.now() - timedelta(seconds=now - self._unanswered)
            self._silence = f"its keeper has not answered since {since:%Y-%m-%dT%H:%M:%SZ}"
        return self._silence
