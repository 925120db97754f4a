"""Posting a signed message.

Redirects are answers like any other: what is signed for one address is not carried to another. Built on the standard
library, because the process that sends is to stay small.
"""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from typing_extensions import override

from addon_portal.notifications import addresses
from addon_portal.notifications.channels.base import MOST_RESPONSE, Answer, Outgoing
from addon_portal.notifications.channels.webhook import signing

_GONE = 410
_LONGEST_PAUSE_SECONDS = 86400.0


@dataclass
class WebhookChannel:
    """Posts messages. One object serves all threads."""

    timeout_seconds: float
    allow_private: bool
    user_agent: str = "addon-portal"

    def send(self, message: Outgoing) -> Answer:
        """Post a message and read the answer, all of it within the time-out."""
        connection = self._open(message.url)
        # A time-out of the socket bounds each wait and not their sum: a receiver may send a byte every now and then.
        timer = threading.Timer(self.timeout_seconds, connection.give_up)
        timer.daemon = True
        timer.start()
        try:
            return self._post(connection, message)
        except (OSError, http.client.HTTPException, ValueError) as error:
            is_late = connection.is_over or isinstance(error, TimeoutError)
            return Answer(error=f"no answer within {self.timeout_seconds:g} s" if is_late else _said(error))
        finally:
            timer.cancel()
            connection.close()

    def _open(self, url: str) -> "_Bounded":
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            return _Encrypted(self, host, port or 443, self._tls)
        return _Bounded(self, host, port or 80)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection that the operator's rule allows. Raises OSError."""
        return addresses.connect(host, port, self.timeout_seconds, allow_private=self.allow_private)

    def _post(self, connection: "_Bounded", message: Outgoing) -> Answer:
        parts = urlsplit(message.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {
            "Content-Type": "application/json",
            "User-Agent": self.user_agent,
            "Connection": "close",
            **signing.headers(message.id, message.sent_at, message.body, message.secrets),
        }
        connection.request("POST", target, message.body.encode(), sent)
        response = connection.getresponse()
        status, pause = response.status, response.getheader("Retry-After")
        text = response.read(4 * MOST_RESPONSE).decode("utf-8", "replace")[:MOST_RESPONSE]
        if connection.is_over:
            raise TimeoutError  # what was cut off looks like an answer
        if 200 <= status < 300:
            return Answer(status=status, response=text or None)
        return Answer(
            error=f"answered {status} {response.reason}"[:200],
            status=status,
            response=text or None,
            is_gone=status == _GONE,
            retry_after_seconds=min(float(pause), _LONGEST_PAUSE_SECONDS) if pause and pause.isdecimal() else None,
        )


class _Bounded(http.client.HTTPConnection):
    """A connection that goes where the channel's rule allows, and that can be ended while somebody waits for it."""

    def __init__(self, channel: WebhookChannel, host: str, port: int) -> None:
        super().__init__(host, port, timeout=channel.timeout_seconds)
        self._channel = channel
        self.is_over = False

    @override
    def connect(self) -> None:
        self.sock = self._channel.connect(self.host, self.port)
        if self.is_over:
            raise TimeoutError

    def give_up(self) -> None:
        """The time is over: whoever waits for the socket is woken by its end."""
        self.is_over = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _Encrypted(_Bounded):
    default_port = http.client.HTTPS_PORT

    def __init__(self, channel: WebhookChannel, host: str, port: int, tls: ssl.SSLContext) -> None:
        super().__init__(channel, host, port)
        self._tls = tls

    @override
    def connect(self) -> None:
        super().connect()
        # The handshake waits for the receiver too, so it has to be one that can be ended.
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def _said(error: Exception) -> str:
    """What went wrong, in a line without the address."""
    if isinstance(error, socket.gaierror):
        return f"its host name cannot be resolved: {error.strerror}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"[:200]
    if isinstance(error, ssl.SSLError):
        return f"no encrypted connection: {(error.reason or str(error)).replace('_', ' ').lower()}"[:200]
    text = getattr(error, "strerror", None) or str(error)
    return f"{text or type(error).__name__}"[:200]
