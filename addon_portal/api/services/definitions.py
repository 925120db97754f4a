"""What a project or a run is defined by, checked against what is stored.

Promises to name every problem at once and to refuse only what can be known to be wrong before a start; an unknown
command is not one of those: it is a run that says so.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from addon_portal.api.services.parameter_schemas import check_against_schema
from addon_portal.domain.errors import FieldProblem, InvalidRequest
from addon_portal.domain.models import Definition, JsonObject, Program, StopSettings, Tenant
from addon_portal.domain.programs import placeholders
from addon_portal.domain.terms import NO_TERMS, Terms
from addon_portal.validation import describe

MOST_PARAMETERS = 64 * 1024
MOST_ENVIRONMENT = 64 * 1024
"""Bytes of JSON; they reach the program in one environment variable, for which the kernel allows 128 KiB."""


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A definition as it was asked for; well formed, not yet held against anything stored."""

    name: str
    command: tuple[str, ...] | None
    program: str | None
    parameters: JsonObject
    env: Mapping[str, str]
    working_directory: str | None
    stop_signal: int
    grace_seconds: float | None
    terms: Terms = NO_TERMS
    restart_policy: JsonObject | None = None
    """Of the project, not of its definition."""


def define(
    draft: ProjectDraft, tenant: Tenant, program: Program | None, default_grace_seconds: float, now: datetime
) -> Definition:
    """The definition (of version 1) that a draft asks for. `program` is what its name was found to be.

    Raises InvalidRequest.
    """
    problems = list(_command_problems(draft, tenant, program))
    if program is not None:
        problems += check_parameters(program, draft.parameters)
    if problems:
        raise InvalidRequest(problems)
    grace = default_grace_seconds if draft.grace_seconds is None else draft.grace_seconds
    return Definition(
        version=1,
        command=draft.command,
        program_id=program.id if program else None,
        parameters=draft.parameters,
        env=draft.env,
        working_directory=draft.working_directory,
        stop=StopSettings(draft.stop_signal, grace),
        created_at=now,
        terms=draft.terms,
    )


def _command_problems(draft: ProjectDraft, tenant: Tenant, program: Program | None) -> Iterable[FieldProblem]:
    if draft.program is not None and program is None:
        yield FieldProblem("program", "the name or id of a program that the operator offers", describe(draft.program))
    if draft.command is not None and draft.program is not None:
        yield FieldProblem("command", "either command or program", "both")
    if draft.command is None and draft.program is None:
        yield FieldProblem("command", "either command or program", "neither")
    if draft.command is not None and not tenant.may_run_own_commands:
        yield FieldProblem("command", "a program of the operator's; this tenant may not run its own", "a command")


def check_parameters(program: Program, parameters: JsonObject) -> list[FieldProblem]:
    """What is wrong with the parameters for this program: by its schema, and by the names its argv needs."""
    problems = check_against_schema(program.parameters_schema, parameters)
    told = {problem.field for problem in problems}
    missing = [f"parameters.{name}" for name in placeholders(program.argv) if name not in parameters]
    return problems + [
        FieldProblem(field, "a value for the program's argv", "nothing") for field in missing if field not in told
    ]


def check_size(parameters: JsonObject) -> list[FieldProblem]:
    """What is wrong with the size of parameters that were laid over others."""
    size = len(json.dumps(dict(parameters), ensure_ascii=False).encode())
    if size <= MOST_PARAMETERS:
        return []
    expected = f"at most {MOST_PARAMETERS} bytes of JSON together with those of the definition"
    return [FieldProblem("parameters", expected, f"{size} bytes")]


def environment_size(env: Mapping[str, str]) -> int:
    """The bytes of an environment as the kernel keeps it, execve(2): `NAME=value` with a NUL behind."""
    return sum(len(name) + len(value.encode()) + 2 for name, value in env.items())


def check_environment(env: Mapping[str, str]) -> list[FieldProblem]:
    """What is wrong with the size of an environment that was laid over another: restarts could add to it for ever."""
    size = environment_size(env)
    if size <= MOST_ENVIRONMENT:
        return []
    expected = f"at most {MOST_ENVIRONMENT} bytes in all together with what the run would have anyway"
    return [FieldProblem("env", expected, f"{size} bytes")]


def same_definition(one: Definition, other: Definition) -> bool:
    """Whether two definitions ask for the same, whatever their version and age."""
    return _essence(one) == _essence(other)


def _essence(definition: Definition) -> tuple[object, ...]:
    return (
        definition.command,
        definition.program_id,
        dict(definition.parameters),
        dict(definition.env),
        definition.working_directory,
        definition.stop,
        definition.terms,
        definition.code,
    )
