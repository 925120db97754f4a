"""Tenants, for the operator and for whoever has to know a tenant's limits."""

from addon_portal.domain.errors import NameTaken, NotFound
from addon_portal.domain.ids import TenantId, has_form
from addon_portal.domain.models import Tenant
from addon_portal.domain.names import normal_name
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import TENANT_COLUMNS, columns, storable, tenant_from_row, to_micros

_SELECT = f"SELECT {columns('t', TENANT_COLUMNS)} FROM tenants AS t"  # noqa: S608 - made of constants
_INSERT = """
    INSERT INTO tenants (id, name, created_at, max_concurrent_runs, may_run_own_commands)
    VALUES (:id, :name, :created_at, :max_concurrent_runs, :may_run_own_commands)
    ON CONFLICT (name) DO NOTHING RETURNING id
"""
_UPDATE_LIMITS = """
    UPDATE tenants SET max_concurrent_runs = :max_concurrent_runs, may_run_own_commands = :may_run_own_commands
    WHERE id = :id
"""


class Tenants(Repository):
    """All tenants of the installation."""

    __slots__ = ()

    def insert(self, tenant: Tenant) -> None:
        """Add a tenant. Raises NameTaken."""
        added = self._connection.one(
            _INSERT,
            {
                "id": tenant.id,
                "name": storable(tenant.name),
                "created_at": to_micros(tenant.created_at),
                "max_concurrent_runs": tenant.max_concurrent_runs,
                "may_run_own_commands": tenant.may_run_own_commands,
            },
        )
        if added is None:
            raise NameTaken("tenant", tenant.name)

    def get(self, tenant_id: TenantId) -> Tenant:
        """One tenant. Raises NotFound."""
        row = self._connection.one(f"{_SELECT} WHERE t.id = :id", {"id": storable(tenant_id)})
        if row is None:
            raise NotFound("tenant", tenant_id)
        return tenant_from_row(row)

    def find_by_name(self, name: str) -> Tenant | None:
        """The tenant of that name."""
        row = self._connection.one(f"{_SELECT} WHERE t.name = :name", {"name": storable(name)})
        return None if row is None else tenant_from_row(row)

    def get_named(self, name_or_id: str) -> Tenant:
        """The tenant with this identifier or this name, as people write it. Raises NotFound."""
        if has_form("ten_", name_or_id):
            return self.get(TenantId(name_or_id))
        tenant = self.find_by_name(normal_name(name_or_id))
        if tenant is None:
            raise NotFound("tenant", name_or_id)
        return tenant

    def list(self) -> tuple[Tenant, ...]:
        """Every tenant, oldest first."""
        rows = self._connection.all(f"{_SELECT} ORDER BY t.created_at, t.id")
        return tuple(tenant_from_row(row) for row in rows)

    def update_limits(
        self, tenant_id: TenantId, *, max_concurrent_runs: int | None, may_run_own_commands: bool
    ) -> None:
        """Change what the tenant may use. None is no limit. Raises NotFound."""
        changed = self._connection.change(
            _UPDATE_LIMITS,
            {
                "id": storable(tenant_id),
                "max_concurrent_runs": max_concurrent_runs,
                "may_run_own_commands": may_run_own_commands,
            },
        )
        if not changed:
            raise NotFound("tenant", tenant_id)
