"""What operators manage: tenants, limits, keys, programs, hosts, and clean-ups on demand."""

from typing import Annotated, Any

from fastapi import Query, Response

from addon_portal.api.deps import CallerDep, CleanupIdPath, KeyIdPath, RetentionIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import admin, examples, retention
from addon_portal.api.schemas.fields import Answer
from addon_portal.api.services import project_execution_service, retention_service, tenant_service
from addon_portal.domain.models import Role

router = new_router("admin", "/api/admin")

_BODY = ("invalid_request", "malformed_body", "body_too_large")
_DRAIN_ERRORS = ("not_found", "invalid_request")
_CLEANUP = says("Clean up stuck projects", admin.CleanupBody, examples.CLEANUP)
_CLEANUP["responses"][202] = {"description": "Asked for; the report will be at Location", "model": admin.CleanupBody}
_RETENTION = says("Apply retention", retention.RetentionBody, retention.RETENTION, asked=retention.ASKED, errors=_BODY)
_RETENTION["responses"][202] = {"description": "Asked for; see Location", "model": retention.RetentionBody}
TenantQuery = Annotated[str, Query(max_length=200, description="Name or identifier of a tenant.")]


def _list_of(example: dict[str, object]) -> dict[str, Any]:
    return {"items": [example]}


def _creates(
    title: str, model: type[Answer], example: dict[str, Any], asked: dict[str, Any], refusal: str
) -> dict[str, Any]:
    return says(title, model, example, status=201, asked=asked, errors=(refusal, *_BODY))


@router.post(
    "/cleanup",
    **_CLEANUP,
)
def cleanup_stuck_projects(caller: CallerDep) -> Response:
    """Has the supervisor look at every run of its host now. Answers 200 with its report, or after 5 s 202 without."""
    principal = caller.enter(Role.OPERATOR)
    cleanup = project_execution_service.cleanup_stuck_projects(caller.portal, principal.actor)
    headers = {"Location": f"/api/admin/cleanup/{cleanup.id}"}
    return answer(admin.cleanup_body(cleanup), 200 if cleanup.completed_at else 202, headers)


@router.get(
    "/cleanup/{cleanup_id}",
    **says("Get a clean-up", admin.CleanupBody, examples.CLEANUP, errors=("not_found",)),
)
def get_cleanup(cleanup_id: CleanupIdPath, caller: CallerDep) -> Response:
    """A clean-up and, once the supervisor has answered, its report."""
    caller.enter(Role.OPERATOR)
    return answer(admin.cleanup_body(project_execution_service.get_cleanup(caller.portal, cleanup_id)))


@router.post(
    "/retention",
    **_RETENTION,
)
def apply_retention(caller: CallerDep, body: retention.RetentionRequest | None = None) -> Response:
    """Has the supervisor remove what the settings no longer keep. Answers 200 with its report, or after 5 s 202."""
    principal = caller.enter(Role.OPERATOR)
    dry_run = body is not None and body.dry_run
    made = retention_service.request_retention(caller.portal, principal.actor, dry_run=dry_run)
    headers = {"Location": f"/api/admin/retention/{made.id}"}
    return answer(retention.retention_body(made), 200 if made.completed_at else 202, headers)


@router.get(
    "/retention/{retention_id}",
    **says("Get a pass of retention", retention.RetentionBody, retention.RETENTION, errors=("not_found",)),
)
def get_retention(retention_id: RetentionIdPath, caller: CallerDep) -> Response:
    """A pass that was asked for and, once it is over, its report."""
    caller.enter(Role.OPERATOR)
    return answer(retention.retention_body(retention_service.get_retention(caller.portal, retention_id)))


@router.get("/tenants", **says("List tenants", admin.TenantList, _list_of(examples.TENANT)))
def list_tenants(caller: CallerDep) -> Response:
    """Every tenant of the installation."""
    caller.enter(Role.OPERATOR)
    return answer({"items": [admin.tenant_body(tenant) for tenant in tenant_service.list_tenants(caller.portal)]})


@router.post(
    "/tenants", **_creates("Create a tenant", admin.TenantBody, examples.TENANT, examples.TENANT_ASKED, "name_taken")
)
def create_tenant(caller: CallerDep, body: admin.TenantRequest) -> Response:
    """Adds a customer or team, without keys."""
    caller.enter(Role.OPERATOR)
    tenant = tenant_service.create_tenant(
        caller.portal,
        body.name,
        max_concurrent_runs=body.max_concurrent_runs,
        may_run_own_commands=body.may_run_own_commands,
    )
    return answer(admin.tenant_body(tenant), 201)


