"""A project's code: what its workspaces are filled from, uploaded or fetched with git."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect

from addon_portal.api.deps import CallerDep, CodeRequestIdPath, ProjectIdPath
from addon_portal.api.errors import problem
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.code import CodeFromGit, CodeRequestBody, code_request_body
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


_FETCH: dict[str, Any] = says(
    "Fetch a project's code with git",
    CodeRequestBody,
    examples.CODE_REQUEST,
    asked=examples.CODE_ASKED,
    errors=("not_found", "no_workspace", "git_failed", "invalid_request", "malformed_body", "body_too_large"),
)
_FETCH["responses"][202] = {"description": "Asked for; what comes of it will be at Location", "model": CodeRequestBody}


@router.put("/projects/{project_id}/code", **_FETCH)
def fetch_code(project_id: ProjectIdPath, caller: CallerDep, body: CodeFromGit) -> Response:
    """Makes the files of a commit the project's code, in the next version of its definition. A branch or tag is
    resolved once, now. Answers 200 when that is done, or after 20 s 202.
    """
    principal = caller.enter(Role.MEMBER)
    request = code_service.request_code(caller.portal, principal, project_id, body.to_source())
    headers = {"Location": f"/api/tenant/code-requests/{request.id}"}
    return answer(code_request_body(request), 200 if request.completed_at else 202, headers)


@router.get(
    "/code-requests/{request_id}",
    **says("Get a request for code", CodeRequestBody, examples.CODE_REQUEST, errors=("not_found",)),
)
def get_code_request(request_id: CodeRequestIdPath, caller: CallerDep) -> Response:
    """A request for code and, once it is done, the version that has it or the `problem`."""
    principal = caller.enter(Role.VIEWER)
    return answer(code_request_body(code_service.get_code_request(caller.portal, principal, request_id)))


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
