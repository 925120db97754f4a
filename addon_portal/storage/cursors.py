"""Cursors of lists: where a page ended, as a text that callers pass back unread.

A cursor names the kind of list it belongs to, so that one of another list is refused like any malformed text. It
grants nothing: what is listed from there on is scoped like everything else.
"""

import base64
import binascii
import re

from addon_portal.domain.errors import FieldProblem, InvalidRequest

_NUMBER = re.compile("0|-?[1-9][0-9]{0,18}")
_RANGE = range(-(2**63), 2**63)


def encode(kind: str, place: tuple[int, ...]) -> str:
    """The cursor behind the row at this place of the list's order."""
    text = ":".join((kind, *map(str, place)))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(kind: str, cursor: str | None, width: int = 1) -> tuple[int, ...] | None:
    """The place in a cursor of this kind, of `width` numbers; None for no cursor. Raises InvalidRequest."""
    if cursor is None:
        return None
    place = _read(kind, cursor)
    # Only what `encode` writes is accepted: one text for one place.
    if len(place) != width or encode(kind, place) != cursor or any(number not in _RANGE for number in place):
        raise InvalidRequest(
            [FieldProblem("cursor", "the next_cursor of an earlier page of this list", repr(cursor[:80]))]
        )
    return place


def _read(kind: str, cursor: str) -> tuple[int, ...]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ()
    found, *numbers = text.split(":")
    if found != kind or not all(_NUMBER.fullmatch(number) for number in numbers):
        return ()
    return tuple(int(number) for number in numbers)
