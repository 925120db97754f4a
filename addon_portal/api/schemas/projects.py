"""Projects: what defines one, and the Project object."""

import signal
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from addon_portal.api.schemas.fields import (
    MASKED,
    AbsolutePath,
    Answer,
    Command,
    Environment,
    GraceSeconds,
    Name,
    Parameters,
    Request,
    StopSignal,
    Time,
    refuse,
)
from addon_portal.api.schemas.limits import LimitsBody, LimitsRequest, limits_body
from addon_portal.api.schemas.restart_policies import RestartPolicyBody, RestartPolicyRequest
from addon_portal.api.schemas.runs import (
    PROJECT_ID,
    RunBody,
    ScheduledRestartBody,
    execution_error,
    run_body,
    scheduled_restart_body,
    time_or_null,
)
from addon_portal.api.schemas.terms import (
    LogLimitBytes,
    RuntimeSeconds,
    StallSeconds,
    SuccessCheckBody,
    SuccessCheckRequest,
)
from addon_portal.api.services.definitions import ProjectDraft
from addon_portal.api.services.shown import ShownProject
from addon_portal.domain.clock import to_text
from addon_portal.domain.models import Role, StopSettings
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import OnStall, Stall, StallBy, Terms, success_check_to_json


class StopSettingsRequest(Request):
    """How the program is asked to end."""

    signal: Annotated[StopSignal, Field(description="The polite signal.")] = "SIGTERM"
    grace_seconds: Annotated[GraceSeconds | None, Field(description="By default the installation's.")] = None


class ProjectRequest(Request):
    """A definition: either `command`, or a `program` of the operator's with `parameters`."""

    name: Annotated[Name, Field(examples=["nightly"])]
    command: Command | None = None
    program: Annotated[
        str | None, Field(max_length=200, description="Name or id of an operator's program.", examples=[None])
    ] = None
    parameters: Parameters = Field(default_factory=dict)
    env: Environment = Field(default_factory=dict)
    working_directory: Annotated[
        AbsolutePath | None, Field(description="By default a workspace that the portal makes.", examples=[None])
    ] = None
    stop: StopSettingsRequest = Field(default_factory=StopSettingsRequest)
    max_runtime_seconds: Annotated[RuntimeSeconds | None, Field(examples=[None])] = None
    success_check: Annotated[SuccessCheckRequest | None, Field(examples=[None])] = None
    limits: LimitsRequest = Field(default_factory=LimitsRequest)
    log_limit_bytes: Annotated[LogLimitBytes | None, Field(examples=[None])] = None
    terminal: Annotated[
        bool, Field(description="Both outputs are a terminal, for programs that hold back what they write otherwise.")
    ] = False

    restart_policy: Annotated[
        RestartPolicyRequest | None,
        Field(description="By default never. Not part of the definition: holds for every run that ends from now on."),
    ] = None

    stall_seconds: Annotated[StallSeconds | None, Field(examples=[None])] = None
    on_stall: Annotated[
        Literal["warn", "stop", "restart"], Field(description="What follows when it stays silent for 10 s more.")
    ] = "warn"
    stall_by: Annotated[Literal["heartbeat", "output", "either"], Field(description="What a sign of life is.")] = (
        "heartbeat"
    )

    @model_validator(mode="after")
    def _silence_has_a_limit(self) -> Self:
        if self.stall_seconds is None and (self.on_stall, self.stall_by) != ("warn", "heartbeat"):
            raise refuse("stall_seconds beside on_stall and stall_by", "none")
        return self

    def to_draft(self) -> ProjectDraft:
        """The request as the services take it."""
        return ProjectDraft(
            name=self.name,
            command=tuple(self.command) if self.command is not None else None,
            program=self.program,
            parameters=self.parameters,
            env=self.env,
            working_directory=self.working_directory,
            stop_signal=int(signal.Signals[self.stop.signal]),
            grace_seconds=self.stop.grace_seconds,
            terms=self._terms(),
            restart_policy=self.restart_policy.to_policy() if self.restart_policy else None,
        )

    def _terms(self) -> Terms:
        check = None if self.success_check is None else self.success_check.to_check()
        stall = None
        if self.stall_seconds is not None:
            stall = Stall(self.stall_seconds, OnStall(self.on_stall), StallBy(self.stall_by))
        limits = self.limits.to_limits()
        return Terms(self.max_runtime_seconds, check, limits, stall, self.log_limit_bytes, self.terminal)


class ProjectChange(ProjectRequest):
    """A definition in place of another."""

    seen_at: Annotated[
        Time | None,
        Field(description="`updated_at` of what was seen; refused where that has changed. Null: whatever it is."),
    ] = None
    keep_parameters: Annotated[
        bool,
        Field(description="What is stored stays, whatever `parameters` says: for who cannot hold its numbers."),
    ] = False


class StopSettingsBody(Answer):
    """How the program is asked to end."""

    signal: Annotated[str, Field(examples=["SIGTERM"])]
    grace_seconds: Annotated[float, Field(examples=[10])]


