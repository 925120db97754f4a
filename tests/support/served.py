"""The real application behind a real server in a thread, and a client that holds every answer against OpenAPI."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from typing_extensions import override

from addon_portal.api.main import create_app
from addon_portal.api.server import PortalServer
from addon_portal.config import Settings
from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Served:
    """A running api process, all but the process."""

    app: FastAPI
    storage: Storage
    settings: Settings
    url: str
    server: PortalServer


@contextmanager
def serve(settings: Settings, storage: Storage | None = None) -> Iterator[Served]:
    """Serve on a free port of the loopback. The database must have its tables."""
    given, storage = storage, storage or Storage.open(settings.database, clock=SystemClock())
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        app = create_app(settings, storage=storage)
        server = PortalServer(app, "127.0.0.1", listener.getsockname()[1])
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive(), "the server to start")
            assert server.started
            yield Served(app, storage, settings, f"http://127.0.0.1:{listener.getsockname()[1]}", server)
        finally:
            server.leave()
            thread.join(10)
            assert not thread.is_alive()
    finally:
        listener.close()
        if given is None:
            storage.close()


class ApiClient(httpx.Client):
    """A client that fails the test when an answer is not one that the OpenAPI document allows."""

    def __init__(self, served: Served, key: str | None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        super().__init__(base_url=served.url, headers=headers, timeout=20, trust_env=False, verify=False)
        self._contract = _contract_of(served.app)

    @override
    def request(self, method: str, url: Any, **arguments: Any) -> httpx.Response:
        """Send, read, check."""
        response = super().request(method, url, **arguments)
        self._contract.check(response)
        return response


class Contract:
    """What the OpenAPI document of the application allows as answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def _templates(self) -> list[tuple[list[str], dict[str, Any]]]:
        return [(template.split("/"), operations) for template, operations in self.document["paths"].items()]

    def check(self, response: httpx.Response) -> None:
        """Raises AssertionError for a status, a content type or a body that is not documented."""
        operation = self._find(response.request)
        kind = response.headers.get("content-type", "").split(";")[0]
        if operation is None or response.status_code in {400, 405, 413}:
            assert kind == "application/problem+json", (response.status_code, kind, response.text[:200])
            self._validate({"$ref": "#/components/schemas/Problem"}, response)
            return
        documented = operation["responses"].get(str(response.status_code))
        assert documented, f"{response.status_code} is not documented for {response.request.method} {response.url}"
        if response.request.method == "HEAD" or response.status_code == 204:
            return
        content = documented.get("content", {}).get(kind)
        if content is None:
            assert response.status_code == 206, f"{kind} is not documented: {response.text[:200]}"
            return
        if kind.endswith("json"):
            self._validate(content["schema"], response)

    def _find(self, request: httpx.Request) -> dict[str, Any] | None:
        parts = request.url.path.split("/")
        for template, operations in self._templates:
            # A path is the rest of the address, slashes and all.
            asked = (
                [*parts[: len(template) - 1], "…"] if template[-1] == "{path}" and len(parts) > len(template) else parts
            )
            if len(template) == len(asked) and all(
                wanted.startswith("{") or wanted == part for wanted, part in zip(template, asked, strict=True)
            ):
                found: dict[str, Any] | None = operations.get(request.method.lower())
                return found
        return None

    def _validate(self, schema: dict[str, Any], response: httpx.Response) -> None:
        name = json.dumps(schema, sort_keys=True)
        if name not in self._validators:
            whole = {**schema, "components": self.document["components"]}
            self._validators[name] = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
        self._validators[name].validate(response.json())


_contracts: dict[str, Contract] = {}


def _contract_of(app: FastAPI) -> Contract:
    """One for the session: every application has the same document."""
    return _contracts.setdefault(app.title, Contract(app.openapi()))
