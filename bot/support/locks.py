"""One lock for each requester, forgotten when nobody holds or wants it."""

import asyncio
from weakref import WeakValueDictionary


class Locks:
    """Whoever holds `of(id)` is alone with that requester's conversations and tickets."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def of(self, requester_id: int) -> asyncio.Lock:
        lock = self._locks.get(requester_id)
        if lock is None:
            lock = self._locks[requester_id] = asyncio.Lock()
        return lock
