"""Refusals about files: archives that cannot be taken in, and files that cannot be shown."""

from addon_portal.domain.errors import DomainError


class ArchiveUnreadable(DomainError):
    """What was uploaded is no archive that we can read to its end."""

    code = "archive_unreadable"

    def __init__(self, why: str) -> None:
        super().__init__(f"The archive cannot be read: {why}. Send a zip, tar, tar.gz, tar.bz2 or tar.xz.")


class ArchiveUnsafe(DomainError):
    """An entry that must not be unpacked. `rule` is public API."""

    code = "archive_unsafe"

    def __init__(self, rule: str, entry: str, why: str) -> None:
        shown = entry if len(entry) <= 200 else f"{entry[:199]}…"
        shown = shown.encode("utf-8", "backslashreplace").decode()
        super().__init__(f"The archive holds {shown!r}, which {why}. Nothing was stored.", rule=rule, entry=shown)


class ArchiveTooLarge(DomainError):
    """More than is taken in, of whatever `limit` names; public API."""

    code = "archive_too_large"

    def __init__(self, limit: str, most: int, what: str) -> None:
        super().__init__(f"The archive has more than {most} {what}. Nothing was stored.", limit=limit, most=most)


class DiskFull(DomainError):
    """There is no room for what was sent."""

    code = "disk_full"

    def __init__(self) -> None:
        super().__init__("There is no room for it on the portal's disk. Nothing was stored.")


class CodeNotFetched(DomainError):
    """Git did not bring what was asked for."""

    code = "git_failed"


class NotAFile(DomainError):
    """Something else stands where a file was asked for."""

    code = "not_a_file"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path[:200]!r} is no regular file. List a directory with `path`, or fetch it as an archive.")


class FilesUnreadable(DomainError):
    """Files that are there and cannot be read now."""

    code = "files_unreadable"

    def __init__(self, why: str) -> None:
        super().__init__(f"The files cannot be read now: {why}.")


class WorkspaceRemoved(DomainError):
    """A workspace that retention has removed."""

    code = "workspace_removed"

    def __init__(self, sentence: str, removed_at: str, why: str) -> None:
        super().__init__(sentence, removed_at=removed_at, why=why)


class NoWorkspace(DomainError):
    """A project or run whose files are not the portal's to fill or to show."""

    code = "no_workspace"
