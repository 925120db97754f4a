"""Unpacking an archive into an empty directory of ours, and naming what came out by its content.

Promises that every limit is kept while bytes are counted, not announced; that nothing is written through a link
(links are made last, when all of them have been judged); and that of the modes only "executable" is kept.
"""

import hashlib
import os

from addon_portal.domain.code import Code
from addon_portal.domain.file_refusals import ArchiveTooLarge, ArchiveUnsafe
from addon_portal.workspaces.archives import BLOCK, Entry, Kind, iter_entries
from addon_portal.workspaces.limits import CodeLimits
from addon_portal.workspaces.paths import Parts, check_links, check_path

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CONFLICT = "is there twice, or as a file and as a directory"


def unpack(archive: str, root: str, limits: CodeLimits) -> Code:
    """Unpack into `root`, which is empty; what is there after a refusal is for the caller to remove.

    Raises ArchiveUnreadable, ArchiveUnsafe, ArchiveTooLarge, OSError.
    """
    unpacking = _Unpacking(root, limits)
    for entry in iter_entries(archive, limits):
        unpacking.add(entry)
    return unpacking.finish()


class _Unpacking:
    """What has come out of an archive so far."""

    def __init__(self, root: str, limits: CodeLimits) -> None:
        self._root = root
        self._limits = limits
        self._seen: dict[Parts, bytes] = {}
        """Each entry with what the digest says of it."""
        self._links: dict[Parts, str] = {}
        self._count = 0
        self._bytes = 0

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        self._count += 1
        if max(self._count, len(self._seen)) > self._limits.entries:
            raise ArchiveTooLarge("entries", self._limits.entries, "entries")
        parts = check_path(entry.name)
        if entry.kind is Kind.DIRECTORY:
            self._make_directory(parts, entry.name)
        elif not parts:
            raise ArchiveUnsafe("name", entry.name, "has no name")
        elif parts in self._seen:
            raise ArchiveUnsafe("conflict", entry.name, _CONFLICT)
        else:
            self._make_directory(parts[:-1], entry.name)
            if entry.kind is Kind.LINK:
                self._links[parts] = entry.target
                self._seen[parts] = b"link " + os.fsencode(entry.target)
            else:
                self._seen[parts] = self._write_file(parts, entry)

    def finish(self) -> Code:
        """Make the links, and name the whole."""
        check_links(self._links)
        for parts, target in self._links.items():
            os.symlink(target, self._place(parts))
        if len(self._seen) > self._limits.entries:
            raise ArchiveTooLarge("entries", self._limits.entries, "entries")
        digest = hashlib.sha256(b"addon-portal tree 1\n")
        for parts in sorted(self._seen):
            digest.update("/".join(parts).encode() + b"\0" + self._seen[parts] + b"\0")
        return Code(f"sha256:{digest.hexdigest()}", len(self._seen), self._bytes)

    def _place(self, parts: Parts) -> str:
        return "/".join((self._root, *parts))

    def _make_directory(self, parts: Parts, name: str) -> None:
        for depth in range(1, len(parts) + 1):
            above = parts[:depth]
            known = self._seen.get(above)
            if known is None:
                os.mkdir(self._place(above), 0o755)
                self._seen[above] = b"directory"
            elif known != b"directory":
                raise ArchiveUnsafe("conflict", name, _CONFLICT)

    def _write_file(self, parts: Parts, entry: Entry) -> bytes:
        mode = 0o755 if entry.is_executable else 0o644
        content = hashlib.sha256()
        descriptor = os.open(self._place(parts), _NEW_FILE, mode)
        try:
            while block := entry.read(BLOCK):
                self._bytes += len(block)
                if self._bytes > self._limits.code_bytes:
                    raise ArchiveTooLarge("code_bytes", self._limits.code_bytes, "bytes when it is unpacked")
                content.update(block)
                while block:  # A disk that is nearly full takes a part, and refuses only the rest.
                    block = block[os.write(descriptor, block) :]
            os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)
        return f"file {mode:o} ".encode() + content.digest()
