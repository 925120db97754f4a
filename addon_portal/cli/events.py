"""The portal's stream of events (server-sent events), read for as long as somebody looks.

Comes back after a lost connection where it left off, by the identifier of the last event; a `reset` says that some were
missed and everything has to be read anew.
"""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from addon_portal.cli.client import PortalClient
from addon_portal.cli.following import Patience


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was sent."""

    id: str | None
    kind: str
    data: Any

    def to_json_line(self) -> str:
        """For programs: one object a line."""
        return json.dumps({"id": self.id, "event": self.kind, "data": self.data}, ensure_ascii=False)


def iter_events(client: PortalClient, path: str) -> Iterator[Event]:
    """Events until the caller stops; raises PortalUnavailable when the portal stays away."""
    last_id: str | None = None
    patience = Patience()
    while True:
        response = patience.ask(client.open_stream, path, {"Last-Event-ID": last_id} if last_id else {})
        for event in _parse(response):
            last_id = event.id or last_id
            if event.data is not None:
                yield event
        client.close()


def _parse(response: http.client.HTTPResponse) -> Iterator[Event]:
    """The events of one connection, and bare ids without data; ends when it does."""
    fields: dict[str, list[str]] = {}
    while True:
        try:
            content = response.readline()
        except (OSError, http.client.HTTPException):
            return
        if not content.endswith(b"\n"):  # the connection was cut within a line: what it had begun to tell is sent again
            return
        line = content.decode("utf-8").rstrip("\r\n")
        if line and not line.startswith(":"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        elif not line:
            if "data" in fields or "id" in fields:  # an id alone says from where on we are told
                data = json.loads("\n".join(fields["data"])) if "data" in fields else None
                yield Event(fields.get("id", [None])[-1], fields.get("event", ["message"])[-1], data)
            fields = {}
