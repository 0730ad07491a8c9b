"""When people are at the desk, and how to say it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.actions import Moment, Text

LOOK_AHEAD_DAYS = 14

Ranges = Sequence[tuple[int, int]]
"""When a day is open, in minutes since its midnight: from the first to before the second."""

ALL_DAY = (0, 24 * 60)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours in one time zone; `ranges_on` gives a weekday's (Monday is 0)."""

    timezone: str
    ranges_on: Callable[[int], Ranges]
    holidays: frozenset[date] = frozenset()

    def sentence(self, at: int) -> Text:
        """What a requester is told about waiting at this moment."""
        if self._is_always_open():
            return Text("hours.always")
        now = datetime.fromtimestamp(at / 1_000_000, UTC).astimezone(ZoneInfo(self.timezone))
        if self._is_open(now):
            return Text("hours.open")
        opening = self._next_opening(now)
        if opening is None:
            return Text("hours.closed")
        moment = Moment(int(opening.timestamp() * 1_000_000), self.timezone)
        return Text("hours.opens_at", {"time": moment})

    def _ranges(self, day: date) -> Ranges:
        return () if day in self.holidays else self.ranges_on(day.weekday())

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
