"""Open time between moments: on ordinary days, on holidays, and where the clock jumps or repeats an hour."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.desk.hours import ALL_DAY, Hours, Ranges
from bot.timing import MINUTE
from tests.unit.desk.test_hours import at, hours

ZONES = (
    "UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana",
    "Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Pacific/Apia",
)  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 60 * MINUTE
FIRST = at("2011-11-20 00:00", "UTC")
moments = st.one_of(
    # Among them the nights in which clocks change: Apia even left out a whole day.
    st.integers(FIRST, FIRST + 60 * 24 * HOUR),
    st.integers(at("2024-03-01 00:00", "UTC"), at("2024-04-15 00:00", "UTC")),
    st.integers(at("2024-10-01 00:00", "UTC"), at("2024-11-15 00:00", "UTC")),
)


@st.composite
def days(draw: st.DrawFn) -> Ranges:
    """None, one or two ranges in order, some of them to midnight."""
    marks = sorted(draw(st.sets(st.integers(0, 24 * 4), max_size=4)))
    return [(opens * 15, closes * 15) for opens, closes in zip(marks[::2], marks[1::2], strict=False)]


@st.composite
def desks(draw: st.DrawFn) -> Hours:
    week = [draw(days()) for _ in DAYS]
    assume(any(week))
    closed = draw(st.frozensets(st.dates(date(2024, 3, 1), date(2024, 4, 15)), max_size=3))
    return Hours(draw(st.sampled_from(ZONES)), lambda weekday: week[weekday], closed)


@given(desks(), moments, st.integers(0, 100 * HOUR))
def test_as_much_time_is_open_as_was_added(of: Hours, start: int, open_time: int) -> None:
    end = of.later(start, open_time)
    assert end is not None
    assert end >= start + open_time
    assert of.open_between(start, end) == open_time


@given(desks(), moments, st.integers(1, 100 * HOUR))
def test_no_earlier_moment_would_do(of: Hours, start: int, open_time: int) -> None:
    end = of.later(start, open_time)
    assert end is not None
    assert of.open_between(start, end - 1) == open_time - 1


spans = st.integers(0, 60 * 24 * HOUR)


@given(desks(), moments, spans, spans)
def test_time_adds_up_and_never_runs_backwards(of: Hours, first: int, one: int, two: int) -> None:
    second, third = first + one, first + one + two
    whole = of.open_between(first, third)
    assert whole == of.open_between(first, second) + of.open_between(second, third)
    assert 0 <= whole <= third - first
    assert of.open_between(third, first) == 0


@given(desks(), moments, st.lists(st.integers(0, 50 * HOUR), min_size=2, max_size=2).map(sorted))
def test_more_time_is_never_sooner(of: Hours, start: int, amounts: list[int]) -> None:
    ends = [of.later(start, amount) or 0 for amount in amounts]
    assert ends == sorted(ends)


@given(st.sampled_from(ZONES), moments, st.integers(0, 1000 * HOUR))
def test_where_it_is_always_open_time_is_plain_time(timezone: str, start: int, time: int) -> None:
    of = Hours(timezone, lambda _: [ALL_DAY])
    assert of.later(start, time) == start + time
    assert of.open_between(start, start + time) == time


@given(desks(), moments)
def test_the_desk_is_open_where_its_own_clock_says_so(of: Hours, start: int) -> None:
    """Except in an hour that the clock repeats: there the desk opens with the first and closes with the last."""
    now = datetime.fromtimestamp(start // 1_000_000, UTC)
    beside = {(now + timedelta(hours=hours)).astimezone(ZoneInfo(of.timezone)).utcoffset() for hours in (-3, 0, 3)}
    assume(len(beside) == 1)
    second = start // 1_000_000 * 1_000_000
    assert (of.open_between(second, second + 1) == 1) == (of.sentence(second).key in ("hours.open", "hours.always"))


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2024-01-10 09:00", 60, "2024-01-10 10:00"),
        ("2024-01-10 08:00", 60, "2024-01-10 10:00"),
        ("2024-01-10 17:30", 60, "2024-01-11 09:30"),
        ("2024-01-10 17:30", 30, "2024-01-10 18:00"),
        ("2024-01-12 17:30", 60, "2024-01-15 09:30"),
        ("2024-01-13 12:00", 9 * 60 + 1, "2024-01-16 09:01"),
    ],
)
def test_a_working_week_is_counted(start: str, minutes: int, end: str) -> None:
    assert hours().later(at(start), minutes * MINUTE) == at(end)
    assert hours().open_between(at(start), at(end)) == minutes * MINUTE


def test_a_holiday_counts_nothing() -> None:
    of = hours(holidays=frozenset({date(2024, 1, 11)}))
    assert of.later(at("2024-01-10 17:30"), 60 * MINUTE) == at("2024-01-12 09:30")
    assert of.open_between(at("2024-01-11 00:00"), at("2024-01-12 00:00")) == 0


@pytest.mark.parametrize(("day", "long"), [("2024-03-31", 8), ("2024-10-27", 10), ("2024-06-16", 9)])
def test_a_shift_through_the_night_of_the_change_is_as_long_as_it_is(day: str, long: int) -> None:
    """Midnight to nine in Berlin: an hour less in spring, an hour more in autumn."""
    of = hours("Europe/Berlin", days={"sun": [(0, 9 * 60)]})
    begins, ends = (at(f"{day} {time}", "Europe/Berlin") for time in ("00:00", "09:00"))
    assert of.open_between(begins, ends) == long * HOUR
    assert of.later(begins, long * HOUR) == ends


def test_a_range_that_begins_in_the_hour_left_out_begins_where_the_clock_jumps() -> None:
    of = hours("Europe/Berlin", days={"sun": [(2 * 60 + 30, 6 * 60)]})
    assert of.later(at("2024-03-31 01:00", "Europe/Berlin"), 1) == at("2024-03-31 03:00", "Europe/Berlin") + 1
    assert of.open_between(at("2024-03-31 00:00", "UTC"), at("2024-03-31 12:00", "UTC")) == 3 * HOUR


def test_a_range_that_ends_in_the_repeated_hour_ends_with_the_last_of_both() -> None:
    of = hours("Europe/Berlin", days={"sun": [(60, 2 * 60 + 30), (2 * 60 + 30, 4 * 60)]})
    assert of.open_between(at("2024-10-26 20:00", "UTC"), at("2024-10-27 12:00", "UTC")) == 4 * HOUR


def test_a_desk_that_never_opens_names_no_moment() -> None:
    of = hours(days=dict.fromkeys(DAYS, ()))
    assert of.later(at("2024-01-10 09:00"), 1) is None
    assert of.later(at("2024-01-10 09:00"), 0) == at("2024-01-10 09:00")
    assert of.open_between(at("2024-01-10 09:00"), at("2024-03-10 09:00")) == 0
