"""Reading a directory of files that a tenant's program may be changing at this moment, and never anything outside.

Every step goes from an open directory to a name in it and follows no link, so that whatever a program puts where, what
is read lies below the root. Promises bounded work for each call, however many files there are. What is neither a file,
a directory nor a link is listed and never opened. Leaves who may read to its callers.
"""

import heapq
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from addon_portal.workspaces.disk import DIRECTORY, opened

DEEPEST_LOOK = 128
"""Directories inside of each other; what lies deeper is not looked at."""
MOST_LOOKED_AT = 20_000
"""Entries in one call that searches."""
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""A FIFO would have us wait for whoever writes to it, open(2)."""
_BLOCK = 256 * 1024

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC) - _EPOCH, datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH

Parts = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a listing says of one entry. What is no UTF-8 in its path is replaced."""

    parts: Parts
    stat: os.stat_result

    @property
    def path(self) -> str:
        """Relative to the root."""
        return b"/".join(self.parts).decode("utf-8", "replace")

    @property
    def kind(self) -> str:
        """`file`, `directory`, `link` or `other`."""
        mode = self.stat.st_mode
        if stat.S_ISREG(mode):
            return "file"
        return "directory" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "other"

    @property
    def modified_at(self) -> datetime:
        """When its content was changed, as whoever changed it says."""
        return _moment(self.stat.st_mtime_ns)

    @property
    def changed_at(self) -> datetime:
        """When anything of it was changed, as the kernel says."""
        return _moment(self.stat.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list; `last` is where the next part goes on, None at the end."""

    items: list[FileInfo]
    last: Parts | None


class OpenFile:
    """One file as it is now; holds it open until it is closed."""

    def __init__(self, descriptor: int, name: str) -> None:
        self._file: int | None = descriptor
        self._stat = os.fstat(descriptor)
        self.name = name
        self.modified_at = _moment(self._stat.st_mtime_ns)

    def __del__(self) -> None:
        """A request that is given up between opening and sending leaves nobody to close it."""
        self.close()

    def size(self) -> int:
        """How many bytes it had when it was opened."""
        return self._stat.st_size

    def iter_bytes(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes of [start, end) in blocks; ends early where the file has become shorter."""
        while start < end and self._file is not None:
            block = os.pread(self._file, min(_BLOCK, end - start), start)
            if not block:
                return
            start += len(block)
            yield block

    def close(self) -> None:
        """Let go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Tree:
    """The files below one directory, which is held open until it is closed."""

    def __init__(self, root: Path) -> None:
        """Raises OSError."""
        self._root: int | None = None
        self._root = os.open(root, DIRECTORY)

    def __del__(self) -> None:
        """A request that is given up leaves nobody to close it."""
        self.close()

    def close(self) -> None:
        """Let go of it."""
        if self._root is not None:
            os.close(self._root)
            self._root = None

    def list_directory(self, parts: Parts, after: bytes, limit: int) -> Listing:
        """Entries of one directory by name, those behind `after`. Raises OSError."""
        with self._descended(parts) as directory, os.scandir(directory) as entries:
            names = (name for entry in entries if (name := os.fsencode(entry.name)) > after)
            wanted = heapq.nsmallest(limit + 1, names)
            items = []
            for name in wanted[:limit]:
                with suppress(FileNotFoundError):  # It was there a moment ago.
                    items.append(FileInfo((*parts, name), os.stat(name, dir_fd=directory, follow_symlinks=False)))
        return Listing(items, (wanted[limit - 1],) if len(wanted) > limit else None)

    def list_changed(self, since_ns: int, until_ns: int, after: Parts, limit: int) -> Listing:
        """Files and links at any depth that were changed in this time, by path, those behind `after`.

        Looks at so many entries at most, so that a part may have few items or none. Raises OSError.
        """
        items: list[FileInfo] = []
        for count, found in enumerate(self.iter_entries((), after), 1):
            is_directory = stat.S_ISDIR(found.stat.st_mode)
            if not is_directory and since_ns <= found.stat.st_ctime_ns <= until_ns:
                items.append(found)
            if len(items) == limit or count == MOST_LOOKED_AT:
                return Listing(items, found.parts)
        return Listing(items, None)

    def iter_entries(self, parts: Parts, after: Parts = ()) -> Iterator[FileInfo]:
        """Everything below a directory, each directory before what is in it. Raises OSError."""
        with self._descended(parts) as directory:
            yield from _walk(directory, parts, after)

    def open_file(self, parts: Parts) -> OpenFile:
        """A regular file. Raises OSError; IsADirectoryError for a directory and whatever else is no file."""
        with self._descended(parts[:-1]) as directory:
            descriptor = os.open(parts[-1], _FILE, dir_fd=directory)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise IsADirectoryError
        return OpenFile(descriptor, parts[-1].decode("utf-8", "replace"))

    def read_link(self, parts: Parts) -> str:
        """Where a link leads. Raises OSError."""
        with self._descended(parts[:-1]) as directory:
            return os.fsdecode(os.readlink(parts[-1], dir_fd=directory))

    @contextmanager
    def _descended(self, parts: Parts) -> Iterator[int]:
        """The directory at this path. Raises OSError."""
        assert self._root is not None
        current = os.dup(self._root)
        try:
            for part in parts:
                inner = os.open(part, DIRECTORY, dir_fd=current)
                os.close(current)
                current = inner
            yield current
        finally:
            os.close(current)


def parts_of(path: str) -> Parts | None:
    """The names in a relative path, none for the root; None for what can be no path of ours."""
    if not path.strip("/"):
        return ()
    parts = tuple(os.fsencode(part) for part in path.strip("/").split("/"))
    return None if any(part in {b"", b".", b".."} or b"\0" in part for part in parts) else parts


def _walk(directory: int, above: Parts, after: Parts) -> Iterator[FileInfo]:
    """Everything in an open directory, by name; `after` is what was come to last, from this directory on."""
    with os.scandir(directory) as entries:
        names = sorted(name for entry in entries if (name := os.fsencode(entry.name)) >= (after[0] if after else b""))
    for name in names:
        try:
            info = os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            continue
        was_reached = bool(after) and name == after[0]
        if not was_reached:
            yield FileInfo((*above, name), info)
        if stat.S_ISDIR(info.st_mode) and len(above) < DEEPEST_LOOK:
            # It may have gone, or become something else, or be closed to us.
            with (
                suppress(FileNotFoundError, NotADirectoryError, PermissionError),
                opened(os.fsdecode(name), DIRECTORY, directory) as inner,
            ):
                yield from _walk(inner, (*above, name), after[1:] if was_reached else ())


def _moment(nanoseconds: int) -> datetime:
    """Programs may say that their files are from before the first year or after the last that we can write."""
    return _EPOCH + min(max(timedelta(microseconds=nanoseconds // 1000), _FIRST), _LAST)
