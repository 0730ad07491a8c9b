"""The real Clock: time from the system, ids from the time."""

import time
from collections.abc import Callable

from bot.model import first_id_at


class SystemClock:
    """Never goes back and never stands still, whatever is done to the system's clock; that it is put forward counts.

    Ids rise, too: `above` is the highest one already stored.
    """

    def __init__(
        self,
        above: int = 0,
        *,
        wall: Callable[[], int] = time.time_ns,
        steady: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._last = above
        self._wall = wall
        self._steady = steady
        self._ahead = wall() - steady()

    def now(self) -> int:
        steady = self._steady()
        # Put back by an hour, everything that waits for a moment would wait for an hour more.
        self._ahead = max(self._ahead, self._wall() - steady)
        return (self._ahead + steady) // 1000

    def new_id(self) -> int:
        self._last = max(self._last + 1, first_id_at(self.now()))
        return self._last
