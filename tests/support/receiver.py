"""A receiver of messages: a local HTTP server that answers as a test says, and keeps what came."""

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook as Verifier
from typing_extensions import override


@dataclass(frozen=True)
class Received:
    """One request, and what was answered."""

    headers: dict[str, str]
    body: str
    status: int

    @property
    def id(self) -> str:
        """The message's identifier."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """The message, whose signature the public library accepts."""
        message: dict[str, Any] = Verifier(secret).verify(self.body, self.headers)
        return message


Reaction = Callable[[BaseHTTPRequestHandler], int]
"""Answers a request as it likes and returns the status; 0 where it answered nothing that counts."""


def answering(status: int, text: str = "", **headers: str) -> Reaction:
    """Always this answer."""

    def react(handler: BaseHTTPRequestHandler) -> int:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())
        return status

    return react


@dataclass
class Receiver:
    """Listens from `start` to `stop`, always on the same port."""

    reaction: Reaction = field(default_factory=lambda: answering(204))
    received: list[Received] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    """What it encrypts with; without it nothing is encrypted."""
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where to post."""
        origin = f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"
        return f"{origin}/hook?x=1"

    def start(self) -> "Receiver":
        """Listen."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                with suppress(OSError):  # whoever asked does not wait any more
                    status = receiver.reaction(self)
                    receiver.received.append(Received(headers, body, status))

            @override
            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Listen no more: connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def accepted(self) -> list[Received]:
        """What was answered with success, in order."""
        return [each for each in self.received if 200 <= each.status < 300]
