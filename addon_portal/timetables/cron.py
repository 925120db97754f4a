"""Times by a cron expression in a time zone.

Promises times that are strictly later than the one asked for, in order, each once. Where clocks are set forward, a time
that does not exist is the first moment after the gap; where they are set back, one that exists twice is the first of
the two, unless minute or hour begin with `*`: those go by the time that passes. This is what Debian's cron does. Leaves
reading expressions to `cronsim` and time zones to the system's database, or `tzdata` where it has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from addon_portal.domain.errors import FieldProblem

LONGEST_EXPRESSION = 200
SHORTHANDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EXPECTED = f"five fields (minute, hour, day, month, day of the week) such as '0 3 * * *', or {', '.join(SHORTHANDS)}"
_FIELDS = (("minute", "0-59"), ("hour", "0-23"), ("day", "1-31"), ("month", "1-12"), ("day of the week", "0-7"))
"""The fields of an expression in their order, and the numbers that each takes."""
_NO_PLACES = {"localtime", "Factory"}
"""Names that mean something else on every machine, or nothing."""


class UnreadableTimetable(ValueError):
    """What is stored means nothing to this version, or its time zone is gone from the system."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A cron expression in a time zone. Make it of what `problems_of` finds nothing wrong with."""

    cron: str
    time_zone: str

    def times_after(self, moment: datetime) -> Iterator[datetime]:
        """The times after this one, UTC. Raises UnreadableTimetable."""
        last = moment.astimezone(UTC)
        try:
            found = _read(self.cron, last.astimezone(_zone(self.time_zone)))
        except (CronSimError, KeyError, ValueError) as error:
            raise UnreadableTimetable(f"{self.cron!r} in {self.time_zone!r} cannot be read: {error}") from error
        # Compared in UTC: two times of one zone are compared by what its clocks show, where an hour may come twice.
        for local in found:
            time = local.astimezone(UTC)
            if time > last and _is_meant(found, local, time):
                last = time
                yield time

    def local(self, moment: datetime) -> datetime:
        """The same moment by the clocks of the time zone."""
        return moment.astimezone(_zone(self.time_zone))


def problems_of(cron: str, time_zone: str, now: datetime) -> Sequence[FieldProblem]:
    """What is wrong with an expression and a time zone, and whether there will ever be such a time."""
    problems = []
    if time_zone not in _known_zones():
        problems.append(FieldProblem("time_zone", "a time zone of IANA such as Europe/Berlin", repr(time_zone[:60])))
    if wrong := _problem_of(cron):
        problems.append(wrong)
    if not problems and next(Timetable(cron, time_zone).times_after(now), None) is None:
        problems.append(FieldProblem("cron", "an expression with a time to come", f"{cron!r}, which never comes"))
    return problems


def _read(cron: str, moment: datetime) -> CronSim:
    """Raises CronSimError."""
    fields = _fields_of(cron)
    if len(fields) != len(_FIELDS):
        raise CronSimError("Wrong number of fields")
    return CronSim(" ".join(fields), moment)


def _fields_of(cron: str) -> list[str]:
    fields = SHORTHANDS.get(cron.strip().lower(), cron)
    return fields.split() if len(fields) <= LONGEST_EXPRESSION else []


def _problem_of(cron: str) -> FieldProblem | None:
    if _can_be_read(cron):
        return None
    fields = _fields_of(cron)
    if len(fields) != len(_FIELDS):
        return FieldProblem("cron", _EXPECTED, repr(cron[:60]))
    for place, field in enumerate(fields):
        for part in field.split(","):
            alone = ["*"] * len(_FIELDS)
            alone[place] = part
            if not _can_be_read(" ".join(alone)):
                return FieldProblem("cron", _expected_at(place, part), part[:60] or "nothing")
    return FieldProblem("cron", "a day that one of the months has", f"day {fields[2][:60]}")


def _expected_at(place: int, part: str) -> str:
    """Of a number its bounds say enough; what else there may stand is said of everything else."""
    name, numbers = _FIELDS[place]
    bounds = f"{name} {numbers}"
    return bounds if part.isascii() and part.isdigit() else f"{bounds}, or such as * and */2 and 1-5"


def _is_meant(cron: CronSim, local: datetime, time: datetime) -> bool:
    """Whether the clocks then show what the expression says.

    Of a day that begins in a gap cronsim takes midnight, which no clock shows, for the first moment after it.
    """
    shown = time.astimezone(local.tzinfo)
    exists = shown.replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0)
    return exists or (shown.hour in cron.hours and shown.minute in cron.minutes)


def _can_be_read(cron: str) -> bool:
    try:
        _read(cron, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES
