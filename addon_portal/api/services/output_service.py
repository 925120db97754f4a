"""The output of runs: read by offset, as bytes, and searched. Reads and changes nothing.

Promises that no answer holds a value of the run's environment, whoever asks: output is what people paste elsewhere.
What is no longer there of a log over its limit is said in words.
"""

from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain.errors import FieldProblem, InvalidRequest
from addon_portal.domain.ids import RunId
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.limits import shown_bytes
from addon_portal.evidence.masking import Mask
from addon_portal.evidence.output import Output, OutputChunk, OutputUnreadable
from addon_portal.evidence.records import DamagedRecord, read_json
from addon_portal.evidence.search import Found, Query, find_next, find_previous
from addon_portal.evidence.times import OutputTime, read_times

NOT_MOUNTED = "The run root's marker file is missing: is its file system mounted?"
SEARCH_SECONDS = 0.5
"""How long one request searches before it answers how far it has come."""
LAST_LINE_BYTES = 4096
"""So far from its end the last line of an output is looked for; of a longer one the end is told."""


@dataclass(frozen=True, slots=True)
class LogChunk:
    """A stretch of output, whether nothing will ever follow it, and what is no longer there of what came before."""

    output: OutputChunk
    is_final: bool
    dropped: str | None


@dataclass(frozen=True, slots=True)
class LogSearch:
    """What is looked for; from the beginning, or backwards from the end, where no offset is given."""

    text: str
    backwards: bool
    ignore_case: bool
    offset: int | None
    limit: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes [begin, end), of which at most so many times are wanted."""

    begin: int
    end: int
    most_times: int


@dataclass(frozen=True, slots=True)
class LogFound:
    """What was found, and whether nothing more will ever be found in that direction, and from where that is told."""

    found: Found
    is_final: bool
    first_offset: int


def read_log(portal: Portal, principal: Principal, run_id: RunId, *, offset: int, limit: int) -> LogChunk:
    """Output from a byte offset on, or from where it begins now if that is later.

    Raises NotFound, OutputUnreadable, InvalidRequest for an offset past the end.
    """
    facts = _get_facts(portal, principal, run_id)
    with closing(open_output(portal, facts)) as output:
        chunk = output.read_chunk(offset, limit)
        _check_offset("offset", offset, output)
    is_final = not facts.run.is_active and chunk.reaches_end
    return LogChunk(chunk, is_final, explain_drop(portal, run_id, chunk.first_offset))


def open_log(portal: Portal, principal: Principal, run_id: RunId) -> Output:
    """The output of a run, for the caller to close. Raises NotFound, OutputUnreadable."""
    return open_output(portal, _get_facts(portal, principal, run_id))


def search_log(portal: Portal, principal: Principal, run_id: RunId, wanted: LogSearch) -> LogFound:
    """Places in the output, for a bounded time. Raises NotFound, OutputUnreadable, InvalidRequest for the offset."""
    facts = _get_facts(portal, principal, run_id)
    query = Query(wanted.text, ignore_case=wanted.ignore_case)
    until = portal.clock.monotonic() + SEARCH_SECONDS
    find = find_previous if wanted.backwards else find_next
    with closing(open_output(portal, facts)) as output:
        start = wanted.offset
        if start is None:
            start = output.size() if wanted.backwards else 0
        _check_offset("from", start, output)
        found = find(output, query, start, wanted.limit, lambda: portal.clock.monotonic() < until)
        first = output.first_offset()
    return LogFound(found, found.is_done and (wanted.backwards or not facts.run.is_active), first)


def find_times(portal: Portal, principal: Principal, run_id: RunId, stretch: Stretch) -> tuple[OutputTime, ...]:
    """When a stretch of the output came, as far as the index says. Raises NotFound, OutputUnreadable."""
    facts = _get_facts(portal, principal, run_id)
    with closing(open_output(portal, facts)) as output:
        end = min(stretch.end, output.size())
    try:
        return read_times(portal.data.run_directory(run_id), stretch.begin, end, stretch.most_times)
    except OSError as error:
        raise OutputUnreadable(f"The times of the output cannot be read: {error.strerror}.") from error


def explain_drop(portal: Portal, run_id: RunId, first_offset: int) -> str | None:
    """What is no longer there of a run's output, and why; None where all is there."""
    if not first_offset:
        return None
    limit = log_limit_of(portal, run_id)
    why = f"of this run's output the last {shown_bytes(limit)} are kept" if limit else "its log has a hole there"
    return f"The first {first_offset} bytes are no longer there: {why}."


def log_limit_of(portal: Portal, run_id: RunId) -> int:
    """How many bytes of a run's output are kept; 0 for all of them, and where that is not known any more."""
    try:
        limit: Any = (read_json(portal.data.run_directory(run_id) / "spec.json") or {}).get("log_limit_bytes")
    except (OSError, DamagedRecord):
        limit = None
    return limit if isinstance(limit, int) else 0


def open_output(portal: Portal, facts: LaunchFacts) -> Output:
    """The output of a run without the values of its environment.

    Raises OutputUnreadable, also where the whole directory of a claimed run is not there.
    """
    run = facts.run
    directory = portal.data.run_directory(run.id)
    if run.claimed_at is not None and not directory.exists():
        if not portal.data.run_root_marker.exists():
            raise OutputUnreadable(NOT_MOUNTED)
        raise OutputUnreadable("The run directory does not exist: its output is lost.")
    return Output(directory, Mask(facts.environment.values()), is_complete=not run.is_active)


def last_lines(portal: Portal, principal: Principal, run_ids: Collection[RunId]) -> Mapping[RunId, str]:
    """The last line with something in it of each of these runs that has one which can be read now.

    For lists: one statement for all, and a small reading at the end of each output.
    """
    with portal.storage.read() as uow:
        every = uow.runs.list_launches(principal.scope, run_ids)
    found: dict[RunId, str] = {}
    for facts in every:
        with suppress(OutputUnreadable), closing(open_output(portal, facts)) as output:
            lines = (line.rstrip("\r") for line in reversed(output.last_lines(LAST_LINE_BYTES, LAST_LINE_BYTES)))
            if (line := next((line for line in lines if line.strip()), None)) is not None:
                found[facts.run.id] = line
    return found


def _get_facts(portal: Portal, principal: Principal, run_id: RunId) -> LaunchFacts:
    with portal.storage.read() as uow:
        return uow.runs.get_launch(principal.scope, run_id)


def _check_offset(field: str, offset: int, output: Output) -> None:
    """Refuse what lies behind everything that was written, shown or not."""
    if offset > (written := output.count_written()):
        raise InvalidRequest([FieldProblem(field, f"at most {written}, what there is now", str(offset))])
