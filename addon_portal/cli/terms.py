"""The terms of a project's runs on the command line: how long one may take, and what success is."""

import re
from dataclasses import asdict
from typing import Annotated, Any

import typer

from addon_portal.cli.definitions import parse_object
from addon_portal.cli.errors import BadUsage
from addon_portal.domain import terms

Json = dict[str, Any]

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")

MaxRuntime = Annotated[
    str | None,
    typer.Option("--max-runtime", metavar="TIME", help="Stop a run after so long: 90, 15m, 6h; none takes it back."),
]
SuccessCheck = Annotated[
    str | None,
    typer.Option(
        "--success-check",
        metavar="JSON",
        help="What must hold after exit code 0: a JSON object, @FILE that holds one, or none.",
    ),
]
Stall = Annotated[
    str | None,
    typer.Option("--stall", metavar="TIME", help="Take a run for silent after so long without a sign, or none."),
]
WhenStalled = Annotated[
    terms.OnStall | None, typer.Option("--on-stall", help="What follows when it stays silent; by default warn.")
]
SignOfLife = Annotated[
    terms.StallBy | None, typer.Option("--stall-by", help="What a sign of life is; by default heartbeat.")
]
Terminal = Annotated[
    bool | None,
    typer.Option("--tty/--no-tty", help="Make both outputs a terminal, for programs that hold back what they write."),
]
_NOTHING = terms.SuccessCheck()
_EXAMPLE = '{"file": "out.csv"}'


def terms_fields(
    max_runtime: str | None,
    success_check: str | None,
    stall: str | None,
    on_stall: terms.OnStall | None,
    stall_by: terms.StallBy | None,
    terminal: bool | None,
) -> Json:
    """What was given, as the fields of a definition."""
    fields: Json = {}
    if max_runtime is not None:
        fields["max_runtime_seconds"] = parse_seconds("--max-runtime", max_runtime)
    if success_check is not None:
        fields["success_check"] = None if success_check == "none" else _success_check(success_check)
    if stall is not None:
        fields["stall_seconds"] = parse_seconds("--stall", stall)
        if fields["stall_seconds"] is None:
            fields |= {"on_stall": "warn", "stall_by": "heartbeat"}
    if on_stall is not None:
        fields["on_stall"] = on_stall.value
    if stall_by is not None:
        fields["stall_by"] = stall_by.value
    if terminal is not None:
        fields["terminal"] = terminal
    return fields


def _success_check(text: str) -> Json:
    """With what the portal would add, so that what is there already is not taken for a change."""
    return asdict(_NOTHING) | parse_object("--success-check", text, _EXAMPLE)


def parse_seconds(option: str, text: str) -> float | None:
    """`90`, `15m`, `6h`, `2d`; None for `none`."""
    if text == "none":
        return None
    found = _DURATION.fullmatch(text)
    if found is None:
        raise BadUsage(f"{option} expects seconds or a time such as 15m, 6h or 2d (or none), got {text!r}.")
    return float(found[1]) * _UNITS[found[2]]


def seconds_text(seconds: float | None) -> str | None:
    """Seconds in the largest unit that needs no fraction."""
    if seconds is None:
        return None
    unit = max((unit for unit, size in _UNITS.items() if seconds % size == 0), key=_UNITS.__getitem__, default="s")
    return f"{seconds / _UNITS[unit]:.15g} {unit or 's'}"
