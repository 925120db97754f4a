"""Code from git: how it is asked for, and what comes of it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from addon_portal.api.schemas.fields import Answer, Request
from addon_portal.api.schemas.runs import PROJECT_ID, time_or_null
from addon_portal.domain.clock import to_text
from addon_portal.domain.git_sources import LONGEST_REF, LONGEST_URL, GitSource
from addon_portal.storage.values import CodeRequest

Url = Annotated[
    str,
    Field(
        max_length=LONGEST_URL,
        description="The repository, by a transport that the operator allows; https by default.",
        examples=["https://git.example/etl.git"],
    ),
]
Ref = Annotated[
    str, Field(max_length=LONGEST_REF, description="A branch, a tag or a whole commit id.", examples=["main"])
]


class CodeFromGit(Request):
    """A commit, which is resolved now and stays what it was."""

    git: Url
    ref: Ref = "HEAD"

    def to_source(self) -> GitSource:
        """The request as the services take it."""
        return GitSource(self.git, self.ref)


class CodeRequestBody(Answer):
    """A request to fetch code, and what came of it."""

    id: Annotated[str, Field(examples=["cdr_01k7qz8a1b2c3d4e5f6g7h8j9k"])]
    project_id: Annotated[str, Field(examples=[PROJECT_ID])]
    git: Url
    ref: Ref
    requested_at: datetime
    requested_by: Annotated[str, Field(examples=["key:ci"])]
    completed_at: datetime | None
    definition_version: Annotated[int | None, Field(description="The version that has the code.", examples=[2])]
    problem: Annotated[str | None, Field(description="Why nothing was fetched.", examples=[None])]


def code_request_body(request: CodeRequest) -> dict[str, object]:
    """The request as it stands."""
    return {
        "id": request.id,
        "project_id": request.project_id,
        "git": request.source.url,
        "ref": request.source.ref,
        "requested_at": to_text(request.requested_at),
        "requested_by": request.requested_by,
        "completed_at": time_or_null(request.completed_at),
        "definition_version": request.definition_version,
        "problem": request.problem,
    }
