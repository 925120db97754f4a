"""The terms that a definition sets for its runs: how long one may take or be silent, what it may use, what success is.

Part of a definition's version, so that a run keeps those it began with; they stand in its run directory too, where a
supervisor finds them without the database. Leaves deciding by them to `supervisor.plan`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from addon_portal.domain.limits import NO_LIMITS, Limits, limits_from_json


@dataclass(frozen=True, slots=True)
class SuccessCheck:
    """What must hold after exit code 0 for a run to have succeeded; at least one, and all that are given."""

    command: tuple[str, ...] | None = None
    """Ends with 0, in the run's directory and environment."""
    file: str | None = None
    """Is there, seen from the run's directory."""
    output_matches: str | None = None
    """A regular expression (that of Python's `re`) that at least one line of the output matches."""
    output_lacks: str | None = None
    """One that no line matches."""
    timeout_seconds: float = 60.0
    """For all of it."""


class OnStall(StrEnum):
    """What follows when a run stays silent after the warning."""

    WARN = "warn"
    STOP = "stop"
    RESTART = "restart"


class StallBy(StrEnum):
    """What is a sign of life."""

    HEARTBEAT = "heartbeat"
    OUTPUT = "output"
    EITHER = "either"


LEAST_LOG_LIMIT = 1 << 20
"""Bytes. Less would be gone before anybody has read it, and what is gone is counted in whole blocks."""

STALL_WARNING_SECONDS = 10.0
"""For so long a run is shown as silent before anything is done about it."""


@dataclass(frozen=True, slots=True)
class Stall:
    """After how long without a sign of life a run is silent, and what then."""

    seconds: float
    on_stall: OnStall = OnStall.WARN
    by: StallBy = StallBy.HEARTBEAT


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run has agreed to; None where nothing is limited."""

    max_runtime_seconds: float | None = None
    """After so long the run is stopped and has failed."""
    success_check: SuccessCheck | None = None
    limits: Limits = NO_LIMITS
    stall: Stall | None = None
    log_limit_bytes: int | None = None
    """Of its output so many bytes are kept, the newest; 0 keeps all, None what the installation says."""
    terminal: bool = False
    """Whether its outputs are a terminal, for programs that write sooner to one."""


NO_TERMS = Terms()


def terms_to_json(terms: Terms) -> dict[str, object] | None:
    """As they stand in the database and in run directories; None for a run without any."""
    if terms == NO_TERMS:
        return None
    check, stall = terms.success_check, terms.stall
    kept: dict[str, object] = {"limits": limits} if (limits := terms.limits.wanted()) else {}
    kept["success_check"] = check and success_check_to_json(check)
    kept["stall"] = stall and {**asdict(stall), "warning_seconds": STALL_WARNING_SECONDS}
    if terms.log_limit_bytes is not None:
        kept["log_limit_bytes"] = terms.log_limit_bytes
    if terms.terminal:
        kept["terminal"] = True
    return {"max_runtime_seconds": terms.max_runtime_seconds, **kept}


def success_check_to_json(check: SuccessCheck) -> dict[str, object]:
    """As it stands in definitions, records and answers."""
    return {**asdict(check), "command": None if check.command is None else list(check.command)}


def terms_from_json(kept: Mapping[str, Any] | None) -> Terms:
    """What `terms_to_json` wrote. Raises KeyError, TypeError and ValueError for anything else."""
    if kept is None:
        return NO_TERMS
    check, limits, stall = kept.get("success_check"), limits_from_json(kept.get("limits")), kept.get("stall")
    check, stall = check and _success_check(check), stall and _stall(stall)
    log_limit = kept.get("log_limit_bytes")
    log_limit = None if log_limit is None else int(log_limit)
    terminal = bool(kept.get("terminal"))
    return Terms(_seconds(kept["max_runtime_seconds"]), check, limits, stall, log_limit, terminal)


def _stall(kept: Mapping[str, Any]) -> Stall:
    return Stall(float(kept["seconds"]), OnStall(kept["on_stall"]), StallBy(kept["by"]))


def _success_check(kept: Mapping[str, Any]) -> SuccessCheck:
    command = kept["command"]
    return SuccessCheck(**{**kept, "command": None if command is None else tuple(command)})


def shown_seconds(seconds: float) -> float:
    """Seconds as people write them: `60`, `0.5`."""
    return int(seconds) if seconds == int(seconds) else seconds


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
