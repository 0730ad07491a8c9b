"""When people are at the desk, across zones, holidays, changes of the clock and weeks without opening."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from bot.actions import Moment
from bot.desk.hours import ALL_DAY, Hours, Ranges
from bot.operations.knowledge import Learned
from bot.wording import Wording

NINE_TO_SIX = (9 * 60, 18 * 60)


def hours(
    timezone: str = "Asia/Tokyo",
    holidays: frozenset[date] = frozenset(),
    days: Mapping[str, Ranges] = MappingProxyType({}),
) -> Hours:
    """Weekdays nine to six, unless a day is given otherwise."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = [days.get(name, [NINE_TO_SIX] if number < 5 else []) for number, name in enumerate(names)]
    return Hours(timezone, lambda weekday: week[weekday], holidays)


def at(text: str, timezone: str = "Asia/Tokyo") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)).timestamp() * 1_000_000)


def opening(of: Hours, now: str) -> str:
    """When it opens, as the clock at the desk shows it; or the key of what is said instead."""
    said = of.sentence(at(now, of.timezone))
    moment = said.values.get("time")
    if not isinstance(moment, Moment):
        return said.key
    assert said.key == "hours.opens_at"
    assert moment.timezone == of.timezone
    return datetime.fromtimestamp(moment.at / 1_000_000, ZoneInfo(of.timezone)).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2024-01-10 09:00", "hours.open"),
        ("2024-01-10 17:59", "hours.open"),
        ("2024-01-10 18:00", "Thu 11 09:00"),
        ("2024-01-10 08:59", "Wed 10 09:00"),
        ("2024-01-10 00:00", "Wed 10 09:00"),
        ("2024-01-12 18:00", "Mon 15 09:00"),
        ("2024-01-13 12:00", "Mon 15 09:00"),
        ("2024-01-14 23:59", "Mon 15 09:00"),
    ],
)
def test_a_working_week(now: str, said: str) -> None:
    assert opening(hours(), now) == said


def test_the_desks_own_clock_counts_and_not_the_requesters() -> None:
    of = hours("America/New_York")
    assert of.sentence(at("2024-01-11 00:30", "Asia/Tokyo")).key == "hours.open"
    assert opening(hours("Asia/Kathmandu"), "2024-01-10 08:59") == "Wed 10 09:00"


def test_a_holiday_is_closed_whatever_its_hours_say() -> None:
    of = hours(holidays=frozenset({date(2024, 1, 11), date(2024, 1, 12)}))
    assert opening(of, "2024-01-11 10:00") == "Mon 15 09:00"
    assert opening(of, "2024-01-10 10:00") == "hours.open"


def test_a_day_may_open_twice() -> None:
    of = hours(days={"wed": [(9 * 60, 12 * 60), (13 * 60, 18 * 60)]})
    assert opening(of, "2024-01-10 12:00") == "Wed 10 13:00"
    assert opening(of, "2024-01-10 13:00") == "hours.open"


def test_a_night_as_two_ranges_has_no_gap_at_midnight() -> None:
    of = hours(days={"wed": [(22 * 60, 24 * 60)], "thu": [(0, 6 * 60)]})
    assert [opening(of, f"2024-01-{time}") for time in ("10 23:59", "11 00:00", "11 05:59")] == ["hours.open"] * 3
    assert opening(of, "2024-01-11 06:00") == "Fri 12 09:00"


def test_always_open_is_said_only_where_it_is_so() -> None:
    every = {key: [ALL_DAY] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    assert hours(days=every).sentence(at("2024-01-10 03:00")).key == "hours.always"
    with_holiday = hours(holidays=frozenset({date(2024, 1, 11)}), days=every)
    assert opening(with_holiday, "2024-01-10 23:59") == "hours.open"
    assert opening(with_holiday, "2024-01-11 12:00") == "Fri 12 00:00"


def test_two_closed_weeks_are_still_looked_through() -> None:
    """Open on Mondays only, and next Monday is a holiday: the one after is exactly two weeks away."""
    closed: dict[str, Ranges] = {key: [] for key in ("tue", "wed", "thu", "fri")}
    of = hours(holidays=frozenset({date(2024, 1, 15)}), days=closed)
    assert opening(of, "2024-01-08 19:00") == "Mon 22 09:00"


def test_a_desk_that_does_not_open_soon_names_no_time() -> None:
    closed: dict[str, Ranges] = {key: [] for key in ("mon", "tue", "wed", "thu", "fri")}
    assert opening(hours(days=closed), "2024-01-10 10:00") == "hours.closed"


@pytest.mark.parametrize(
    ("now", "said", "utc"),
    [
        ("2024-03-30 12:00", "Sun 31 09:00", 7),
        ("2024-10-26 12:00", "Sun 27 09:00", 8),
        ("2024-03-31 01:30", "Sun 31 09:00", 7),
    ],
)
def test_the_clock_changes_over_night(now: str, said: str, utc: int) -> None:
    of = hours("Europe/Berlin", days={"sun": [NINE_TO_SIX]})
    assert opening(of, now) == said
    moment = of.sentence(at(now, "Europe/Berlin")).values["time"]
    assert isinstance(moment, Moment)
    assert datetime.fromtimestamp(moment.at / 1_000_000, UTC).hour == utc


def test_an_opening_in_the_hour_that_does_not_exist_is_after_now() -> None:
    of = hours("Europe/Berlin", days={"sun": [(2 * 60 + 30, 6 * 60)]})
    now = at("2024-03-31 01:59", "Europe/Berlin")
    moment = of.sentence(now).values["time"]
    assert isinstance(moment, Moment)
    assert moment.at > now
    assert of.sentence(at("2024-03-31 03:10", "Europe/Berlin")).key == "hours.open"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("now", ["2024-01-10 10:00", "2024-01-10 20:00", "2024-12-31 23:59"])
def test_what_is_said_can_be_said_in_every_language(learned: Learned, language: str, now: str) -> None:
    said = Wording(learned.knowledge, {}).say(hours().sentence(at(now)), language)
    assert said
    assert "{" not in said
