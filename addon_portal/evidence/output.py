"""Reading the output of a run by byte offset, with its secrets hidden.

Promises that offsets stay valid for ever (the log only grows), that text is cut only between characters, that what is
no UTF-8 is replaced, never dropped, and that nothing leaves that the mask hides, whatever stretch is asked for. Of a
log over its limit the oldest part is gone: reading begins behind it, and the zeros in its place are never given out. A
run without a log yet has an empty one. Leaves who may read, and what is secret, to the caller.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from addon_portal.evidence.holes import first_kept
from addon_portal.evidence.masking import NOTHING_HIDDEN, Mask
from addon_portal.evidence.removals import LOG_REMOVED, RemovalRecord, read_removal

LOG_FILE = "output.log"
_BLOCK = 64 * 1024
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""A FIFO in the place of the log would have us wait for whoever writes to it, open(2)."""


@dataclass(frozen=True, slots=True)
class OutputChunk:
    """A stretch of output: `text` is the bytes from `offset` up to `next_offset`; the log had `size` bytes.

    What was before `first_offset` is no longer there.
    """

    offset: int
    next_offset: int
    size: int
    text: str
    first_offset: int = 0

    @property
    def reaches_end(self) -> bool:
        """Whether nothing more was there to read."""
        return self.next_offset >= self.size


class OutputUnreadable(Exception):
    """There is or was output, and it cannot be read now; never to be shown as an empty one."""


class OutputRemoved(OutputUnreadable):
    """There was output, and retention has removed it."""

    def __init__(self, removal: RemovalRecord) -> None:
        super().__init__(removal.sentence("The output"))
        self.removal = removal


class Output:
    """The output of one run as it is now; holds the file open until it is closed.

    Unless it `is_complete`, what may be the beginning of a secret at its end is left for later: see `size`.
    """

    def __init__(self, directory: Path, mask: Mask = NOTHING_HIDDEN, *, is_complete: bool = True) -> None:
        """Raises OutputUnreadable. A directory without a log has an empty one, unless it was removed."""
        self.mask = mask
        self._is_complete = is_complete
        self._first_offset: int | None = None
        self._file: int | None = None
        try:
            self._file = os.open(directory / LOG_FILE, _FLAGS)
        except FileNotFoundError:
            if is_complete and (removal := read_removal(directory / LOG_REMOVED)):
                raise OutputRemoved(removal) from None
            return
        except OSError as error:
            raise OutputUnreadable(f"The output cannot be read: {error.strerror}.") from error
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            self.close()
            raise OutputUnreadable(f"The output cannot be read: {LOG_FILE} is not a regular file.")

    def __del__(self) -> None:
        """A request that is given up between opening and sending leaves nobody to close it."""
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def count_written(self) -> int:
        """How many bytes the file has now."""
        return 0 if self._file is None else os.fstat(self._file).st_size

    def size(self) -> int:
        """How many bytes can be shown now. Never shrinks."""
        written = self.count_written()
        if self._is_complete or not self.mask:
            return written
        begin = max(0, written - self.mask.reach)
        return written - self.mask.count_undecided(self._read_unmasked(begin, written))

    def first_offset(self) -> int:
        """Where what can be shown begins, at a character; 0 unless the log was over its limit. Never shrinks.

        What follows a hole may be the end of a secret whose beginning is gone, so that much of it is not shown either.
        """
        if self._first_offset is not None:
            return self._first_offset
        size = self.count_written()
        kept = 0 if self._file is None else first_kept(self._file, size)
        first = 0
        if kept:
            first = min(kept + self.mask.reach, size)
            first += count_continuing(self._read_unmasked(first, first + 3))
        if self._is_complete:
            self._first_offset = first
        return first

    def read_from(self, offset: int, limit: int) -> tuple[int, bytes]:
        """At most `limit` bytes, fewer only at the end, and where they begin: at `offset`, or at the first offset."""
        while True:
            start = max(offset, self.first_offset())
            data = self._read_shown(start, limit)
            # The log of an active run may have lost its oldest part while we read there.
            if self._is_complete or self.first_offset() <= start:
                return start, data

    def read_chunk(self, offset: int, limit: int) -> OutputChunk:
        """Text of at most `limit` bytes (or one whole character, if that is longer) from `offset`, or the first one.

        Unless the output is complete, a character whose last bytes are not there yet is left for the next reading.
        """
        size = self.size()
        start, data = self.read_from(offset, max(limit, 4))
        window = data[:limit]
        if self._is_complete and start + len(window) >= size:
            taken = len(window)
        else:
            taken = whole_characters(window) or _first_character(data)
        text = data[:taken].decode("utf-8", "replace")
        return OutputChunk(start, start + taken, max(size, start), text, self.first_offset())

    def iter_bytes(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes of [start, end) in blocks; ends early where the log does, or where they are no longer there."""
        while start < end:
            begin, block = self.read_from(start, min(_BLOCK, end - start))
            if not block or begin != start:
                return
            start += len(block)
            yield block

    def last_lines(self, count: int, most_bytes: int = _BLOCK) -> list[str]:
        """At most `count` last lines out of the last `most_bytes`; a longer line is cut at its front."""
        size = self.size()
        start = max(0, size - most_bytes)
        lines = self.read_from(start, size - start)[1].decode("utf-8", "replace").split("\n")
        if lines and not lines[-1]:
            lines.pop()
        return lines[-count:]

    def _read_shown(self, offset: int, limit: int) -> bytes:
        if not self.mask:
            return self._read_unmasked(offset, offset + limit)
        end = min(offset + limit, self.size())
        begin = max(0, offset - self.mask.reach)
        if end <= offset:
            return b""
        return self.mask.hide(self._read_unmasked(begin, end + self.mask.reach))[offset - begin : end - begin]

    def _read_unmasked(self, begin: int, end: int) -> bytes:
        return b"" if self._file is None else os.pread(self._file, end - begin, begin)


def open_output(directory: Path, mask: Mask = NOTHING_HIDDEN, *, is_complete: bool = True) -> "closing[Output]":
    """The output of a run, to be used in a `with`."""
    return closing(Output(directory, mask, is_complete=is_complete))


def size_of_log(directory: Path) -> int:
    """How many bytes of output a run has, or had before they were removed; 0 as long as that cannot be told."""
    with suppress(OSError):
        return (directory / LOG_FILE).stat(follow_symlinks=False).st_size
    with suppress(OSError):
        if removal := read_removal(directory / LOG_REMOVED):
            return removal.size
    return 0


def whole_characters(data: bytes) -> int:
    """How many bytes of `data` end at a character's border: all, but for a UTF-8 sequence cut short at its end."""
    for back in range(1, min(3, len(data)) + 1):
        if data[-back] & 0xC0 != 0x80:
            return len(data) - back if _length(data[-back]) > back else len(data)
    return len(data)


def count_continuing(data: bytes) -> int:
    """How many bytes there are before the first whole character, in bytes that may begin in the middle of one."""
    return next((at for at in range(min(3, len(data))) if data[at] & 0xC0 != 0x80), 0)


def _first_character(data: bytes) -> int:
    """The bytes of the first character, or 0 while its last ones are not there."""
    length = _length(data[0]) if data else 0
    return length if len(data) >= length else 0


def _length(lead: int) -> int:
    """How many bytes a sequence has that begins with this one (RFC 3629); 1 for what begins none."""
    return 4 if 0xF0 <= lead < 0xF8 else 3 if 0xE0 <= lead < 0xF0 else 2 if 0xC0 <= lead < 0xE0 else 1
