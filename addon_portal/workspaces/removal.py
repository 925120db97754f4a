"""Removing trees that programs have made, however deep or strange they are, without following a link.

Promises a bounded number of open files and no recursion, and that a death at any point leaves a part under the same
name, which is removed by doing it again.
"""

import os
import secrets
from contextlib import suppress

from addon_portal.workspaces.disk import DIRECTORY

_NAMES_AT_ONCE = 1000


def remove_tree(path: str) -> None:
    """Remove a directory and all below it; nothing where there is none. Raises OSError.

    A directory in a directory is first moved to the top, under a name of ours, and has its turn there.
    """
    try:
        top = _open(path)
    except FileNotFoundError:
        return
    try:
        while names := _names(top):
            for name in names:
                if not _unlink(name, top):
                    _empty(name, top)
                    os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(path)


def measure_tree(path: str) -> int:
    """Bytes that a directory takes with all below it; what cannot be looked at counts nothing."""
    size = 0
    left = [os.fsencode(path)]
    while left:
        with suppress(OSError), os.scandir(left.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
    return size


def _empty(name: bytes, top: int) -> None:
    """Remove what is in a directory, and move to the top what is a directory itself."""
    directory = _open(name, top)
    try:
        while names := _names(directory):
            for inner in names:
                if not _unlink(inner, directory):
                    _move(inner, directory, top)
    finally:
        os.close(directory)


def _unlink(name: bytes, directory: int) -> bool:
    """Remove what is no directory; false for one."""
    try:
        os.unlink(name, dir_fd=directory)
    except IsADirectoryError:
        return False
    return True


def _move(name: bytes, directory: int, top: int) -> None:
    ours = os.fsencode(f".removing-{secrets.token_hex(8)}")
    try:
        os.rename(name, ours, src_dir_fd=directory, dst_dir_fd=top)
    except PermissionError:  # moving changes `..` in it
        os.chmod(name, 0o700, dir_fd=directory)
        os.rename(name, ours, src_dir_fd=directory, dst_dir_fd=top)


def _names(directory: int) -> list[bytes]:
    """Some of the names in a directory; none only where there are none."""
    names = []
    with os.scandir(directory) as entries:
        for entry in entries:
            names.append(os.fsencode(entry.name))
            if len(names) == _NAMES_AT_ONCE:
                break
    return names


def _open(name: str | bytes, directory: int | None = None) -> int:
    """Open a directory so that we may work in it, also where its program has forbidden that to its own user."""
    try:
        descriptor = os.open(name, DIRECTORY, dir_fd=directory)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=directory)
        descriptor = os.open(name, DIRECTORY, dir_fd=directory)
    if os.fstat(descriptor).st_mode & 0o700 != 0o700:
        os.fchmod(descriptor, 0o700)
    return descriptor
