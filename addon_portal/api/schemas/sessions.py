"""What the page sends to log in, and what it is told of who is logged in."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from addon_portal import __version__
from addon_portal.api.schemas.fields import Answer, Request
from addon_portal.api.schemas.runs import time_or_null
from addon_portal.api.services.session_service import Standing
from addon_portal.domain.models import Role

ASKED = {"token": "apl_6Yw0m5o0h0o6m0cQm1hO2cR7l9lq3nq8o1s4Jz9KXbA_1a2B3c"}
TENANT_ASKED = {"tenant": "demo"}
_TENANT = {"id": "ten_01k7qz8a1b2c3d4e5f6g7h8j9k", "name": "default"}
SESSION = {
    "name": "ada",
    "role": "operator",
    "tenant": _TENANT,
    "tenants": [_TENANT],
    "csrf_token": "3b1f…",
    "expires_at": "2026-06-03T09:00:00.000000Z",
    "version": "0.1.0",
}


class LogInRequest(Request):
    """The secret of a log-in link: what stands behind `#token=` in it."""

    token: Annotated[str, Field(max_length=200, examples=[ASKED["token"]])]


class TenantChoice(Request):
    """Whose things an operator wants to see."""

    tenant: Annotated[str, Field(max_length=200, description="Name or identifier.", examples=["demo"])]


class SeenTenant(Answer):
    """A tenant by its names."""

    id: Annotated[str, Field(examples=["ten_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    name: str


class SessionBody(Answer):
    """Who is calling, and what they see."""

    name: Annotated[str, Field(description="What they do is recorded under it.", examples=["ada"])]
    role: Role
    tenant: Annotated[SeenTenant, Field(description="Whose things are seen.")]
    tenants: Annotated[list[SeenTenant], Field(description="Those that can be seen, oldest first.")]
    csrf_token: Annotated[
        str | None, Field(description="For the header X-CSRF-Token of requests with the cookie. Null for a key.")
    ]
    expires_at: Annotated[datetime | None, Field(description="When they are logged out at the latest.")]
    version: Annotated[str, Field(description="Of the portal.")]


def session_body(standing: Standing, csrf_token: str | None) -> dict[str, object]:
    """The Session object."""
    principal = standing.principal
    return {
        "name": principal.actor.partition(":")[2],
        "role": principal.role,
        "tenant": {"id": principal.tenant.id, "name": principal.tenant.name},
        "tenants": [{"id": tenant.id, "name": tenant.name} for tenant in standing.tenants],
        "csrf_token": csrf_token,
        "expires_at": time_or_null(principal.session.expires_at if principal.session else None),
        "version": __version__,
    }
