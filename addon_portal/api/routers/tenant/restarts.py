"""Restarts that are to come: seen, called off, brought forward; and restarts of many projects by one request."""

from typing import Annotated, Any

from fastapi import Query, Response

from addon_portal.api.deps import BulkRestartIdPath, CallerDep, IdempotencyKey, ProjectIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import accepted, answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import bulk_examples, examples
from addon_portal.api.schemas.bulk_restarts import (
    BulkItemPage,
    BulkItemQuery,
    BulkRestartBody,
    BulkRestartPage,
    BulkRestartRequest,
    PreviewBody,
    bulk_item_body,
    bulk_restart_body,
    bulk_restart_summary,
    preview_body,
)
from addon_portal.api.schemas.history import ListQuery
from addon_portal.api.schemas.runs import RunBody, ScheduledRestartList, scheduled_restart_body
from addon_portal.api.services import bulk_restart_service, scheduled_restart_service
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


_BULK: dict[str, Any] = says(
    "Restart many projects",
    BulkRestartBody,
    bulk_examples.BULK_RESTART,
    status=202,
    asked=bulk_examples.BULK_RESTART_ASKED,
    errors=("invalid_request", "malformed_body", "body_too_large", "idempotency_mismatch"),
)
_BULK["responses"][200] = {
    "description": "With dry_run: what would be done",
    "model": PreviewBody,
    "content": {"application/json": {"x-example": bulk_examples.PREVIEW_TEXT}},
}


@router.post("/restarts", **_BULK)
def restart_many(caller: CallerDep, body: BulkRestartRequest, idempotency_key: IdempotencyKey = None) -> Response:
    """Restarts every project whose newest run matches the filter now, one after the other, beside everything else.

    Each is held against the rules of a single restart when its turn comes, and left out with the reason where they
    forbid it. With `dry_run` nothing is stored; the answer then says what would be restarted, and what would not.
    """
    principal = caller.enter(Role.MEMBER)
    wanted, choices = body.filter.to_filter(), body.to_choices(caller.portal.restartable)
    if body.dry_run:
        return answer(preview_body(bulk_restart_service.preview(caller.portal, principal, wanted, choices)))
    ask = Ask(principal, caller.path, idempotency_key).with_body(body.model_dump(mode="json", exclude_unset=True))
    shown = bulk_restart_service.start(caller.portal, ask, wanted, choices, body.filter.to_stored())
    headers = {"Location": f"/api/tenant/restarts/{shown.bulk.id}"}
    if shown.repeated:
        headers["Idempotency-Replayed"] = "true"
    return answer(bulk_restart_body(shown), 202, headers)


@router.get(
    "/restarts",
    **says("List bulk restarts", BulkRestartPage, bulk_examples.BULK_RESTART_PAGE, errors=("invalid_request",)),
)
def list_bulk_restarts(caller: CallerDep, query: Annotated[ListQuery, Query()]) -> Response:
    """The tenant's, newest first. Thirty days after its end one may be gone; its runs and their journals stay."""
    principal = caller.enter(Role.VIEWER)
    page = bulk_restart_service.list_bulk_restarts(caller.portal, principal, limit=query.limit, cursor=query.cursor)
    return answer({"items": [bulk_restart_summary(item) for item in page.items], "next_cursor": page.next_cursor})


@router.get(
    "/restarts/{bulk_restart_id}",
    **says("Get a bulk restart", BulkRestartBody, bulk_examples.BULK_RESTART, errors=("not_found",)),
)
def get_bulk_restart(bulk_restart_id: BulkRestartIdPath, caller: CallerDep) -> Response:
    """How far it has come, and why projects were left out."""
    principal = caller.enter(Role.VIEWER)
    return answer(bulk_restart_body(bulk_restart_service.get_bulk_restart(caller.portal, principal, bulk_restart_id)))


@router.get(
    "/restarts/{bulk_restart_id}/projects",
    **says(
        "List the projects of a bulk restart",
        BulkItemPage,
        bulk_examples.BULK_ITEM_PAGE,
        errors=("not_found", "invalid_request"),
    ),
)
def list_restarted_projects(
    bulk_restart_id: BulkRestartIdPath, caller: CallerDep, query: Annotated[BulkItemQuery, Query()]
) -> Response:
    """Each project in the order of the turns, with the run that was made or the reason why there is none."""
    page = bulk_restart_service.list_items(
        caller.portal,
        caller.enter(Role.VIEWER),
        bulk_restart_id,
        states=query.state,
        limit=query.limit,
        cursor=query.cursor,
    )
    return answer({"items": [bulk_item_body(item) for item in page.items], "next_cursor": page.next_cursor})


@router.post(
    "/restarts/{bulk_restart_id}/abort",
    **says(
        "Abort a bulk restart",
        BulkRestartBody,
        bulk_examples.ABORTED_BULK_RESTART,
        errors=("not_found", "bulk_restart_finished"),
    ),
)
def abort_bulk_restart(bulk_restart_id: BulkRestartIdPath, caller: CallerDep) -> Response:
    """Nothing more is restarted once this is answered. What was restarted goes on; aborting twice is no error."""
    principal = caller.enter(Role.MEMBER)
    return answer(bulk_restart_body(bulk_restart_service.abort(caller.portal, principal, bulk_restart_id)))
