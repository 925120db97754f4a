"""What a row of the table is, and how the table is shown and kept."""

import json
import math
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line: medians in `unit`, `direct` None where a bare program has nothing of the kind.

    `ratio` is ours to direct where less is better, and direct to ours where more is; so less is always better.
    """

    name: str
    what: str
    unit: str
    direct: float | None
    ours: float
    aim: str
    met: bool | None
    ratio: float | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


def ratio_of(direct: Sequence[float], ours: Sequence[float]) -> float:
    """The median of ours over the median of direct."""
    return statistics.median(ours) / statistics.median(direct)


def spread(samples: Sequence[float]) -> dict[str, float]:
    """A few figures that say how much samples differ."""
    ordered = sorted(samples)
    return {
        "n": len(ordered),
        "min": round(ordered[0], 3),
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(len(ordered) - 1, math.ceil(0.95 * len(ordered)) - 1)], 3),
        "max": round(ordered[-1], 3),
    }


def figure(value: float | None) -> str:
    """A number with three significant digits."""
    if value is None:
        return "–"
    if value == 0 or value >= 100:
        return f"{value:.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, readable as plain text too."""
    words = {True: "yes", False: "NO", None: "–"}
    cells = [("what", "unit", "direct", "ours", "ratio", "aim", "met")]
    cells += [
        (r.what, r.unit, figure(r.direct), figure(r.ours), f"{r.ratio:.2f}" if r.ratio else "–", r.aim, words[r.met])
        for r in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(7)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def load_average() -> float:
    """How busy the machine was during the last minute."""
    return round(os.getloadavg()[0], 2)


def describe_machine(directory: Path) -> dict[str, object]:
    """Where the figures come from."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(directory)], capture_output=True, text=True).stdout.strip()
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "file_system": kind,
        "commit": commit.stdout.strip(),
    }


def save(path: Path, rows: Sequence[Row], machine: Mapping[str, object], load: tuple[float, float]) -> None:
    """Write everything as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "load_before": load[0],
        "load_after": load[1],
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
