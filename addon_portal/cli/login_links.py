"""Log-in links for people at the machine, whose right comes from access to the database."""

import getpass
from contextlib import suppress
from datetime import datetime, timedelta

from addon_portal.auth.tokens import LINK, make_key
from addon_portal.domain.models import Role, Tenant
from addon_portal.domain.sessions import LoginLink
from addon_portal.storage import UnitOfWork
from addon_portal.storage.sessions import Sessions


def user_name() -> str:
    """Who works at the machine, as the system names them."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return "operator"  # a uid without a name


def add_link(
    uow: UnitOfWork, tenant: Tenant, name: str, role: Role, now: datetime, minutes: float
) -> tuple[LoginLink, str]:
    """Make a link that lets somebody in once; the text is known to the caller alone."""
    made = make_key(LINK)
    link = LoginLink(tenant.id, name, role, now, now + timedelta(minutes=minutes))
    Sessions(uow).insert_link(link, made.secret_hash)
    return link, made.text


def address_of(url: str, text: str) -> str:
    """The link. What follows the # stays in the browser: no server and no proxy gets to log it."""
    return f"{url.rstrip('/')}/login#token={text}"
