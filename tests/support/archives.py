"""Archives as people make them, and as enemies do: real bytes, down to headers that lie."""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

Members = Iterable[tarfile.TarInfo | tuple[tarfile.TarInfo, bytes]]


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    """An entry of a tar without content."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, mode
    return info


def tar_of(members: Members, format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of exactly these entries."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format) as archive:
        for each in members:
            info, content = each if isinstance(each, tuple) else (each, b"")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def tar_with(files: Mapping[str, bytes], mode: int = 0o644) -> bytes:
    """A tar of files."""
    return tar_of((member(name, mode=mode), content) for name, content in files.items())


def zip_with(files: Mapping[str, bytes], modes: Mapping[str, int] | None = None) -> bytes:
    """A zip of files; `modes` are file types and permissions."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (modes or {}).get(name, stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


KINDS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "tar": tar_with,
    "tar.gz": lambda files: gzip.compress(tar_with(files)),
    "tar.bz2": lambda files: bz2.compress(tar_with(files)),
    "tar.xz": lambda files: lzma.compress(tar_with(files)),
    "zip": zip_with,
}


def tar_of_zeros(size: int) -> bytes:
    """A gzipped tar with one file of zeros, a thousandth of its size."""
    info = member("zeros")
    info.size = size
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = [packer.compress(info.tobuf())]
    packed += [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    packed += [packer.compress(bytes(20 * 512)), packer.flush()]
    return b"".join(packed)


def tar_with_huge_header(size: int) -> bytes:
    """A gzipped tar whose first header says that its extended attributes have so many bytes."""
    info = member("attributes", tarfile.XHDTYPE)
    info.size = size
    return gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 20))


def tar_of_long_names(count: int) -> bytes:
    """A tar in which each header says that the name is in the next one."""
    info = member("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    info.size = 2
    return (info.tobuf(tarfile.GNU_FORMAT) + b"a\0".ljust(512, b"\0")) * count + bytes(1024)


def tar_with_negative_size() -> bytes:
    """A tar whose entry has a size below zero, which would lead back to itself."""
    header = bytearray(member("x").tobuf(tarfile.USTAR_FORMAT))
    header[124:136] = b"\xff" * 11 + b"\x00"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def zip_of_many(count: int) -> bytes:
    """A zip that names so many files in its directory and has none of them."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + b"%08x" % number for number in range(count))
    size = len(directory)
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, size, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return directory + large + locator + end


def zip_of_overlaps(count: int, size: int) -> bytes:
    """A zip whose entries are one inside of the other: small, and more than `count` times `size` when it is unpacked.

    Each file's content is the next file's header, quoted as a stored block of deflate, and then what that one holds.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body, plain = packer.compress(bytes(size)) + packer.flush(), bytes(size)
    found: list[tuple[bytes, int, int, int, int]] = []
    for number in range(count):
        name, checksum = b"%08x" % number, zlib.crc32(plain)
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, checksum, len(body), len(plain), 8, 0) + name
        found.append((name, checksum, len(body), len(plain), len(head) + len(body)))
        plain = head + plain
        body = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF) + head + body
    body = body[5:]
    directory = b"".join(
        struct.pack("<4s4B4H3L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 8, 0, 0, *sizes, 8, 0, 0, 0, 0, 0, len(body) - length)
        + name
        for name, *sizes, length in found
    )
    return body + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)


def damaged_zip() -> bytes:
    """A zip whose content is not what its checksum says."""
    made = bytearray(zip_with({"secret": b"x"}))
    made[made.index(b"PK\1\2") + 16] ^= 1
    return bytes(made)


def encrypted_zip() -> bytes:
    """A zip that says that its file is encrypted."""
    made = bytearray(zip_with({"secret": b"x"}))
    for at in (6, made.index(b"PK\1\2") + 8):
        made[at] |= 1
    return bytes(made)


def xz_with_dictionary(packed_size: int = 40) -> bytes:
    """An xz whose header asks for a dictionary of 4 GiB; `packed_size` is the largest that its props can say."""
    made = bytearray(lzma.compress(tar_with({"a": b"b"})))
    length = (made[12] + 1) * 4
    at = made.index(b"\x21\x01", 12) + 2  # LZMA2, one byte of properties
    made[at] = packed_size
    made[12 + length - 4 : 12 + length] = struct.pack("<L", zlib.crc32(bytes(made[12 : 12 + length - 4])))
    return bytes(made)
