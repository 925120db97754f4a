"""Logging in with a link, out, and over to another tenant."""

from dataclasses import dataclass, replace
from datetime import datetime

from addon_portal.api.services.access_log import tell_logged_in
from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Credential, Principal, enter_session, scope_for_operator
from addon_portal.auth.tokens import LINK, SESSION, has_key_form, hash_key, make_key
from addon_portal.domain.clock import to_text
from addon_portal.domain.errors import Forbidden, LoginLinkRefused
from addon_portal.domain.ids import new_session_id
from addon_portal.domain.models import Role, Tenant
from addon_portal.domain.sessions import LoginLink, Session
from addon_portal.storage.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is here, and which tenants they may see."""

    principal: Principal
    tenants: tuple[Tenant, ...]


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session just begun. `text` goes into the cookie and nowhere else."""

    standing: Standing
    text: str


def log_in(portal: Portal, link_text: str, address: str, before: str | None) -> LoggedIn:
    """Begin a session with a link, and end the one that the browser has had `before`.

    Raises LoginLinkRefused, TooManyAttempts.
    """
    portal.attempts.refuse_too_many(address)
    try:
        return _log_in(portal, link_text, before)
    except LoginLinkRefused:
        portal.attempts.note_failure(address)
        raise


def _log_in(portal: Portal, link_text: str, before: str | None) -> LoggedIn:
    if not has_key_form(link_text, LINK):
        raise LoginLinkRefused("is none of ours: its form or checksum is wrong. Was it cut or mistyped?")
    now, made, terms = portal.clock.now(), make_key(SESSION), portal.session_terms
    with portal.storage.write() as uow:
        sessions = Sessions(uow)
        link = sessions.use_link(hash_key(link_text), now)
        if link is None:
            raise LoginLinkRefused(_explain(sessions.find_link(hash_key(link_text)), now))
        if before is not None:
            sessions.end(hash_key(before))
        session = Session(
            new_session_id(now), link.tenant_id, link.name, link.role, now, now, expires_at=now + terms.longest
        )
        sessions.insert(session, made.secret_hash, terms.idle)
        principal = enter_session((session, uow.tenants.get(link.tenant_id)))
    tell_logged_in(session)
    return LoggedIn(get_standing(portal, principal), made.text)


def _explain(link: LoginLink | None, now: datetime) -> str:
    if link is None:
        return "is not known here: it was made for another portal, or has been over for long"
    if link.used_at is not None:
        return f"has been used already, at {to_text(link.used_at)}, and lets in once"
    return f"was good until {to_text(link.expires_at)}, and it is {to_text(now)}"


def get_standing(portal: Portal, principal: Principal) -> Standing:
    """Who a caller is; the tenants are all for an operator, else the one."""
    if not principal.role.includes(Role.OPERATOR):
        return Standing(principal, (principal.tenant,))
    with portal.storage.read() as uow:
        return Standing(principal, uow.tenants.list())


def log_out(portal: Portal, credential: Credential) -> None:
    """End a session at once. Raises Forbidden for a key."""
    if not credential.is_session:
        raise Forbidden("A key is not logged in. To end it, revoke it: addon-portal key revoke")
    with portal.storage.write() as uow:
        Sessions(uow).end(credential.secret_hash)


def switch_tenant(portal: Portal, principal: Principal, name_or_id: str) -> Standing:
    """Have an operator's session see another tenant. Raises Forbidden, NotFound."""
    if principal.session is None:
        raise Forbidden("A key belongs to one tenant. Make one of the other: addon-portal key create --tenant")
    with portal.storage.write() as uow:
        tenant = uow.tenants.get_named(name_or_id)
        Sessions(uow).move(scope_for_operator(principal, tenant), principal.session.id)
    return get_standing(portal, replace(principal, tenant=tenant))
