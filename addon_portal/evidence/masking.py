"""Hiding secrets in output: what a run was given in its environment is not shown where its program printed it.

Promises that every byte of a secret becomes one `*`, so that offsets stay what they are, and that whether a byte is
hidden depends on the output alone, never on how it is cut into pieces. A value of several lines is hidden line by
line. Leaves which values are secrets to the caller. What a program changes before it prints it is not recognised.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

SHORTEST_SECRET = 8
"""Bytes. Shorter values are too common as parts of other words: hiding `1` or `prod` would hide no secret."""
LONGEST_PIECE = 256
"""Bytes. A longer secret is hidden as pieces of this length that overlap, so that it takes no more context."""

_LINE_BREAKS = re.compile(r"[\r\n]+")
_STAR = b"*"


class Mask:
    """What is to be hidden in one output; false when there is nothing."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._pieces = sorted({piece for value in values for piece in _pieces_of(value)})
        self.reach = max(map(len, self._pieces), default=1) - 1
        """So many bytes before and behind a byte decide whether it is hidden."""

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def hide(self, data: bytes) -> bytes:
        """The same bytes with those of every whole piece as stars."""
        hidden: bytearray | None = None
        for piece in self._pieces:
            at = data.find(piece)
            while at >= 0:
                hidden = hidden or bytearray(data)
                hidden[at : at + len(piece)] = _STAR * len(piece)
                at = data.find(piece, at + 1)
        return data if hidden is None else bytes(hidden)

    def hide_text(self, text: str) -> str:
        """The same for text that is there as a whole."""
        return self.hide(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace") if self else text

    def count_undecided(self, data: bytes) -> int:
        """How many bytes at the end may be the beginning of a secret that has not been written to its end."""
        for at in range(max(0, len(data) - self.reach), len(data)):
            if self._begins_with(data[at:]):
                return len(data) - at
        return 0

    def _begins_with(self, beginning: bytes) -> bool:
        """Whether some piece is longer than this and begins with it."""
        at = bisect_left(self._pieces, beginning + b"\0")
        return at < len(self._pieces) and self._pieces[at].startswith(beginning)


NOTHING_HIDDEN = Mask()


def _pieces_of(value: str) -> Iterator[bytes]:
    for line in _LINE_BREAKS.split(value):
        secret = line.strip().encode()
        if len(secret) < SHORTEST_SECRET:
            continue
        for begin in range(0, max(1, len(secret) - LONGEST_PIECE), LONGEST_PIECE):
            yield secret[begin : begin + LONGEST_PIECE]
        yield secret[-LONGEST_PIECE:]
