"""Another program with the bot's token: told once for each spell, whichever way it takes the updates."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telegram import Bot

from bot.events import MessageReceived, TokenShared, TokenSign
from bot.platforms.telegram.sharing import OVER_AFTER, Sharing
from bot.platforms.telegram.taking import Taking
from bot.platforms.telegram.webhook import Webhook
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import Stage

FETCHED, POSTED = TokenSign.FETCHED_ELSEWHERE, TokenSign.POSTED_ELSEWHERE
STRANGE = "https://elsewhere.example.com/take"
OURS = "https://bot.example.com/telegram"


@asynccontextmanager
async def thief(server: FakeBotApi) -> AsyncIterator[None]:
    """Somebody else's program, fetching updates all the time and not giving way."""

    async def fetch() -> None:
        async with Bot(server.token, base_url=server.base_url) as bot:
            while True:
                with contextlib.suppress(Exception):
                    await bot.get_updates(timeout=5)
                await asyncio.sleep(0.01)

    task = asyncio.create_task(fetch())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def other(server: FakeBotApi) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url) as bot:
        yield bot


def signs(stage: Stage) -> list[TokenSign]:
    return [event.sign for event in stage.events if isinstance(event, TokenShared)]


def texts(stage: Stage) -> list[str]:
    return [event.text for event in stage.events if isinstance(event, MessageReceived)]


async def test_who_fetches_the_updates_with_our_token_is_told_once_for_each_spell(
    stage: Stage, server: FakeBotApi
) -> None:
    async with stage.running():
        async with thief(server):
            await server.until(lambda: signs(stage) == [FETCHED] and len(stage.pauses) > 8)
        assert signs(stage) == [FETCHED]
        stage.clock.microseconds += OVER_AFTER
        async with thief(server):
            await server.until(lambda: signs(stage) == [FETCHED, FETCHED])


async def test_one_refused_request_is_told_to_nobody(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    """A broken line leaves a request of our own behind; the bot goes on as if nothing had been."""
    async with stage.running(), other(server) as bot:
        await bot.get_updates(timeout=0)
        await ada.sends("hello")
        await server.until(lambda: texts(stage) == ["hello"])
    assert signs(stage) == []


async def test_a_webhook_that_somebody_set_is_told_and_taken_away(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    """While the bot runs; what is written afterwards comes here again."""
    async with stage.running(), other(server) as bot:
        await ada.sends("before")
        await stage.until_confirmed()
        await bot.set_webhook(STRANGE)
        await server.until(lambda: signs(stage) == [POSTED])
        await ada.sends("after")
        await server.until(lambda: texts(stage) == ["before", "after"])
        assert (await bot.get_webhook_info()).url == ""


async def test_a_webhook_that_was_set_while_the_bot_was_down_is_told_at_its_start(
    stage: Stage, server: FakeBotApi
) -> None:
    async with other(server) as bot:
        await bot.set_webhook(STRANGE)
    async with stage.running():
        await server.until(lambda: signs(stage) == [POSTED])


@pytest.mark.parametrize(("changed", "told"), [(OURS, []), (STRANGE, [POSTED])])
async def test_our_own_webhook_is_known_again_after_a_change_of_settings(
    stage: Stage, server: FakeBotApi, changed: str, told: list[TokenSign]
) -> None:
    async with other(server) as bot:
        await bot.set_webhook(changed)
        await Sharing(bot, stage.store, stage.clock, OURS).is_set()
        assert await Sharing(bot, stage.store, stage.clock).look(stage.write_down)

    assert signs(stage) == told


async def test_a_webhook_that_was_exchanged_is_told_and_set_again(stage: Stage, server: FakeBotApi) -> None:
    """Nothing comes here then, so that only asking finds it."""
    async with other(server) as bot:
        taking = Taking(bot, stage.store, stage.clock)
        sharing = Sharing(bot, stage.store, stage.clock, OURS)
        webhook = Webhook(bot, OURS, "secret", taking, stage.clock, sharing)
        await webhook.set()
        await webhook.watch(stage.write_down)
        assert signs(stage) == []
        await bot.set_webhook(STRANGE)
        await webhook.watch(stage.write_down)
        await webhook.watch(stage.write_down)

        assert signs(stage) == [POSTED]
        assert (await bot.get_webhook_info()).url == OURS
