"""Reading archives of every kind that is taken, entry by entry, without trusting anything they say.

The kind is told by the content, not by a name or a content type. Promises bounded memory: what the libraries would
read or unpack at once is limited here, since a header of a few bytes can ask for gigabytes. Leaves paths and links to
`paths`, writing and counting to `unpacking`.
"""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from typing_extensions import override

from addon_portal.domain.file_refusals import ArchiveTooLarge, ArchiveUnreadable, ArchiveUnsafe
from addon_portal.workspaces.limits import LONGEST_PATH, CodeLimits

BLOCK = 256 * 1024
_LARGEST_HEADER = 1024 * 1024
"""Bytes of a long name or of extended attributes; tarfile reads them whole."""
_LZMA_MEMORY = 128 * 1024 * 1024
"""`xz -9` needs half of it; a header can ask for 4 GiB."""
_HEADER_ROOM = 4 * tarfile.BLOCKSIZE
"""What each entry of a tar may need beside its content."""
_FOR_ZIP = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED, _UTF_8 = 0x1, 0x800

ReadBlock = Callable[[int], bytes]


class Source(Protocol):
    """Something that is read from its beginning to its end."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class Kind(Enum):
    """What an entry is; everything else is refused."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the archive tells it; `read` gives the content of a file while it is the current one.

    `read` raises what `iter_entries` does.
    """

    name: str
    kind: Kind
    is_executable: bool = False
    target: str = ""
    read: ReadBlock = lambda _: b""


def iter_entries(path: str, limits: CodeLimits) -> Iterator[Entry]:
    """The entries of an archive. Raises ArchiveUnreadable, ArchiveUnsafe, ArchiveTooLarge, OSError."""
    with open(path, "rb", buffering=BLOCK) as file:
        opened = _read_zip if file.read(2) == b"PK" else _read_tar
    with _in_our_words():
        yield from opened(path, limits)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """What the libraries say of a broken archive, as a refusal; what the disk says, as it is."""
    try:
        yield
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise ArchiveUnreadable(f"it is damaged or no archive at all ({error})") from error
    except (RecursionError, ValueError, OverflowError, NotImplementedError) as error:
        raise ArchiveUnreadable("its headers make no sense") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise ArchiveUnreadable(f"it is damaged ({error})") from error  # gzip and bz2 have no error of their own


def _read_tar(path: str, limits: CodeLimits) -> Iterator[Entry]:
    with io.BufferedReader(io.FileIO(path), BLOCK) as file:
        stream = _Forward(_decompressed(file), limits)
        with closing(tarfile.TarFile(fileobj=stream, encoding="utf-8", errors="surrogateescape")) as tar:  # type: ignore[arg-type]
            while (member := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined] # it would remember every one
                yield _tar_entry(tar, member)
        if not stream.has_seen_end:
            raise ArchiveUnreadable("its end is missing")
        while stream.read(BLOCK):
            pass  # What is behind it holds the checksum of what came before.


def _tar_entry(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    if member.isdir():
        return Entry(member.name, Kind.DIRECTORY)
    if member.issym():
        return Entry(member.name, Kind.LINK, target=member.linkname)
    if member.islnk():
        raise ArchiveUnsafe("hard_link", member.name, "is a hard link (make the archive with --hard-dereference)")
    if not member.isreg():
        raise ArchiveUnsafe("special_file", member.name, "is a device, a FIFO or something else that is no file")
    content = tar.extractfile(member)
    assert content is not None
    left = member.size

    def read(size: int) -> bytes:
        nonlocal left
        with _in_our_words():
            block = content.read(min(size, left))
        if not block and left:
            raise ArchiveUnreadable("it ends in the middle of a file")
        left -= len(block)
        return block

    return Entry(member.name, Kind.FILE, bool(member.mode & 0o111), read=read)


def _decompressed(file: "io.BufferedReader[io.FileIO]") -> Source:
    magic = file.peek(6)[:6]
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if magic == b"\xfd7zXZ\0":
        return _Xz(file)
    return file


class _Xz:
    """What `lzma.LZMAFile` does, with a limit to the memory that a header can ask for."""

    def __init__(self, file: "io.BufferedReader[io.FileIO]") -> None:
        self._file = file
        self._decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, _LZMA_MEMORY)

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end. Raises LZMAError and EOFError."""
        while True:
            if self._decoder.eof:
                rest = (self._decoder.unused_data or self._file.read(BLOCK)).lstrip(b"\0")
                if not rest:
                    return b""
                self._decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, _LZMA_MEMORY)
            elif self._decoder.needs_input:
                rest = self._file.read(BLOCK)
                if not rest:
                    raise EOFError("its end is missing")
            else:
                rest = b""
            block = self._decoder.decompress(rest, size)
            if block:
                return block


