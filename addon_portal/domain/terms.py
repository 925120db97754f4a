"""The terms that a definition sets for its runs: how long one may take.

Part of a definition's version, so that a run keeps those it began with; they stand in its run directory too, where a
supervisor finds them without the database. Leaves deciding by them to `supervisor.plan`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run has agreed to; None where nothing is limited."""

    max_runtime_seconds: float | None = None
    """After so long the run is stopped and has failed."""


NO_TERMS = Terms()


def terms_to_json(terms: Terms) -> dict[str, object] | None:
    """As they stand in the database and in run directories; None for a run without any."""
    if terms == NO_TERMS:
        return None
    return {"max_runtime_seconds": terms.max_runtime_seconds}


def terms_from_json(kept: Mapping[str, Any] | None) -> Terms:
    """What `terms_to_json` wrote. Raises KeyError, TypeError and ValueError for anything else."""
    if kept is None:
        return NO_TERMS
    return Terms(max_runtime_seconds=_seconds(kept["max_runtime_seconds"]))


def shown_seconds(seconds: float) -> float:
    """Seconds as people write them: `60`, `0.5`."""
    return int(seconds) if seconds.is_integer() else seconds


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
