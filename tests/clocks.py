"""A clock that stands still until a test moves it."""

from bot.model import EPOCH, first_id_at

SECOND = 1_000_000
START = EPOCH + 1_000_000 * SECOND


class FakeClock:
    def __init__(self, now: int = START) -> None:
        self._now = now
        self._last = 0

    def now(self) -> int:
        return self._now

    def new_id(self) -> int:
        self._last = max(self._last + 1, first_id_at(self._now))
        return self._last

    def forward(self, seconds: float) -> None:
        self._now += int(seconds * SECOND)
