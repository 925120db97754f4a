"""Runs: one, lists, why we say so, and what differs."""

from typing import Annotated

from fastapi import Query, Response

from addon_portal.api.deps import CallerDep, ProjectIdPath, RunIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer, answer_run
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.history import (
    ComparisonBody,
    EvidenceBody,
    RunQuery,
    WaitQuery,
    comparison_body,
    evidence_body,
)
from addon_portal.api.schemas.runs import RunBody, RunPage, run_body
from addon_portal.api.schemas.usage import UsageBody, UsageQuery, usage_body
from addon_portal.api.services import history_service, usage_service
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain.models import Role
from addon_portal.storage.values import Page

router = new_router("runs", "/api/tenant")


@router.get(
    "/runs/{run_id}", **says("Get a run", RunBody, examples.FAILED_RUN, errors=("not_found", "invalid_request"))
)
async def get_run(
    run_id: RunIdPath,
    caller: CallerDep,
    query: Annotated[WaitQuery, Query()],
) -> Response:
    """One run as it stands; with `wait_seconds` as soon as it is final, or after that time."""
    return await answer_run(caller, run_id, query.wait_seconds)


@router.get("/runs", **says("List runs", RunPage, examples.RUN_PAGE, errors=("invalid_request",)))
def list_runs(caller: CallerDep, query: Annotated[RunQuery, Query()]) -> Response:
    """The tenant's runs, newest first, those of deleted projects too."""
    principal = caller.enter(Role.VIEWER)
    page = history_service.list_runs(
        caller.portal, principal, query.to_filter(), limit=query.limit, cursor=query.cursor
    )
    return _page(page)


@router.get(
    "/projects/{project_id}/runs",
    **says("List the runs of a project", RunPage, examples.RUN_PAGE, errors=("not_found", "invalid_request")),
)
def list_project_runs(project_id: ProjectIdPath, caller: CallerDep, query: Annotated[RunQuery, Query()]) -> Response:
    """The runs of one project, newest first."""
    page = history_service.list_runs(
        caller.portal,
        caller.enter(Role.VIEWER),
        query.to_filter(),
        limit=query.limit,
        cursor=query.cursor,
        project_id=project_id,
    )
    return _page(page)


@router.get(
    "/runs/{run_id}/evidence",
    **says("Get the evidence of a run", EvidenceBody, examples.EVIDENCE, errors=("not_found",)),
)
def get_evidence(run_id: RunIdPath, caller: CallerDep) -> Response:
    """Why we say of the run what we say: journal, records as they are on disk, what is missing and why, last output."""
    return answer(evidence_body(history_service.get_evidence(caller.portal, caller.enter(Role.VIEWER), run_id)))


@router.get(
    "/runs/{run_id}/usage",
    **says("Get what a run has used", UsageBody, examples.USAGE, errors=("not_found", "invalid_request")),
)
def get_usage(run_id: RunIdPath, caller: CallerDep, query: Annotated[UsageQuery, Query()]) -> Response:
    """Memory and processor time over time, from the supervisor's samples. Points stand for stretches of about the same
    length, longer ones the longer the run has lasted. What nobody has looked at is told as such.
    """
    principal = caller.enter(Role.VIEWER)
    return answer(usage_body(usage_service.get_usage(caller.portal, principal, run_id, points=query.points)))


@router.get(
    "/runs/{run_id}/compare/{other_run_id}",
    **says("Compare two runs", ComparisonBody, examples.COMPARISON, errors=("not_found",)),
)
def compare_runs(run_id: RunIdPath, other_run_id: RunIdPath, caller: CallerDep) -> Response:
    """What differs between two runs, of one project or of two: definition, parameters, environment, request, result and
    times. Of a variable of the environment only that it differs, or which run has it.
    """
    principal = caller.enter(Role.VIEWER)
    return answer(comparison_body(history_service.compare_runs(caller.portal, principal, run_id, other_run_id)))


def _page(page: Page[ShownRun]) -> Response:
    return answer({"items": [run_body(item) for item in page.items], "next_cursor": page.next_cursor})
