"""A project's code: the archive that its workspaces are filled from."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect

from addon_portal.api.deps import CallerDep, ProjectIdPath
from addon_portal.api.errors import problem
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.projects import ProjectBody, project_body
from addon_portal.api.services import code_service
from addon_portal.domain.models import Role
from addon_portal.workspaces.code_store import Upload

router = new_router("files", "/api/tenant")

_AT_ONCE = 1 << 20
"""Bytes that are collected before a thread is asked to write them."""
_UNPACKERS = ThreadPoolExecutor(2, "unpack")
"""So few that the others of the api's threads, and its processor, are left to everybody else."""
_UPLOAD: dict[str, Any] = says(
    "Upload a project's code",
    ProjectBody,
    examples.PROJECT,
    errors=(
        *("not_found", "no_workspace", "malformed_body"),
        *("archive_unreadable", "archive_unsafe", "archive_too_large", "disk_full"),
    ),
)
_UPLOAD["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "A zip, tar, tar.gz, tar.bz2 or tar.xz; its content says which, not its type.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


@router.put("/projects/{project_id}/files", **_UPLOAD)
async def upload_files(project_id: ProjectIdPath, caller: CallerDep, request: Request) -> Response:
    """Makes the files of an archive the code of the project, in the next version of its definition.

    New workspaces are filled with it; one that is kept gets its files over its own when the next run with this version
    begins. An upload of what the project has already changes nothing. A refused one leaves nothing behind.
    """
    principal = await run_in_threadpool(caller.enter, Role.MEMBER)
    await run_in_threadpool(code_service.check_project, caller.portal, principal, project_id)
    try:
        async with contextmanager_in_threadpool(code_service.receiving(caller.portal)) as upload:
            await _receive(request, upload)
            store = code_service.store_upload
            loop = asyncio.get_running_loop()
            shown = await loop.run_in_executor(_UNPACKERS, store, caller.portal, principal, project_id, upload)
    except ClientDisconnect:
        return problem("malformed_body", "The archive did not arrive whole. Nothing was stored.", {})
    return answer(project_body(shown, principal.role))


async def _receive(request: Request, upload: Upload) -> None:
    """Bring the body to disk. Raises ClientDisconnect, ArchiveTooLarge, OSError."""
    upload.check_size(int(request.headers.get("content-length", 0)))
    blocks: list[bytes] = []
    size = 0
    async for block in request.stream():
        blocks.append(block)
        size += len(block)
        if size >= _AT_ONCE:
            await run_in_threadpool(upload.write, b"".join(blocks))
            blocks, size = [], 0
    await run_in_threadpool(upload.write, b"".join(blocks))
