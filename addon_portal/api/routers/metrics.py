"""For Prometheus: what is measured about the portal."""

from fastapi import Request, Response

from addon_portal.api.deps import caller_of
from addon_portal.api.openapi import says
from addon_portal.api.routers.routes import new_router
from addon_portal.api.services.metrics_service import Metrics
from addon_portal.domain.models import Role

router = new_router("health")

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_EXAMPLE = "# HELP portal_queue_length Runs that wait to be claimed.\n# TYPE portal_queue_length gauge\n…"


@router.get("/metrics", **says("Get metrics for Prometheus", None, _EXAMPLE, media_type="text/plain"))
def get_metrics(request: Request) -> Response:
    """All metrics in the text format. For an operator's key, or for anybody where the installation is set so."""
    metrics = request.app.state.metrics
    assert isinstance(metrics, Metrics)
    if not metrics.is_open:
        caller_of(request.scope).enter(Role.OPERATOR)
    return Response(metrics.scrape(), 200, media_type=MEDIA_TYPE)
