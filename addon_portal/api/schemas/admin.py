"""What operators send and are shown: tenants, keys, programs, hosts, clean-ups."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from addon_portal.api.schemas.fields import (
    AbsolutePath,
    Answer,
    Command,
    Environment,
    Name,
    Parameters,
    Request,
    refuse,
)
from addon_portal.api.schemas.runs import time_or_null
from addon_portal.api.services.issuing import IssuedKey
from addon_portal.api.services.own_key import KeyList as Keys
from addon_portal.api.services.tenant_service import ProgramDraft
from addon_portal.domain.clock import to_text
from addon_portal.domain.health import UNREACHABLE_AFTER
from addon_portal.domain.ids import HostId, has_form
from addon_portal.domain.models import ApiKey, Host, Program, Role, Tenant
from addon_portal.storage.values import CleanupRequest

RoleName = Literal["viewer", "member", "admin", "operator"]
MostRuns = Annotated[
    int | None, Field(ge=1, le=1_000_000, description="Runs active at once; more wait. Null: no limit.")
]


class TenantRequest(Request):
    """A new tenant."""

    name: Annotated[Name, Field(examples=["acme"])]
    max_concurrent_runs: MostRuns = None
    may_run_own_commands: Annotated[bool, Field(description="Or only the operator's programs.")] = True


class LimitsRequest(Request):
    """What a tenant may use from now on."""

    tenant: Annotated[str, Field(max_length=200, description="Name or identifier.", examples=["acme"])]
    max_concurrent_runs: MostRuns
    may_run_own_commands: Annotated[bool | None, Field(description="Null leaves it as it is.")] = None


class KeyRequest(Request):
    """A new key."""

    tenant: Annotated[str, Field(max_length=200, description="Name or identifier.", examples=["acme"])]
    name: Annotated[Name, Field(examples=["ci"])]
    role: RoleName = "member"

    def to_role(self) -> Role:
        """The role by its meaning."""
        return Role(self.role)


class ProgramRequest(Request):
    """A program that tenants may run. Parts of argv may hold `{name}`, filled from parameters."""

    name: Annotated[Name, Field(examples=["etl"])]
    argv: Annotated[Command, Field(examples=[["python3", "etl.py", "--day={day}"]])]
    parameters_schema: Annotated[
        Parameters, Field(description="JSON Schema that a project's parameters must meet.")
    ] = Field(default_factory=dict)
    env: Environment = Field(default_factory=dict)
    working_directory: Annotated[AbsolutePath | None, Field(examples=[None])] = None

    def to_draft(self) -> ProgramDraft:
        """The request as the service takes it."""
        return ProgramDraft(self.name, tuple(self.argv), self.parameters_schema, self.env, self.working_directory)


def _check_host_id(text: str) -> HostId:
    if not has_form("hst_", text):
        raise refuse("hst_ and 26 characters")
    return HostId(text)


NamedHost = Annotated[
    HostId, AfterValidator(_check_host_id), Field(description="By default the host of this API.", examples=[None])
]


class DrainRequest(Request):
    """Whether a host is drained."""

    on: Annotated[bool, Field(description="Start nothing there; or start again what waits.")]
    host_id: NamedHost | None = None


class DrainQuery(BaseModel):
    """Which host is asked about."""

    model_config = ConfigDict(extra="forbid")

    host_id: NamedHost | None = None


class TenantBody(Answer):
    """A tenant."""

    id: Annotated[str, Field(examples=["ten_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    name: str
    created_at: datetime
    max_concurrent_runs: int | None
    may_run_own_commands: bool


class KeyBody(Answer):
    """A key without its secret."""

    id: Annotated[str, Field(examples=["key_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    tenant_id: str
    name: str
    role: Role
    prefix: Annotated[str, Field(description="The beginning of its text.", examples=["ap_Zk3T0q"])]
    created_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="To the minute.")]
    revoked_at: datetime | None
    is_own: Annotated[
        bool,
        Field(description="Whether it is the portal's own, with which the commands on its machine ask: revoked there."),
    ]


class IssuedKeyBody(KeyBody):
    """A new key, with the text that is shown this once."""

    api_key: str


class ProgramBody(Answer):
    """A program."""

    id: Annotated[str, Field(examples=["prg_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    name: str
    argv: list[str]
    parameters_schema: dict[str, JsonValue]
    env: dict[str, str]
    working_directory: str | None
    created_at: datetime


class HostBody(Answer):
    """A machine with a supervisor."""

    id: Annotated[str, Field(examples=["hst_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    name: str
    observed_at: Annotated[datetime | None, Field(description="When its last complete sweep began.")]
    unreachable: bool
    supervisor_pid: int | None
    max_concurrent_runs: int | None
    drained_at: Annotated[datetime | None, Field(description="Since when nothing is started there, for maintenance.")]
    drained_by: str | None


class CleanupBody(Answer):
    """A clean-up of stuck projects. `report` says what was looked at, found and changed."""

    id: Annotated[str, Field(examples=["cln_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    requested_at: datetime
    requested_by: str
    completed_at: Annotated[datetime | None, Field(description="Null while the supervisor has not answered.")]
    report: dict[str, JsonValue] | None


class TenantList(Answer):
    """Every tenant."""

    items: list[TenantBody]


class KeyList(Answer):
    """The keys of a tenant, revoked ones too."""

    items: list[KeyBody]


class ProgramList(Answer):
    """Every program."""

    items: list[ProgramBody]


class HostList(Answer):
    """Every host."""

    items: list[HostBody]


def tenant_body(tenant: Tenant) -> dict[str, object]:
    """The Tenant object."""
    return {
        "id": tenant.id,
        "name": tenant.name,
        "created_at": to_text(tenant.created_at),
        "max_concurrent_runs": tenant.max_concurrent_runs,
        "may_run_own_commands": tenant.may_run_own_commands,
    }


def key_body(key: ApiKey, *, is_own: bool) -> dict[str, object]:
    """The Key object."""
    return {
        "id": key.id,
        "tenant_id": key.tenant_id,
        "name": key.name,
        "role": key.role,
        "prefix": key.prefix,
        "created_at": to_text(key.created_at),
        "last_used_at": time_or_null(key.last_used_at),
        "revoked_at": time_or_null(key.revoked_at),
        "is_own": is_own,
    }


def key_list_body(keys: Keys) -> dict[str, object]:
    """The KeyList object."""
    return {"items": [key_body(key, is_own=key.id == keys.own_id) for key in keys.items]}


def issued_key_body(issued: IssuedKey) -> dict[str, object]:
    """The Key object with its text."""
    return {**key_body(issued.key, is_own=False), "api_key": issued.text}


def program_body(program: Program) -> dict[str, object]:
    """The Program object."""
    return {
        "id": program.id,
        "name": program.name,
        "argv": list(program.argv),
        "parameters_schema": program.parameters_schema,
        "env": program.env,
        "working_directory": program.working_directory,
        "created_at": to_text(program.created_at),
    }


def host_body(host: Host, now: datetime) -> dict[str, object]:
    """The Host object."""
    return {
        "id": host.id,
        "name": host.name,
        "observed_at": time_or_null(host.observed_at),
        "unreachable": host.observed_at is None or now - host.observed_at > UNREACHABLE_AFTER,
        "supervisor_pid": host.supervisor_pid,
        "max_concurrent_runs": host.max_concurrent_runs,
        "drained_at": time_or_null(host.drained_at),
        "drained_by": host.drained_by,
    }


def cleanup_body(cleanup: CleanupRequest) -> dict[str, object]:
    """The Cleanup object."""
    return {
        "id": cleanup.id,
        "requested_at": to_text(cleanup.requested_at),
        "requested_by": cleanup.requested_by,
        "completed_at": time_or_null(cleanup.completed_at),
        "report": cleanup.report,
    }
