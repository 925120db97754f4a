"""A project's code: received, unpacked and kept on disk, then made part of the next version of its definition.

Promises that a definition never names code that is not on disk, and that an upload of what the project has already
changes nothing. Reading the body is left to the router; what blocks here runs in threads.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_project
from addon_portal.api.services.shown import ShownProject
from addon_portal.auth.policies import Principal
from addon_portal.domain.errors import InvalidRequest
from addon_portal.domain.file_refusals import CodeNotFetched, DiskFull, NoWorkspace
from addon_portal.domain.git_sources import GitSource
from addon_portal.domain.ids import CodeRequestId, ProjectId, new_code_request_id
from addon_portal.domain.models import Project
from addon_portal.storage import UnitOfWork
from addon_portal.storage.values import CodeRequest
from addon_portal.workspaces.code_store import Upload

FETCHED_WITHIN_SECONDS = 20.0
"""How long a request for code waits for its end."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def receiving(portal: Portal) -> Iterator[Upload]:
    """Somewhere to receive an archive and store it from, gone at the end of the block. Raises DiskFull, OSError."""
    try:
        with portal.code_store.receive() as upload:
            yield upload
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull from error
        raise


def check_project(portal: Portal, principal: Principal, project_id: ProjectId) -> None:
    """Refuse what an upload would be refused for at its end. Raises NotFound, NoWorkspace."""
    with portal.storage.read() as uow:
        _refuse_own_directory(uow, uow.projects.get(principal.scope, project_id))


def store_upload(portal: Portal, principal: Principal, project_id: ProjectId, upload: Upload) -> ShownProject:
    """Make what was received the project's code.

    Raises ArchiveUnreadable, ArchiveUnsafe, ArchiveTooLarge, NotFound, NoWorkspace, StorageBusy, OSError.
    """
    code = portal.code_store.keep(upload, principal.tenant.id)
    with portal.storage.write() as uow:
        project = uow.projects.get_locked(principal.scope, project_id)
        _refuse_own_directory(uow, project)
        definition = project.definition
        if definition.code is None or definition.code.digest != code.digest:
            uow.projects.add_code(principal.scope, project, code, portal.clock.now())
            project = uow.projects.get(principal.scope, project_id)
        return show_project(uow, project, portal.circumstances())


def _refuse_own_directory(uow: UnitOfWork, project: Project) -> None:
    named = uow.programs.directory_of(project.definition)
    if named is not None:
        raise NoWorkspace(
            f"The project starts in {named}, which the portal does not fill. "
            "Have it start in a workspace first: addon-portal project update PROJECT --workspace"
        )


def request_code(portal: Portal, principal: Principal, project_id: ProjectId, source: GitSource) -> CodeRequest:
    """Have the supervisor fetch a project's code with git.

    Returns the request as it is after a while: usually done, else to be asked for again with `get_code_request`.
    Raises NotFound, NoWorkspace, InvalidRequest, CodeNotFetched, StorageBusy.
    """
    if problems := source.problems(portal.git_transports):
        raise InvalidRequest(problems)
    now = portal.clock.now()
    with portal.storage.write() as uow:
        _refuse_own_directory(uow, uow.projects.get(principal.scope, project_id))
        request = CodeRequest(
            new_code_request_id(now), principal.tenant.id, project_id, portal.host_id, source, now, principal.actor
        )
        uow.code_requests.insert(principal.scope, request)

    def find_done() -> CodeRequest | None:
        stored = get_code_request(portal, principal, request.id)
        return stored if stored.completed_at is not None else None

    done = portal.wakes.wait_for(find_done, FETCHED_WITHIN_SECONDS) or request
    if done.problem is not None:
        raise CodeNotFetched(done.problem, request_id=done.id)
    return done


def get_code_request(portal: Portal, principal: Principal, request_id: CodeRequestId) -> CodeRequest:
    """A request and, once it is done, what came of it. Raises NotFound."""
    with portal.storage.read() as uow:
        return uow.code_requests.get(principal.scope, request_id)
