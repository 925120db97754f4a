"""Times by cron expressions: days on which clocks are set, what comes never, and what is refused."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from addon_portal.timetables.cron import SHORTHANDS, Timetable, UnreadableTimetable, problems_of

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def times(cron: str, zone: str, after: datetime, count: int) -> list[str]:
    """The next times by the clocks of the zone."""
    timetable = Timetable(cron, zone)
    return [timetable.local(time).isoformat() for time in islice(timetable.times_after(after), count)]


def test_a_time_of_day_is_by_the_clocks_of_the_zone() -> None:
    assert times("0 3 * * *", BERLIN, NOW, 2) == ["2026-05-05T03:00:00+02:00", "2026-05-06T03:00:00+02:00"]
    assert times("0 3 * * *", "UTC", NOW, 1) == ["2026-05-05T03:00:00+00:00"]


def test_the_time_that_is_asked_for_is_not_among_those_after_it() -> None:
    assert times("0 9 * * *", "UTC", NOW, 1) == ["2026-05-05T09:00:00+00:00"]
    assert times("0 9 * * *", "UTC", NOW - timedelta(microseconds=1), 1) == ["2026-05-04T09:00:00+00:00"]


def test_names_ranges_steps_and_lists() -> None:
    assert times("*/20 8-9,12 * may mon-fri", "UTC", NOW, 5) == [
        "2026-05-04T09:20:00+00:00",
        "2026-05-04T09:40:00+00:00",
        "2026-05-04T12:00:00+00:00",
        "2026-05-04T12:20:00+00:00",
        "2026-05-04T12:40:00+00:00",
    ]
    assert times("0 0 13 * FRI", "UTC", NOW, 2) == ["2026-05-08T00:00:00+00:00", "2026-05-13T00:00:00+00:00"]


@pytest.mark.parametrize(("word", "fields"), SHORTHANDS.items())
def test_a_shorthand_is_what_it_stands_for(word: str, fields: str) -> None:
    assert times(word.upper(), BERLIN, NOW, 3) == times(fields, BERLIN, NOW, 3)


def test_a_time_that_does_not_exist_is_the_first_moment_after_the_gap() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # On the 29th clocks went from 2 to 3.
    assert times("30 2 * * *", BERLIN, before, 2) == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]


def test_several_times_in_a_gap_are_one() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    expected = ["2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:00:00+02:00"]
    assert times("0,30 2,3 * * *", BERLIN, before, 3) == expected


def test_a_time_that_exists_twice_is_the_first_of_the_two() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)  # On the 25th clocks went from 3 to 2.
    assert times("30 2 * * *", BERLIN, before, 2) == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time.
    assert times("30 2 * * *", BERLIN, between, 1) == ["2026-10-26T02:30:00+01:00"]


def test_with_stars_the_time_that_passes_counts() -> None:
    gap, overlap = datetime(2026, 3, 29, 0, 31, tzinfo=UTC), datetime(2026, 10, 24, 23, 31, tzinfo=UTC)
    assert times("*/30 * * * *", BERLIN, gap, 2) == ["2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"]
    assert times("0 * * * *", BERLIN, overlap, 3) == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]


def test_a_gap_at_midnight_and_one_of_half_an_hour() -> None:
    cairo = datetime(2026, 4, 23, 20, 0, tzinfo=UTC)  # On the 24th clocks go from 0 to 1.
    assert times("0 0 * * *", "Africa/Cairo", cairo, 2) == ["2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"]
    havana = datetime(2024, 3, 9, 20, 0, tzinfo=UTC)  # On the 10th, a Sunday, clocks went from 0 to 1.
    assert times("*/30 0 * * 0", "America/Havana", havana, 1) == ["2024-03-17T00:00:00-04:00"]
    assert times("*/30 * * * 0", "America/Havana", havana, 1) == ["2024-03-10T01:00:00-04:00"]
    assert times("5 * * * 0", "America/Havana", havana, 1) == ["2024-03-10T01:05:00-04:00"]
    lord_howe = datetime(2026, 10, 3, 14, 0, tzinfo=UTC)  # On the 4th clocks go from 2:00 to 2:30.
    assert times("15 2 * * *", "Australia/Lord_Howe", lord_howe, 1) == ["2026-10-04T02:30:00+11:00"]


ZONES = [BERLIN, "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana", "UTC"]
FIELD = st.sampled_from(["*", "0", "5", "*/2", "1-3", "0,2", "2"])
DAY, WEEKDAY = st.sampled_from(["*", "1", "*/5"]), st.sampled_from(["*", "0", "1-5"])
EXPRESSIONS = st.tuples(FIELD, FIELD, DAY, st.just("*"), WEEKDAY)
SECONDS = st.integers(0, 4 * 365 * 86400)
MOMENTS = SECONDS.map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@pytest.mark.slow
@example("* 0 * * 0", "America/Havana", datetime(2024, 3, 3, 5, 48, tzinfo=UTC))
@example("* * * * 0", "America/Havana", datetime(2024, 3, 10, 4, 58, tzinfo=UTC))
@given(EXPRESSIONS.map(" ".join), st.sampled_from(ZONES), MOMENTS)
@settings(deadline=None, max_examples=100)
def test_times_are_later_than_asked_in_order_and_such_as_the_expression_says(
    cron: str, zone: str, after: datetime
) -> None:
    timetable = Timetable(cron, zone)
    found = list(islice(timetable.times_after(after), 12))
    assert after < found[0]
    assert all(one < other for one, other in pairwise(found))
    for time in found:
        assert (time.second, time.microsecond) == (0, 0)
        # Asked just before it, it is the next: what is found does not depend on where one begins.
        assert next(timetable.times_after(time - timedelta(microseconds=1))) == time


@pytest.mark.slow
@given(st.sampled_from(ZONES), MOMENTS, st.integers(0, 23), st.integers(0, 59))
@settings(deadline=None, max_examples=40)
def test_a_time_of_day_comes_once_a_day_wherever_clocks_are_set(
    zone: str, after: datetime, hour: int, minute: int
) -> None:
    found = list(islice(Timetable(f"{minute} {hour} * * *", zone).times_after(after), 400))
    days = [time.astimezone(ZoneInfo(zone)).date() for time in found]
    assert all(other - one == timedelta(days=1) for one, other in pairwise(days))


NO_FIVE_FIELDS = ["", "   ", "* * * *", "* * * * * *", "@reboot", "@never", "9" * 5000 + " * * * *", "* " * 5000]
OR_SUCH_AS = ", or such as * and */2 and 1-5"
WRONG_FIELDS = [
    ("60 * * * *", "minute 0-59", "60"),
    ("0 25 * * *", "hour 0-23", "25"),
    ("0 8,12,24 * * *", "hour 0-23", "24"),
    ("* * 0 * *", "day 1-31", "0"),
    ("* * * 13 *", "month 1-12", "13"),
    ("* * * * 8", "day of the week 0-7", "8"),
    ("*/0 * * * *", f"minute 0-59{OR_SUCH_AS}", "*/0"),
    ("5-1 * * * *", f"minute 0-59{OR_SUCH_AS}", "5-1"),
    ("0 3am * * *", f"hour 0-23{OR_SUCH_AS}", "3am"),
    ("1,,2 * * * *", f"minute 0-59{OR_SUCH_AS}", "nothing"),
    ("-1 * * * *", f"minute 0-59{OR_SUCH_AS}", "-1"),
    ("٣ * * * *", f"minute 0-59{OR_SUCH_AS}", "٣"),
    ("* * * * ٣L", f"day of the week 0-7{OR_SUCH_AS}", "٣L"),
    ("0 0 31 2 *", "a day that one of the months has", "day 31"),
    ("* * 31 apr *", "a day that one of the months has", "day 31"),
]


def assert_unreadable(cron: str) -> None:
    with pytest.raises(UnreadableTimetable):
        next(Timetable(cron, "UTC").times_after(NOW))


@pytest.mark.parametrize("cron", NO_FIVE_FIELDS, ids=lambda cron: cron[:20])
def test_what_is_no_expression_is_refused_with_what_was_expected(cron: str) -> None:
    (problem,) = problems_of(cron, "UTC", NOW)
    assert problem.field == "cron"
    assert problem.expected.startswith("five fields")
    assert len(problem.got) < 80
    assert_unreadable(cron)


@pytest.mark.parametrize(("cron", "expected", "got"), WRONG_FIELDS, ids=[cron for cron, _, _ in WRONG_FIELDS])
def test_of_a_field_that_is_wrong_it_is_said_what_it_takes_and_what_came(cron: str, expected: str, got: str) -> None:
    (problem,) = problems_of(cron, "UTC", NOW)
    assert (problem.field, problem.expected, problem.got) == ("cron", expected, got)
    assert_unreadable(cron)


def test_a_time_that_never_comes_is_refused() -> None:
    (problem,) = problems_of("0 0 */20 * 1L", "UTC", NOW)
    assert (problem.field, problem.expected) == ("cron", "an expression with a time to come")


@pytest.mark.parametrize(
    "zone", ["", "Berlin", "europe/berlin", "../etc/passwd", "/etc/localtime", "localtime", "UTC+2"]
)
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    (problem,) = problems_of("0 3 * * *", zone, NOW)
    assert problem.field == "time_zone"


def test_all_problems_are_named_at_once() -> None:
    assert [problem.field for problem in problems_of("x", "y", NOW)] == ["time_zone", "cron"]


def test_a_zone_that_is_gone_cannot_be_read() -> None:
    with pytest.raises(UnreadableTimetable, match="Atlantis"):
        next(Timetable("0 3 * * *", "Atlantis/Center").times_after(NOW))
