"""When people are at the desk, how to say it, and how much of that time lies between two moments.

Business time is counted between instants, never on the wall clock: a day on which that changes is as long as it is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.actions import Moment, Text
from bot.timing import SECOND

LOOK_AHEAD_DAYS = 14
LONGEST_CLOSED_DAYS = 60
"""A desk that stays closed for longer counts as one that never opens again."""

Ranges = Sequence[tuple[int, int]]
"""When a day is open, in minutes since its midnight: from the first to before the second."""

ALL_DAY = (0, 24 * 60)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours in one time zone; `ranges_on` gives a weekday's (Monday is 0)."""

    timezone: str
    ranges_on: Callable[[int], Ranges]
    holidays: frozenset[date] = frozenset()

    def always(self) -> "Hours":
        """The same place, where somebody is there at any hour."""
        return Hours(self.timezone, _every_day)

    def open_between(self, start: int, end: int) -> int:
        """How many microseconds the desk is open from one moment to the other; 0 if the other is not later."""
        open_time = 0
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            open_time += min(closes, end) - opens
        return open_time

    def later(self, start: int, open_time: int) -> int | None:
        """The first moment at which so many open microseconds have passed; None if the desk never opens that long."""
        if open_time <= 0:
            return start
        for opens, closes in self._spans(start):
            if closes - opens >= open_time:
                return opens + open_time
            open_time -= closes - opens
        return None

    def sentence(self, at: int) -> Text:
        """What a requester is told about waiting at this moment."""
        if self._is_always_open():
            return Text("hours.always")
        now = datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo(self.timezone))
        if self._is_open(now):
            return Text("hours.open")
        opening = self._next_opening(now)
        if opening is None:
            return Text("hours.closed")
        moment = Moment(int(opening.timestamp() * SECOND), self.timezone)
        return Text("hours.opens_at", {"time": moment})

    def _ranges(self, day: date) -> Ranges:
        return () if day in self.holidays else self.ranges_on(day.weekday())

    def _spans(self, start: int) -> Iterator[tuple[int, int]]:
        """When the desk is open from the moment on: instants in order, none of them twice."""
        zone = ZoneInfo(self.timezone)
        # A day earlier: in the night in which the clock goes back, a day may end after the next one has begun.
        day = datetime.fromtimestamp(start / SECOND, UTC).astimezone(zone).date() - timedelta(days=1)
        reached, closed_days = start, 0
        while closed_days <= LONGEST_CLOSED_DAYS:
            closed_days += 1
            for opens, closes in self._ranges(day):
                begins = max(_first_instant(day, opens, zone), reached)
                ends = _last_instant(day, closes, zone)
                if begins < ends:
                    yield begins, ends
                    reached, closed_days = ends, 0
            day += timedelta(days=1)

    def _is_always_open(self) -> bool:
        return not self.holidays and all(tuple(self.ranges_on(day)) == (ALL_DAY,) for day in range(7))

    def _is_open(self, now: datetime) -> bool:
        minute = now.hour * 60 + now.minute
        return any(opens <= minute < closes for opens, closes in self._ranges(now.date()))

    def _next_opening(self, now: datetime) -> datetime | None:
        for ahead in range(LOOK_AHEAD_DAYS + 1):
            day = now.date() + timedelta(days=ahead)
            for opens, _ in self._ranges(day):
                opening = datetime.combine(day, time(opens // 60, opens % 60), now.tzinfo)
                if opening > now:
                    return opening
        return None


def _every_day(_weekday: int) -> Ranges:
    return (ALL_DAY,)


def _first_instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """When the clock at the desk shows that minute for the first time, or has gone past it without showing it."""
    return min(_instants(day, minute, zone))


def _last_instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """When it shows that minute for the last time, or has gone past it without showing it."""
    return max(_instants(day, minute, zone))


@lru_cache(maxsize=4096)
def _instants(day: date, minute: int, zone: ZoneInfo) -> tuple[int, int]:
    """Both instants that a minute after midnight may be: they differ only where the clock shows it twice."""
    wall = datetime.combine(day + timedelta(days=minute // (24 * 60)), time(minute // 60 % 24, minute % 60))
    first, last = (_instant(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if first <= last:
        return first, last
    skipped = _change_between(last, first, wall, zone)
    return skipped, skipped


def _change_between(before: int, after: int, wall: datetime, zone: ZoneInfo) -> int:
    """When the clock jumps over a time that it never shows: before it, it shows less, and after it more."""
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        shown = datetime.fromtimestamp(middle // SECOND, UTC).astimezone(zone).replace(tzinfo=None)
        before, after = (middle, after) if shown < wall else (before, middle)
    return after


def _instant(moment: datetime) -> int:
    return round(moment.timestamp()) * SECOND
