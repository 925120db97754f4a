"""Making a JSON answer out of what is known to be plain: no validation, no copying."""

import asyncio
import json
from collections.abc import Mapping

from fastapi import Response

from addon_portal.api.deps import Caller
from addon_portal.api.schemas.runs import run_body
from addon_portal.api.services.history_service import RunLook
from addon_portal.api.services.once import Accepted
from addon_portal.domain.ids import RunId

_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def answer(content: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. Numbers that JSON does not have are a bug."""
    return Response(_encode(content).encode(), status, dict(headers or {}), "application/json")


async def answer_run(caller: Caller, run_id: RunId, wait_seconds: float) -> Response:
    """The answer with a run, as soon as it is final or after that time."""
    look = RunLook(caller.portal, caller.credential, run_id)
    if wait_seconds:
        return answer(run_body(await caller.changes.wait_until_final(run_id, wait_seconds, look)))
    return answer(run_body(await asyncio.get_running_loop().run_in_executor(None, caller.portal.read, look)))


def accepted(made: Accepted) -> Response:
    """The answer to a request that was carried out: 202 and the run."""
    headers = {"Location": f"/api/tenant/runs/{made.run.run.id}"}
    if made.repeated:
        headers["Idempotency-Replayed"] = "true"
    return answer(run_body(made.run), 202, headers)
