"""The portal's API for the commands: one connection, JSON in and out, problems as exceptions.

Built on the standard library, since a command should not take longer to load than to answer. Requests that change
something carry an Idempotency-Key, so that one whose answer was lost can safely be sent again. Leaves words and tables
to `output`, following to `following`.
"""

import http.client
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import IO, Any
from urllib.parse import quote as quote_part
from urllib.parse import urlencode, urlsplit

from addon_portal import __version__
from addon_portal.cli.errors import BadUsage, NotAllowed, PortalUnavailable, Refused
from addon_portal.cli.suggestions import how_to_start

URL_VARIABLE = "ADDON_PORTAL_URL"
KEY_VARIABLE = "ADDON_PORTAL_API_KEY"
DATA_VARIABLE = "ADDON_PORTAL_DATA"

_ANSWER_SECONDS = 90.0
"""Longer than any request that waits at the portal."""
PIECE_BYTES = 4 << 20
"""As much of an output as is asked for at once."""
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where the portal is and with which key it is asked."""

    url: str
    key: str

    @property
    def is_this_machine(self) -> bool:
        """Whether paths of this machine mean the same to the portal."""
        return urlsplit(self.url).hostname in ("127.0.0.1", "::1", "localhost")


def default_data_directory() -> Path:
    """The default of `config.Settings.data_dir`, which takes long to import."""
    return Path("/var/lib/addon-portal") if os.geteuid() == 0 else Path.home() / ".local/share/addon-portal"


def find_portal(url: str | None, key: str | None, data: Path | None) -> Address:
    """By option, else by environment, else from the `up.json` of the data directory. Raises PortalUnavailable."""
    url = url or os.environ.get(URL_VARIABLE)
    key = key or os.environ.get(KEY_VARIABLE)
    if url and key:
        return Address(url.rstrip("/"), key)
    named = os.environ.get(DATA_VARIABLE)
    if data is None and named == "":
        raise BadUsage(f"{DATA_VARIABLE} is empty. Set it to the data directory, or unset it.")
    directory = data or Path(named or default_data_directory())
    known = _read_up_file(directory / "up.json", needed=url is None)
    if url and url.rstrip("/") != known.get("url"):
        raise BadUsage(f"There is no API key for {url}. Give one with --key or {KEY_VARIABLE}.")
    return Address(known["url"], key or known["api_key"])


def _read_up_file(path: Path, *, needed: bool) -> Json:
    try:
        known = json.loads(path.read_text())
        return {"url": str(known["url"]), "api_key": str(known["api_key"])}
    except PermissionError:
        problem = f"{path} may not be read by uid {os.geteuid()}. Be its owner, or give --url and --key."
    except FileNotFoundError:
        problem = (
            f"No portal is up on {path.parent}. Start one with: addon-portal up --data {quote(str(path.parent))} "
            "(or name another one with --data; one whose parts are services with --url and --key)."
        )
    except (OSError, ValueError, KeyError, TypeError):
        problem = f"{path} cannot be read. Start the portal again, or give --url and --key."
    if needed:
        raise PortalUnavailable(problem, worth_retrying=False)
    return {}


class PortalClient:
    """One caller of one portal."""

    def __init__(self, address: Address) -> None:
        self.address = address
        parts = urlsplit("")
        try:
            parts = urlsplit(address.url)
            known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            (parts.hostname or "").encode("idna")
        except ValueError:  # a port that is none, half an IPv6 address, a host name that cannot be one
            known = False
        if not known or not address.url.isprintable():
            raise BadUsage(f"{ascii(address.url)[1:-1]} is no address of a portal: expected http://HOST:PORT.")
        if not (address.key.isascii() and address.key.isprintable()):
            raise NotAllowed("The API key is not valid: it holds characters that no key has. Check --key.")
        assert parts.hostname is not None
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=_ANSWER_SECONDS)
        self._base = parts.path.rstrip("/")

    def get(self, path: str, /, **query: object) -> Json:
        """Read a JSON object."""
        return self._json("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """Make or ask for something; safe to be repeated by the connection itself."""
        return self._json("POST", path, body=body or {})

    def put(self, path: str, body: Mapping[str, object]) -> Json:
        """Replace something."""
        return self._json("PUT", path, body=body)

    def put_file(self, path: str, file: IO[bytes], size: int, on_sent: Callable[[int], None]) -> Json:
        """Replace something by the content of a file, telling how much of it was sent. Raises Refused."""

        def blocks() -> Iterator[bytes]:
            sent = 0
            while block := file.read(1 << 20):
                yield block
                sent += len(block)
                on_sent(sent)

        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        try:
            response = self._send_once("PUT", self._base + path, blocks(), self._headers(headers))
        except (BrokenPipeError, ConnectionResetError) as error:
            # Whoever refuses early does not read to the end, and has said why.
            try:
                response = self._connection.getresponse()
            except (OSError, http.client.HTTPException):
                raise self._unavailable(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable(error) from error
        content = self._read(response)
        self._refuse_if_problem(response, content)
        return _parse(content)

    def delete(self, path: str) -> None:
        """Remove something."""
        self._json("DELETE", path)

    def iter_items(self, path: str, limit: int | None = None, **query: object) -> Iterator[Json]:
        """The items of a list, page by page, at most `limit` of them."""
        cursor, left = None, limit if limit is not None else -1
        while left:
            page = self.get(path, **query, limit=min(left, 200) if left > 0 else 200, cursor=cursor)
            for item in page["items"]:
                yield item
                left -= 1
                if left == 0:
                    return
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def read_output(self, path: str, offset: int, most: int = PIECE_BYTES) -> tuple[int, bytes]:
        """So many bytes, fewer at the present end, and where they begin: later where what was there is gone.

        Raises Refused and PortalUnavailable.
        """
        response = self._send("GET", path, None, {"Range": f"bytes={offset}-{offset + most - 1}"})
        content = self._read(response)
        begin = max(offset, _first_offset(response))
        if response.status == 416:
            return begin, b""
        if response.status == 200:  # an empty output has no ranges
            return begin, content[begin - _first_offset(response) :]
        self._refuse_if_problem(response, content)
        return begin, content

    def iter_bytes(self, path: str) -> Iterator[bytes]:
        """The whole of something that may be large, in pieces. Raises PortalUnavailable where it breaks off."""
        response = self._send("GET", path, None, {})
        if response.status >= 400:
            self._refuse_if_problem(response, self._read(response))
        while piece := self._read(response, 1 << 18):
            yield piece
        if response.length:  # http.client takes the end of a connection for the end of the answer
            raise self._unavailable(http.client.IncompleteRead(b"", response.length))

    def size_of(self, path: str) -> int:
        """How many bytes were written until now. Raises Refused and PortalUnavailable."""
        response = self._send("HEAD", path, None, {})
        content = self._read(response)
        if response.status >= 400:  # what is refused is told in an answer that has a body
            told = self._send("GET", path, None, {"Range": "bytes=0-0"})
            self._refuse_if_problem(told, self._read(told))
        self._refuse_if_problem(response, content)
        return int(response.headers.get("Content-Length") or 0) + _first_offset(response)

    def open_stream(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Ask for something that never ends. Raises Refused and PortalUnavailable."""
        response = self._send("GET", path, None, {"Accept": "text/event-stream", **headers})
        if response.status != 200:
            self._refuse_if_problem(response, self._read(response))
        return response

    @staticmethod
    def address_of(path: str, /, **query: object) -> str:
        """A path with what is asked of it; None is left out."""
        given = {name: _as_text(value) for name, value in query.items() if value is not None}
        return path + ("?" + urlencode(given, doseq=True) if given else "")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _json(self, method: str, path: str, *, query: Mapping[str, object] | None = None, body: object = None) -> Json:
        target = self.address_of(path, **(query or {}))
        headers = {"Accept": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_urlsafe(18)
        response = self._send(method, target, body, headers)
        content = self._read(response)
        self._refuse_if_problem(response, content)
        return _parse(content) if content else {}

    def _send(self, method: str, target: str, body: object, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        sent = self._headers({**({"Content-Type": "application/json"} if body is not None else {}), **headers})
        content = json.dumps(body).encode() if body is not None else None
        fresh = self._connection.sock is None
        try:
            return self._send_once(method, self._base + target, content, sent)
        except _STALE as error:
            # An idle connection that the portal had closed; only what may be repeated is sent again.
            self._connection.close()
            if fresh or (method in ("PUT", "DELETE")):
                raise self._unavailable(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable(error) from error
        try:
            return self._send_once(method, self._base + target, content, sent)
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable(error) from error

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.address.key}",
            "User-Agent": f"addon-portal/{__version__}",
            **more,
        }

    def _send_once(
        self, method: str, target: str, content: bytes | Iterator[bytes] | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(method, target, content, dict(headers))
        return self._connection.getresponse()

    def _read(self, response: http.client.HTTPResponse, most: int | None = None) -> bytes:
        """The body, or the next piece of it. Raises PortalUnavailable when the whole is cut off."""
        is_open_ended = response.length is None and not response.chunked
        try:
            content = response.read(most)
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable(error) from error
        if is_open_ended and not content:  # the portal always says how much is to come: it was cut off before that
            raise self._unavailable(http.client.IncompleteRead(content))
        return content

    def _unavailable(self, error: Exception) -> PortalUnavailable:
        self._connection.close()
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        if isinstance(error, http.client.IncompleteRead):
            why = "its answer was cut off"
        start = how_to_start("api")
        return PortalUnavailable(
            f"The portal at {self.address.url} does not answer ({why}). Is it up? Start it with: {start}"
        )

    def _refuse_if_problem(self, response: http.client.HTTPResponse, content: bytes) -> None:
        if response.status < 400:
            return
        try:
            problem = _parse(content)
        except PortalUnavailable:
            problem = {}
        problem = {"status": response.status, "title": f"HTTP {response.status} {response.reason}", **problem}
        if response.status >= 500:
            detail = problem.get("detail") or problem["title"]
            raise PortalUnavailable(f"The portal cannot answer now: {detail}", worth_retrying=response.status == 503)
        raise Refused(problem)


def _first_offset(response: http.client.HTTPResponse) -> int:
    """Where an output begins of which the oldest part is no longer there."""
    return int(response.headers.get("Log-First-Offset") or 0)


def path_of(*parts: str) -> str:
    """An address below `/api` from parts that may hold anything."""
    return "/api/" + "/".join(quote_part(part, safe="") for part in parts)


def _as_text(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else value


def _parse(content: bytes) -> Json:
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise PortalUnavailable("What answers at this address is no Addon Portal. Check --url.", worth_retrying=False)
    return value
