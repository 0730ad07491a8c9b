"""One lock for each requester, and for each agent who asks for work; forgotten when nobody holds or wants it."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary

from bot.model import Agent


class Locks:
    """Whoever holds `of(id)` is alone with that requester's conversations and tickets; `of_agent` comes before it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, requester_id: int) -> asyncio.Lock:
        return self._of(requester_id)

    def of_agent(self, agent: Agent) -> asyncio.Lock:
        """Whoever holds it is alone with what the agent asks of the queue."""
        return self._of((agent.platform, agent.user_id))

    def _of(self, key: Hashable) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
