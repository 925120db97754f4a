"""The problem document (RFC 9457) as the documents show it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FieldProblemBody(BaseModel):
    """One thing wrong with a request."""

    field: Annotated[str, Field(examples=["command[0]"])]
    expected: Annotated[str, Field(examples=["a string"])]
    got: Annotated[str, Field(examples=["5"])]


class Problem(BaseModel):
    """What every error is. Further fields depend on `code`."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(examples=["urn:addon-portal:problem:already_running"])]
    title: str
    status: int
    detail: Annotated[str, Field(description="A sentence that says what to do.")]
    code: Annotated[str, Field(description="Stable; for machines.", examples=["already_running"])]
    problems: Annotated[list[FieldProblemBody], Field(description="With `invalid_request`.")] = []
