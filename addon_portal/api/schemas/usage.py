"""What a run has used over time, as it is asked for and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from addon_portal.api.schemas.fields import Answer
from addon_portal.api.schemas.runs import RUN_ID, time_or_null
from addon_portal.api.services.usage_service import Usage, UsagePoint
from addon_portal.domain.clock import to_text
from addon_portal.domain.usage import MOST_SAMPLES, Source

_WORDS = {Source.PROCESSES: "processes", Source.CONTROL_GROUP: "control_group"}

CountedBy = Annotated[
    Literal["processes", "control_group"] | None,
    Field(
        description="`control_group`: by the kernel, for all members of the run's group. `processes`: added up over "
        "the processes there were; pages that several of them share are counted in each."
    ),
]


class UsageQuery(BaseModel):
    """How finely."""

    model_config = ConfigDict(extra="forbid")

    points: Annotated[int, Field(ge=1, le=MOST_SAMPLES, description="Points at most.")] = 120


class UsagePointBody(Answer):
    """A stretch of time, from the point before (or from the start of the program) to `at`."""

    at: datetime
    memory_bytes: Annotated[int, Field(description="The most that was seen in the stretch.")]
    cpu_seconds: Annotated[float, Field(description="Processor time since the start of the program.")]
    cpus: Annotated[
        float | None, Field(description="Processors that were busy on average in the stretch; null where unknown.")
    ]
    processes: Annotated[int, Field(description="The most that were seen in the stretch.")]
    unsampled_seconds: Annotated[
        float,
        Field(description="So much of the stretch nobody has looked: draw no line through it. Processor time is true."),
    ]


class UsageBody(Answer):
    """What a run has used over time."""

    run_id: Annotated[str, Field(examples=[RUN_ID])]
    points: list[UsagePointBody]
    interval_seconds: Annotated[
        int | None, Field(description="How often the run is looked at now; grows with its age.")
    ]
    memory_from: CountedBy
    cpu_from: CountedBy
    peak_memory_bytes: Annotated[
        int | None,
        Field(description="The most of all samples, or the program's own at its end where that was more."),
    ]
    cpu_seconds: Annotated[float | None, Field(description="Processor time up to now, or up to the end.")]
    unsampled_since: Annotated[
        datetime | None, Field(description="Since when nobody has looked any more, although the run went on.")
    ]
    why_nothing: Annotated[str | None, Field(description="Why there are no points.")]
    final: Annotated[bool, Field(description="Nothing more will ever come.")]


def usage_body(usage: Usage) -> dict[str, object]:
    """The answer that shows what a run has used."""
    return {
        "run_id": usage.run.id,
        "points": [_point_body(point) for point in usage.points],
        "interval_seconds": usage.interval_seconds,
        "memory_from": usage.memory_from and _WORDS[usage.memory_from],
        "cpu_from": usage.cpu_from and _WORDS[usage.cpu_from],
        "peak_memory_bytes": usage.peak_memory_bytes,
        "cpu_seconds": usage.cpu_seconds,
        "unsampled_since": time_or_null(usage.unsampled_since),
        "why_nothing": usage.why_nothing,
        "final": not usage.run.is_active,
    }


def _point_body(point: UsagePoint) -> dict[str, object]:
    return {
        "at": to_text(point.at),
        "memory_bytes": point.memory_bytes,
        "cpu_seconds": point.cpu_seconds,
        "cpus": None if point.cpus is None else round(point.cpus, 4),
        "processes": point.processes,
        "unsampled_seconds": point.unsampled_seconds,
    }
