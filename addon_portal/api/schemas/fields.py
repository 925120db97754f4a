"""The kinds of values that requests are made of, each refusing what could not be stored, shown or run.

Promises that a text that passes can be kept by either database and handed to a process. Leaves what depends on stored
facts (does the program exist, do the parameters fit its schema) to the services.
"""

import json
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from addon_portal.api.services.definitions import MOST_ENVIRONMENT, MOST_PARAMETERS, environment_size
from addon_portal.domain.names import UnfitName, fit_name

LONGEST_NOTE = 2000
LONGEST_ARGUMENT = 128 * 1024 - 1
"""Bytes; the kernel's MAX_ARG_STRLEN counts the terminating NUL, execve(2)."""
LONGEST_PATH = 4095
DEEPEST_PARAMETERS = 64
MASKED = "***"
"""What viewers are shown in place of the values of an environment."""
OWN_PREFIX = "ADDON_PORTAL_"

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Request(BaseModel):
    """A request body: unknown fields and wrong types are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """A documented answer. Answers are built as plain objects; the tests hold them against these."""

    model_config = ConfigDict(extra="forbid")


def refuse(expected: str, got: str | None = None) -> PydanticCustomError:
    """What a validator raises: the sentence is composed where all problems are collected."""
    return PydanticCustomError("refused", "", {"expected": expected} | ({"got": got} if got else {}))


def _storable(text: str) -> str:
    if "\0" in text:
        raise refuse("text without NUL characters", "a text with one")
    return _encodable(text)


def _rfc3339(value: object) -> object:
    """Pydantic alone would take 2026 for so many seconds after 1970."""
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper())
        except ValueError:
            pass
    raise refuse("a time with an offset, such as 2026-05-04T09:00:00Z or 2026-05-04T11:00:00+02:00")


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refuse("text that can be written as UTF-8", "a text that cannot") from None
    return text


def _name(text: str) -> str:
    try:
        return fit_name(text)
    except UnfitName as problem:
        raise refuse(problem.expected, problem.got) from None


def _note(text: str) -> str:
    if len(text) > LONGEST_NOTE:
        raise refuse(f"at most {LONGEST_NOTE} characters", f"{len(text)} characters")
    return _storable(text)


def _argument(text: str) -> str:
    size = len(_storable(text).encode())
    if size > LONGEST_ARGUMENT:
        raise refuse(f"at most {LONGEST_ARGUMENT} bytes in one argument", f"{size} bytes")
    return text


def _command(argv: list[str]) -> list[str]:
    if not argv or not argv[0]:
        raise refuse("at least the name of a program", "an empty command" if not argv else "an empty name")
    return argv


def _variable(name: str) -> str:
    """A name in an environment, each checked for itself, so that all that are wrong are named."""
    if not _ENV_NAME.fullmatch(name):
        raise refuse("names of letters, digits and _ that begin with no digit", repr(name[:60]))
    if name.startswith(OWN_PREFIX):
        raise refuse(f"names that do not begin with {OWN_PREFIX}", repr(name[:60]))
    return name


def _value(text: str) -> str:
    """A value in an environment. Whoever sends back what a viewer was shown would overwrite the secrets with it."""
    if text == MASKED:
        raise refuse("the value itself", f"{MASKED}, which viewers are shown in place of values")
    return _storable(text)


def _environment(env: dict[str, str]) -> dict[str, str]:
    size = environment_size(env)
    if size > MOST_ENVIRONMENT:
        raise refuse(f"at most {MOST_ENVIRONMENT} bytes in all", f"{size} bytes")
    return env


def _parameters(parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
    _check_depth(parameters, DEEPEST_PARAMETERS)
    try:
        text = json.dumps(parameters, allow_nan=False, ensure_ascii=False)
    except ValueError:
        raise refuse("finite numbers only", "NaN or an infinite number") from None
    if "\\u0000" in text:
        _check_no_nul(parameters)
    size = len(_storable(text).encode())
    if size > MOST_PARAMETERS:
        raise refuse(f"at most {MOST_PARAMETERS} bytes of JSON", f"{size} bytes")
    return parameters


def _check_depth(value: JsonValue, left: int) -> None:
    if left == 0:
        raise refuse(f"at most {DEEPEST_PARAMETERS} levels of nesting", "more")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_depth(item, left - 1)


def _check_no_nul(value: JsonValue) -> None:
    if isinstance(value, str):
        _storable(value)
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            _check_no_nul(item)


def _absolute_path(path: str) -> str:
    if not path.startswith("/") or len(_storable(path).encode()) > LONGEST_PATH:
        raise refuse(f"an absolute path of at most {LONGEST_PATH} bytes")
    return path


def _file_path(path: str) -> str:
    if not 1 <= len(_storable(path).encode()) <= LONGEST_PATH:
        raise refuse(f"a path of 1 to {LONGEST_PATH} bytes")
    return path


Time = Annotated[AwareDatetime, BeforeValidator(_rfc3339)]
"""A moment in a query: text as RFC 3339 has it."""
Name = Annotated[str, AfterValidator(_name), Field(description="1 to 200 characters, no control characters.")]
Note = Annotated[str, AfterValidator(_note), Field(description="For people; at most 2000 characters.")]
Argument = Annotated[str, AfterValidator(_argument)]
Command = Annotated[
    list[Argument],
    AfterValidator(_command),
    Field(description="Program and arguments, executed without a shell.", examples=[["python3", "etl.py", "--full"]]),
]
Environment = Annotated[
    dict[Annotated[str, AfterValidator(_variable)], Annotated[str, AfterValidator(_value)]],
    AfterValidator(_environment),
    Field(description="Variables for the program; 64 KiB in all.", examples=[{"LANG": "C.UTF-8"}]),
]
Parameters = Annotated[
    dict[str, JsonValue],
    AfterValidator(_parameters),
    Field(description="Given to the program as JSON in ADDON_PORTAL_PARAMETERS; 64 KiB.", examples=[{"day": 7}]),
]
AbsolutePath = Annotated[
    str, AfterValidator(_absolute_path), Field(description="An absolute path on the host.", examples=["/srv/etl"])
]
FilePath = Annotated[str, AfterValidator(_file_path)]
GraceSeconds = Annotated[
    float,
    Field(ge=0, le=86400, allow_inf_nan=False, description="Seconds between the polite signal and the kill."),
]
StopSignal = Literal[
    "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGABRT", "SIGALRM", "SIGWINCH", "SIGKILL"
]
Limit = Annotated[int, Field(ge=1, le=200, description="How many to return at most.")]
