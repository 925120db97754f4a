"""The tenant's numbers, for a status page and for charts."""

from typing import Annotated

from fastapi import Query, Response

from addon_portal.api.deps import CallerDep
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.numbers import (
    StatsBody,
    StatsQuery,
    StatusBody,
    StatusQuery,
    stats_body,
    status_body,
)
from addon_portal.api.services import numbers_service
from addon_portal.domain.models import Role

router = new_router("status", "/api/tenant")


@router.get("/status", **says("Get the tenant's numbers", StatusBody, examples.STATUS, errors=("invalid_request",)))
def get_status(caller: CallerDep, query: Annotated[StatusQuery, Query()]) -> Response:
    """How many runs stand where and how they are, what failed last, what runs, what waits and for what, and whether
    somebody looks after all this.
    """
    principal = caller.enter(Role.VIEWER)
    return answer(status_body(numbers_service.get_status(caller.portal, principal, query.limit)))


@router.get(
    "/stats",
    **says("Get numbers over time", StatsBody, examples.STATS, errors=("not_found", "invalid_request")),
)
def get_stats(caller: CallerDep, query: Annotated[StatsQuery, Query()]) -> Response:
    """How runs went, hour by hour or day by day, by when they became final, and how long the successful ones took."""
    asked = query.to_request()
    return answer(stats_body(numbers_service.get_stats(caller.portal, caller.enter(Role.VIEWER), asked), asked))
