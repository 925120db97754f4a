"""What is asked of the disk beside reading and writing: that things are there after a power cut, or not at all."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""How a directory is opened by its name in another one: never through a link."""


@contextmanager
def opened(path: str, flags: int, directory: int | None = None, mode: int = 0o600) -> Iterator[int]:
    """A descriptor that is closed at the end of the block."""
    descriptor = os.open(path, flags, mode, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def sync_directory(path: str) -> None:
    """Bring the names in a directory to disk."""
    with opened(path, DIRECTORY) as directory:
        os.fsync(directory)


def sync_file_system(path: str) -> None:
    """Bring everything of a file system to disk, syncfs(2): one wait for a tree of any number of files."""
    with opened(path, DIRECTORY) as directory:
        number = _syncfs(directory)
    if number:
        raise OSError(number, os.strerror(number), path)


def _syncfs(directory: int) -> int:
    """The errno, or 0."""
    import ctypes  # A megabyte that most processes never need.

    libc = ctypes.CDLL(None, use_errno=True)
    return ctypes.get_errno() if libc.syncfs(directory) != 0 else 0


def write_record(path: str, record: Mapping[str, object]) -> None:
    """Write JSON under another name, bring it to disk, then give it its name."""
    temporary = f"{path}.tmp"
    with opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC) as descriptor:
        content = json.dumps(record).encode()
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    os.rename(temporary, path)
    sync_directory(os.path.dirname(path))


def read_record(path: str) -> Mapping[str, object]:
    """What `write_record` wrote; nothing where there is nothing that can be read as such."""
    try:
        with opened(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC) as descriptor:
            found = json.loads(os.read(descriptor, 1 << 16))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
