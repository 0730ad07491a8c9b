"""What only Telegram has, with the whole bot behind the adapter; everything else is played from the transcripts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Text
from bot.app import Bot
from bot.app import running as running_bot
from bot.config import load
from bot.model import TicketStatus
from tests.stage.telegram import TelegramWorld, open_world


@pytest.fixture(params=[True, False], ids=["forum", "plain group"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[TelegramWorld]:
    async with open_world(language="en", forum=request.param) as world:
        yield world
    assert world.problems() == []


@pytest.fixture
async def bot(world: TelegramWorld, tmp_path: Path) -> AsyncIterator[Bot]:
    cache = tmp_path.parent / "cache"
    settings = load(None, {"BOT_STORE__PATH": str(tmp_path / "store.sqlite3"), "BOT_STORE__CACHE": str(cache)})
    async with running_bot(settings, lambda parts: [world.platform(parts)], world.desk_chat, limits={}) as bot:
        yield bot


async def said(world: TelegramWorld) -> list[str]:
    return [seen.text for seen in await world.requester_view()]


@pytest.mark.parametrize("words", ["/take", "/close", "// a note", "Hello, I am looking into it."])
async def test_anonymous_administrator_is_told_to_show_who_they_are(
    bot: Bot, world: TelegramWorld, words: str
) -> None:
    """Silence would let them believe that their answer has reached the requester."""
    await world.says("/human")
    await bot.courier.settled()
    before = await said(world)

    await world.agent_writes(world.agents["Mika"], words, anonymous=True)
    await bot.courier.settled()

    sentence = bot.support.brain.wording.plain(Text("desk.not_staff.anonymous"), "en")
    _, *thread = await world.desk_view()
    assert [(seen.text, seen.reactions) for seen in thread] == [(words, ()), (sentence, ())]
    assert await said(world) == before
    requester_id = await bot.parts.store.find_requester(*world.account)
    assert requester_id is not None
    (ticket,) = await bot.parts.store.tickets_of(requester_id)
    assert (ticket.status, ticket.assignee) == (TicketStatus.NEW, None)


async def test_seed_phrase_is_taken_out_of_the_chat(bot: Bot, world: TelegramWorld) -> None:
    phrase = "abandon ability able about above absent absorb abstract absurd abuse access accident"
    await world.says("hello")
    await world.says(phrase)
    await bot.courier.settled()
    warning = bot.support.brain.wording.plain(Text("secret.removed"), "en")
    assert [message.text for message in world.requester.chat.messages if message.text in (phrase, warning)] == [
        warning
    ]
