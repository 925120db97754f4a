"""The tenant portal's page: files that were built, sent as they are, for whatever no operation of the API answers.

Promises that the API's own addresses cost nothing for it and are never answered with the page, that only built files
are read, and that browsers let the page do nothing with anybody but us. Leaves building to `make ui` and `make wheel`.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

import addon_portal
from addon_portal.api.session_cookie import headers_of

DIRECTORY = Path(addon_portal.__file__).parent / "apps" / "tenant-portal" / "dist"
_INDEX = "index.html"
_FILE = re.compile(r"/((?:assets/)?[A-Za-z0-9_][A-Za-z0-9_.-]*\.([a-z0-9]+))")
"""Neither a hidden file nor a way out of the directory can be written so."""
_HASHED = "assets/"
"""Where the build puts files that have their own hash in their names."""
_OF_API = re.compile("/api(/.*)?")
_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "woff2": "font/woff2",
}
"""What the page may be made of; anything else in the directory is not served."""
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""In the order in which they are preferred, with what the build adds to the name of a file."""
_FOR_EVER, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
_SAFETY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Addon Portal</title>
<h1>The page has not been built</h1>
<p>The portal works: the API answers, programs run, and the command line can be used.
<p>Only its page is missing. {remedy}
</html>
"""
_IN_A_CLONE = "Build it with <code>make ui</code>, then load this address again."
_INSTALLED = (
    "This installation came without it: install a wheel that <code>make wheel</code> has made in a clone of the "
    "portal, which builds the page first."
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of the page as it is sent."""

    name: str
    body: bytes
    encoding: str | None
    is_encoded: bool
    """Whether others may be sent it in another form."""


class Page:
    """ASGI application. `otherwise` answers what is no part of the page."""

    def __init__(self, otherwise: ASGIApp, directory: Path = DIRECTORY) -> None:
        self._otherwise = otherwise
        self._directory = directory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = headers_of(scope)
        name = _name_of(scope, headers)
        if name is None:
            return await self._otherwise(scope, receive, send)
        found = await asyncio.to_thread(self._read, name, headers.get("accept-encoding", ""))
        if found is not None:
            return await _answer(found, headers.get("if-none-match"))(scope, receive, send)
        if name == _INDEX:
            return await _say_not_built(self._directory)(scope, receive, send)
        return await self._otherwise(scope, receive, send)

    def _read(self, name: str, accepted: str) -> _Found | None:
        path = self._directory / name
        encodings = {code: end for code, end in _ENCODINGS.items() if path.with_name(path.name + end).is_file()}
        code = next((code for code in encodings if code in _codes_of(accepted)), None)
        try:
            body = path.with_name(path.name + encodings.get(code or "", "")).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        return _Found(name, body, code, bool(encodings))


def _name_of(scope: Scope, headers: Mapping[str, str]) -> str | None:
    """Which file answers a request: one that it names, or the page for every address that a person may open."""
    path: str = scope["path"]
    if scope["method"] not in {"GET", "HEAD"} or _OF_API.fullmatch(path):
        return None
    file = _FILE.fullmatch(path)
    if file is not None and file[2] in _TYPES:
        return file[1]
    is_page = path == "/" or "text/html" in headers.get("accept", "")
    return _INDEX if is_page and not path.startswith(f"/{_HASHED}") else None


def _codes_of(accepted: str) -> set[str]:
    """The codings that a client takes; those of quality 0 it refuses."""
    parts = [part.replace(" ", "").lower().partition(";q=") for part in accepted.split(",")]
    return {code for code, _, quality in parts if not re.fullmatch(r"0(\.0*)?", quality)}


def _say_not_built(directory: Path) -> Response:
    """What to do about it depends on whether that which the page is built from is here."""
    remedy = _IN_A_CLONE if directory.with_name("package.json").is_file() else _INSTALLED
    headers = {**_SAFETY, "Cache-Control": "no-store"}
    return Response(_NOT_BUILT.format(remedy=remedy), 503, headers, "text/html; charset=utf-8")


def _answer(found: _Found, known: str | None) -> Response:
    is_hashed = found.name.startswith(_HASHED)
    tag = f'"{hashlib.sha256(found.body).hexdigest()[:20]}"'
    headers = {**_SAFETY, "Cache-Control": _FOR_EVER if is_hashed else _ASK_AGAIN, "ETag": tag}
    if found.is_encoded:
        headers["Vary"] = "Accept-Encoding"
    if known is not None and tag in known:
        return Response(status_code=304, headers=headers)
    if found.encoding is not None:
        headers["Content-Encoding"] = found.encoding
    return Response(found.body, 200, headers, _TYPES[found.name.rpartition(".")[2]])
