"""The files of a project and of its runs: what lies in a workspace, what a run changed there, and reading it.

A run is asked for the workspace that it began in; a project that has never run for the code that its first workspace
will be filled with. Directories that are not the portal's are shown to nobody. What a run changed is what the kernel
says was changed while its program could have done it.
"""

import base64
import binascii
import errno
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain.clock import to_text
from addon_portal.domain.errors import DomainError, FieldProblem, InvalidRequest, NotFound
from addon_portal.domain.file_refusals import FilesUnreadable, NotAFile, NoWorkspace, WorkspaceRemoved
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Project, Run
from addon_portal.evidence.removals import read_removal, workspace_removed
from addon_portal.workspaces.browsing import FileInfo, Listing, OpenFile, Parts, Tree, parts_of
from addon_portal.workspaces.packing import iter_archive

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A directory of ours: the workspace of a run, or code where there is no run yet."""

    root: Path
    run: Run | None


@dataclass(frozen=True, slots=True)
class FilePage:
    """A part of a list of files; `next_cursor` is None at the end."""

    place: Place
    items: list[FileInfo]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that were changed while a run could have done it, and which later run has gone on in its workspace."""

    page: FilePage
    since: datetime | None
    until: datetime | None
    continued_by: RunId | None


def find_place(portal: Portal, principal: Principal, project_id: ProjectId, run_id: RunId | None) -> Place:
    """Where the files of a project are: of its newest run, or of this one.

    Raises NotFound, InvalidRequest, NoWorkspace.
    """
    with portal.storage.read() as uow:
        project = uow.projects.get(principal.scope, project_id)
        run = project.latest_run if run_id is None else uow.runs.get(principal.scope, run_id)
    if run is None:
        return _place_of_code(portal, project)
    if run.project_id != project_id:
        raise InvalidRequest([FieldProblem("run_id", "a run of this project", repr(run_id))])
    return _place_of_run(portal, run)


def find_run_place(portal: Portal, principal: Principal, run_id: RunId) -> Place:
    """Where the files of a run are. Raises NotFound, NoWorkspace."""
    with portal.storage.read() as uow:
        return _place_of_run(portal, uow.runs.get(principal.scope, run_id))


def list_files(place: Place, path: str, *, limit: int, cursor: str | None) -> FilePage:
    """Entries of one directory, by name. Raises InvalidRequest, NotFound, NoWorkspace, FilesUnreadable."""
    parts = _checked(path)
    after = _decode("files", cursor)
    found = _read(place, path, lambda tree: tree.list_directory(parts, after[0] if after else b"", limit))
    return _page("files", place, found)


def list_changes(portal: Portal, principal: Principal, run_id: RunId, *, limit: int, cursor: str | None) -> Changes:
    """Files that a run changed, by path. Raises NotFound, InvalidRequest, NoWorkspace, FilesUnreadable."""
    after = _decode("changes", cursor)
    with portal.storage.read() as uow:
        run = uow.runs.get(principal.scope, run_id)
        latest = uow.runs.latest(principal.scope, run.project_id)
    place = _place_of_run(portal, run)
    later = latest.id if latest and latest.id != run.id and latest.workspace == run.workspace else None
    window = _window(portal, run)
    if window is None:
        return Changes(FilePage(place, [], None), None, None, later)
    since, until = window
    found = _read(place, "", lambda tree: tree.list_changed(since, until, after, limit))
    ended = None if run.is_active else _moment(until)
    return Changes(_page("changes", place, found), _moment(since), ended, later)


def open_file(place: Place, path: str) -> OpenFile:
    """One file, for the caller to close. Raises NotFound, NotAFile, NoWorkspace, FilesUnreadable."""
    parts = parts_of(path)
    if not parts:
        raise NotFound("file", path[:200])
    return _read(place, path, lambda tree: tree.open_file(parts))


