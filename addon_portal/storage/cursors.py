"""Cursors of lists: where a page ended, as a text that callers pass back unread.

A cursor names the kind of list it belongs to, so that one of another list is refused like any malformed text. It
grants nothing: what is listed from there on is scoped like everything else.
"""

import base64
import binascii

from addon_portal.domain.errors import FieldProblem, InvalidRequest

_LARGEST = 2**63 - 1


def encode(kind: str, seq: int) -> str:
    """The cursor behind the row with this sequence number."""
    return base64.urlsafe_b64encode(f"{kind}:{seq}".encode()).decode().rstrip("=")


def decode(kind: str, cursor: str | None) -> int | None:
    """The sequence number in a cursor of this kind; None for no cursor. Raises InvalidRequest."""
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        found, _, number = text.partition(":")
        seq = int(number) if number.isdecimal() and len(number) < 20 else -1
    except (binascii.Error, ValueError):
        found, seq = "", -1
    if found != kind or not 0 <= seq <= _LARGEST or encode(kind, seq) != cursor:
        raise InvalidRequest(
            [FieldProblem("cursor", "the next_cursor of an earlier page of this list", repr(cursor[:80]))]
        )
    return seq
