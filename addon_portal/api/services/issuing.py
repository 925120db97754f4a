"""How keys and log-in links are made; who may make them is judged by the caller. Their texts are told this once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from addon_portal.auth.tokens import LINK, make_key
from addon_portal.domain.ids import new_key_id
from addon_portal.domain.models import ApiKey, Role, TenantScope
from addon_portal.domain.sessions import LoginLink
from addon_portal.storage import UnitOfWork
from addon_portal.storage.sessions import Sessions


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made, with the text that is shown this once."""

    key: ApiKey
    text: str


def add_key(uow: UnitOfWork, scope: TenantScope, name: str, role: Role, now: datetime) -> IssuedKey:
    """Make a key of the tenant; the text is known to the caller alone."""
    made = make_key()
    key = ApiKey(new_key_id(now), scope.tenant_id, name, role, made.prefix, now)
    uow.credentials.insert_key(key, made.secret_hash)
    return IssuedKey(key, made.text)


def add_link(
    uow: UnitOfWork, scope: TenantScope, name: str, role: Role, now: datetime, minutes: float
) -> tuple[LoginLink, str]:
    """Make a link that lets somebody in once; the text is known to the caller alone."""
    made = make_key(LINK)
    link = LoginLink(scope.tenant_id, name, role, now, now + timedelta(minutes=minutes))
    Sessions(uow).insert_link(link, made.secret_hash)
    return link, made.text
