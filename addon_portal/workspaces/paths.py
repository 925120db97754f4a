"""Which paths and links an archive may hold: nothing that leads, or could be made to lead, out of it.

Pure. A link is judged in the presence of all others, since one alone may look harmless: the path behind it is walked
as the kernel would walk it.
"""

import unicodedata
from collections.abc import Mapping

from addon_portal.domain.file_refusals import ArchiveTooLarge, ArchiveUnsafe
from addon_portal.workspaces.limits import DEEPEST, LONGEST_NAME, LONGEST_PATH

_MOST_LINKS = 40
"""Followed one after the other; the kernel's own limit, path_resolution(7)."""

Parts = tuple[str, ...]


def check_path(name: str) -> Parts:
    """The parts of an entry's path, none for the root itself. Raises ArchiveUnsafe and ArchiveTooLarge."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise ArchiveUnsafe("name", name, "is not UTF-8") from None
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise ArchiveUnsafe("name", name, "has control characters in its name")
    if "\\" in name:
        raise ArchiveUnsafe("name", name, "has a backslash in its name")
    if name.startswith("/"):
        raise ArchiveUnsafe("absolute_path", name, "is an absolute path")
    parts = tuple(part for part in name.split("/") if part not in {"", "."})
    if ".." in parts:
        raise ArchiveUnsafe("path_escape", name, "leads out of its directory with `..`")
    if size > LONGEST_PATH:
        raise ArchiveTooLarge("path_bytes", LONGEST_PATH, "bytes in a path")
    if len(parts) > DEEPEST:
        raise ArchiveTooLarge("depth", DEEPEST, "directories inside of each other")
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        raise ArchiveTooLarge("name_bytes", LONGEST_NAME, "bytes in a name")
    return parts


def check_links(links: Mapping[Parts, str]) -> None:
    """Refuse links that lead out of the archive. Raises ArchiveUnsafe."""
    for path, target in links.items():
        name = "/".join(path)
        if not target or "\0" in target or len(target.encode("utf-8", "surrogateescape")) > LONGEST_PATH:
            raise ArchiveUnsafe("link", name, "is a link to nothing that could be a path")
        if target.startswith("/"):
            raise ArchiveUnsafe("link_escape", name, f"is a link to an absolute path ({target[:200]!r})")
        if not _stays_inside(path, links):
            raise ArchiveUnsafe("link_escape", name, f"is a link that leads out of the archive ({target[:200]!r})")


def _stays_inside(path: Parts, links: Mapping[Parts, str]) -> bool:
    """Whether following this link never leaves the root, nor goes round in circles; it may lead to nothing."""
    place: list[str] = list(path[:-1])
    ahead: list[str] = [path[-1]]
    followed = 0
    while ahead:
        part = ahead.pop()
        if part in {"", "."}:
            continue
        if part == "..":
            if not place:
                return False
            place.pop()
            continue
        target = links.get((*place, part))
        if target is None:
            place.append(part)
            continue
        followed += 1
        if followed > _MOST_LINKS or target.startswith("/"):
            return False
        ahead += reversed(target.split("/"))
    return True
