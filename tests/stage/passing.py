"""A system clock that a transcript can put forward, and begin at a time of day."""

import re
import time
from datetime import UTC, datetime, timedelta

from bot.actions import Moment
from bot.store import SystemClock

SECOND = 1_000_000_000
_AMOUNT = re.compile(r"(\d+) (minute|hour|day)s?")


class PassingTime:
    """Goes with the system's clock, ahead of it; the talk begins five seconds after the minute it names, so that what
    happens at once happens in that minute."""

    def __init__(self, begins: str) -> None:
        self._ahead = 0
        now = datetime.fromtimestamp(self._wall() / SECOND, UTC)
        self.began = now
        if begins:
            hour, minute = map(int, begins.split(":"))
            today = now.replace(hour=hour, minute=minute, second=5, microsecond=0)
            self.began = today if today > now else today + timedelta(days=1)
            self._ahead = round((self.began - now).total_seconds() * SECOND)

    def clock(self, above: int) -> SystemClock:
        return SystemClock(above, wall=self._wall)

    def passes(self, amount: str) -> None:
        """Put the clock forward by so many days, hours and minutes."""
        found = {f"{unit}s": int(number) for number, unit in _AMOUNT.findall(amount)}
        assert found, f"{amount} is no time"
        self._ahead += round(timedelta(**found).total_seconds() * SECOND)

    def moment(self, day: int, at: str) -> Moment:
        """A time of day, so many days after the talk began."""
        hour, minute = map(int, at.split(":"))
        named = self.began.replace(hour=hour, minute=minute) + timedelta(days=day)
        return Moment(round(named.timestamp()) * 1_000_000, "UTC")

    def _wall(self) -> int:
        return time.time_ns() + self._ahead
