"""Who writes faster than a person can, by the moments at which the platform got it, not those at which we read it.

Kept in memory alone: after a restart everybody has their whole patience back, which harms nobody.
"""

from collections import OrderedDict
from dataclasses import dataclass

from bot.dialogue.context import Haste
from bot.model import ChatRef, PlatformName

AT_ONCE = 15
"""So much may come in one go: an impatient person's lines, an afternoon's worth of pictures."""
MICROSECONDS_EACH = 2_000_000
_MOST = AT_ONCE + 3
_ALL_CALM = _MOST * MICROSECONDS_EACH


@dataclass(slots=True)
class _Flow:
    at: int
    level: float = 0
    is_told: bool = False


class Floods:
    """A bucket for each chat: a message fills it, two seconds empty it by one."""

    def __init__(self) -> None:
        self._flows: OrderedDict[ChatRef, _Flow] = OrderedDict()

    def hear(self, chat: ChatRef, at: int) -> Haste:
        """Count a message of this moment; whether it is one too many, and the first of them since it was calm.

        At the terminal nobody is a stranger, and what comes there may well be a file.
        """
        if chat.platform is PlatformName.CONSOLE:
            return Haste.NONE
        flow = self._flows.setdefault(chat, _Flow(at))
        self._flows.move_to_end(chat)
        flow.level = max(0.0, flow.level - max(at - flow.at, 0) / MICROSECONDS_EACH)
        flow.at = max(flow.at, at)
        flow.is_told = flow.is_told and flow.level > 0
        flow.level = min(flow.level + 1, _MOST)
        self._forget(at)
        if flow.level <= AT_ONCE:
            return Haste.NONE
        haste = Haste.GOING_ON if flow.is_told else Haste.BEGUN
        flow.is_told = True
        return haste

    def _forget(self, now: int) -> None:
        """Nothing is kept of those who have been calm for long."""
        while self._flows and now - next(iter(self._flows.values())).at > _ALL_CALM:
            self._flows.popitem(last=False)