class _Forward:
    """A file for tarfile that only goes forward, counts what comes, and gives no more at once than a header needs."""

    def __init__(self, source: Source, limits: CodeLimits) -> None:
        self._source = source
        self._limits = limits
        self._most = limits.code_bytes + _HEADER_ROOM * limits.entries + _LARGEST_HEADER
        self._position = 0
        self.has_seen_end = False
        """Whether what was read last was a block of zeros; where that is missing, the archive was cut off."""

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or fewer at the end."""
        if not 0 <= size <= _LARGEST_HEADER:
            raise ArchiveUnreadable("one of its headers is larger than any that is needed")
        blocks = []
        while size and (block := self._source.read(size)):
            blocks.append(block)
            size -= len(block)
        content = b"".join(blocks)
        self._position += len(content)
        if self._position > self._most:
            raise ArchiveTooLarge("code_bytes", self._limits.code_bytes, "bytes when it is unpacked")
        self.has_seen_end = len(content) == tarfile.BLOCKSIZE and not content.strip(b"\0")
        return content

    def seek(self, position: int) -> int:
        """Go on there."""
        if position < self._position:
            raise ArchiveUnreadable("its headers make no sense")
        while position > self._position:
            if not self.read(min(BLOCK, position - self._position)):
                raise ArchiveUnreadable("it ends in the middle of a file")
        return position

    def tell(self) -> int:
        """How much was read."""
        return self._position


def _read_zip(path: str, limits: CodeLimits) -> Iterator[Entry]:
    with _ZipDirectory(path, limits) as file, zipfile.ZipFile(file) as archive:
        file.is_open = True
        for info in archive.infolist():
            yield _zip_entry(archive, info)


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = _zip_name(info)
    mode = info.external_attr >> 16 if info.create_system == 3 else 0
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveUnreadable(f"{name[:200]!r} is encrypted")
    if info.compress_type not in _FOR_ZIP:
        raise ArchiveUnreadable(f"{name[:200]!r} is not compressed with deflate")
    if name.endswith("/"):
        return Entry(name, Kind.DIRECTORY)
    if stat.S_ISLNK(mode):
        with archive.open(info) as content:
            return Entry(name, Kind.LINK, target=content.read(LONGEST_PATH + 1).decode("utf-8", "surrogateescape"))
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise ArchiveUnsafe("special_file", name, "is a device, a FIFO or something else that is no file")
    content = archive.open(info)

    def read(size: int) -> bytes:
        with _in_our_words():
            return content.read(size)

    return Entry(name, Kind.FILE, bool(mode & 0o111), read=read)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """As it was meant: many write UTF-8 and do not say so, and then it was read as code page 437."""
    if info.flag_bits & _UTF_8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return info.orig_filename


class _ZipDirectory(io.BufferedReader):
    """A file that zipfile opens, which makes an object for each entry before anybody can count them."""

    def __init__(self, path: str, limits: CodeLimits) -> None:
        super().__init__(io.FileIO(path), BLOCK)
        self._limits = limits
        self.is_open = False

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        most = self._limits.entries
        if not self.is_open and size is not None and size > most * (LONGEST_PATH + tarfile.BLOCKSIZE) + BLOCK:
            raise ArchiveTooLarge("entries", most, "entries")
        content = super().read(size)
        if not self.is_open and content.count(b"PK\x01\x02") > most:
            raise ArchiveTooLarge("entries", most, "entries")
        return content
