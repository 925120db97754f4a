"""The two requests that programs send most, in their plain form, answered without the framework.

To run a project with nothing in the body, and to get a run or wait for its end: there the framework needs 0.6 ms of CPU
a request, more than the work itself. A short cut takes only requests that it knows in every part; any other goes on to
the operation of the same address, which documents both and tells what is wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container
from typing import NamedTuple

from fastapi import Response
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from addon_portal.api.deps import Caller, caller_of
from addon_portal.api.errors import answer_error
from addon_portal.api.routers.answers import accepted, answer_run
from addon_portal.api.services.new_runs import RunChoices
from addon_portal.api.services.once import Ask
from addon_portal.api.services.project_execution_service import execute_project
from addon_portal.domain.ids import ProjectId, RunId, has_form
from addon_portal.domain.models import Role

_SECONDS = {f"wait_seconds={seconds}".encode(): seconds for seconds in range(1, 61)} | {b"": 0}
"""The query strings of a plain request for a run."""
_LENGTH = b"content-length"
_NOT_PLAIN = {_LENGTH, b"transfer-encoding", b"idempotency-key"}

Serve = Callable[[Caller, str, bytes], Awaitable[Response]]
"""Answers a caller, given the identifier in the address and the query string."""


class Shortcut(NamedTuple):
    """Requests of one method for an identifier of one kind, between two parts of the address."""

    method: str
    before: str
    kind: str
    after: str
    queries: Container[bytes]
    serve: Serve

    def find_named(self, scope: Scope) -> str | None:
        """The identifier in the address of a request that is short cut; None for all others."""
        path: str = scope["path"]
        if scope["method"] != self.method or not (path.startswith(self.before) and path.endswith(self.after)):
            return None
        named = path[len(self.before) : len(path) - len(self.after)]
        is_known = scope["query_string"] in self.queries and has_form(self.kind, named) and _is_plain(scope)
        return named if is_known else None


def _is_plain(scope: Scope) -> bool:
    """Whether there is no body and nothing that has to be read beside the credential."""
    told = [header for header in scope["headers"] if header[0] in _NOT_PLAIN]
    return not told or told == [(_LENGTH, b"0")]


async def _run_project(caller: Caller, project_id: str, _: bytes) -> Response:
    def run() -> Response:
        ask = Ask(caller.enter(Role.MEMBER), caller.path)
        return accepted(execute_project(caller.portal, ask, ProjectId(project_id), RunChoices()))

    return await asyncio.get_running_loop().run_in_executor(None, run)


async def _get_run(caller: Caller, run_id: str, query: bytes) -> Response:
    return await answer_run(caller, RunId(run_id), _SECONDS[query])


SHORTCUTS = (
    Shortcut("POST", "/api/tenant/projects/", "prj_", "/run", {b""}, _run_project),
    Shortcut("GET", "/api/tenant/runs/", "run_", "", _SECONDS, _get_run),
)


class Shortcuts:
    """ASGI middleware; the outermost, since all others together cost a tenth of a millisecond."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            for shortcut in SHORTCUTS:
                named = shortcut.find_named(scope)
                if named is not None:
                    response = await self._answer(shortcut, named, scope)
                    return await response(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _answer(self, shortcut: Shortcut, named: str, scope: Scope) -> Response:
        try:
            return await shortcut.serve(caller_of(scope), named, scope["query_string"])
        except Exception as error:  # noqa: BLE001 - raised again if it is not in the table
            return await answer_error(Request(scope), error)
