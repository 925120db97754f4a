"""A way to a portal that breaks off, as networks and apis do, and that shows what was asked."""

import select
import socket
import socketserver
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from typing_extensions import override

from tests.integration.cli.installed import Portal


class Cutter:
    """A way to a portal on which connections, so many in all, break off after so many bytes of its answers."""

    def __init__(self, portal: Portal, after_bytes: int, cuts: int) -> None:
        self.key = portal.up_file()["api_key"]
        self.broken = 0
        self.asked = b""
        self._portal_port = portal.port
        self._after_bytes = after_bytes
        self._cuts = cuts
        cutter = self

        class Passage(socketserver.BaseRequestHandler):
            @override
            def handle(self) -> None:
                cutter.pass_on(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Passage)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def options(self) -> list[str]:
        """How a command takes this way."""
        return ["--url", self.url, "--key", self.key]

    def pass_on(self, client: socket.socket) -> None:
        """One connection, until either end leaves or it is cut."""
        left = self._after_bytes
        with socket.create_connection(("127.0.0.1", self._portal_port)) as server, suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    content = source.recv(65536)
                    if source is client:
                        self.asked += content
                        server.sendall(content)
                    elif len(content) > left and self.broken < self._cuts:
                        self.broken += 1
                        client.sendall(content[:left])
                        return
                    else:
                        client.sendall(content)
                        left -= len(content)
                    if not content:
                        return