class CommitBody(Answer):
    """What code was fetched from, and the commit that `ref` was then."""

    url: Annotated[str, Field(examples=["https://git.example/etl.git"])]
    ref: Annotated[str, Field(examples=["main"])]
    commit: Annotated[str, Field(examples=["5e" * 20])]


class CodeBody(Answer):
    """A version of code. Equal files have equal digests."""

    digest: Annotated[str, Field(examples=[f"sha256:{'5e' * 32}"])]
    entries: Annotated[int, Field(description="Files, directories and links.", examples=[12])]
    bytes: Annotated[int, Field(description="Of all files.", examples=[48213])]
    git: Annotated[CommitBody | None, Field(description="Null for code that was uploaded.")]


class ProjectBody(Answer):
    """A definition with its newest run. The `execution_*` fields are those of `latest_run`, null before the first."""

    id: Annotated[str, Field(examples=[PROJECT_ID])]
    name: Annotated[str, Field(examples=["nightly"])]
    command: Annotated[list[str] | None, Field(examples=[["python3", "etl.py", "--full"]])]
    program: Annotated[str | None, Field(description="The id of the operator's program.", examples=[None])]
    parameters: dict[str, JsonValue]
    env: Annotated[dict[str, str], Field(description="Viewers see names, with *** for every value.")]
    working_directory: str | None
    stop: StopSettingsBody
    max_runtime_seconds: Annotated[float | None, Field(description="After so long a run is stopped.")]
    code: Annotated[CodeBody | None, Field(description="What a new workspace is filled with.")]
    success_check: SuccessCheckBody | None
    limits: LimitsBody
    log_limit_bytes: Annotated[
        int | None, Field(description="Of its output so many bytes are kept, 0: all; null: what the installation says.")
    ]
    terminal: Annotated[bool, Field(description="Whether both outputs are a terminal.")]
    stall_seconds: Annotated[float | None, Field(description="After so long without a sign of life it is silent.")]
    on_stall: OnStall
    stall_by: StallBy
    definition_version: Annotated[int, Field(description="Counts changes from 1; runs name it.", examples=[1])]
    created_at: datetime
    updated_at: datetime
    execution_status: RunState | None
    execution_error: str | None
    execution_started_at: datetime | None
    execution_completed_at: datetime | None
    restart_policy: Annotated[RestartPolicyBody | None, Field(description="Null: never.")]
    scheduled_restart: Annotated[ScheduledRestartBody | None, Field(description="The restart that is to come.")]
    latest_run: RunBody | None


class ProjectPage(Answer):
    """Projects in the order that was asked for, by default newest first."""

    items: list[ProjectBody]
    next_cursor: Annotated[str | None, Field(description="For the next page; null on the last.")]


def project_body(shown: ShownProject, reader: Role) -> dict[str, object]:
    """The Project object of a project, as a reader of this role may see it: values of the environment are secrets."""
    project, latest = shown.project, shown.latest_run
    definition = project.definition
    return {
        "id": project.id,
        "name": project.name,
        "command": None if definition.command is None else list(definition.command),
        "program": definition.program_id,
        "parameters": definition.parameters,
        "env": definition.env if reader.includes(Role.MEMBER) else dict.fromkeys(definition.env, MASKED),
        "working_directory": definition.working_directory,
        "stop": stop_body(definition.stop),
        "code": definition.code and definition.code.to_record(),
        **terms_body(definition.terms),
        "definition_version": definition.version,
        "created_at": to_text(project.created_at),
        "updated_at": to_text(project.updated_at),
        "execution_status": latest and latest.run.state,
        "execution_error": execution_error(latest),
        "execution_started_at": latest and time_or_null(latest.run.started_at),
        "execution_completed_at": latest and time_or_null(_completed_at(shown)),
        "restart_policy": project.restart_policy,
        "scheduled_restart": scheduled_restart_body(project.scheduled_restart),
        "latest_run": latest and run_body(latest),
    }


def terms_body(terms: Terms) -> dict[str, object]:
    """What is demanded of runs beside an exit code."""
    check, stall = terms.success_check, terms.stall
    return {
        "max_runtime_seconds": terms.max_runtime_seconds,
        "success_check": check and success_check_to_json(check),
        "stall_seconds": stall and stall.seconds,
        "on_stall": stall.on_stall if stall else OnStall.WARN,
        "stall_by": stall.by if stall else StallBy.HEARTBEAT,
        "limits": limits_body(terms.limits),
        "log_limit_bytes": terms.log_limit_bytes,
        "terminal": terms.terminal,
    }


def stop_body(stop: StopSettings) -> dict[str, object]:
    """How the program is asked to end, with the signal by name."""
    return {"signal": signal.Signals(stop.signal).name, "grace_seconds": stop.grace_seconds}


def _completed_at(shown: ShownProject) -> datetime | None:
    """When the program ended or, where nobody knows, when the run became final."""
    run = shown.latest_run.run if shown.latest_run else None
    return (run.ended_at or run.finished_at) if run and not run.is_active else None
