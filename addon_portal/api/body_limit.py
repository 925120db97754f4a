"""Refusing bodies that are too large, by their announced length or as soon as they exceed it.

The framework's own limit answers in plain text; ours is a problem document like every other error.
"""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from addon_portal.api.errors import answer_status

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes. Parameters and environment have far smaller limits of their own."""
_UPLOAD = re.compile("/api/tenant/projects/[^/]+/files")
"""What is sent here goes to the disk as it comes, and is counted there."""


class BodyLimit:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or (scope["method"] == "PUT" and _UPLOAD.fullmatch(scope["path"])):
            return await self._app(scope, receive, send)
        length = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if length is None:
            return await self._app(scope, _counted(receive), send)
        if int(length) > LARGEST_BODY:
            refusal = await answer_status(Request(scope), HTTPException(413))
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)


def _counted(receive: Receive) -> Receive:
    received = 0

    async def receive_counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return receive_counted
