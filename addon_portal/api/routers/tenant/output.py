"""Output of runs, as text by offset, raw with ranges, and searched; and the stream of what happens now."""

from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.concurrency import run_in_threadpool

from addon_portal.api.deps import CallerDep, RunIdPath
from addon_portal.api.event_stream import stream_events
from addon_portal.api.openapi import says
from addon_portal.api.routers import ranges
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.output import (
    LastLinesBody,
    LastLinesQuery,
    LogBody,
    LogQuery,
    LogSearchBody,
    LogSearchQuery,
    LogTimesBody,
    LogTimesQuery,
    last_lines_body,
    log_body,
    log_search_body,
    log_times_body,
)
from addon_portal.api.schemas.runs import run_body
from addon_portal.api.services import output_service
from addon_portal.api.services.followers import Follower
from addon_portal.api.streams import ClosingStream
from addon_portal.domain.models import Role

router = new_router("output", "/api/tenant")

_UNREADABLE = ("not_found", "output_removed", "output_unreadable")
_TEXT = "text/plain; charset=utf-8"
_RAW: dict[str, Any] = ranges.document_ranges(
    says("Get the raw output of a run", None, "hi\noops\n", errors=_UNREADABLE, media_type="text/plain"), "text/plain"
)


@router.get(
    "/runs/{run_id}/log",
    **says("Read the output of a run", LogBody, examples.LOG, errors=(*_UNREADABLE, "invalid_request")),
)
def read_log(run_id: RunIdPath, caller: CallerDep, query: Annotated[LogQuery, Query()]) -> Response:
    """Output as text from a byte offset on. Offsets stay valid for ever; `next_offset` is where to go on. Of a log over
    its limit only the newest part is there: `offset` says where the text begins, `dropped` why.
    """
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


@router.get(
    "/runs/{run_id}/log/times",
    **says(
        "Tell when the output of a run came",
        LogTimesBody,
        examples.LOG_TIMES,
        errors=(*_UNREADABLE, "invalid_request"),
    ),
)
def find_log_times(run_id: RunIdPath, caller: CallerDep, query: Annotated[LogTimesQuery, Query()]) -> Response:
    """Offsets with the time at which what begins there came, at most ten a second. Lines between two of them came soon
    after the first. Empty where nobody has written down when.
    """
    principal = caller.enter(Role.VIEWER)
    return answer(log_times_body(output_service.find_times(caller.portal, principal, run_id, query.to_stretch())))


@router.get("/runs/{run_id}/log/raw", **_RAW)
def get_raw_log(run_id: RunIdPath, caller: CallerDep, range: Annotated[str | None, Header()] = None) -> Response:
    """The bytes as the program wrote them, but for values of its environment, each byte of which is a star. One range
    can be asked for (RFC 9110), for example `bytes=-4096`. What was before `Log-First-Offset` is no longer there: a
    range that begins before it is answered from there on, one that ends before it is refused.
    """
    output = output_service.open_log(caller.portal, caller.enter(Role.VIEWER), run_id)
    first = output.first_offset()
    return ranges.serve(output, range, _headers_of(run_id, first), _TEXT, first)


@router.head("/runs/{run_id}/log/raw", **{**_RAW, "summary": "Get the size of the raw output of a run"})
def head_raw_log(run_id: RunIdPath, caller: CallerDep) -> Response:
    """How many bytes there are now, those before `Log-First-Offset` not counted."""
    output = output_service.open_log(caller.portal, caller.enter(Role.VIEWER), run_id)
    first = output.first_offset()
    return ranges.describe(output, _headers_of(run_id, first), _TEXT, first)


@router.get(
    "/last-lines",
    **says("Read the last lines of several runs", LastLinesBody, examples.LAST_LINES, errors=("invalid_request",)),
)
def read_last_lines(caller: CallerDep, query: Annotated[LastLinesQuery, Query()]) -> Response:
    """For lists: of each run the last line that is not blank. What is not there, or not the tenant's, is left out."""
    principal = caller.enter(Role.VIEWER)
    return answer(last_lines_body(output_service.last_lines(caller.portal, principal, query.run)))


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
    follower = Follower(principal.tenant.id, caller.credential)
    events = stream_events(caller.portal, caller.changes, follower, last_event_id, run_body)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return ClosingStream(events, 200, headers, "text/event-stream")


def _headers_of(run_id: str, first_offset: int) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="{run_id}.log"', "Log-First-Offset": str(first_offset)}
