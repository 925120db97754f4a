"""Finding text in output, forwards and backwards from a byte offset.

Searches what is shown: a secret that is hidden is not found. Promises that a search takes no more memory than a block,
however large the output, that it says how far it has looked when it is told to pause, and that going on from there
finds what one long search would have found: places may overlap, and where one is does not depend on where the search
began. Plain text only: no expression that a caller gives is evaluated, so none can take time without end.
What is no longer there of a log over its limit is not searched.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from addon_portal.evidence.output import Output, count_continuing, whole_characters

BLOCK_BYTES = 256 * 1024
"""One look. Other threads of the process get their turn between two."""
MOST_AROUND = 512
"""Bytes of a line that are shown on either side of what was found."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text stands: bytes [offset, end_offset), characters [match_start, match_end) of `text`.

    `text` is the bytes [line_start, line_end), the line without its end unless `is_cut`: then it is longer than shown.
    """

    offset: int
    end_offset: int
    line_start: int
    line_end: int
    text: str
    match_start: int
    match_end: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Places in the order they were come upon. `next_from` is where to go on; `is_done` when nothing is left there."""

    places: tuple[Place, ...]
    next_from: int
    is_done: bool
    size: int


class Query:
    """A text to look for; case is ignored character by character, where both cases are one character."""

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        self._ignore_case = ignore_case
        self._cases = {} if text.isascii() or not ignore_case else _cases_of(text)
        self._text = text.translate(self._cases) if self._cases else text.lower() if ignore_case else text
        self._needle = self._text.encode()
        self.longest = 4 * len(text) if self._cases else len(self._needle)
        """Bytes that a text which fits has at most."""

    def iter_spans(self, data: bytes, end: int) -> Iterator[tuple[int, int]]:
        """Where it stands in these bytes, for places that begin before `end`."""
        if self._cases:
            yield from self._iter_folded(data, end)
            return
        if self._ignore_case:
            data = data.lower()  # of bytes: ASCII letters alone, which keeps every offset
        at = data.find(self._needle)
        while 0 <= at < end:
            yield at, at + len(self._needle)
            at = data.find(self._needle, at + 1)

    def _iter_folded(self, data: bytes, end: int) -> Iterator[tuple[int, int]]:
        """As characters, each of which stays one when its case is changed; offsets are counted in bytes again."""
        text = data.decode("utf-8", "surrogateescape")
        folded = text.translate(self._cases)
        begin, known = 0, 0
        at = folded.find(self._text)
        while at >= 0:
            begin, known = begin + _bytes_of(text[known:at]), at
            if begin >= end:
                return
            yield begin, begin + _bytes_of(text[at : at + len(self._text)])
            at = folded.find(self._text, at + 1)


def find_next(output: Output, query: Query, start: int, limit: int, may_go_on: Callable[[], bool]) -> Found:
    """The first places that begin at `start` or behind it. Looks at one block at least."""
    size, places = output.size(), list[Place]()
    at = start
    while at < size:
        at, block = output.read_from(at, BLOCK_BYTES + query.longest - 1)
        for begin, end in query.iter_spans(block, BLOCK_BYTES):
            places += _places(output, at + begin, at + end)
            if len(places) == limit:
                return Found(tuple(places), at + begin + 1, False, size)
        if at + BLOCK_BYTES < size:
            at += BLOCK_BYTES
        else:
            # What stands at the end may go on to be what is looked for.
            behind = places[-1].offset + 1 if places else start
            return Found(tuple(places), max(behind, size - query.longest + 1), True, size)
        if not may_go_on():
            return Found(tuple(places), at, False, size)
    return Found(tuple(places), at, True, size)


def find_previous(output: Output, query: Query, start: int, limit: int, may_go_on: Callable[[], bool]) -> Found:
    """The last places that begin before `start`, last first. Looks at one block at least."""
    size, places = output.size(), list[Place]()
    at, first = start, output.first_offset()
    while at > first:
        begin = max(first, at - BLOCK_BYTES)
        begin, block = output.read_from(begin, at - begin + query.longest - 1)
        spans = deque(query.iter_spans(block, at - begin), maxlen=limit - len(places))
        for span_begin, span_end in reversed(spans):
            places += _places(output, begin + span_begin, begin + span_end)
        if len(places) == limit:
            return Found(tuple(places), places[-1].offset, False, size)
        at, first = min(at, begin), output.first_offset()
        if at > first and not may_go_on():
            return Found(tuple(places), at, False, size)
    return Found(tuple(places), at, True, size)


def _places(output: Output, offset: int, end_offset: int) -> Iterator[Place]:
    """A place with its line, or as much of that as is shown; none where it has gone meanwhile."""
    wanted = max(0, offset - MOST_AROUND - 1)
    begin, data = output.read_from(wanted, end_offset - wanted + MOST_AROUND + 1)
    if begin > offset:
        return
    data = data[: end_offset - begin + MOST_AROUND + 1]
    match_start, match_end = offset - begin, end_offset - begin
    line_start = data.rfind(b"\n", 0, match_start) + 1
    line_end = data.find(b"\n", match_end)
    is_cut = (begin > 0 and line_start == 0) or (line_end < 0 and len(data) > match_end + MOST_AROUND)
    if line_start == 0 and begin > 0:
        line_start = count_continuing(data)
    if line_end < 0:
        line_end = match_end + whole_characters(data[match_end : match_end + MOST_AROUND])
    before, match, after = (
        data[first:last].decode("utf-8", "replace")
        for first, last in ((line_start, match_start), (match_start, match_end), (match_end, line_end))
    )
    yield Place(
        offset=offset,
        end_offset=end_offset,
        line_start=begin + line_start,
        line_end=begin + line_end,
        text=before + match + after,
        match_start=len(before),
        match_end=len(before) + len(match),
        is_cut=is_cut,
    )


def _cases_of(text: str) -> dict[int, str]:
    """Each character of the text in any case, with the one that stands for all of them."""
    cases: dict[int, str] = {}
    for character in set(text):
        both = {character, character.lower(), character.upper()}
        single = sorted(each for each in both if len(each) == 1)
        cases |= {ord(each): character.lower() if len(character.lower()) == 1 else character for each in single}
    return cases


def _bytes_of(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
