"""Filling a workspace with a version of code, so that a crash at any moment leaves what is recognised as half-filled.

A new workspace is filled beside its place and renamed to it. One that is kept gets the files of another version over
its own, each in one step; what the code does not have stays. Either way a record beside the workspace is written last,
when everything is on disk: without it, or with another digest in it, the workspace is filled (again) before a program
starts there. Promises never to write through a link that a program has left.
"""

import errno
import os
import shutil
from contextlib import suppress

from addon_portal import faultpoints
from addon_portal.workspaces.disk import DIRECTORY, opened, read_record, sync_directory, sync_file_system, write_record

_COPY = ".addon-portal-copy"
"""What a file is called until it is whole; the same everywhere, so that the next try replaces what a crash left."""
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_AT_ONCE = 8 << 20
_CANNOT_CLONE = {errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.ETXTBSY}


def is_filled(workspace: str, digest: str) -> bool:
    """Whether the workspace was filled with this version last, to the end."""
    return read_record(_record_of(workspace)).get("digest") == digest and os.path.isdir(workspace)


def fill(workspace: str, version: str, digest: str) -> None:
    """Fill a workspace from the directory of a version. May be repeated. Raises OSError."""
    tree = f"{version}/tree"
    if os.path.lexists(workspace):
        _copy_over(tree, workspace)
    else:
        _copy_beside(tree, workspace)
    write_record(_record_of(workspace), {"version": 1, "digest": digest})


def _record_of(workspace: str) -> str:
    return f"{workspace}.filled.json"


def _copy_beside(tree: str, workspace: str) -> None:
    beside = f"{workspace}.filling"
    with suppress(FileNotFoundError):
        shutil.rmtree(beside)
    os.makedirs(beside, 0o700)
    _copy_over(tree, beside)
    faultpoints.reach("workspace.copied")
    os.rename(beside, workspace)
    sync_directory(os.path.dirname(workspace))
    faultpoints.reach("workspace.named")


def _copy_over(tree: str, workspace: str) -> None:
    with opened(tree, DIRECTORY) as source, opened(workspace, DIRECTORY) as target:
        _copy_entries(source, target)
    sync_file_system(workspace)


def _copy_entries(source: int, target: int) -> None:
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                with suppress(FileExistsError):
                    os.mkdir(entry.name, 0o755, dir_fd=target)
                with opened(entry.name, DIRECTORY, source) as inner, opened(entry.name, DIRECTORY, target) as place:
                    _copy_entries(inner, place)
                continue
            with suppress(FileNotFoundError):
                os.unlink(_COPY, dir_fd=target)
            if entry.is_symlink():
                os.symlink(os.readlink(entry.name, dir_fd=source), _COPY, dir_fd=target)
            else:
                _copy_file(entry.name, source, target)
            os.rename(_COPY, entry.name, src_dir_fd=target, dst_dir_fd=target)
            faultpoints.reach("workspace.copying")


def _copy_file(name: str, source: int, target: int) -> None:
    with opened(name, _READ_FILE, source) as reader:
        mode = os.fstat(reader).st_mode & 0o777
        with opened(_COPY, _NEW_FILE, target, mode) as writer:
            os.fchmod(writer, mode)
            _copy_content(reader, writer)


def _copy_content(reader: int, writer: int) -> None:
    """Inside the kernel, which shares the blocks where the file system can; by reading and writing elsewhere."""
    try:
        while os.copy_file_range(reader, writer, _AT_ONCE):
            pass
    except OSError as error:
        if error.errno not in _CANNOT_CLONE:
            raise
        while block := os.read(reader, 1 << 20):
            while block:
                block = block[os.write(writer, block) :]
