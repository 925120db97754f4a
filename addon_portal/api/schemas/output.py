"""What of an output is asked for and answered: stretches of it, and places in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from addon_portal.api.schemas.fields import Answer, Limit, refuse
from addon_portal.api.schemas.runs import RUN_ID, ListedRuns
from addon_portal.api.services.output_service import LogChunk, LogFound, LogSearch, Stretch
from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import RunId
from addon_portal.evidence.search import Place
from addon_portal.evidence.times import OutputTime

LARGEST_OFFSET = 2**62
LONGEST_SEARCHED = 200


class LogQuery(BaseModel):
    """Which stretch of the output."""

    model_config = ConfigDict(extra="forbid")

    offset: Annotated[
        int, Field(ge=0, le=LARGEST_OFFSET, description="In bytes; before `first_offset` it is taken for that.")
    ] = 0
    limit: Annotated[int, Field(ge=1, le=1024 * 1024, description="Bytes at most.")] = 64 * 1024


def _one_line(text: str) -> str:
    if "\n" in text:
        raise refuse("a text without line breaks", "a text with one")
    return text


class LogSearchQuery(BaseModel):
    """What to look for, and where."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[
        str,
        AfterValidator(_one_line),
        Field(
            min_length=1,
            max_length=LONGEST_SEARCHED,
            description="The text, as it is; no expression.",
            examples=["oops"],
        ),
    ]
    offset: Annotated[
        int | None,
        Field(
            alias="from",
            ge=0,
            le=LARGEST_OFFSET,
            description="In bytes: `next` finds what begins there or behind, `previous` what begins before. "
            "By default the beginning, and the end.",
        ),
    ] = None
    direction: Annotated[Literal["next", "previous"], Field(description="Forwards, or backwards.")] = "next"
    case: Annotated[Literal["exact", "ignore"], Field(description="Whether `a` is another letter than `A`.")] = "exact"
    limit: Limit = 50

    def to_search(self) -> LogSearch:
        """The query as the service takes it."""
        return LogSearch(self.q, self.direction == "previous", self.case == "ignore", self.offset, self.limit)


class LogTimesQuery(BaseModel):
    """Of which stretch of the output."""

    model_config = ConfigDict(extra="forbid")

    begin: Annotated[int, Field(alias="from", ge=0, le=LARGEST_OFFSET, description="The first byte.")] = 0
    end: Annotated[int, Field(alias="to", ge=0, le=LARGEST_OFFSET, description="The byte behind the last one.")]
    limit: Annotated[int, Field(ge=1, le=2000, description="Times at most; of more some are left out.")] = 1000

    def to_stretch(self) -> Stretch:
        """The query as the service takes it."""
        return Stretch(self.begin, self.end, self.limit)


class LogTimeBody(Answer):
    """What begins at `offset` came at this time, and what follows it, until the next item, soon after."""

    offset: int
    at: datetime


class LogTimesBody(Answer):
    """When a stretch of output came, in its order. The first item may begin before the stretch."""

    items: list[LogTimeBody]


class LogBody(Answer):
    """A stretch of output. Text is cut between characters; what is no UTF-8 is replaced."""

    offset: Annotated[int, Field(description="Where `text` begins: as asked for, or `first_offset` if that is later.")]
    next_offset: Annotated[int, Field(description="Where to go on.")]
    size: Annotated[int, Field(description="Bytes there were.")]
    eof: Annotated[bool, Field(description="Nothing more is there now.")]
    final: Annotated[bool, Field(description="Nothing more will ever come.")]
    first_offset: Annotated[int, Field(description="What was before is no longer there: the log was over its limit.")]
    dropped: Annotated[str | None, Field(description="The same in a sentence; null where all is there.")]
    text: str


class PlaceBody(Answer):
    """Where a text stands: the bytes from `offset` to `end_offset`."""

    offset: int
    end_offset: int
    line_start: Annotated[int, Field(description="Where `text` begins, in bytes.")]
    line_end: Annotated[int, Field(description="Where `text` ends, in bytes.")]
    text: Annotated[str, Field(description="The line, at most 512 bytes of it before and behind the place.")]
    match_start: Annotated[int, Field(description="Where the place begins in `text`, in characters.")]
    match_end: Annotated[int, Field(description="Where it ends.")]
    cut: Annotated[bool, Field(description="The line is longer than `text`.")]


class LogSearchBody(Answer):
    """Places in the order they are come upon; backwards the last one first. They may overlap."""

    items: list[PlaceBody]
    next_from: Annotated[int, Field(description="Where to go on in the same direction.")]
    done: Annotated[bool, Field(description="Nothing more is there now in this direction.")]
    final: Annotated[bool, Field(description="Nothing more will ever be there.")]
    size: Annotated[int, Field(description="Bytes of output there were.")]
    first_offset: Annotated[int, Field(description="What was before is no longer there, and was not searched.")]


class LastLinesQuery(BaseModel):
    """Of which runs."""

    model_config = ConfigDict(extra="forbid")

    run: Annotated[ListedRuns, Field(description="May be repeated.")]


class LastLineBody(Answer):
    """The last line of a run's output that is not blank."""

    run_id: Annotated[str, Field(examples=[RUN_ID])]
    text: Annotated[str, Field(description="As the program wrote it, colours and all; of a long line its end.")]


class LastLinesBody(Answer):
    """Runs that wrote nothing, or whose output cannot be read now, are left out."""

    items: list[LastLineBody]


def last_lines_body(lines: Mapping[RunId, str]) -> dict[str, object]:
    """The answer with the last line of each run."""
    return {"items": [{"run_id": run_id, "text": text} for run_id, text in lines.items()]}


def log_body(chunk: LogChunk) -> dict[str, object]:
    """The answer that shows a stretch of output."""
    output = chunk.output
    return {
        "offset": output.offset,
        "next_offset": output.next_offset,
        "size": output.size,
        "eof": output.reaches_end,
        "final": chunk.is_final,
        "first_offset": output.first_offset,
        "dropped": chunk.dropped,
        "text": output.text,
    }


def log_search_body(searched: LogFound) -> dict[str, object]:
    """The answer that shows what was found."""
    found = searched.found
    return {
        "items": [_place_body(place) for place in found.places],
        "next_from": found.next_from,
        "done": found.is_done,
        "final": searched.is_final,
        "size": found.size,
        "first_offset": searched.first_offset,
    }


def log_times_body(times: Sequence[OutputTime]) -> dict[str, object]:
    """The answer that shows when output came."""
    return {"items": [{"offset": time.offset, "at": to_text(_moment(time.nanoseconds))} for time in times]}


def _moment(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds // 1000 / 1_000_000, UTC)


def _place_body(place: Place) -> dict[str, object]:
    return {
        "offset": place.offset,
        "end_offset": place.end_offset,
        "line_start": place.line_start,
        "line_end": place.line_end,
        "text": place.text,
        "match_start": place.match_start,
        "match_end": place.match_end,
        "cut": place.is_cut,
    }
