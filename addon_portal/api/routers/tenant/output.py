"""Output of runs, as text by offset, raw with ranges, and searched; and the stream of what happens now."""

import re
from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

from fastapi import Header, Query, Response
from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool

from addon_portal.api.deps import CallerDep, RunIdPath
from addon_portal.api.errors import problem
from addon_portal.api.event_stream import stream_events
from addon_portal.api.openapi import problems, says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.output import (
    LogBody,
    LogQuery,
    LogSearchBody,
    LogSearchQuery,
    log_body,
    log_search_body,
)
from addon_portal.api.schemas.runs import run_body
from addon_portal.api.services import output_service
from addon_portal.api.services.followers import Follower
from addon_portal.api.streams import ClosingStream
from addon_portal.domain.models import Role
from addon_portal.evidence.output import Output

router = new_router("output", "/api/tenant")

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_MOST_DIGITS = 18
"""No output has so many bytes; and Python refuses to read numbers of several thousand digits."""
_UNREADABLE = ("not_found", "output_unreadable")
_RAW: dict[str, Any] = says(
    "Get the raw output of a run",
    None,
    "hi\noops\n",
    errors=_UNREADABLE,
    media_type="text/plain",
)
_BYTES = {"type": "string", "format": "binary"}
_RAW["responses"][200]["content"]["text/plain"]["schema"] = _BYTES
_RAW["responses"] |= {
    206: {"description": "The range that was asked for", "content": {"text/plain": {"schema": _BYTES}}},
    **problems(["range_not_satisfiable"]),
}


@router.get(
    "/runs/{run_id}/log",
    **says("Read the output of a run", LogBody, examples.LOG, errors=(*_UNREADABLE, "invalid_request")),
)
def read_log(run_id: RunIdPath, caller: CallerDep, query: Annotated[LogQuery, Query()]) -> Response:
    """Output as text from a byte offset on. Offsets stay valid for ever; `next_offset` is where to go on."""
    principal = caller.enter(Role.VIEWER)
    chunk = output_service.read_log(caller.portal, principal, run_id, offset=query.offset, limit=query.limit)
    return answer(log_body(chunk))


@router.get(
    "/runs/{run_id}/log/search",
    **says("Search the output of a run", LogSearchBody, examples.LOG_SEARCH, errors=(*_UNREADABLE, "invalid_request")),
)
def search_log(run_id: RunIdPath, caller: CallerDep, query: Annotated[LogSearchQuery, Query()]) -> Response:
    """Places of a text in the output as it is shown. Answers after half a second at the latest; as long as `done` is
    false, there may be more from `next_from` on, also where no item was found yet.
    """
    principal = caller.enter(Role.VIEWER)
    return answer(log_search_body(output_service.search_log(caller.portal, principal, run_id, query.to_search())))


@router.get("/runs/{run_id}/log/raw", **_RAW)
def get_raw_log(run_id: RunIdPath, caller: CallerDep, range: Annotated[str | None, Header()] = None) -> Response:
    """The bytes as the program wrote them, but for values of its environment, each byte of which is a star. One range
    can be asked for (RFC 9110), for example `bytes=-4096`.
    """
    output = output_service.open_log(caller.portal, caller.enter(Role.VIEWER), run_id)
    size = output.size()
    bounds = _bounds(range, size)
    if bounds is None:
        headers = _raw_headers(run_id, size)
        return _stream(output, 0, size, 200, headers)
    start, end = bounds
    if start >= size:
        output.close()
        detail = f"The output has {size} bytes now."
        return problem("range_not_satisfiable", detail, {"size": size}, {"Content-Range": f"bytes */{size}"})
    headers = _raw_headers(run_id, end - start) | {"Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return _stream(output, start, end, 206, headers)


@router.head("/runs/{run_id}/log/raw", **{**_RAW, "summary": "Get the size of the raw output of a run"})
def head_raw_log(run_id: RunIdPath, caller: CallerDep) -> Response:
    """How many bytes there are now."""
    output = output_service.open_log(caller.portal, caller.enter(Role.VIEWER), run_id)
    size = output.size()
    output.close()
    return Response(None, 200, _raw_headers(run_id, size), "text/plain; charset=utf-8")


@router.get(
    "/events",
    **says("Follow what happens", None, examples.EVENTS, media_type="text/event-stream"),
    tags=["status"],
)
async def follow_events(
    caller: CallerDep,
    last_event_id: Annotated[str | None, Header(description="The id of the last event that was seen.")] = None,
) -> Response:
    """Server-sent events: `run` with a whole Run object, `log` with the size that an output has grown to, `host` when
    somebody starts or stops looking after the runs, `reset` when too much was missed to be told. With `Last-Event-ID`
    nothing is missed.
    """
    principal = await run_in_threadpool(caller.enter, Role.VIEWER)
    follower = Follower(principal.tenant.id, caller.secret_hash)
    events = stream_events(caller.portal, caller.changes, follower, last_event_id, run_body)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return ClosingStream(events, 200, headers, "text/event-stream")


def _bounds(range: str | None, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last; None for a header that RFC 9110 lets us ignore."""
    match = _RANGE.fullmatch(range or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1].lstrip("0") or match[1][:1], match[2].lstrip("0") or match[2][:1]
    if not first:
        return max(0, size - _number(last)) if _number(last) else size, size
    if last and (len(last), last) < (len(first), first):
        return None
    return _number(first), min(_number(last) + 1, size) if last else size


def _number(digits: str) -> int:
    """The number, or one that is larger than any output."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _raw_headers(run_id: str, length: int) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'inline; filename="{run_id}.log"',
        "Content-Length": str(length),
        "X-Content-Type-Options": "nosniff",
    }


def _stream(output: Output, start: int, end: int, status: int, headers: dict[str, str]) -> Response:
    blocks = cast("AsyncGenerator[bytes, None]", iterate_in_threadpool(output.iter_bytes(start, end)))
    return ClosingStream(blocks, status, headers, "text/plain; charset=utf-8", output.close)
