"""The real Clock: time from the system, ids from the time."""

import time

from bot.model import first_id_at


class SystemClock:
    """Ids rise whatever the system's clock does: `above` is the highest one already stored."""

    def __init__(self, above: int = 0) -> None:
        self._last = above

    def now(self) -> int:
        return time.time_ns() // 1000

    def new_id(self) -> int:
        self._last = max(self._last + 1, first_id_at(self.now()))
        return self._last
