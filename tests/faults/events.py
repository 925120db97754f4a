"""A reader of the portal's event stream: what a page that is open would have been told, and when."""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import httpx
from typing_extensions import override

from addon_portal.domain.clock import SystemClock
from tests.support.portal import Json, Portal
from tests.support.waiting import PATIENCE_SECONDS

_SILENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Event:
    """One event and when it came."""

    kind: str
    data: Json
    came_at: datetime


class EventReader(threading.Thread):
    """Reads from entering to leaving; does not come back when the stream breaks."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(name="event reader", daemon=True)
        self.events: list[Event] = []
        self._news = threading.Condition()
        self._client = httpx.Client(
            base_url=portal.client.base_url,
            headers={"Authorization": portal.client.headers["Authorization"]},
            timeout=_SILENCE_SECONDS,
            trust_env=False,
            verify=False,
        )

    def __enter__(self) -> Self:
        self.start()
        self.wait_for(lambda event: event.kind == "host", "the opening event")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def wait_for(self, condition: Callable[[Event], Any], what: str) -> Event:
        """The first event that meets the condition, from the beginning on."""
        with self._news:

            def find() -> Event | None:
                return next((event for event in self.events if condition(event)), None)

            found = self._news.wait_for(find, PATIENCE_SECONDS)
            assert found, f"waited {PATIENCE_SECONDS:g} s in vain for {what}; events: {self.events}"
            return found

    @override
    def run(self) -> None:
        with (
            contextlib.suppress(httpx.HTTPError, httpx.StreamError, OSError),
            self._client.stream("GET", "/api/tenant/events") as response,
        ):
            kind = ""
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self._note(kind, json.loads(value))

    def _note(self, kind: str, data: Json) -> None:
        with self._news:
            self.events.append(Event(kind, data, SystemClock().now()))
            self._news.notify_all()
