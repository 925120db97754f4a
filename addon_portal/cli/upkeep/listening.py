"""The address of the api, taken before anything is started, and whether the api answers there.

The listening socket belongs to `up`: a taken port is known at once, and while the api is being started again callers
wait in the queue.
"""

import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from addon_portal.cli.upkeep.api_watch import QUESTION
from addon_portal.cli.upkeep.event_loop import EventLoop

ASK_AGAIN_SECONDS = 0.1
_ASK_SECONDS = 1.0
_QUEUE = 2048
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  how a client reaches them


class CannotListen(Exception):
    """The address cannot be taken; the message says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Take the address. Raises CannotListen."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.encode("idna") if not host.isascii() else host.encode(),
            port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_QUEUE)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise CannotListen(_explain(error, host, port)) from error
    except UnicodeError as error:
        raise CannotListen(f"{host!a} is no address or name of a machine. Choose another one with --host.") from error
    return listener


def check_address(host: str, port: int) -> None:
    """Take it and give it back, for whoever wants to know before anything is made. Raises CannotListen."""
    listen(host, port).close()


def _explain(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE if _is_a_portal(host, port):
            return (
                f"Port {port} of {host} is in use by another Addon Portal. Use that one, with its --data, or choose "
                "another port with --port."
            )
        case errno.EADDRINUSE:
            return f"Port {port} of {host} is in use by another program. Choose another one with --port."
        case errno.EACCES:
            return f"Port {port} may not be used by uid {os.geteuid()}. Choose one above 1023 with --port."
        case errno.EADDRNOTAVAIL:
            return f"This machine has no address {host}. Choose another one with --host."
        case _:
            return f"The portal cannot listen on {host} port {port}: {error.strerror or error}."


def _is_a_portal(host: str, port: int) -> bool:
    """Whether what answers there asks for a credential of ours."""
    answer = b""
    with suppress(OSError), socket.create_connection((_ANYWHERE.get(host, host), port), _ASK_SECONDS) as connection:
        connection.settimeout(_ASK_SECONDS)
        connection.sendall(b"GET /api/tenant/status HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = connection.recv(4096)
    return b'realm="addon-portal"' in answer


def url_of(listener: socket.socket) -> str:
    """Where a client on this machine reaches the listener."""
    host, port = connect_address(listener)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def connect_address(listener: socket.socket) -> tuple[str, int]:
    """An address that a client on this machine can connect to."""
    host, port = listener.getsockname()[:2]
    return _ANYWHERE.get(host, host), port


class Readiness:
    """Asks `/readyz` until it answers 200. The question waits in the listener's queue until an api takes it."""

    def __init__(self, loop: EventLoop, listener: socket.socket, on_ready: Callable[[], None]) -> None:
        self._loop = loop
        self._family = listener.family
        self._address = connect_address(listener)
        self._on_ready = on_ready
        self._cancelled = False
        self.answered = False

    def ask(self) -> None:
        """Send one question and come back when there is an answer."""
        if self._cancelled:
            return
        try:
            connection = self._send_question()
        except OSError:  # too many open files: that may pass
            self._loop.call_later(ASK_AGAIN_SECONDS, self.ask)
            return
        self._loop.watch(connection.fileno(), lambda: self._read(connection))

    def cancel(self) -> None:
        """Ask no more."""
        self._cancelled = True

    def _send_question(self) -> socket.socket:
        connection = socket.socket(self._family)
        try:
            connection.connect(self._address)  # to a listener of this machine: never waits
            connection.sendall(QUESTION)
            connection.setblocking(False)
        except OSError:
            connection.close()
            raise
        return connection

    def _read(self, connection: socket.socket) -> None:
        try:
            answer = connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            answer = b""
        self._loop.forget(connection.fileno())
        connection.close()
        if self._cancelled:
            return
        if answer.split(b" ", 2)[1:2] == [b"200"]:
            self.answered = True
            self._on_ready()
        else:
            self._loop.call_later(ASK_AGAIN_SECONDS, self.ask)
