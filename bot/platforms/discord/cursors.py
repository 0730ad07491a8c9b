"""How far each channel has been read: the newest message up to which nothing is missing.

Discord cannot be told "received", so this is what a start goes on from. It is written down a moment later than it
moves: what is read twice after a crash is recognized by its key, what is skipped would be lost.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.changes import SaveCursor
from bot.ports import Clock, Store

log = structlog.get_logger(__name__)

SAVED_AFTER_SECONDS = 1.0
_MOST_AT_ONCE = 500

Sleep = Callable[[float], Awaitable[None]]


class Cursors:
    """Positions are ids of messages; Discord's ids grow with time."""

    def __init__(self, store: Store, clock: Clock, sleep: Sleep) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._positions: dict[int, int] = {}
        self._unsaved: set[int] = set()
        self._saving: asyncio.Task[None] | None = None

    async def position(self, channel_id: int) -> int | None:
        """Up to where the channel was read, in this run or an earlier one."""
        if channel_id not in self._positions:
            saved = await self._store.cursor(_name(channel_id))
            if saved is None:
                return None
            self._positions.setdefault(channel_id, int(saved))
        return self._positions[channel_id]

    def has_passed(self, channel_id: int, message_id: int) -> bool:
        """Whether the message has been handled already, as far as is known in memory."""
        return self._positions.get(channel_id, 0) >= message_id

    def move(self, channel_id: int, message_id: int) -> None:
        """Everything in the channel up to the message is handled."""
        if self.has_passed(channel_id, message_id):
            return
        self._positions[channel_id] = message_id
        self._unsaved.add(channel_id)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_soon(), name="discord-cursors")

    async def save(self) -> None:
        """Write down what has moved; what cannot be written is tried again with the next move."""
        while self._unsaved:
            some = [self._unsaved.pop() for _ in range(min(len(self._unsaved), _MOST_AT_ONCE))]
            now = self._clock.now()
            try:
                await self._store.commit(tuple(SaveCursor(_name(id), str(self._positions[id]), now) for id in some))
            except Exception as error:
                self._unsaved.update(some)
                log.error("discord_cursors_not_saved", channels=len(self._unsaved), exc_info=error)
                return

    async def close(self) -> None:
        """Write down the rest; nothing moves any more."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.wait({self._saving})
        await self.save()

    async def _save_soon(self) -> None:
        await self._sleep(SAVED_AFTER_SECONDS)
        await self.save()


def _name(channel_id: int) -> str:
    return f"discord:{channel_id}"