@router.put(
    "/limits",
    **says(
        "Change a tenant's limits",
        admin.TenantBody,
        examples.TENANT,
        asked=examples.LIMITS_ASKED,
        errors=("not_found", *_BODY),
    ),
)
def update_limits(caller: CallerDep, body: admin.LimitsRequest) -> Response:
    """Waiting runs are looked at again; runs that are active stay."""
    caller.enter(Role.OPERATOR)
    tenant = tenant_service.update_limits(
        caller.portal,
        body.tenant,
        max_concurrent_runs=body.max_concurrent_runs,
        may_run_own_commands=body.may_run_own_commands,
    )
    return answer(admin.tenant_body(tenant))


@router.get("/keys", **says("List keys", admin.KeyList, _list_of(examples.KEY), errors=("not_found",)))
def list_keys(caller: CallerDep, tenant: TenantQuery) -> Response:
    """The keys of a tenant, without their secrets, revoked ones too."""
    keys = tenant_service.list_keys(caller.portal, caller.enter(Role.OPERATOR), tenant)
    return answer(admin.key_list_body(keys))


@router.post(
    "/keys", **_creates("Create a key", admin.IssuedKeyBody, examples.ISSUED_KEY, examples.KEY_ASKED, "not_found")
)
def create_key(caller: CallerDep, body: admin.KeyRequest) -> Response:
    """Makes a key. Its text is in this answer and nowhere else."""
    principal = caller.enter(Role.OPERATOR)
    issued = tenant_service.create_key(caller.portal, principal, body.tenant, name=body.name, role=body.to_role())
    return answer(admin.issued_key_body(issued), 201)


@router.delete(
    "/keys/{key_id}",
    **says("Revoke a key", None, None, status=204, errors=("not_found", "own_key", "invalid_request")),
)
def revoke_key(key_id: KeyIdPath, caller: CallerDep, tenant: TenantQuery) -> Response:
    """From now on the key opens nothing. The one of the commands on the portal's machine is revoked only there."""
    tenant_service.revoke_key(caller.portal, caller.enter(Role.OPERATOR), tenant, key_id)
    return Response(status_code=204)


@router.get("/programs", **says("List programs", admin.ProgramList, _list_of(examples.PROGRAM)))
def list_programs(caller: CallerDep) -> Response:
    """What tenants may run beside, or instead of, their own commands."""
    caller.enter(Role.OPERATOR)
    return answer({"items": [admin.program_body(program) for program in tenant_service.list_programs(caller.portal)]})


@router.post(
    "/programs",
    **_creates("Create a program", admin.ProgramBody, examples.PROGRAM, examples.PROGRAM_ASKED, "name_taken"),
)
def create_program(caller: CallerDep, body: admin.ProgramRequest) -> Response:
    """Offers an argv template with the schema of its parameters."""
    caller.enter(Role.OPERATOR)
    return answer(admin.program_body(tenant_service.create_program(caller.portal, body.to_draft())), 201)


@router.get("/hosts", **says("List hosts", admin.HostList, _list_of(examples.HOST)))
def list_hosts(caller: CallerDep) -> Response:
    """The machines with a supervisor, and when each last looked at its runs."""
    caller.enter(Role.OPERATOR)
    now = caller.portal.clock.now()
    return answer({"items": [admin.host_body(host, now) for host in tenant_service.list_hosts(caller.portal)]})


@router.get("/drain", **says("Get the drain of a host", admin.HostBody, examples.HOST, errors=_DRAIN_ERRORS))
def get_drain(caller: CallerDep, query: Annotated[admin.DrainQuery, Query()]) -> Response:
    """Whether anything is started on the host: `drained_at` is null if so."""
    caller.enter(Role.OPERATOR)
    host = tenant_service.get_host(caller.portal, query.host_id)
    return answer(admin.host_body(host, caller.portal.clock.now()))


@router.put(
    "/drain",
    **says(
        "Drain a host",
        admin.HostBody,
        examples.HOST,
        asked=examples.DRAIN_ASKED,
        errors=(*_DRAIN_ERRORS, "malformed_body", "body_too_large"),
    ),
)
def set_drain(caller: CallerDep, body: admin.DrainRequest) -> Response:
    """From this answer on nothing is started there, or what waits is started again. What runs goes on."""
    principal = caller.enter(Role.OPERATOR)
    host = tenant_service.set_drain(caller.portal, principal, body.host_id, on=body.on)
    return answer(admin.host_body(host, caller.portal.clock.now()))
