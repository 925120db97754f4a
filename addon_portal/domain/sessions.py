"""Who has logged in at the page, and the links that let people in.

Neither value holds a secret: the storage knows link and session by the hashes of their texts alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from addon_portal.domain.ids import SessionId, TenantId
from addon_portal.domain.models import Role


@dataclass(frozen=True, slots=True)
class LoginLink:
    """Lets its first user in as somebody, once. Whoever has it is believed to be the one it was made for."""

    tenant_id: TenantId
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in. `tenant_id` is whose things they see; only an operator's may change."""

    id: SessionId
    tenant_id: TenantId
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    """The end at the latest. One that is not used ends before."""


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How long people stay logged in."""

    idle: timedelta
    """After the last use."""
    longest: timedelta
    """After the log-in, however much it is used."""
