"""Counting log-ins that failed."""

from datetime import UTC, datetime

import pytest

from addon_portal.api.services.log_in_attempts import MOST_FAILURES, WINDOW_SECONDS, LogInAttempts
from addon_portal.domain.errors import TooManyAttempts


class HeldClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


def test_who_fails_too_often_waits_for_the_minute_to_end() -> None:
    clock = HeldClock()
    attempts = LogInAttempts(clock)
    for _ in range(MOST_FAILURES):
        attempts.refuse_too_many("10.0.0.1")
        attempts.note_failure("10.0.0.1")
    clock.seconds += 20
    with pytest.raises(TooManyAttempts) as refused:
        attempts.refuse_too_many("10.0.0.1")
    assert refused.value.fields["retry_after_seconds"] == 41
    attempts.refuse_too_many("10.0.0.2")
    clock.seconds += WINDOW_SECONDS - 20
    attempts.refuse_too_many("10.0.0.1")


def test_a_flood_of_addresses_takes_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon_portal.api.services.log_in_attempts._MOST_ADDRESSES", 5)
    attempts = LogInAttempts(HeldClock())
    for number in range(50):
        attempts.note_failure(f"10.0.0.{number}")
        assert len(attempts._failures) <= 5
