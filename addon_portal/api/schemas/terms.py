"""What a definition demands of its runs: how long one may take, and what must hold for it to have succeeded."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from addon_portal.api.schemas.fields import Answer, Command, FilePath, Request, refuse
from addon_portal.domain.terms import LEAST_LOG_LIMIT, SuccessCheck

LONGEST_PATTERN = 1000
RuntimeSeconds = Annotated[
    float,
    Field(
        ge=0.1,
        le=10 * 366 * 86400,
        allow_inf_nan=False,
        description="After so long a run is stopped, and has failed with `timed_out`; by default it may take any time.",
    ),
]


StallSeconds = Annotated[
    float,
    Field(
        ge=1,
        le=366 * 86400,
        allow_inf_nan=False,
        description="After so long without a sign of life a run is silent; by default it may be so for ever.",
    ),
]


def _log_limit(size: int) -> int:
    if 0 < size < LEAST_LOG_LIMIT:
        raise refuse(f"0, or at least {LEAST_LOG_LIMIT}", str(size))
    return size


LogLimitBytes = Annotated[
    int,
    AfterValidator(_log_limit),
    Field(
        ge=0,
        le=1 << 50,
        description="Of a run's output so many bytes are kept, the newest; 0 keeps all. By default what the "
        "installation says.",
    ),
]


def _pattern(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_PATTERN:
        raise refuse(f"1 to {LONGEST_PATTERN} characters", f"{len(text)} characters")
    try:
        re.compile(text)
        text.encode()
    except (re.error, RecursionError, OverflowError, UnicodeEncodeError) as error:
        raise refuse(f"a regular expression of Python's: {error}", repr(text[:60])) from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class SuccessCheckRequest(Request):
    """What must hold after exit code 0; at least one thing. Otherwise the run has failed with `check_failed`."""

    command: Annotated[
        Command | None, Field(description="Ends with 0, in the run's directory and environment; no shell.")
    ] = None
    file: Annotated[
        FilePath | None, Field(description="A file that is there, seen from the run's directory.", examples=["out.csv"])
    ] = None
    output_matches: Annotated[
        Pattern | None, Field(description="A regular expression that a line of the output matches.", examples=["^done"])
    ] = None
    output_lacks: Annotated[
        Pattern | None, Field(description="One that no line of the output matches.", examples=["ERROR"])
    ] = None
    timeout_seconds: Annotated[
        float, Field(ge=0.1, le=86400, allow_inf_nan=False, description="For all of it; longer is failed.")
    ] = 60.0

    @model_validator(mode="after")
    def _something_is_checked(self) -> Self:
        if self.command is None and self.file is None and self.output_matches is None and self.output_lacks is None:
            raise refuse("at least one of command, file, output_matches and output_lacks", "none of them")
        return self

    def to_check(self) -> SuccessCheck:
        """The check that is asked for."""
        command = None if self.command is None else tuple(self.command)
        return SuccessCheck(command, self.file, self.output_matches, self.output_lacks, self.timeout_seconds)


class SuccessCheckBody(Answer):
    """What must hold after exit code 0."""

    command: list[str] | None
    file: str | None
    output_matches: str | None
    output_lacks: str | None
    timeout_seconds: float
