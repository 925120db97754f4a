"""How a log-in link is made; who may make one is judged by the caller."""

from datetime import datetime, timedelta

from addon_portal.auth.tokens import LINK, make_key
from addon_portal.domain.models import Role, TenantScope
from addon_portal.domain.sessions import LoginLink
from addon_portal.storage import UnitOfWork
from addon_portal.storage.sessions import Sessions


def add_link(
    uow: UnitOfWork, scope: TenantScope, name: str, role: Role, now: datetime, minutes: float
) -> tuple[LoginLink, str]:
    """Make a link that lets somebody in once; the text is known to the caller alone."""
    made = make_key(LINK)
    link = LoginLink(scope.tenant_id, name, role, now, now + timedelta(minutes=minutes))
    Sessions(uow).insert_link(link, made.secret_hash)
    return link, made.text
