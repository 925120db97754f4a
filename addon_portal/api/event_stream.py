"""Server-sent events: what happens to a tenant's runs, as it happens, and from where a reader stopped.

Event types: `run` (how a run stands, with the journal's sequence number as id where it moved), `log` (how much output a
run has), `progress` (what its program says of itself), `host` (whether somebody looks after the runs), `reset` (too
much was missed: read everything anew). A comment every 15 s keeps connections open.
"""

import json
from collections.abc import AsyncGenerator, Callable

from fastapi.concurrency import run_in_threadpool
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from addon_portal.api.services.followers import Change, Follower, HostChanged, Missed, RunChanged
from addon_portal.api.services.live_runs import LogGrown
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_changes import RunChanges, host_standing, read_changes
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain.clock import to_text
from addon_portal.storage.surroundings import Surroundings
from addon_portal.storage.values import Said

HEARTBEAT_SECONDS = 15.0
MOST_MISSED = 10_000
"""Journal entries (of all tenants) behind which a reader had better begin anew."""
MISSED_AT_ONCE = 500
"""Entries of which the runs are kept in memory until the reader has taken them."""
RECONNECT_MILLISECONDS = 1000

ToBody = Callable[[ShownRun], dict[str, object]]


async def stream_events(
    portal: Portal, changes: RunChanges, follower: Follower, last_event_id: str | None, to_body: ToBody
) -> AsyncGenerator[bytes, None]:
    """The events of one tenant from `last_event_id` (by default from now) until the reader or the portal leaves, or the
    reader's key is revoked.
    """
    try:
        await run_in_threadpool(changes.follow, follower)
        events, after = await run_in_threadpool(_opening, portal, follower, last_event_id)
        for event in events:
            yield event
        while after < follower.start and not (follower.is_ended or changes.is_ending):
            missed, after = await run_in_threadpool(_read_missed, portal, follower, after)
            for run in missed:
                yield _event(run, to_body)
        while not (follower.is_ended or changes.is_ending):
            taken = await follower.take(HEARTBEAT_SECONDS)
            for change in taken:
                yield _event(change, to_body)
            if not taken:
                yield KEEPALIVE_COMMENT
    finally:
        changes.unfollow(follower)


def _opening(portal: Portal, follower: Follower, last_event_id: str | None) -> tuple[list[bytes], int]:
    """How the host stands, and behind which entry lies what was missed; or that too much was."""
    start = follower.start
    with portal.storage.read() as uow:
        host = host_standing(portal, Surroundings(uow).observed_at(portal.host_id))
    events = [format_sse_event(retry=RECONNECT_MILLISECONDS), _host_event(host)]
    if last_event_id is None:
        return [*events, format_sse_event(comment="from here on", id=str(start))], start
    after = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else -1
    if not max(0, start - MOST_MISSED) <= after <= start:
        return [*events, _reset(start)], start
    return events, after


def _read_missed(portal: Portal, follower: Follower, after: int) -> tuple[list[RunChanged], int]:
    """What was missed behind an entry, so much as may be kept at once, and up to which entry that was."""
    with portal.storage.read() as uow:
        heads = [head for head in uow.journal.read_heads_after(after, MISSED_AT_ONCE) if head.seq <= follower.start]
        own = [head for head in heads if head.tenant_id == follower.tenant_id]
        is_all = len(heads) < MISSED_AT_ONCE
        return read_changes(portal, uow, own), follower.start if is_all else heads[-1].seq


def _event(change: Change, to_body: ToBody) -> bytes:
    if isinstance(change, RunChanged):
        place = None if change.seq is None else str(change.seq)
        return format_sse_event(data_str=_json(to_body(change.run)), event="run", id=place)
    if isinstance(change, LogGrown):
        return format_sse_event(data_str=_json({"run_id": change.run_id, "size": change.size}), event="log")
    if isinstance(change, Said):
        return format_sse_event(data_str=_json(said_body(change)), event="progress")
    if isinstance(change, Missed):
        return _reset(change.seq)
    return _host_event(change)


def _host_event(change: HostChanged) -> bytes:
    seen = to_text(change.observed_at) if change.observed_at else None
    return format_sse_event(data_str=_json({"observed_at": seen, "unreachable": change.is_unreachable}), event="host")


def said_body(change: Said) -> dict[str, object]:
    """What the program of a run says of itself, by the names that the Run object has for it."""
    said = change.said
    heard_at = to_text(said.heard_at) if said.heard_at else None
    names = {"progress": said.progress, "status_text": said.status, "last_heartbeat_at": heard_at}
    return {"run_id": change.run_id, **names}


def _reset(seq: int) -> bytes:
    return format_sse_event(event="reset", data_str="{}", id=str(seq))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
