"""The adapter in front of the fake Discord over sockets, as one process after the other on the same store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from bot.config import Discord
from bot.events import MessageReceived, PlatformEvent
from bot.platforms.discord import DiscordPlatform
from bot.ports import Store
from tests.servers.discord_socket import FakeDiscord
from tests.unit.platforms.discord.test_connection import WallClock
from tests.unit.platforms.discord.world import Kept, words


class Runs:
    """One process after the other on the same store."""

    def __init__(self, server: FakeDiscord) -> None:
        self.server = server
        self.kept = Kept()
        self.events: list[PlatformEvent] = []

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, MessageReceived)]

    @asynccontextmanager
    async def running(self, *, killed: bool = False) -> AsyncIterator[None]:
        """Connected and with everything caught up; `killed`: nothing is written down at the end."""
        before = self.server.gateway.identified
        settings = Discord.model_validate(self.server.settings())
        self.platform = platform = DiscordPlatform(
            settings, cast("Store", self.kept), WallClock(), words, sleep=_shorter
        )
        run = asyncio.create_task(platform.run(self._handle))
        try:
            await self.until(lambda: self.server.gateway.identified > before or run.done())
            await self.until(lambda: platform.is_caught_up or run.done())
            yield
            self.kept.is_broken = killed
        finally:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)
            self.kept.is_broken = False

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not happened():  # noqa: ASYNC110 - what happens inside the bot is announced to nobody.
                await asyncio.sleep(0.01)

    async def _handle(self, event: PlatformEvent) -> None:
        if isinstance(event, MessageReceived):
            self.kept.people[event.chat] = event.sender
        self.events.append(event)


async def _shorter(seconds: float) -> None:
    await asyncio.sleep(seconds / 20)
