"""The two requests that programs send most, in their plain form, answered without the framework.

To run a project with nothing in the body, and to get a run or wait for its end: there the framework needs 0.6 ms of CPU
a request, more than the work itself. A short cut takes only requests that it knows in every part; any other goes on to
the operation of the same address, which documents both and tells what is wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from fastapi import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from addon_portal.api.deps import Caller, caller_of
from addon_portal.api.routers.answers import accepted, answer_run
from addon_portal.api.services.once import Ask
from addon_portal.api.services.project_execution_service import RunChoices, execute_project
from addon_portal.domain.ids import ProjectId, RunId, has_form
from addon_portal.domain.models import Role

_SECONDS = {f"wait_seconds={seconds}".encode(): seconds for seconds in range(1, 61)} | {b"": 0}
"""The query strings of a plain request for a run."""
_LENGTH = b"content-length"
_NOT_PLAIN = {_LENGTH, b"transfer-encoding", b"idempotency-key"}

Serve = Callable[[Caller, str, bytes], Awaitable[Response]]
"""Answers a caller, given the identifier in the address and the query string."""


class Shortcut(BaseRoute):
    """Requests of one method for an identifier of one kind, between two parts of the address."""

    def __init__(self, method: str, before: str, kind: str, after: str, queries: Iterable[bytes], serve: Serve) -> None:
        self._method = method
        self._before, self._after = before, after
        self._kind = kind
        self._queries = frozenset(queries)
        self._serve = serve

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path: str = scope["path"]
        if scope["method"] != self._method or not (path.startswith(self._before) and path.endswith(self._after)):
            return Match.NONE, {}
        named = path[len(self._before) : len(path) - len(self._after)]
        if scope["query_string"] not in self._queries or not has_form(self._kind, named) or not _is_plain(scope):
            return Match.NONE, {}
        return Match.FULL, {"named": named}

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._serve(caller_of(scope), scope["named"], scope["query_string"])
        await response(scope, receive, send)


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
    Shortcut("POST", "/api/tenant/projects/", "prj_", "/run", [b""], _run_project),
    Shortcut("GET", "/api/tenant/runs/", "run_", "", _SECONDS, _get_run),
)
"""They come before every other route."""
