"""The versions of code that tenants have uploaded: received, unpacked, kept, each under the digest of its content.

Promises that a version is there whole or not at all, and stays as it is; that a refused, broken or killed upload
leaves nothing (what a dead process was receiving is removed by the next that receives anything); and that no tenant
can find out what another has: equal trees of two tenants are stored twice.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from addon_portal import faultpoints
from addon_portal.domain.code import Code
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.file_refusals import ArchiveTooLarge
from addon_portal.domain.ids import TenantId
from addon_portal.workspaces.disk import DIRECTORY, opened, sync_directory, sync_file_system, write_record
from addon_portal.workspaces.limits import CodeLimits


class Upload:
    """An archive that is being received, in a directory of its own."""

    def __init__(self, directory: Path, limits: CodeLimits) -> None:
        self.directory = directory
        self.archive = directory / "archive"
        self._limits = limits
        self._size = 0
        self._file = self.archive.open("xb", buffering=0)

    def write(self, block: bytes) -> None:
        """Take in what came next. Raises ArchiveTooLarge, OSError."""
        self._size += len(block)
        self.check_size(self._size)
        while block:
            block = block[self._file.write(block) :]

    def check_size(self, size: int) -> None:
        """Refuse an archive of so many bytes if it is too large. Raises ArchiveTooLarge."""
        if size > self._limits.upload_bytes:
            raise ArchiveTooLarge("upload_bytes", self._limits.upload_bytes, "bytes")

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


class CodeStore:
    """All versions of one installation. Its methods block: never for an event loop."""

    def __init__(self, data: DataDirectory, limits: CodeLimits) -> None:
        self._data = data
        self._limits = limits

    @contextmanager
    def receive(self) -> Iterator[Upload]:
        """Somewhere to receive an archive, gone with all that is in it at the end of the block. Raises OSError."""
        self._data.uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_leftovers()
        directory, lock = self._make_place()
        try:
            upload = Upload(directory, self._limits)
            try:
                yield upload
            finally:
                upload.close()
        finally:
            shutil.rmtree(directory, ignore_errors=True)
            os.close(lock)

    def keep(self, upload: Upload, tenant_id: TenantId) -> Code:
        """Unpack what was received and keep it. Raises ArchiveUnreadable, ArchiveUnsafe, ArchiveTooLarge, OSError."""
        from addon_portal.workspaces.unpacking import unpack  # Megabytes of libraries that most hours do without.

        upload.close()
        made = upload.directory / "version"
        tree = made / "tree"
        tree.mkdir(mode=0o700, parents=True)
        code = unpack(str(upload.archive), str(tree), self._limits)
        upload.archive.unlink()
        write_record(str(made / "code.json"), {"version": 1, **code.to_record()})
        place = self._data.code_version(tenant_id, code.digest)
        with self._kept_from_retention():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            if place.exists():
                os.utime(place)  # It is used again, which no definition says yet.
            else:
                sync_file_system(str(made))
                faultpoints.reach("code.unpacked")
                with suppress(FileExistsError, IsADirectoryError):
                    self._name(made, place)
        return code

    @contextmanager
    def _kept_from_retention(self) -> Iterator[None]:
        """Whoever removes code holds this lock alone, and leaves what has been touched since it looked."""
        with opened(str(self._data.uploads.parent), DIRECTORY) as directory:
            fcntl.flock(directory, fcntl.LOCK_SH)
            yield

    def _name(self, made: Path, place: Path) -> None:
        """Give a version its name, unless somebody else has just stored the same."""
        try:
            made.rename(place)
        except OSError:
            if place.exists():
                return
            raise
        sync_directory(str(place.parent))
        sync_directory(str(place.parent.parent))

    def _make_place(self) -> tuple[Path, int]:
        while True:
            directory = self._data.uploads / secrets.token_hex(8)
            directory.mkdir(mode=0o700)
            with suppress(FileNotFoundError):  # Taken for a leftover before it was locked.
                lock = os.open(directory, DIRECTORY)
                fcntl.flock(lock, fcntl.LOCK_EX)
                if directory.exists():
                    return directory, lock
                os.close(lock)

    def _remove_leftovers(self) -> None:
        for directory in self._data.uploads.iterdir():
            with suppress(OSError):
                self._remove_leftover(directory)

    def _remove_leftover(self, directory: Path) -> None:
        lock = os.open(directory, DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(directory)
        finally:
            os.close(lock)
