"""Files: how lists of them are asked for and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from addon_portal.api.schemas.fields import Answer
from addon_portal.api.schemas.runs import RUN_ID
from addon_portal.api.services.file_service import Changes, FilePage
from addon_portal.domain.clock import to_text
from addon_portal.workspaces.browsing import FileInfo

RunIdQuery = Annotated[str | None, Field(description="Of this run's workspace instead of the newest's.", max_length=40)]
PathQuery = Annotated[str, Field(description="A directory, from the workspace on.", max_length=4096)]


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=1000, description="How many to return at most.")] = 200
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before.", max_length=8192)] = None


class FileQuery(_Page):
    """Which directory of which workspace."""

    path: PathQuery = ""
    run_id: RunIdQuery = None


class ChangeQuery(_Page):
    """Which page."""


class ArchiveQuery(BaseModel):
    """Which directory of which workspace."""

    model_config = ConfigDict(extra="forbid")

    path: PathQuery = ""
    run_id: RunIdQuery = None


class FileBody(Answer):
    """One entry. What is no UTF-8 in its path is shown as U+FFFD; such a file can be fetched in an archive only."""

    path: Annotated[str, Field(description="From the workspace on.", examples=["results/day-7.csv"])]
    kind: Literal["file", "directory", "link", "other"]
    bytes: Annotated[int | None, Field(description="Of a file.", examples=[48213])]
    executable: bool
    modified_at: Annotated[datetime, Field(description="Of its content, as whoever wrote it says (mtime).")]
    changed_at: Annotated[datetime, Field(description="Of anything of it, as the kernel says (ctime).")]


class FilePageBody(Answer):
    """Entries of one directory by name."""

    of: Annotated[Literal["workspace", "code"], Field(description="`code` before the first run.")]
    run_id: Annotated[str | None, Field(description="Whose workspace it is.", examples=[RUN_ID])]
    items: list[FileBody]
    next_cursor: str | None


class ChangesBody(Answer):
    """Files and links that were changed between `since` and `until`, by path."""

    run_id: Annotated[str, Field(examples=[RUN_ID])]
    since: Annotated[datetime | None, Field(description="Null for a run that never started.")]
    until: Annotated[datetime | None, Field(description="Null while the run is active.")]
    continued_by: Annotated[
        str | None, Field(description="The newest run, if it has gone on in the same workspace.", examples=[None])
    ]
    items: list[FileBody]
    next_cursor: Annotated[str | None, Field(description="There may be more, also where no item was found yet.")]


def file_body(found: FileInfo) -> dict[str, object]:
    """One entry."""
    is_file = found.kind == "file"
    return {
        "path": found.path,
        "kind": found.kind,
        "bytes": found.stat.st_size if is_file else None,
        "executable": is_file and bool(found.stat.st_mode & 0o100),
        "modified_at": to_text(found.modified_at),
        "changed_at": to_text(found.changed_at),
    }


def file_page_body(page: FilePage) -> dict[str, object]:
    """Entries of a directory."""
    run = page.place.run
    return {
        "of": "code" if run is None else "workspace",
        "run_id": run and run.id,
        "items": [file_body(found) for found in page.items],
        "next_cursor": page.next_cursor,
    }


def changes_body(changes: Changes) -> dict[str, object]:
    """What a run changed."""
    run = changes.page.place.run
    assert run is not None
    return {
        "run_id": run.id,
        "since": changes.since and to_text(changes.since),
        "until": changes.until and to_text(changes.until),
        "continued_by": changes.continued_by,
        "items": [file_body(found) for found in changes.page.items],
        "next_cursor": changes.page.next_cursor,
    }
