"""A tree of files as one tar.gz, made while it is sent: nothing is written anywhere and nothing is held as a whole.

Files are taken as they are when their turn comes; one that shrinks meanwhile is filled up with zeros, one that grows is
cut at the size that was announced. Links are packed as links, everything that is no file is left out.
"""

import stat
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress

from addon_portal.workspaces.browsing import FileInfo, OpenFile, Parts, Tree

_AT_ONCE = 64 * 1024
"""Bytes that are collected before they are sent."""


def iter_archive(tree: Tree, parts: Parts) -> Iterator[bytes]:
    """The archive of a directory, with paths relative to it. Raises OSError."""
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)
    packed = bytearray()
    for block in _iter_tar(tree, parts):
        packed += packer.compress(block)
        if len(packed) >= _AT_ONCE:
            yield bytes(packed)
            packed.clear()
    packed += packer.flush()
    yield bytes(packed)


def _iter_tar(tree: Tree, parts: Parts) -> Iterator[bytes]:
    for found in tree.iter_entries(parts):
        with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
            opened, header = _open_entry(tree, found, len(parts))
            if header is not None:
                yield header.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
            if opened is not None:
                yield from _iter_content(opened)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _open_entry(tree: Tree, found: FileInfo, depth: int) -> tuple[OpenFile | None, tarfile.TarInfo | None]:
    """A file with its header, or the header of something that has no content. Raises OSError for what has gone."""
    mode = found.stat.st_mode
    header = tarfile.TarInfo(b"/".join(found.parts[depth:]).decode("utf-8", "surrogateescape"))
    header.mode, header.mtime = stat.S_IMODE(mode) & 0o777, int(found.stat.st_mtime)
    if stat.S_ISREG(mode):
        file = tree.open_file(found.parts)
        header.size = file.size()
        return file, header
    if stat.S_ISDIR(mode):
        header.type = tarfile.DIRTYPE
        return None, header
    if stat.S_ISLNK(mode):
        header.type, header.linkname = tarfile.SYMTYPE, tree.read_link(found.parts)
        return None, header
    return None, None


def _iter_content(file: OpenFile) -> Iterator[bytes]:
    """As many bytes as its header says, and what fills up the last block."""
    with closing(file):
        left = file.size() + -file.size() % tarfile.BLOCKSIZE
        for block in file.iter_bytes(0, file.size()):
            left -= len(block)
            yield block
        while left:
            yield bytes(min(left, _AT_ONCE))
            left -= min(left, _AT_ONCE)
