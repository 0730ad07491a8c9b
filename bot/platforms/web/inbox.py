"""Hands events over, one after the other in each chat; a page is told "received" only when that is done."""

import asyncio
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.events import PlatformEvent
from bot.model import ChatRef
from bot.platforms.web.forms import refuse
from bot.ports import Handle


class Inbox:
    def __init__(self) -> None:
        self._handle: Handle | None = None
        self._turns: weakref.WeakValueDictionary[ChatRef, asyncio.Lock] = weakref.WeakValueDictionary()

    async def run(self, handle: Handle) -> None:
        """Take events until cancelled; before and after that pages are told to try again."""
        self._handle = handle
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._handle = None

    @asynccontextmanager
    async def turn(self, chat: ChatRef) -> AsyncIterator[None]:
        """Hold the chat: what is done inside is not mixed with another post to it."""
        if self._handle is None:
            refuse(web.HTTPServiceUnavailable, "not_ready")
        async with self._turns.setdefault(chat, asyncio.Lock()):
            yield

    async def hand_over(self, event: PlatformEvent) -> None:
        """Return when the event is committed; the page tries again when it is not."""
        if self._handle is None:
            refuse(web.HTTPServiceUnavailable, "not_ready")
        await self._handle(event)
