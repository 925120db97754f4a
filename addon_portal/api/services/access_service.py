"""Who gets into a tenant: its keys, links that let people in, and those who are logged in. For the tenant's admins.

Promises that nobody gives more rights than their own role has, or takes from somebody who has more.
"""

from datetime import datetime, timedelta

from addon_portal.api.services.access_log import tell_key_created, tell_key_revoked, tell_link_created
from addon_portal.api.services.issuing import IssuedKey, add_key, add_link
from addon_portal.api.services.own_key import KeyList, list_all_keys, refuse_own_key
from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import KeyId, SessionId
from addon_portal.domain.models import Role
from addon_portal.domain.sessions import LoginLink, Session
from addon_portal.storage.sessions import Sessions


def list_keys(portal: Portal, principal: Principal) -> KeyList:
    """The tenant's keys, revoked ones too, oldest first."""
    with portal.storage.read() as uow:
        return list_all_keys(uow, portal.data, principal.scope)


def create_key(portal: Portal, principal: Principal, name: str, role: Role) -> IssuedKey:
    """Make a key. Raises Forbidden for a greater role than the caller's."""
    principal.require(role)
    with portal.storage.write() as uow:
        made = add_key(uow, principal.scope, name, role, portal.clock.now())
    tell_key_created(principal, made.key)
    return made


def revoke_key(portal: Portal, principal: Principal, key_id: KeyId) -> None:
    """End a key at once. Raises NotFound, OwnKey, and Forbidden for a key of a greater role."""
    with portal.storage.write() as uow:
        key = uow.credentials.get_key(principal.scope, key_id)
        principal.require(key.role)
        refuse_own_key(uow, portal.data, key_id)
        uow.credentials.revoke(principal.scope, key_id, portal.clock.now())
    tell_key_revoked(principal, key)


def create_link(portal: Portal, principal: Principal, name: str, role: Role, minutes: float) -> tuple[LoginLink, str]:
    """Make a link that lets somebody in once. Raises Forbidden for a greater role than the caller's."""
    principal.require(role)
    with portal.storage.write() as uow:
        made = add_link(uow, principal.scope, name, role, portal.clock.now(), minutes)
    tell_link_created(principal, made[0])
    return made


def list_sessions(portal: Portal, principal: Principal) -> tuple[Session, ...]:
    """Those who are logged in and see this tenant now, oldest first."""
    with portal.storage.read() as uow:
        return Sessions(uow).list(principal.scope, *_now_and_idle(portal))


def end_session(portal: Portal, principal: Principal, session_id: SessionId) -> None:
    """Log somebody out at once. Raises NotFound, and Forbidden for somebody of a greater role."""
    with portal.storage.write() as uow:
        sessions = Sessions(uow)
        there = {each.id: each for each in sessions.list(principal.scope, *_now_and_idle(portal))}
        if session_id not in there:
            raise NotFound("session", session_id)
        principal.require(there[session_id].role)
        sessions.remove(principal.scope, session_id)


def end_other_sessions(portal: Portal, principal: Principal) -> int:
    """Log out everybody but the caller, and those of a greater role; how many."""
    with portal.storage.write() as uow:
        sessions = Sessions(uow)
        return sum(
            sessions.remove(principal.scope, each.id)
            for each in sessions.list(principal.scope, *_now_and_idle(portal))
            if each.id != principal.credential_id and principal.role.includes(each.role)
        )


def _now_and_idle(portal: Portal) -> tuple[datetime, timedelta]:
    return portal.clock.now(), portal.session_terms.idle
