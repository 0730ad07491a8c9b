"""Notices when a staff chat's budget no longer keeps up, so that staff hear why things arrive late.

Only a chat that the platform's limits hold back has a backlog in this sense; an outage is told elsewhere.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.delivery.pacing import Pacing
from bot.model import ChatRef, made_at
from bot.ports import Clock, Store
from bot.timing import MINUTE

LONG_MICROSECONDS = MINUTE
"""What has been waiting for so long is a backlog; below half of it the spell is over."""
LOOK_EVERY_MICROSECONDS = 5_000_000


@dataclass(frozen=True, slots=True)
class Spell:
    """How many messages wait for the chat, and in how many minutes the last of them will be there."""

    chat: ChatRef
    waiting: int
    minutes: int


TellOfSpell = Callable[[Spell], Awaitable[None]]


class Backlog:
    """Looks now and then; tells once for each spell."""

    def __init__(self, store: Store, clock: Clock, pacing: Pacing, tell: TellOfSpell) -> None:
        self._store = store
        self._clock = clock
        self._pacing = pacing
        self._tell = tell
        self._look_at = 0
        self._told: set[ChatRef] = set()

    async def look(self) -> None:
        """Tell of a spell that has begun since the last look."""
        now = self._clock.now()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY_MICROSECONDS
        for chat in self._pacing.groups:
            await self._look_at_chat(chat, now)

    async def _look_at_chat(self, chat: ChatRef, now: int) -> None:
        if chat not in self._told and self._pacing.free_at(chat, now) <= now:
            return
        waiting, oldest = await self._store.backlog_of(chat, now)
        age = now - made_at(oldest) if waiting else 0
        if age < LONG_MICROSECONDS / 2:
            self._told.discard(chat)
        elif age >= LONG_MICROSECONDS and chat not in self._told:
            self._told.add(chat)
            await self._tell(Spell(chat, waiting, self._minutes(chat, waiting)))

    def _minutes(self, chat: ChatRef, waiting: int) -> int:
        return math.ceil(waiting / self._pacing.per_minute(chat))
