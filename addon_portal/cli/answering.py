"""Whether api and keeper answer: asked as any client asks them, for a short time, for the doctor.

A process that lives and does not answer is as bad as none. Changes nothing; leaves the verdict to `examination`.
"""

import http.client
import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ANSWER_SECONDS = 3.0


def ask_ready(url: str) -> str | None:
    """What is wrong with the API at this address by its own `/readyz`, in words; None when it is ready."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        content = response.read(65536)
    except TimeoutError:
        return f"does not answer within {ANSWER_SECONDS:g} s"
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer ({getattr(error, 'strerror', None) or str(error) or type(error).__name__})"
    finally:
        connection.close()
    if response.status == http.client.OK:
        return None
    return f"is not ready: {_detail_of(content) or f'HTTP {response.status}'}"


def _detail_of(content: bytes) -> str | None:
    with suppress(ValueError):
        problem: Any = json.loads(content)
        if isinstance(problem, dict):
            return str(problem.get("detail") or problem.get("title") or "") or None
    return None


def keeper_answers(directory: Path) -> bool:
    """Whether the keeper of this directory says hello in time."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            descriptor = os.open(directory, os.O_PATH | os.O_CLOEXEC)
            try:
                # The path of a socket holds 108 bytes; that of a data directory may be longer (unix(7)).
                connection.connect(f"/proc/self/fd/{descriptor}/sock")
            finally:
                os.close(descriptor)
            connection.send(b'{"op": "hello"}')
            return bool(connection.recv(65536))
        except OSError:
            return False
