"""What every fake platform has: a clock that a test moves forward, and waiting for a change without sleeping."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any


class Changing(ABC):
    """The state of a platform; every change wakes those who wait for one."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self._change = asyncio.Event()

    def now(self) -> float:
        """The platform's time: the real one, moved forward as far as the test has asked."""
        return time.time() + self.elapsed

    def changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, predicate: Callable[[], Any], timeout: float) -> Any:
        """Wait until the predicate is truthy and return what it said; else fail with the state of everything."""
        try:
            async with asyncio.timeout(timeout):
                while not (seen := predicate()):
                    await self._change.wait()
                return seen
        except TimeoutError:
            raise AssertionError(f"Not so within {timeout} s. This is how it stands:\n{self.picture()}") from None

    @abstractmethod
    def picture(self) -> str:
        """Every chat with its newest messages, for people to read."""
