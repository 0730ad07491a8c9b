"""The real Clock: time from the system, ids from the time."""

import time

EPOCH = 1_735_689_600_000_000
"""2025-01-01 UTC in microseconds; ids count from here so that they fit into 63 bits until 2096."""


class SystemClock:
    """Ids rise whatever the system's clock does: `above` is the highest one already stored."""

    def __init__(self, above: int = 0) -> None:
        self._last = above

    def now(self) -> int:
        return time.time_ns() // 1000

    def new_id(self) -> int:
        self._last = max(self._last + 1, (self.now() - EPOCH) << 12)
        return self._last
