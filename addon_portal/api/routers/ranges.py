"""Bytes by range: answers with a whole file or with the one range that was asked for (RFC 9110)."""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, Protocol, cast

from fastapi import Response
from fastapi.concurrency import iterate_in_threadpool

from addon_portal.api.errors import problem
from addon_portal.api.openapi import problems
from addon_portal.api.streams import ClosingStream

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_MOST_DIGITS = 18
"""No file has so many bytes; and Python refuses to read numbers of several thousand digits."""
BYTES = {"type": "string", "format": "binary"}


class Source(Protocol):
    """What is served, held open until it is closed."""

    def size(self) -> int:
        """How many bytes there are now."""
        ...

    def iter_bytes(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes of [start, end) in blocks."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def document_ranges(operation: dict[str, Any], media_type: str) -> dict[str, Any]:
    """What the answers of an operation are that serves bytes."""
    operation["responses"][200]["content"][media_type]["schema"] = BYTES
    operation["responses"] |= {
        206: {"description": "The range that was asked for", "content": {media_type: {"schema": BYTES}}},
        **problems(["range_not_satisfiable"]),
    }
    return operation


def serve(source: Source, range: str | None, headers: Mapping[str, str], media_type: str, first: int = 0) -> Response:
    """The source, or the range of it; closes it when it is sent. What is before `first` is no longer there."""
    size = source.size()
    bounds = _bounds(range, size)
    if bounds is None:
        return _stream(source, first, size, 200, headers, media_type)
    start, end = max(bounds[0], first), bounds[1]
    if start >= min(end, size):
        source.close()
        gone = f", of which the first {first} are no longer there" if first else ""
        within = {"Content-Range": f"bytes */{size}"}
        detail = f"There are {size} bytes now{gone}."
        return problem("range_not_satisfiable", detail, {"size": size, "first_offset": first}, {**headers, **within})
    within = {"Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return _stream(source, start, end, 206, {**headers, **within}, media_type)


def describe(source: Source, headers: Mapping[str, str], media_type: str, first: int = 0) -> Response:
    """As `serve`, without the bytes."""
    size = source.size()
    source.close()
    return Response(None, 200, _headers_of(size - first, headers), media_type)


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
    """The number, or one that is larger than any file."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _headers_of(length: int, headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
        "X-Content-Type-Options": "nosniff",
        **headers,
    }


def _stream(source: Source, start: int, end: int, status: int, headers: Mapping[str, str], media_type: str) -> Response:
    blocks = cast("AsyncGenerator[bytes, None]", iterate_in_threadpool(source.iter_bytes(start, end)))
    return ClosingStream(blocks, status, _headers_of(end - start, headers), media_type, source.close)
