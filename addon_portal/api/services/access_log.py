"""What the log says of keys and log-in links: who made, used or revoked which, once it is stored.

Promises that no text of a key, a link or a session is in it, nor a part of one. When it was is the log's to say.
"""

import structlog

from addon_portal.auth.policies import Principal
from addon_portal.domain.clock import to_text
from addon_portal.domain.models import ApiKey
from addon_portal.domain.sessions import LoginLink, Session

log = structlog.get_logger(__name__)


def tell_key_created(principal: Principal, key: ApiKey) -> None:
    """Somebody may use the API from now on."""
    log.info("key_created", **_by(principal), **_of_key(key))


def tell_key_revoked(principal: Principal, key: ApiKey) -> None:
    """The key opens nothing any more; repeating that has no effect, and is not told."""
    if key.revoked_at is None:
        log.info("key_revoked", **_by(principal), **_of_key(key))


def tell_link_created(principal: Principal, link: LoginLink) -> None:
    """Somebody may log in, once."""
    log.info("login_link_created", **_by(principal), **_of_person(link), expires_at=to_text(link.expires_at))


def tell_logged_in(session: Session) -> None:
    """A link was used."""
    log.info("logged_in", **_of_person(session), session_id=session.id)


def _by(principal: Principal) -> dict[str, str]:
    return {"actor": principal.actor, "actor_id": principal.credential_id}


def _of_key(key: ApiKey) -> dict[str, str]:
    return {"tenant_id": key.tenant_id, "key_id": key.id, "name": key.name, "role": key.role.value}


def _of_person(who: LoginLink | Session) -> dict[str, str]:
    return {"tenant_id": who.tenant_id, "name": who.name, "role": who.role.value}
