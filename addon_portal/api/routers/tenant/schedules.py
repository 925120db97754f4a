"""Schedules: when projects run by themselves."""

from typing import Annotated

from fastapi import Query, Response

from addon_portal.api.deps import CallerDep, ProjectIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import schedule_examples as examples
from addon_portal.api.schemas.schedules import (
    ScheduleBody,
    SchedulePage,
    ScheduleQuery,
    ScheduleRequest,
    TimesBody,
    TimetableQuery,
    schedule_body,
    times_body,
)
from addon_portal.api.services import schedule_service
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Role

router = new_router("schedules", "/api/tenant")

_OF_PROJECT = "/projects/{project_id}/schedule"


@router.get(
    "/schedules",
    **says("List schedules", SchedulePage, examples.SCHEDULE_PAGE, errors=("not_found", "invalid_request")),
)
def list_schedules(caller: CallerDep, query: Annotated[ScheduleQuery, Query()]) -> Response:
    """The schedules of the tenant's projects, newest project first. With `project_id` that of one project, or none."""
    principal = caller.enter(Role.VIEWER)
    project_id = None if query.project_id is None else ProjectId(query.project_id)
    page = schedule_service.list_schedules(
        caller.portal, principal, limit=query.limit, cursor=query.cursor, project_id=project_id
    )
    return answer({"items": [schedule_body(item) for item in page.items], "next_cursor": page.next_cursor})


@router.get(
    "/timetable", **says("Tell when a schedule would be due", TimesBody, examples.TIMES, errors=("invalid_request",))
)
def get_timetable(caller: CallerDep, query: Annotated[TimetableQuery, Query()]) -> Response:
    """The next five times of an expression, before any project has it."""
    caller.enter(Role.VIEWER)
    return answer(times_body(schedule_service.next_times(caller.portal, query.cron.strip(), query.time_zone)))


@router.get(_OF_PROJECT, **says("Get a schedule", ScheduleBody, examples.SCHEDULE, errors=("not_found",)))
def get_schedule(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """When a project runs by itself, with the next five times and what became of the last one."""
    principal = caller.enter(Role.VIEWER)
    return answer(schedule_body(schedule_service.get_schedule(caller.portal, principal, project_id)))


@router.put(
    _OF_PROJECT,
    **says(
        "Give a project a schedule",
        ScheduleBody,
        examples.SCHEDULE,
        asked=examples.SCHEDULE_ASKED,
        errors=("not_found", "invalid_request", "malformed_body", "body_too_large"),
    ),
)
def put_schedule(project_id: ProjectIdPath, caller: CallerDep, body: ScheduleRequest) -> Response:
    """In place of one that it has; what that has counted stays, and a pause too.

    With `dry_run` nothing is stored, and the answer shows when it would run.
    """
    principal = caller.enter(Role.MEMBER)
    put = schedule_service.put_schedule
    return answer(schedule_body(put(caller.portal, principal, project_id, body.to_draft(), dry_run=body.dry_run)))


@router.delete(_OF_PROJECT, **says("Take a schedule away", None, None, status=204, errors=("not_found",)))
def delete_schedule(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """The project runs when somebody asks for it only. A run that goes on is left alone."""
    schedule_service.delete_schedule(caller.portal, caller.enter(Role.MEMBER), project_id)
    return Response(status_code=204)


@router.post(f"{_OF_PROJECT}/pause", **says("Pause a schedule", ScheduleBody, examples.SCHEDULE, errors=("not_found",)))
def pause_schedule(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """No time is kept until it is resumed, nor one that waits for the end of a run."""
    principal = caller.enter(Role.MEMBER)
    return answer(schedule_body(schedule_service.pause(caller.portal, principal, project_id)))


@router.post(
    f"{_OF_PROJECT}/resume", **says("Resume a schedule", ScheduleBody, examples.SCHEDULE, errors=("not_found",))
)
def resume_schedule(project_id: ProjectIdPath, caller: CallerDep) -> Response:
    """The next time is kept again. Times of the pause are not made up for, and not counted."""
    principal = caller.enter(Role.MEMBER)
    return answer(schedule_body(schedule_service.resume(caller.portal, principal, project_id)))
