"""What runs may use: as it is asked for, as it is shown, and what became of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from addon_portal.api.schemas.fields import Answer, Request
from addon_portal.domain.limits import LEAST_CPUS, LEAST_MEMORY_BYTES, Limits

MemoryBytes = Annotated[
    int,
    Field(
        ge=LEAST_MEMORY_BYTES,
        le=2**60,
        description="Bytes of memory and swap together. What is needed beyond costs a process its life.",
    ),
]
Cpus = Annotated[
    float,
    Field(
        ge=LEAST_CPUS,
        le=4096,
        allow_inf_nan=False,
        description="Processors: 1.5 is one and a half. Whoever wants more waits.",
    ),
]
Pids = Annotated[
    int, Field(ge=1, le=2**22, description="Processes and threads at once. A fork beyond that is refused.")
]


class LimitsRequest(Request):
    """What one run may use, with all that it starts. Null: no limit."""

    memory_bytes: Annotated[MemoryBytes | None, Field(examples=[2147483648])] = None
    cpus: Annotated[Cpus | None, Field(examples=[1.5])] = None
    pids: Annotated[Pids | None, Field(examples=[100])] = None

    def to_limits(self) -> Limits:
        """The limits that are asked for."""
        return Limits(self.memory_bytes, self.cpus, self.pids)


class LimitsBody(Answer):
    """What one run may use, with all that it starts. Null: no limit."""

    memory_bytes: Annotated[int | None, Field(examples=[2147483648])]
    cpus: Annotated[float | None, Field(examples=[1.5])]
    pids: Annotated[int | None, Field(examples=[100])]


class KeptLimitBody(Answer):
    """A limit of the run, who keeps it, and what happened."""

    wanted: Annotated[float, Field(examples=[100])]
    enforced_by: Annotated[
        Literal["cgroup", "rlimit", "nothing"],
        Field(description="Who keeps it: a control group; a limit on single processes; nobody."),
    ]
    note: Annotated[str | None, Field(description="What is lost where no control group keeps it, and why not.")]
    events: Annotated[
        dict[str, int],
        Field(description="What the kernel had counted when the program ended.", examples=[{"max": 12}]),
    ]


def limits_body(limits: Limits) -> dict[str, object]:
    """The answer that shows the limits of a definition."""
    # A tenth of what a page of projects takes, with dataclasses.asdict.
    return {"memory_bytes": limits.memory_bytes, "cpus": limits.cpus, "pids": limits.pids}


_COUNTED_IN = {"memory_bytes": "memory_events", "cpus": "cpu_stat", "pids": "pids_events"}


def kept_limits(records: Mapping[str, object]) -> dict[str, object]:
    """The limits of a run as its spec and its exit record have them; nothing of what was not written by us."""
    spec, ended = (_object(records.get(name)) for name in ("spec.json", "exit.json"))
    return {
        name: {**_object(kept), "events": _object(ended.get(_COUNTED_IN.get(name, "")))}
        for name, kept in _object(spec.get("limits")).items()
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
