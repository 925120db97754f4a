"""Results out: the files in workspaces, listed, downloaded one by one or as an archive; and what a run changed."""

from collections.abc import AsyncGenerator
from email.utils import format_datetime
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import Header, Path, Query, Response
from fastapi.concurrency import iterate_in_threadpool

from addon_portal.api.deps import CallerDep, ProjectIdPath, RunIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers import ranges
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.files import (
    ArchiveQuery,
    ChangeQuery,
    ChangesBody,
    FilePageBody,
    FileQuery,
    changes_body,
    file_page_body,
)
from addon_portal.api.services import file_service
from addon_portal.api.streams import ClosingStream
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Role
from addon_portal.workspaces.browsing import OpenFile

router = new_router("files", "/api/tenant")

_ERRORS = ("not_found", "no_workspace", "workspace_removed", "files_unreadable")
_LIST = (*_ERRORS, "invalid_request")
_BINARY = "application/octet-stream"
_GZIP = "application/gzip"
FilePath = Annotated[str, Path(description="From the workspace on.", examples=["results/day-7.csv"])]
Range = Annotated[str | None, Header()]


def _downloads(summary: str) -> dict[str, Any]:
    said = says(summary, None, "…", errors=(*_ERRORS, "not_a_file"), media_type=_BINARY)
    return ranges.document_ranges(said, _BINARY)


_ARCHIVE = says("Download a project's files as an archive", None, "…", errors=_LIST, media_type=_GZIP)
_ARCHIVE["responses"][200]["content"][_GZIP]["schema"] = ranges.BYTES


@router.get("/projects/{project_id}/files", **says("List files", FilePageBody, examples.FILE_PAGE, errors=_LIST))
def list_files(project_id: ProjectIdPath, caller: CallerDep, query: Annotated[FileQuery, Query()]) -> Response:
    """The entries of one directory of the workspace that the newest run began in, by name; before the first run, of
    the code that it will be filled with.
    """
    place = file_service.find_place(caller.portal, caller.enter(Role.VIEWER), project_id, _run_of(query.run_id))
    return answer(file_page_body(file_service.list_files(place, query.path, limit=query.limit, cursor=query.cursor)))


@router.get("/projects/{project_id}/archive", **_ARCHIVE)
def get_archive(project_id: ProjectIdPath, caller: CallerDep, query: Annotated[ArchiveQuery, Query()]) -> Response:
    """A directory with everything in it as a tar.gz, made while it is sent. Files are as they are when their turn
    comes, so that one that is being written may be cut.
    """
    place = file_service.find_place(caller.portal, caller.enter(Role.VIEWER), project_id, _run_of(query.run_id))
    tree, blocks = file_service.open_archive(place, query.path)
    name = query.path.strip("/").rpartition("/")[2] or project_id
    sent = cast("AsyncGenerator[bytes, None]", iterate_in_threadpool(blocks))
    return ClosingStream(sent, 200, _attachment(f"{name}.tar.gz"), _GZIP, tree.close)


@router.get("/projects/{project_id}/files/{path:path}", **_downloads("Download a file"))
def get_file(project_id: ProjectIdPath, path: FilePath, caller: CallerDep, range: Range = None) -> Response:
    """The bytes of a file in the workspace that the newest run began in. One range can be asked for."""
    place = file_service.find_place(caller.portal, caller.enter(Role.VIEWER), project_id, None)
    file = file_service.open_file(place, path)
    return ranges.serve(file, range, _headers_of(file), _BINARY)


@router.head("/projects/{project_id}/files/{path:path}", **_downloads("Get the size of a file"))
def head_file(project_id: ProjectIdPath, path: FilePath, caller: CallerDep) -> Response:
    """How many bytes there are now."""
    place = file_service.find_place(caller.portal, caller.enter(Role.VIEWER), project_id, None)
    file = file_service.open_file(place, path)
    return ranges.describe(file, _headers_of(file), _BINARY)


@router.get("/runs/{run_id}/files", **says("List what a run changed", ChangesBody, examples.CHANGES, errors=_LIST))
def list_changes(run_id: RunIdPath, caller: CallerDep, query: Annotated[ChangeQuery, Query()]) -> Response:
    """Files and links in the run's workspace that were made or changed while it ran and not since, by path. Not told
    are files that it removed, and directories.
    """
    principal = caller.enter(Role.VIEWER)
    changes = file_service.list_changes(caller.portal, principal, run_id, limit=query.limit, cursor=query.cursor)
    return answer(changes_body(changes))


@router.get("/runs/{run_id}/files/{path:path}", **_downloads("Download a file of a run"))
def get_run_file(run_id: RunIdPath, path: FilePath, caller: CallerDep, range: Range = None) -> Response:
    """The bytes of a file in the workspace that the run began in, as they are now. One range can be asked for."""
    place = file_service.find_run_place(caller.portal, caller.enter(Role.VIEWER), run_id)
    file = file_service.open_file(place, path)
    return ranges.serve(file, range, _headers_of(file), _BINARY)


@router.head("/runs/{run_id}/files/{path:path}", **_downloads("Get the size of a file of a run"))
def head_run_file(run_id: RunIdPath, path: FilePath, caller: CallerDep) -> Response:
    """How many bytes there are now."""
    place = file_service.find_run_place(caller.portal, caller.enter(Role.VIEWER), run_id)
    file = file_service.open_file(place, path)
    return ranges.describe(file, _headers_of(file), _BINARY)


def _run_of(run_id: str | None) -> RunId | None:
    return None if run_id is None else RunId(run_id)


def _headers_of(file: OpenFile) -> dict[str, str]:
    return _attachment(file.name) | {"Last-Modified": format_datetime(file.modified_at, usegmt=True)}


def _attachment(name: str) -> dict[str, str]:
    """Never shown in a page: what is in it was written by a stranger's program."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
    }
