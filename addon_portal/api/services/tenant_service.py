"""What an operator manages: tenants with their limits and keys, programs, hosts."""

from dataclasses import dataclass

from addon_portal.api.services.access_log import tell_key_created, tell_key_revoked
from addon_portal.api.services.issuing import IssuedKey, add_key
from addon_portal.api.services.own_key import KeyList, list_all_keys, refuse_own_key
from addon_portal.api.services.parameter_schemas import check_schema
from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal, scope_for_operator
from addon_portal.domain.errors import FieldProblem, InvalidRequest
from addon_portal.domain.ids import HostId, KeyId, has_form, new_program_id, new_tenant_id
from addon_portal.domain.models import Host, JsonObject, Program, Role, Tenant


@dataclass(frozen=True, slots=True)
class ProgramDraft:
    """A program as it was asked for."""

    name: str
    argv: tuple[str, ...]
    parameters_schema: JsonObject
    env: dict[str, str]
    working_directory: str | None


def create_tenant(portal: Portal, name: str, *, max_concurrent_runs: int | None, may_run_own_commands: bool) -> Tenant:
    """Add a tenant. Raises NameTaken, InvalidRequest."""
    if has_form("ten_", name):
        raise InvalidRequest([FieldProblem("name", "a name that has not the form of an identifier", repr(name))])
    now = portal.clock.now()
    tenant = Tenant(new_tenant_id(now), name, now, max_concurrent_runs, may_run_own_commands)
    with portal.storage.write() as uow:
        uow.tenants.insert(tenant)
    return tenant


def list_tenants(portal: Portal) -> tuple[Tenant, ...]:
    """Every tenant."""
    with portal.storage.read() as uow:
        return uow.tenants.list()


def update_limits(
    portal: Portal, name_or_id: str, *, max_concurrent_runs: int | None, may_run_own_commands: bool | None
) -> Tenant:
    """Change what a tenant may use; waiting runs are looked at again. Raises NotFound."""
    with portal.storage.write() as uow:
        tenant = uow.tenants.get_named(name_or_id)
        own = tenant.may_run_own_commands if may_run_own_commands is None else may_run_own_commands
        uow.tenants.update_limits(tenant.id, max_concurrent_runs=max_concurrent_runs, may_run_own_commands=own)
        uow.wake_supervisor(portal.host_id)
        return uow.tenants.get(tenant.id)


def create_key(portal: Portal, principal: Principal, name_or_id: str, *, name: str, role: Role) -> IssuedKey:
    """Make a key of a tenant. Raises NotFound, Forbidden."""
    with portal.storage.write() as uow:
        scope = scope_for_operator(principal, uow.tenants.get_named(name_or_id))
        made = add_key(uow, scope, name, role, portal.clock.now())
    tell_key_created(principal, made.key)
    return made


def list_keys(portal: Portal, principal: Principal, name_or_id: str) -> KeyList:
    """The keys of a tenant, revoked ones too. Raises NotFound, Forbidden."""
    with portal.storage.read() as uow:
        scope = scope_for_operator(principal, uow.tenants.get_named(name_or_id))
        return list_all_keys(uow, portal.data, scope)


def revoke_key(portal: Portal, principal: Principal, name_or_id: str, key_id: KeyId) -> None:
    """End a key at once. Raises NotFound, Forbidden, OwnKey."""
    with portal.storage.write() as uow:
        scope = scope_for_operator(principal, uow.tenants.get_named(name_or_id))
        key = uow.credentials.get_key(scope, key_id)
        refuse_own_key(uow, portal.data, key_id)
        uow.credentials.revoke(scope, key_id, portal.clock.now())
    tell_key_revoked(principal, key)


def create_program(portal: Portal, draft: ProgramDraft) -> Program:
    """Offer a program to tenants. Raises NameTaken, InvalidRequest for a schema that is none."""
    problems = check_schema(draft.parameters_schema)
    if has_form("prg_", draft.name):
        problems.append(FieldProblem("name", "a name that has not the form of an identifier", repr(draft.name)))
    if problems:
        raise InvalidRequest(problems)
    now = portal.clock.now()
    program = Program(
        id=new_program_id(now),
        name=draft.name,
        argv=draft.argv,
        parameters_schema=draft.parameters_schema,
        env=draft.env,
        working_directory=draft.working_directory,
        created_at=now,
    )
    with portal.storage.write() as uow:
        uow.programs.insert(program)
    return program


def list_programs(portal: Portal) -> tuple[Program, ...]:
    """Every program."""
    with portal.storage.read() as uow:
        return uow.programs.list()


def list_hosts(portal: Portal) -> tuple[Host, ...]:
    """Every host with the moment at which its supervisor last looked at its runs."""
    with portal.storage.read() as uow:
        return uow.hosts.list()


def get_host(portal: Portal, host_id: HostId | None) -> Host:
    """One host, by default the one of this api. Raises NotFound."""
    with portal.storage.read() as uow:
        return uow.hosts.get(host_id or portal.host_id)


def set_drain(portal: Portal, principal: Principal, host_id: HostId | None, *, on: bool) -> Host:
    """Have nothing started on a host, or start again what waits there. Raises NotFound."""
    with portal.storage.write() as uow:
        host = uow.hosts.get(host_id or portal.host_id)
        if on:
            uow.hosts.drain(host.id, portal.clock.now(), principal.actor)
        else:
            uow.hosts.end_drain(host.id)
        return uow.hosts.get(host.id)
