"""People at the page: links that let them in once, and sessions. Secrets are known by their hashes alone.

Promises that a link lets in one of those who use it at the same time, and that nothing that is over is found. What is
over is removed when something is added, so that it does not pile up.
"""

from datetime import datetime, timedelta

from addon_portal.domain.ids import SessionId
from addon_portal.domain.models import Role, Tenant, TenantScope
from addon_portal.domain.sessions import LoginLink, Session
from addon_portal.storage.connection import Row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import (
    TENANT_COLUMNS,
    columns,
    from_micros,
    from_micros_or_none,
    storable,
    tenant_from_row,
    to_micros,
)

TOUCH_EVERY = timedelta(minutes=1)
"""A session's last use is exact to this, as that of a key."""
LINKS_REMEMBERED_FOR = timedelta(days=1)
"""After their end, so that whoever comes late is told what became of theirs."""

_SESSION_COLUMNS = "id tenant_id name role created_at last_used_at expires_at"
_WIDTH = len(_SESSION_COLUMNS.split())
_LINK_COLUMNS = "tenant_id, name, role, created_at, expires_at, used_at"
_FIND = f"""
    SELECT {columns("s", _SESSION_COLUMNS)}, {columns("t", TENANT_COLUMNS)}
    FROM sessions AS s JOIN tenants AS t ON t.id = s.tenant_id
    WHERE s.secret_hash = :secret_hash AND s.expires_at > :now AND s.last_used_at > :used_after
"""  # noqa: S608 - made of constants
_INSERT = """
    INSERT INTO sessions (id, tenant_id, name, role, secret_hash, created_at, last_used_at, expires_at)
    VALUES (:id, :tenant_id, :name, :role, :secret_hash, :created_at, :last_used_at, :expires_at)
"""
_MOVE = "UPDATE sessions SET tenant_id = :tenant_id WHERE id = :id"
_TOUCH = "UPDATE sessions SET last_used_at = :at WHERE id = :id AND last_used_at <= :before"
_LIST = f"""
    SELECT {columns("s", _SESSION_COLUMNS)} FROM sessions AS s
    WHERE s.tenant_id = :tenant_id AND s.expires_at > :now AND s.last_used_at > :used_after
    ORDER BY s.created_at, s.id
"""  # noqa: S608 - made of constants
_REMOVE = "DELETE FROM sessions WHERE id = :id AND tenant_id = :tenant_id"
_END = "DELETE FROM sessions WHERE secret_hash = :secret_hash"
_PRUNE = "DELETE FROM sessions WHERE expires_at <= :now OR last_used_at <= :used_after"
_INSERT_LINK = """
    INSERT INTO login_links (secret_hash, tenant_id, name, role, created_at, expires_at, used_at)
    VALUES (:secret_hash, :tenant_id, :name, :role, :created_at, :expires_at, :used_at)
"""
_USE_LINK = f"""
    UPDATE login_links SET used_at = :now
    WHERE secret_hash = :secret_hash AND used_at IS NULL AND expires_at > :now
    RETURNING {_LINK_COLUMNS}
"""  # noqa: S608 - made of constants
_FIND_LINK = f"SELECT {_LINK_COLUMNS} FROM login_links WHERE secret_hash = :secret_hash"  # noqa: S608
_PRUNE_LINKS = "DELETE FROM login_links WHERE expires_at < :before"


class Sessions(Repository):
    """Log-in links and those who are logged in."""

    __slots__ = ()

    def insert_link(self, link: LoginLink, secret_hash: bytes) -> None:
        """Add a link, and forget those that have been over for long."""
        self._connection.change(_PRUNE_LINKS, {"before": to_micros(link.created_at - LINKS_REMEMBERED_FOR)})
        self._connection.change(
            _INSERT_LINK,
            {
                "secret_hash": secret_hash,
                "tenant_id": link.tenant_id,
                "name": storable(link.name),
                "role": link.role.value,
                "created_at": to_micros(link.created_at),
                "expires_at": to_micros(link.expires_at),
                "used_at": None if link.used_at is None else to_micros(link.used_at),
            },
        )

    def use_link(self, secret_hash: bytes, now: datetime) -> LoginLink | None:
        """The link, used from now on; None where it was before, or is over, or never was."""
        row = self._connection.one(_USE_LINK, {"secret_hash": secret_hash, "now": to_micros(now)})
        return None if row is None else _link_from_row(row)

    def find_link(self, secret_hash: bytes) -> LoginLink | None:
        """The link, whatever became of it, if it is remembered."""
        row = self._connection.one(_FIND_LINK, {"secret_hash": secret_hash})
        return None if row is None else _link_from_row(row)

    def insert(self, session: Session, secret_hash: bytes, idle: timedelta) -> None:
        """Add a session, and remove those that are over."""
        now = session.created_at
        self._connection.change(_PRUNE, {"now": to_micros(now), "used_after": to_micros(now - idle)})
        self._connection.change(
            _INSERT,
            {
                "id": session.id,
                "tenant_id": session.tenant_id,
                "name": storable(session.name),
                "role": session.role.value,
                "secret_hash": secret_hash,
                "created_at": to_micros(session.created_at),
                "last_used_at": to_micros(session.last_used_at),
                "expires_at": to_micros(session.expires_at),
            },
        )

    def find_by_hash(self, secret_hash: bytes, now: datetime, idle: timedelta) -> tuple[Session, Tenant] | None:
        """The session with that secret and the tenant it sees; None for an unknown one and for one that is over."""
        row = self._connection.one(
            _FIND, {"secret_hash": secret_hash, "now": to_micros(now), "used_after": to_micros(now - idle)}
        )
        return None if row is None else (_session_from_row(row[:_WIDTH]), tenant_from_row(row[_WIDTH:]))

    def list(self, scope: TenantScope, now: datetime, idle: timedelta) -> tuple[Session, ...]:
        """Those who are logged in and see this tenant, oldest first."""
        parameters = {"tenant_id": scope.tenant_id, "now": to_micros(now), "used_after": to_micros(now - idle)}
        return tuple(_session_from_row(row) for row in self._connection.all(_LIST, parameters))

    def remove(self, scope: TenantScope, session_id: SessionId) -> bool:
        """End a session that sees this tenant; whether it was there."""
        parameters = {"id": storable(session_id), "tenant_id": scope.tenant_id}
        return self._connection.change(_REMOVE, parameters) > 0

    def move(self, scope: TenantScope, session_id: SessionId) -> None:
        """Have a session see the tenant of this scope."""
        self._connection.change(_MOVE, {"id": session_id, "tenant_id": scope.tenant_id})

    def touch(self, session_id: SessionId, at: datetime) -> bool:
        """Remember that the session was used; whether there was anything to write after `TOUCH_EVERY`."""
        parameters = {"id": session_id, "at": to_micros(at), "before": to_micros(at - TOUCH_EVERY)}
        return self._connection.change(_TOUCH, parameters) > 0

    def end(self, secret_hash: bytes) -> bool:
        """Remove a session; whether it was there."""
        return self._connection.change(_END, {"secret_hash": secret_hash}) > 0


def _session_from_row(row: Row) -> Session:
    session_id, tenant_id, name, role, *times = row
    return Session(session_id, tenant_id, name, Role(role), *(from_micros(each) for each in times))


def _link_from_row(row: Row) -> LoginLink:
    tenant_id, name, role, created_at, expires_at, used_at = row
    return LoginLink(
        tenant_id, name, Role(role), from_micros(created_at), from_micros(expires_at), from_micros_or_none(used_at)
    )
