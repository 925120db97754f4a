"""The limits of a project's runs on the command line: memory, processors, processes."""

import re
from typing import Annotated, Any

import typer

from addon_portal.cli.errors import BadUsage
from addon_portal.domain.limits import shown_bytes

Json = dict[str, Any]

_UNITS = {"": 1, "B": 1, **{f"{letter}iB": 1024**power for power, letter in enumerate("KMGT", 1)}}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT]iB|B|)")

Memory = Annotated[
    str | None,
    typer.Option("--memory", metavar="SIZE", help="Memory and swap of one run: 512MiB, 2GiB; none takes it back."),
]
Cpus = Annotated[
    str | None, typer.Option("--cpus", metavar="N", help="Processors of one run: 1.5; none takes it back.")
]
Pids = Annotated[
    str | None,
    typer.Option("--pids", metavar="N", help="Processes and threads of one run at once; none takes it back."),
]

LogLimit = Annotated[
    str | None,
    typer.Option(
        "--log-limit",
        metavar="SIZE",
        help="Keep so much of a run's output, the newest: 64MiB, 2GiB; 0 keeps all, none what the installation says.",
    ),
]


def log_limit_text(size: int | None) -> str | None:
    """As `project show` has it."""
    if size is None:
        return None
    return f"the last {shown_bytes(size)} are kept" if size else "all of it is kept"


def limits_fields(memory: str | None, cpus: str | None, pids: str | None, log_limit: str | None) -> Json:
    """What was given, as fields of a definition; `merged` adds what the project has."""
    given: Json = {}
    if memory is not None:
        given["memory_bytes"] = None if memory == "none" else parse_size("--memory", memory)
    if cpus is not None:
        given["cpus"] = None if cpus == "none" else _number("--cpus", cpus, float)
    if pids is not None:
        given["pids"] = None if pids == "none" else _number("--pids", pids, int)
    fields: Json = {"limits": given} if given else {}
    if log_limit is not None:
        fields["log_limit_bytes"] = None if log_limit == "none" else parse_size("--log-limit", log_limit)
    return fields


def merged(terms: Json, project: Json) -> Json:
    """The limits that were given over those that the project has."""
    return {**terms, "limits": project["limits"] | terms["limits"]} if "limits" in terms else terms


def limits_text(limits: Json) -> str | None:
    """As `project show` has them."""
    parts = []
    if limits["memory_bytes"] is not None:
        parts.append(f"{shown_bytes(limits['memory_bytes'])} of memory")
    if limits["cpus"] is not None:
        parts.append(f"{limits['cpus']:g} CPUs")
    if limits["pids"] is not None:
        parts.append(f"{limits['pids']} processes")
    return ", ".join(parts) or None


def kept_text(name: str, kept: Json) -> str:
    """One limit of a run with who keeps it and what happened, as `show` has it."""
    wanted = shown_bytes(int(kept["wanted"])) if name == "memory_bytes" else f"{kept['wanted']:g}"
    by = {"cgroup": "kept by a control group", "rlimit": "kept by rlimit", "nothing": "kept by nobody"}
    counted = {
        "oom_kill": "killed {} times",
        "max": "reached {} times",
        "nr_throttled": "held back in {} periods",
    }
    happened = [text.format(kept["events"][key]) for key, text in counted.items() if kept["events"].get(key)]
    note = f" ({kept['note']})" if kept["note"] else ""
    return ", ".join([wanted, by[kept["enforced_by"]] + note, *happened])


def parse_size(option: str, text: str) -> int:
    """`512MiB`, `2GiB`, `1.5 GiB`, or bytes."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise BadUsage(f"{option} expects a size such as 512MiB or 2GiB, or bytes (or none), got {text!r}.")
    return int(float(found[1]) * int(_UNITS[found[2]]))


def _number(option: str, text: str, kind: type[int] | type[float]) -> float:
    try:
        return kind(text)
    except ValueError:
        what = "a whole number" if kind is int else "a number such as 1.5"
        raise BadUsage(f"{option} expects {what} (or none), got {text!r}.") from None
