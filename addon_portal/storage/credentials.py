"""API keys: who is calling. Secrets are known by their hash alone."""

from datetime import datetime, timedelta

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import KeyId
from addon_portal.domain.models import ApiKey, Tenant, TenantScope
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import (
    KEY_COLUMNS,
    TENANT_COLUMNS,
    columns,
    key_from_row,
    storable,
    tenant_from_row,
    to_micros,
    to_micros_or_none,
)

TOUCH_EVERY = timedelta(minutes=1)
"""A key's last use is exact to this: more would be a write for every call."""

_KEY = columns("k", KEY_COLUMNS)
_FIND = f"""
    SELECT {_KEY}, {columns("t", TENANT_COLUMNS)}
    FROM api_keys AS k JOIN tenants AS t ON t.id = k.tenant_id
    WHERE k.secret_hash = :secret_hash AND k.revoked_at IS NULL
"""  # noqa: S608 - made of constants
_LIST = f"SELECT {_KEY} FROM api_keys AS k WHERE k.tenant_id = :tenant_id ORDER BY k.created_at, k.id"  # noqa: S608
_GET = f"SELECT {_KEY} FROM api_keys AS k WHERE k.tenant_id = :tenant_id AND k.id = :id"  # noqa: S608
_INSERT = """
    INSERT INTO api_keys (id, tenant_id, name, role, prefix, secret_hash, created_at, last_used_at, revoked_at)
    VALUES (:id, :tenant_id, :name, :role, :prefix, :secret_hash, :created_at, :last_used_at, :revoked_at)
"""
_REVOKE = """
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, :at) WHERE id = :id AND tenant_id = :tenant_id
"""
_TOUCH = """
    UPDATE api_keys SET last_used_at = :at WHERE id = :id AND (last_used_at IS NULL OR last_used_at <= :before)
"""
_KEY_WIDTH = len(KEY_COLUMNS.split())


class Credentials(Repository):
    """API keys."""

    __slots__ = ()

    def insert_key(self, key: ApiKey, secret_hash: bytes) -> None:
        """Add a key."""
        self._connection.change(
            _INSERT,
            {
                "id": key.id,
                "tenant_id": key.tenant_id,
                "name": storable(key.name),
                "role": key.role.value,
                "prefix": key.prefix,
                "secret_hash": secret_hash,
                "created_at": to_micros(key.created_at),
                "last_used_at": to_micros_or_none(key.last_used_at),
                "revoked_at": to_micros_or_none(key.revoked_at),
            },
        )

    def find_by_hash(self, secret_hash: bytes) -> tuple[ApiKey, Tenant] | None:
        """The key with that secret and its tenant; None for an unknown or a revoked one."""
        row = self._connection.one(_FIND, {"secret_hash": secret_hash})
        if row is None:
            return None
        return key_from_row(row[:_KEY_WIDTH]), tenant_from_row(row[_KEY_WIDTH:])

    def list_keys(self, scope: TenantScope) -> tuple[ApiKey, ...]:
        """The tenant's keys, revoked ones too, oldest first."""
        return tuple(key_from_row(row) for row in self._connection.all(_LIST, {"tenant_id": scope.tenant_id}))

    def get_key(self, scope: TenantScope, key_id: KeyId) -> ApiKey:
        """One of the tenant's keys. Raises NotFound."""
        row = self._connection.one(_GET, {"tenant_id": scope.tenant_id, "id": storable(key_id)})
        if row is None:
            raise NotFound("key", key_id)
        return key_from_row(row)

    def revoke(self, scope: TenantScope, key_id: KeyId, at: datetime) -> None:
        """End a key; the first time counts. Raises NotFound."""
        parameters = {"id": storable(key_id), "tenant_id": scope.tenant_id, "at": to_micros(at)}
        if not self._connection.change(_REVOKE, parameters):
            raise NotFound("key", key_id)

    def touch(self, key_id: KeyId, at: datetime) -> bool:
        """Remember that the key was used; whether there was anything to write after `TOUCH_EVERY`.

        Look at `ApiKey.last_used_at` first: a transaction costs more than this statement.
        """
        parameters = {"id": key_id, "at": to_micros(at), "before": to_micros(at - TOUCH_EVERY)}
        return self._connection.change(_TOUCH, parameters) > 0
