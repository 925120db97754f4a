"""Programs: what the operator offers to a tenant, beside or instead of commands of its own."""

from fastapi import Response

from addon_portal.api.deps import CallerDep
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import examples
from addon_portal.api.schemas.programs import OfferBody, offer_body
from addon_portal.api.services import tenant_service
from addon_portal.domain.models import Role

router = new_router("projects", "/api/tenant")


@router.get("/programs", **says("List what may be run", OfferBody, examples.OFFER))
def list_offered_programs(caller: CallerDep) -> Response:
    """The operator's programs, and whether the tenant may run commands of its own."""
    principal = caller.enter(Role.VIEWER)
    return answer(offer_body(principal.tenant, tenant_service.list_programs(caller.portal)))
