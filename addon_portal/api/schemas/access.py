"""What a tenant's admins send and are shown of who gets in: keys, log-in links, sessions."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from addon_portal.api.schemas.admin import RoleName
from addon_portal.api.schemas.fields import Answer, Name, Request
from addon_portal.auth.policies import Principal
from addon_portal.domain.clock import to_text
from addon_portal.domain.models import Role
from addon_portal.domain.sessions import LoginLink, Session

LONGEST_MINUTES = 1440

KEY_ASKED: dict[str, object] = {"name": "ci", "role": "member"}
LINK_ASKED: dict[str, object] = {"name": "ada", "role": "member", "minutes": 60}
LINK: dict[str, object] = {
    "name": "ada",
    "role": "member",
    "token": "apl_6Yw0m5o0h0o6m0cQm1hO2cR7l9lq3nq8o1s4Jz9KXbA_1a2B3c",
    "path": "/login#token=apl_6Yw0m5o0h0o6m0cQm1hO2cR7l9lq3nq8o1s4Jz9KXbA_1a2B3c",
    "expires_at": "2026-05-04T10:00:00.000000Z",
}
PERSON: dict[str, object] = {
    "id": "ses_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "name": "ada",
    "role": "member",
    "logged_in_at": "2026-05-04T09:00:00.000000Z",
    "last_used_at": "2026-05-04T09:31:00.000000Z",
    "expires_at": "2026-06-03T09:00:00.000000Z",
    "is_current": True,
}


class OwnKeyRequest(Request):
    """A new key of the caller's tenant."""

    name: Annotated[Name, Field(examples=["ci"])]
    role: Annotated[RoleName, Field(description="At most the caller's own.")] = "member"


class LoginLinkRequest(Request):
    """Somebody to be let in."""

    name: Annotated[Name, Field(description="What they do is recorded under it.", examples=["ada"])]
    role: Annotated[RoleName, Field(description="At most the caller's own.")] = "member"
    minutes: Annotated[float, Field(gt=0, le=LONGEST_MINUTES, description="How long the link can be used, once.")] = 60


class LoginLinkBody(Answer):
    """A link that lets somebody in once. Its secret is shown this once."""

    name: str
    role: Role
    token: str
    path: Annotated[str, Field(description="To be put behind the address of the portal.")]
    expires_at: datetime


class PersonBody(Answer):
    """Somebody who is logged in at the page."""

    id: Annotated[str, Field(examples=[PERSON["id"]])]
    name: str
    role: Role
    logged_in_at: datetime
    last_used_at: Annotated[datetime, Field(description="To the minute.")]
    expires_at: Annotated[datetime, Field(description="When they are logged out at the latest.")]
    is_current: Annotated[bool, Field(description="Whether it is the session that asks.")]


class PersonList(Answer):
    """Those who are logged in and see this tenant."""

    items: list[PersonBody]


class EndedBody(Answer):
    """How many were logged out."""

    ended: int


def link_body(link: LoginLink, text: str) -> dict[str, object]:
    """The LoginLink object."""
    return {
        "name": link.name,
        "role": link.role,
        "token": text,
        "path": f"/login#token={text}",
        "expires_at": to_text(link.expires_at),
    }


def person_body(session: Session, principal: Principal) -> dict[str, object]:
    """The Person object."""
    return {
        "id": session.id,
        "name": session.name,
        "role": session.role,
        "logged_in_at": to_text(session.created_at),
        "last_used_at": to_text(session.last_used_at),
        "expires_at": to_text(session.expires_at),
        "is_current": session.id == principal.credential_id,
    }
