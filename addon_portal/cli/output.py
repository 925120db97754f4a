"""What commands print: JSON for programs, tables and sentences for people, colour on a terminal only.

Standard output carries what was asked for; hints and errors go to standard error, so that output can be piped.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any

from addon_portal.cli.visible import visible
from addon_portal.domain.states import FINAL, Health, Outcome, RunState

if TYPE_CHECKING:
    from rich.console import Console

STATE_COLOURS: Mapping[RunState, str] = {
    RunState.PENDING: "cyan",
    RunState.STARTING: "cyan",
    RunState.RUNNING: "blue",
    RunState.STOPPING: "yellow",
    RunState.COMPLETED: "green",
    RunState.FAILED: "red",
    RunState.CANCELLED: "yellow",
}
_UNKNOWN_COLOUR = "magenta"
LONGEST_CELL = 120
_NEVER_CUT = ("ID", "RUN", "KEY")
"""Columns of what people copy: they keep their width however narrow the terminal is."""


def console(*, errors: bool = False) -> "Console":
    """A rich console; it writes escape codes only to a terminal that understands them (NO_COLOR is respected)."""
    from rich.console import Console

    return Console(stderr=errors, highlight=False, soft_wrap=True, emoji=False, markup=False)


def print_json(value: object) -> None:
    """One JSON value, for programs."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_line(text: str) -> None:
    """A sentence that was asked for."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def counted(number: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def runs_go_on(number: int, data: object) -> str:
    """What becomes of the runs of a portal that ends, and how to end them."""
    verb = "goes" if number == 1 else "go"
    stop = f"addon-portal down --stop-runs --data {quote(str(data))}"
    return f"{counted(number, 'active run')} {verb} on; the next `up` finds what still runs. Stop with: {stop}"


def hint(text: str) -> None:
    """A sentence beside what was asked for."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def forget_stdout() -> None:
    """So that what could not be written there is given up, and closing it at exit does not complain again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Columns with headings; `empty` says what it means that there are none. Cells may be rich texts."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(_cell(cell)) for cell in row))
    for column in table.columns:
        if column.header in _NEVER_CUT:
            column.min_width = max((len(str(cell)) for cell in column.cells), default=0)
    if table.row_count == 0:
        hint(empty)
        return
    to = console()
    if to.is_terminal:
        to.print(table)
        return
    to.width = 10_000  # a file has no width: nothing is cut, and nothing is filled up
    with to.capture() as captured:
        to.print(table)
    for line in captured.get().splitlines():
        print_line(line.rstrip())


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Names and values below each other, leaving out what is not known."""
    from rich.text import Text

    shown = [(name, value) for name, value in fields if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in shown), default=0)
    to = console()
    for name, value in shown:
        line = Text(f"{name:{width}}  ", style="dim")
        line.append(value if isinstance(value, Text) else Text(_cell(value), style="not dim"))
        to.print(line)


def scheduled_text(scheduled: Mapping[str, Any] | None) -> str | None:
    """When a restart is to come, and why."""
    if scheduled is None:
        return None
    when = scheduled["due_at"] or "as soon as it has ended"
    return f"{when} as {scheduled['run_id']}: {scheduled['why']}"


def state_text(run: Mapping[str, Any] | None) -> object:
    """State of a run with what must be said beside it: an unknown outcome, the health of an active run."""
    from rich.text import Text

    if run is None:
        return Text("never run", style="dim")
    state = RunState(run["state"])
    words, colour = state.value, STATE_COLOURS[state]
    if run.get("outcome") == Outcome.UNKNOWN:
        words, colour = f"{words} (outcome unknown)", _UNKNOWN_COLOUR
    elif state not in FINAL and run.get("health") not in (None, Health.OK):
        words = f"{words} ({run['health']})"
        colour = _UNKNOWN_COLOUR if run["health"] == Health.UNREACHABLE else colour
    return Text(words, style=colour)


def ended_text(run: Mapping[str, Any]) -> str:
    """When the run ended, for a table; where only the time is known by which its program had, `≤` before that."""
    if run["ended_at"] or not run["finished_at"]:
        return time_text(run["ended_at"])
    return ("≤ " if run["started_at"] else "") + time_text(run["finished_at"])


def ended_sentence(run: Mapping[str, Any]) -> str | None:
    """When the program ended, in words where nobody saw the moment; None where none was started or it has not ended."""
    if run["ended_at"] or not run["finished_at"] or not run["started_at"]:
        moment: str | None = run["ended_at"]
        return moment
    return f"at {run['finished_at']} at the latest; nobody saw the moment"


def progress_text(run: Mapping[str, Any]) -> str | None:
    """How far its program says it is, and what it says it does; None where it says neither."""
    far = None if run["progress"] is None else f"{run['progress']:.0%}"
    return ", ".join(part for part in (far, run["status_text"]) if part) or None


def cut(text: str) -> str:
    """Text of any length as a cell of a table."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def time_text(moment: str | None) -> str:
    """A time to the second, still UTC and still sortable."""
    return f"{moment[:19]}Z" if moment else ""


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return visible(str(value))
