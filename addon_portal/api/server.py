"""Serving the application over HTTP with the settings that its promises need.

Promises that open event streams do not hold up the end of the process. Leaves signals and the pipe from `up` to
the command that serves.
"""

import asyncio
import contextlib
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import uvicorn
from fastapi import FastAPI
from typing_extensions import override

KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep idle connections, so that it is they who close them."""
GRACEFUL_SECONDS = 5
DATE_SECONDS = 1.0
"""How often the `Date` of answers is set anew, which counts seconds."""
MOST_THREADS = 40
"""As many as the framework has: whoever waits for the database takes one for up to its busy time-out."""


def is_news(record: logging.LogRecord) -> bool:
    """Whether a record of the server's says more than the error table, which logs every failure of the application."""
    failure = record.exc_info[1] if record.exc_info else None
    return not (isinstance(failure, Exception) and str(record.msg).startswith("Exception in ASGI application"))


class PortalServer(uvicorn.Server):
    """A server that is told to leave, and tells its event streams to end before it waits for them."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http="httptools",
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACEFUL_SECONDS,
            )
        )
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_leave = asyncio.Event()
        logging.getLogger("uvicorn.error").addFilter(is_news)

    def leave(self) -> None:
        """Serve no more; may be called by any thread and by handlers of signals."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                self._loop.call_soon_threadsafe(self._told_to_leave.set)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.leave()

    @override
    async def main_loop(self) -> None:
        """Wait to be told; uvicorn's own loop looks ten times a second, which was most of what an idle portal does."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told_to_leave.wait(), DATE_SECONDS)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or ():
            # asyncio does it only where it knows the protocol; without it, answers wait 40 ms for an acknowledgement.
            # Accepted connections inherit it, tcp(7).
            if listener.family in {socket.AF_INET, socket.AF_INET6}:
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MOST_THREADS, "request"))
        await super().startup(sockets)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.changes.end_streams()
        await super().shutdown(sockets)
