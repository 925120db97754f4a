"""What makes a project's definition on the command line, and whether it differs from the one there is."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from addon_portal.cli.errors import BadUsage, Refused
from addon_portal.domain.errors import InvalidRequest
from addon_portal.validation import object_of

Json = dict[str, Any]

Env = Annotated[
    list[str] | None,
    typer.Option("--env", "-e", metavar="NAME[=VALUE]", help="A variable; without =VALUE the one of this shell."),
]
UnsetEnv = Annotated[list[str] | None, typer.Option("--unset-env", metavar="NAME", help="Take a variable away.")]
Parameters = Annotated[
    str | None, typer.Option("--parameters", metavar="JSON", help="A JSON object, or @FILE that holds one.")
]

_DEFINITION = (
    *("name", "command", "program", "parameters", "env", "working_directory", "stop"),
    *("max_runtime_seconds", "success_check", "stall_seconds", "on_stall", "stall_by", "limits", "restart_policy"),
    *("log_limit_bytes", "terminal"),
)


def parse_env(given: list[str]) -> dict[str, str]:
    """`NAME=VALUE`, or `NAME` for the value it has here."""
    env = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            if name not in os.environ:
                raise BadUsage(f"{name} is not set here. Give its value: --env {name}=VALUE")
            value = os.environ[name]
        env[name] = value
    return env


def parse_parameters(given: str) -> Json:
    """A JSON object, on the command line or in a file."""
    return parse_object("--parameters", given, '{"day": 7}')


def parse_object(option: str, given: str, example: str) -> Json:
    """As `parse_parameters`, for any option. Raises BadUsage."""
    try:
        value = json.loads(_read_text(option, given), object_pairs_hook=object_of)
    except InvalidRequest as error:
        names = ", ".join(repr(problem.field) for problem in error.problems)
        raise BadUsage(f"{option} gives {names} more than one value.") from None
    except ValueError as error:
        raise BadUsage(f"{option} is no JSON: {error}.") from None
    except RecursionError:
        raise BadUsage(f"{option} is nested too deeply to be read.") from None
    if not isinstance(value, dict):
        raise BadUsage(f"{option} must be a JSON object, such as {example}.")
    return value


def _read_text(option: str, given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadUsage(f"{option}: {given[1:]!r} is not UTF-8 text, as JSON must be.") from None
    except OSError as error:
        raise BadUsage(f"{option}: {given[1:]!r} cannot be read: {error.strerror}.") from None


def check_directory(cwd: Path | None, *, workspace: bool) -> None:
    """Refuse two places to start in. Raises BadUsage."""
    if cwd is not None and workspace:
        raise BadUsage("--cwd and --workspace name two places to start in. Give one of them.")


def env_fields(project: Json, given: list[str], unset: list[str]) -> Json:
    """The variables there are, with those that are given, without those that are to go. Raises BadUsage."""
    new = parse_env(given)
    both = sorted(new.keys() & set(unset))
    if both:
        raise BadUsage(f"Variable {both[0]} is both given and taken away. Use --env or --unset-env.")
    env = {name: value for name, value in (project["env"] | new).items() if name not in unset}
    return {"env": env} if env != project["env"] else {}


def changed_definition(project: Json, **changes: object) -> Json | None:
    """The whole definition with some fields changed, as PUT takes it; None when nothing differs."""
    if all(project[name] == value for name, value in changes.items()):
        return None
    return {name: project[name] for name in _DEFINITION} | changes


def check_run_request(body: Json) -> None:
    """Refuse what the portal would refuse, before a project is made or changed for it. Raises Refused."""
    from pydantic import ValidationError

    from addon_portal.api.schemas.runs import RunRequest
    from addon_portal.validation import problem_of

    try:
        RunRequest.model_validate(body)
    except ValidationError as error:
        problems = [problem_of(dict(found)) for found in error.errors()]
        told = "; ".join(f"{found.field}: expected {found.expected}, got {found.got}" for found in problems)
        raise Refused({"code": "invalid_request", "detail": f"The run cannot be requested: {told}."}) from None
