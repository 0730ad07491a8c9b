"""A start asks first for what the last run's session missed: the only way to hear of people nobody knows yet."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config import Discord
from bot.events import MessageDeleted, MessageReceived, PlatformEvent
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.session import CURSOR
from bot.ports import Store
from tests.servers.discord_socket import FakeDiscord, running_discord
from tests.unit.platforms.discord.test_connection import WallClock
from tests.unit.platforms.discord.world import Kept, describe


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
        platform = DiscordPlatform(settings, cast("Store", self.kept), WallClock(), describe, sleep=_shorter)
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
        self.events.append(event)


async def _shorter(seconds: float) -> None:
    await asyncio.sleep(seconds / 20)


@pytest.fixture
async def runs() -> AsyncIterator[Runs]:
    kept = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with running_discord() as server:
        yield Runs(server)
        server.assert_clean()
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = kept


@pytest.mark.parametrize("killed", [False, True])
async def test_the_first_words_of_a_newcomer_while_nothing_ran_are_handled(runs: Runs, killed: bool) -> None:
    async with runs.running(killed=killed):
        await runs.until(lambda: CURSOR in runs.kept.cursors)
    await runs.server.user("Aiko").sends("my deposit is missing")
    await runs.server.user("Ben").sends("mine too")

    async with runs.running():
        assert sorted(runs.texts) == ["mine too", "my deposit is missing"]

    assert runs.server.gateway.resumed == 1


async def test_a_session_that_discord_has_forgotten_is_followed_by_a_new_one_and_the_catch_up(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        await aiko.sends("before")
        await runs.until(lambda: runs.texts == ["before"])
    runs.kept.chats = [event.chat for event in runs.events]
    runs.server.gateway.refuses_resume = True
    await aiko.sends("meanwhile")

    async with runs.running():
        assert runs.texts == ["before", "meanwhile"]

    assert (runs.server.gateway.resumed, runs.server.gateway.identified) == (0, 2)


async def test_what_was_taken_back_meanwhile_is_told(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        sent = await aiko.sends("my secret")
        await runs.until(lambda: runs.events)
    await aiko.deletes(sent)

    async with runs.running():
        assert [event.message.message_id for event in runs.events if isinstance(event, MessageDeleted)] == [
            str(sent.id)
        ]


async def test_the_first_words_of_a_newcomer_between_the_last_session_and_the_next_are_handled(runs: Runs) -> None:
    """After what the last session missed has come, before the new one begins: neither would be asked for it."""
    async with runs.running():
        await runs.until(lambda: CURSOR in runs.kept.cursors)
    newcomer = runs.server.user("Aiko")

    async def between() -> None:
        await newcomer.sends("my deposit is missing")

    runs.server.gateway.before_ready = between
    async with runs.running():
        await runs.until(lambda: runs.texts == ["my deposit is missing"])


async def test_what_was_replayed_and_fails_is_read_again(runs: Runs) -> None:
    async with runs.running():
        await runs.until(lambda: CURSOR in runs.kept.cursors)
    await runs.server.user("Aiko").sends("hello")
    failing = ["hello"]
    handled = runs._handle

    async def handle(event: PlatformEvent) -> None:
        if failing:
            failing.pop()
            raise OSError("no space left on device")
        await handled(event)

    runs._handle = handle  # type: ignore[method-assign]
    async with runs.running():
        await runs.until(lambda: runs.texts == ["hello"])

    assert failing == []


async def test_a_lost_session_is_caught_up_while_running(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        await aiko.sends("before")
        await runs.until(lambda: runs.texts == ["before"])
        runs.kept.chats = [event.chat for event in runs.events]
        runs.server.gateway.refuses_resume = True
        runs.server.gateway.cut()
        await aiko.sends("meanwhile")
        await runs.until(lambda: runs.texts == ["before", "meanwhile"])
