"""Who is calling, and what they may do. The only maker of `TenantScope`.

Promises that nothing is looked up for a text that cannot be a key, that revoked keys are refused at once, and that a
refusal says what is missing. Leaves finding keys to whoever calls: `find` is the storage's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from addon_portal.auth.tokens import has_key_form, hash_key
from addon_portal.domain.errors import Forbidden, TenantChanged, Unauthenticated
from addon_portal.domain.ids import KeyId, SessionId
from addon_portal.domain.models import ApiKey, Role, Tenant, TenantScope
from addon_portal.domain.sessions import Session

FindKey = Callable[[bytes], tuple[ApiKey, Tenant] | None]


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody has shown, and what may be wrong: the hash of a key, or of a session's secret."""

    secret_hash: bytes
    is_session: bool = False
    shown_tenant: str | None = None
    """The tenant that the page which sends it shows, where it says so: an operator's session moves."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who has shown a valid credential."""

    credential_id: KeyId | SessionId
    tenant: Tenant
    role: Role
    actor: str
    """How the journal names them: `key:ci`, `person:ada`."""
    last_used_at: datetime | None = None
    session: Session | None = None
    """Where they are logged in at the page."""

    @property
    def scope(self) -> TenantScope:
        """The right to see the rows of the caller's own tenant."""
        return TenantScope(self.tenant.id)

    def require(self, role: Role) -> None:
        """Raises Forbidden unless the caller's role includes the one needed."""
        if not self.role.includes(role):
            used = "session" if self.session else "key"
            raise Forbidden(
                f"This needs the role {role}; the {used} that was used has the role {self.role}.",
                role_needed=role.value,
                role=self.role.value,
            )


def read_credential(authorization: str | None) -> Credential:
    """The key in an `Authorization` header. Raises Unauthenticated for what cannot be one of ours."""
    if not authorization:
        raise Unauthenticated("No credential was sent. Send the header: Authorization: Bearer <API key>.")
    scheme, _, text = authorization.partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise Unauthenticated("The Authorization header must have the form: Bearer <API key>.")
    if not has_key_form(text):
        raise Unauthenticated("The API key is not one of ours: its form or checksum is wrong. Was it cut or mistyped?")
    return Credential(hash_key(text))


def authenticate(credential: Credential, find: FindKey) -> Principal:
    """Tell who is calling with a key. Raises Unauthenticated."""
    found = find(credential.secret_hash)
    if found is None or found[0].revoked_at is not None:
        raise Unauthenticated("The API key is not valid here: it was revoked or never existed.")
    key, tenant = found
    return Principal(key.id, tenant, key.role, f"key:{key.name}", key.last_used_at)


def enter_session(found: tuple[Session, Tenant] | None, shown_tenant: str | None = None) -> Principal:
    """Tell who is logged in, given the session that was found. Raises Unauthenticated; TenantChanged where the page
    shows another tenant than the session looks at.
    """
    if found is None:
        raise Unauthenticated("The session is over: log in again, with a link that `addon-portal login-link` prints.")
    session, tenant = found
    if shown_tenant not in {None, tenant.id}:
        raise TenantChanged(tenant.id, tenant.name)
    return Principal(session.id, tenant, session.role, f"person:{session.name}", session.last_used_at, session)


def scope_for_operator(principal: Principal, tenant: Tenant) -> TenantScope:
    """The right of an operator to manage another tenant's keys. Raises Forbidden for everybody else."""
    principal.require(Role.OPERATOR)
    return TenantScope(tenant.id)


def scope_for_setup(tenant: Tenant) -> TenantScope:
    """For commands on the machine itself, whose right comes from access to the database, not from a key."""
    return TenantScope(tenant.id)
