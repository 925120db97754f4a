"""Restarts that are to come: seen, called off, brought forward."""

from fastapi import Response

from addon_portal.api.deps import CallerDep, IdempotencyKey, ProjectIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import accepted, answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.runs import RunBody, ScheduledRestartList, scheduled_restart_body
from addon_portal.api.services import scheduled_restart_service
from addon_portal.api.services.once import Ask
from addon_portal.domain.models import Role

router = new_router("restarts", "/api/tenant")


@router.get(
    "/scheduled-restarts",
    **says("List restarts that are to come", ScheduledRestartList, examples.SCHEDULED_RESTARTS),
)
def list_scheduled_restarts(caller: CallerDep) -> Response:
    """All of the tenant's, at most one for each project; those that are due first."""
    found = scheduled_restart_service.list_scheduled(caller.portal, caller.enter(Role.VIEWER))
    return answer({"items": [scheduled_restart_body(each) for each in found]})


@router.delete(
    "/projects/{project_id}/scheduled-restart",
    **says("Call a restart off", None, None, status=204, errors=("not_found", "nothing_scheduled")),
)
def call_off_restart(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """The restart that is to come is not made. A run that is being stopped for it is stopped all the same."""
    scheduled_restart_service.call_off_scheduled(caller.portal, caller.enter(Role.MEMBER), project_id)
    return Response(status_code=204)


@router.post(
    "/projects/{project_id}/scheduled-restart/now",
    **says(
        "Bring a restart forward",
        RunBody,
        examples.PENDING_RUN,
        status=202,
        errors=("not_found", "nothing_scheduled", "already_running", "invalid_request", "idempotency_mismatch"),
    ),
)
def bring_restart_forward(
    project_id: ProjectIdPath, caller: CallerDep, idempotency_key: IdempotencyKey = None
) -> Response:
    """Makes the run now that the policy would make later. It counts as the policy's, unlike one that is asked for."""
    ask = Ask(caller.enter(Role.MEMBER), caller.path, idempotency_key)
    return accepted(scheduled_restart_service.bring_forward(caller.portal, ask, project_id))
