"""`usage`: what a run has used over time. Changes nothing."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.lookups import get_run
from addon_portal.cli.options import AsJson, Data, Key, Url, connect, examples
from addon_portal.cli.output import console, hint, print_fields, print_json, print_table, time_text

Json = dict[str, Any]

_BARS = "▁▂▃▄▅▆▇█"
_NOBODY_LOOKED = "·"
_ON_A_TERMINAL, _IN_A_TABLE = 60, 20
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "addon-portal usage nightly",
            "addon-portal usage nightly --points 240 --json",
            "addon-portal usage nightly | less",
        )
    )(usage)


def usage(
    run_or_project: Annotated[str, typer.Argument(metavar="RUN|PROJECT", help="A run, or a project's newest.")],
    points: Annotated[
        int | None, typer.Option("--points", metavar="N", min=1, max=240, help="How finely; by default as it fits.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what a run has used over time: as bars on a terminal, else as a table.

    A dot stands for time in which no supervisor was there to look.
    """
    client = connect(url, key, data)
    run = get_run(client, run_or_project)
    to = console()
    wanted = points or (_ON_A_TERMINAL if to.is_terminal else _IN_A_TABLE)
    found = client.get(
        path_of("tenant", "runs", run["run_id"], "usage"), points=None if as_json and not points else wanted
    )
    if as_json:
        print_json(found)
        return
    shown = found["points"]
    bars = [("memory", _bars(shown, "memory_bytes")), ("processors", _bars(shown, "cpus"))] if to.is_terminal else []
    print_fields([*_fields(found), *bars])
    if found["why_nothing"]:
        hint(found["why_nothing"])
    elif not to.is_terminal:
        _print_points(shown)


def _fields(found: Json) -> list[tuple[str, object]]:
    shown = found["points"]
    unsampled = sum(point["unsampled_seconds"] for point in shown)
    since = found["unsampled_since"]
    return [
        ("run", found["run_id"]),
        ("most memory", _size(found["peak_memory_bytes"])),
        ("processor time", _number(found["cpu_seconds"], " s")),
        ("looked at", f"every {found['interval_seconds']} s, {_counted(found)}" if shown else None),
        ("not looked at", f"{unsampled:.0f} s in all" if unsampled else None),
        ("nobody looks since", time_text(since) if since else None),
        ("from", time_text(shown[0]["at"]) if shown else None),
        ("to", time_text(shown[-1]["at"]) if shown else None),
    ]


def _counted(found: Json) -> str:
    words = {"processes": "process by process", "control_group": "by its control group"}
    memory, cpu = words[found["memory_from"]], words[found["cpu_from"]]
    return memory if memory == cpu else f"memory {memory}, processors {cpu}"


def _bars(points: list[Json], name: str) -> str:
    """One character a point, up to the highest; what it is stands behind."""
    most = max((point[name] or 0 for point in points), default=0)
    drawn = "".join(_bar(point, point[name], most) for point in points)
    said: Callable[[float], str | None] = _size if name == "memory_bytes" else _number
    return f"{drawn}  up to {said(most)}" if points else ""


def _bar(point: Json, value: float | None, most: float) -> str:
    if point["unsampled_seconds"] > 0 or value is None:
        return _NOBODY_LOOKED
    return _BARS[min(len(_BARS) - 1, int(value / most * len(_BARS)))] if most else _BARS[0]


def _print_points(points: list[Json]) -> None:
    print_table(
        ("TO", "MEMORY", "PROCESSORS", "PROCESSOR TIME", "PROCESSES", "NOT LOOKED AT"),
        (
            (
                time_text(point["at"]),
                _size(point["memory_bytes"]),
                _number(point["cpus"]),
                _number(point["cpu_seconds"], " s"),
                point["processes"],
                _number(point["unsampled_seconds"] or None, " s"),
            )
            for point in points
        ),
        "",
    )


def _size(count: float | None) -> str | None:
    """Bytes as people read them."""
    if count is None:
        return None
    for unit in _UNITS:
        if count < 1024 or unit == _UNITS[-1]:
            return f"{count:.3g} {unit}"
        count /= 1024
    return None


def _number(value: float | None, unit: str = "") -> str:
    return "" if value is None else f"{value:.2f}{unit}"
