"""For whoever watches the portal itself: does the process live, can it do its work."""

from typing import Annotated

from fastapi import Depends, Response

from addon_portal.api.deps import get_readiness
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas.health import AliveBody, ReadyBody
from addon_portal.api.services.readiness import Readiness
from addon_portal.domain.clock import to_text

router = new_router("health")

_READY = {"status": "ready", "supervisor": {"observed_at": "2026-05-04T09:00:00.000000Z", "unreachable": False}}


@router.get("/healthz", **says("Does the process live", AliveBody, {"status": "alive"}, needs_credential=False))
async def is_alive() -> Response:
    """Answers as long as the process does; says nothing of the database."""
    return answer({"status": "alive"})


@router.get("/readyz", **says("Can it do its work", ReadyBody, _READY, needs_credential=False))
async def is_ready(readiness: Annotated[Readiness, Depends(get_readiness)]) -> Response:
    """200 when the database answers and has this version's tables. A missing supervisor is told, not failed for.
    Whether the database can be written is tried once a second at most.
    """
    host = await readiness.check()
    seen = to_text(host.observed_at) if host.observed_at else None
    return answer({"status": "ready", "supervisor": {"observed_at": seen, "unreachable": host.is_unreachable}})
