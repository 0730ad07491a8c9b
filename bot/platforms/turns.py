"""One event of a chat after the other, in the order they came, and chats side by side.

For platforms that bring events in tasks of their own: discord.py starts them all at once, and so does a web server.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Turns:
    """Who comes first is decided when `of` is entered, not when the work before it is done."""

    def __init__(self) -> None:
        self._queues: dict[int, _Queue] = {}
        self._tasks: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def of(self, chat_id: int) -> AsyncIterator[None]:
        """Runs the block when all earlier blocks of the chat have ended."""
        queue = self._queues.setdefault(chat_id, _Queue())
        queue.waiting += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            async with queue.lock:
                yield
        finally:
            queue.waiting -= 1
            if not queue.waiting:
                del self._queues[chat_id]
            if task is not None:
                self._tasks.discard(task)

    async def finish(self, seconds: float) -> int:
        """Waits for what has begun; returns how many turns did not end in time."""
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
        return len(late)
