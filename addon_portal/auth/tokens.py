"""The text of an API key, a log-in link or a session: how it is made, told from a typing error, hashed for storing.

`ap_`, `apl_` or `aps_`, 43 characters of URL-safe base64 (256 random bits), `_`, and six characters of checksum, so
that one that was mistyped or cut is refused without asking the database, and one that leaked can be found by its form.
The hash is plain SHA-256: the secret has more entropy than any table could hold, so nothing slower is needed.
"""

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass

KEY, LINK, SESSION = "ap_", "apl_", "aps_"
_FORM = re.compile(r"([A-Za-z0-9_-]{43})_([0-9A-Za-z]{6})")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key (or a link, a session) just made. `text` is shown once and never stored; `prefix` may be shown for ever."""

    text: str
    prefix: str
    secret_hash: bytes


def make_key(kind: str = KEY) -> NewKey:
    """Make a key, or a text of another kind, from 256 random bits."""
    body = secrets.token_urlsafe(32)
    text = f"{kind}{body}_{_checksum(body)}"
    return NewKey(text, text[:9], hash_key(text))


def has_key_form(text: str, kind: str = KEY) -> bool:
    """Whether a text can be a key, or one of another kind, at all: form and checksum are right."""
    match = _FORM.fullmatch(text, len(kind)) if text.startswith(kind) else None
    return match is not None and _checksum(match[1]) == match[2]


def hash_key(text: str) -> bytes:
    """What is stored of a key."""
    return hashlib.sha256(text.encode()).digest()


def _checksum(body: str) -> str:
    """CRC-32 in six base62 digits; it guards against accidents, not against forgery."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits
