"""What the bot says of its own accord in one place: once, and then not again for a while. Kept in memory alone."""

from collections.abc import Hashable

from bot.ports import Clock

_REMEMBERED = 1000


class Seldom:
    def __init__(self, clock: Clock, quiet: int) -> None:
        """`quiet` in microseconds."""
        self._clock = clock
        self._quiet = quiet
        self._said: dict[Hashable, int] = {}

    def may(self, place: Hashable) -> bool:
        """Whether it is time to speak there; who asks is taken to have spoken."""
        now = self._clock.now()
        said_at = self._said.get(place)
        if said_at is not None and now - said_at < self._quiet:
            return False
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        self._said[place] = now
        return True