def open_archive(place: Place, path: str) -> tuple[Tree, Iterator[bytes]]:
    """A directory as a tar.gz while it is read. Raises InvalidRequest, NotFound, NoWorkspace, FilesUnreadable."""
    parts = _checked(path)
    _read(place, path, lambda tree: tree.list_directory(parts, b"", 1))
    tree = Tree(place.root)
    return tree, iter_archive(tree, parts)


def _place_of_run(portal: Portal, run: Run) -> Place:
    if not run.workspace:
        raise NoWorkspace(
            f"Run {run.id} began in a directory of its project's own, whose files the portal does not show."
        )
    return Place(portal.data.workspace(run.workspace), run)


def _place_of_code(portal: Portal, project: Project) -> Place:
    if project.definition.code is None:
        raise NoWorkspace("The project has never run and has no code, so there are no files yet.")
    return Place(portal.data.code_version(project.tenant_id, project.definition.code.digest) / "tree", None)


def _read(place: Place, path: str, look: Callable[[Tree], T]) -> T:
    """What is seen of a tree; what is wrong in our words."""
    try:
        tree = Tree(place.root)
    except FileNotFoundError:
        raise _missing(place) from None
    except OSError as error:
        raise FilesUnreadable(error.strerror or str(error)) from error
    with closing(tree):
        try:
            return look(tree)
        except IsADirectoryError:
            raise NotAFile(path) from None
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("file", path[:200]) from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise NotFound("file", path[:200]) from None
            raise FilesUnreadable(error.strerror or str(error)) from error


def _missing(place: Place) -> DomainError:
    if place.run is None:
        return NoWorkspace("The project's code is not on the disk any more.")
    if place.run.claimed_at is None:
        return NoWorkspace(f"Run {place.run.id} has not begun, and its workspace is not there yet.")
    if removal := read_removal(workspace_removed(place.root)):
        sentence = removal.sentence(f"The workspace of run {place.run.id}")
        return WorkspaceRemoved(sentence, to_text(removal.at), removal.why)
    return NoWorkspace(f"The workspace of run {place.run.id} is not on the disk any more.")


def _window(portal: Portal, run: Run) -> tuple[int, int] | None:
    """From when to when the program of a run could have changed files, by the clock that the kernel stamps files with.

    The records of its start and end are files on the same disk; only where they are gone our own times have to do.
    """
    if run.started_at is None:
        return None
    directory = portal.data.run_directory(run.id)
    since = _changed_at(directory / "child.json") or _nanoseconds(run.started_at)
    if run.is_active:
        return since, 1 << 62
    end = run.ended_at or run.finished_at
    return since, _changed_at(directory / "done.json") or (_nanoseconds(end) if end else 1 << 62)


def _changed_at(path: Path) -> int | None:
    try:
        return path.stat(follow_symlinks=False).st_ctime_ns
    except OSError:
        return None


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def _moment(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def _checked(path: str) -> Parts:
    parts = parts_of(path)
    if parts is None:
        raise InvalidRequest([FieldProblem("path", "a path inside of the workspace, without `..`", repr(path[:80]))])
    return parts


def _page(kind: str, place: Place, found: Listing) -> FilePage:
    return FilePage(place, found.items, None if found.last is None else _encode(kind, found.last))


def _encode(kind: str, parts: Parts) -> str:
    return base64.urlsafe_b64encode(b"\0".join((kind.encode(), *parts))).decode().rstrip("=")


def _decode(kind: str, cursor: str | None) -> Parts:
    """The place in a cursor of this kind; none for no cursor. Raises InvalidRequest."""
    if cursor is None:
        return ()
    try:
        found, *parts = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).split(b"\0")
    except (binascii.Error, ValueError):
        found, parts = b"", []
    if found != kind.encode() or not parts:
        raise InvalidRequest(
            [FieldProblem("cursor", "the next_cursor of an earlier page of this list", repr(cursor[:80]))]
        )
    return tuple(parts)
