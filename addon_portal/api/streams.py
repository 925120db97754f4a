"""Answers that are sent piece by piece, and let go of what they are made from however the sending ends.

A generator that nobody has begun to read runs no `finally`, and one that is left in the middle runs it when it is
collected. Promises that both are over when the answer is.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override


class ClosingStream(StreamingResponse):
    """Sends `content`; whatever comes of it, ends its generator and then calls `close`."""

    def __init__(
        self,
        content: AsyncGenerator[bytes, None],
        status: int,
        headers: Mapping[str, str],
        media_type: str,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(content, status, headers, media_type)
        self._content = content
        self._close = close

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with aclosing(self._content):
                await super().__call__(scope, receive, send)
        finally:
            self._close()
