"""What a tenant's members ask for: run, restart, stop, and the definitions of what is run.

The rest of `/api/tenant` stands in `routers.tenant`. Every handler enters by its role, calls one service function and
shapes the answer; each runs in a thread of its own, once.
"""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel

from addon_portal.api.deps import CallerDep, IdempotencyKey, ProjectIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import accepted, answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.history import ProjectQuery
from addon_portal.api.schemas.projects import ProjectBody, ProjectChange, ProjectPage, ProjectRequest, project_body
from addon_portal.api.schemas.runs import RestartRequest, RunBody, RunRequest, StopRequest
from addon_portal.api.services import project_execution_service, project_service
from addon_portal.api.services.once import Ask
from addon_portal.auth.policies import Principal
from addon_portal.domain.models import Role

router = new_router("projects", "/api/tenant")
execution = new_router("runs", "/api/tenant")

_ONCE = ("not_found", "invalid_request", "malformed_body", "body_too_large", "idempotency_mismatch")
_BODY = ("invalid_request", "malformed_body", "body_too_large")


@execution.post(
    "/projects/{project_id}/run",
    **says(
        "Run a project",
        RunBody,
        examples.PENDING_RUN,
        status=202,
        asked=examples.RUN_ASKED,
        errors=("already_running", *_ONCE),
    ),
)
def run_project(
    project_id: ProjectIdPath,
    caller: CallerDep,
    body: RunRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Stores a run of the project's newest definition and has it started. Everything in the body is optional."""
    body = body or RunRequest()
    ask = _ask(caller.enter(Role.MEMBER), caller.path, idempotency_key, body)
    return accepted(project_execution_service.execute_project(caller.portal, ask, project_id, body.to_choices()))


@execution.post(
    "/projects/{project_id}/restart",
    **says(
        "Restart a project",
        RunBody,
        examples.PENDING_RUN,
        status=202,
        asked=examples.RESTART_ASKED,
        errors=(
            "never_run",
            "not_restartable",
            "already_restarted",
            "restart_scheduled",
            "confirmation_required",
            "already_running",
            *_ONCE,
        ),
    ),
)
def restart_project(
    project_id: ProjectIdPath,
    caller: CallerDep,
    body: RestartRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Stores a new run that follows the newest one, which stays as it is. A run can be restarted once.

    With `when_running: stop_first` an active run is stopped and followed as it ends. The answer is then that run, whose
    `scheduled_restart` names the new one; a pending run is withdrawn, and the answer is the new one.
    """
    body = body or RestartRequest()
    ask = _ask(caller.enter(Role.MEMBER), caller.path, idempotency_key, body)
    return accepted(project_execution_service.restart_project(caller.portal, ask, project_id, body.to_restart()))


@execution.post(
    "/projects/{project_id}/stop",
    **says(
        "Stop a project",
        RunBody,
        examples.PENDING_RUN,
        status=202,
        asked=examples.STOP_ASKED,
        errors=("not_running", *_ONCE),
    ),
)
def stop_project(
    project_id: ProjectIdPath,
    caller: CallerDep,
    body: StopRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Has the active run ended: the polite signal, its grace time, then the kill of everything it started.

    Calls a restart off that is to come. Where nothing else was to be stopped the answer is the newest run.

    A run that is still pending is withdrawn at once. Any other is final when its whole tree is gone, not before.

    For a run that is to end already, a `grace_seconds` that ends before what is left of its grace brings the deadline
    forward. Nothing puts it off.
    """
    body = body or StopRequest()
    ask = _ask(caller.enter(Role.MEMBER), caller.path, idempotency_key, body)
    return accepted(project_execution_service.stop_project(caller.portal, ask, project_id, body.to_choices()))


@router.get("/projects", **says("List projects", ProjectPage, examples.PROJECT_PAGE, errors=("invalid_request",)))
def list_projects(caller: CallerDep, query: Annotated[ProjectQuery, Query()]) -> Response:
    """The tenant's projects with their newest runs."""
    principal = caller.enter(Role.VIEWER)
    page = project_service.list_projects(
        caller.portal,
        principal,
        limit=query.limit,
        cursor=query.cursor,
        wanted=query.to_filter(),
        sort=query.sort,
        name=query.name,
    )
    items = [project_body(item, principal.role) for item in page.items]
    return answer({"items": items, "next_cursor": page.next_cursor})


@router.post(
    "/projects",
    **says(
        "Create a project",
        ProjectBody,
        examples.PROJECT,
        status=201,
        asked=examples.PROJECT_ASKED,
        errors=("name_taken", *_BODY),
    ),
)
def create_project(caller: CallerDep, body: ProjectRequest) -> Response:
    """Stores what is to be run; nothing is started."""
    principal = caller.enter(Role.MEMBER)
    shown = project_service.create_project(caller.portal, principal, body.to_draft())
    return answer(project_body(shown, principal.role), 201, {"Location": f"/api/tenant/projects/{shown.project.id}"})


@router.get("/projects/{project_id}", **says("Get a project", ProjectBody, examples.PROJECT, errors=("not_found",)))
def get_project(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """One project with its newest run."""
    principal = caller.enter(Role.VIEWER)
    return answer(project_body(project_service.get_project(caller.portal, principal, project_id), principal.role))


@router.put(
    "/projects/{project_id}",
    **says(
        "Change a project",
        ProjectBody,
        examples.PROJECT,
        asked=examples.PROJECT_ASKED,
        errors=("not_found", "name_taken", "changed_meanwhile", *_BODY),
    ),
)
def update_project(project_id: ProjectIdPath, caller: CallerDep, body: ProjectChange) -> Response:
    """Replaces name and definition. A change of the definition is its next version; runs keep theirs."""
    principal = caller.enter(Role.MEMBER)
    shown = project_service.update_project(
        caller.portal, principal, project_id, body.to_draft(), body.seen_at, keeps_parameters=body.keep_parameters
    )
    return answer(project_body(shown, principal.role))


@router.delete(
    "/projects/{project_id}",
    **says("Delete a project", None, None, status=204, errors=("not_found", "active_run")),
)
def delete_project(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """Hides the project; its runs stay readable. Refused while a run is active."""
    project_service.delete_project(caller.portal, caller.enter(Role.MEMBER), project_id)
    return Response(status_code=204)


def _ask(principal: Principal, path: str, key: str | None, body: BaseModel) -> Ask:
    ask = Ask(principal, path, key)
    return ask.with_body(body.model_dump(exclude_unset=True)) if key else ask
