"""What only Telegram has, with the whole bot behind the adapter; everything else is played from the transcripts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Text
from bot.app import Bot
from bot.app import running as running_bot
from bot.config import load
from bot.model import ChatRef, PlatformName, TicketStatus
from bot.platforms.telegram.topics import SIGNS
from bot.staffing import StaffChats, TeamChat
from tests.servers.bot_api_chats import ICONS
from tests.servers.bot_api_objects import Chat
from tests.stage.telegram import GROUP, TelegramWorld, open_world


@pytest.fixture(params=[True, False], ids=["forum", "plain group"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[TelegramWorld]:
    async with open_world(language="en", forum=request.param) as world:
        yield world
    assert world.problems() == []


@pytest.fixture
async def bot(world: TelegramWorld, tmp_path: Path) -> AsyncIterator[Bot]:
    cache = tmp_path.parent / "cache"
    settings = load(None, {"BOT_STORE__PATH": str(tmp_path / "store.sqlite3"), "BOT_STORE__CACHE": str(cache)})
    async with running_bot(
        settings, lambda parts: [world.platform(parts)], StaffChats(world.desk_chat), limits={}
    ) as bot:
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


@pytest.mark.parametrize("world", [True], ids=["forum"], indirect=True)
async def test_topic_shows_how_its_ticket_stands(bot: Bot, world: TelegramWorld) -> None:
    await world.says("/human")
    await bot.courier.settled()
    [topic] = world.group.topics
    seen = [(ICONS[topic.icon], topic.is_closed)]
    assert not topic.name.endswith("→ Mika")
    for command in ("/take", "/close", "/reopen"):
        await world.agent_says("Mika", command)
        await bot.courier.settled()
        seen.append((ICONS[topic.icon], topic.is_closed))

    statuses = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.SOLVED, TicketStatus.OPEN)
    assert seen == [(SIGNS[status], status.is_done) for status in statuses]
    assert topic.name.endswith("→ Mika")


@pytest.mark.parametrize("world", [False], ids=["plain group"], indirect=True)
async def test_a_ticket_goes_along_when_its_group_becomes_a_supergroup(bot: Bot, world: TelegramWorld) -> None:
    await world.says("/human")
    await bot.courier.settled()
    world.group = await world.agents["Mika"].upgrades(world.group, world.group.id - 1)
    await world.says("are you still there? I have been waiting for a while now")
    await bot.courier.settled()
    [shown] = [one for one in world.group.messages if one.sender is world.server.world.bot]

    await world.agents["Ken"].writes_in(world.group, None, "We are", reply_to=shown)
    asked = await world.server.until(lambda: next((one for one in world.group.messages if one.buttons), None))
    await world.agents["Ken"].presses(asked, "Take & send")

    await world.server.until(lambda: world.requester.chat.messages[-1].text.endswith("We are"))


@pytest.fixture(params=[True, False], ids=["forum", "plain group"])
async def moving(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Bot, TelegramWorld, Chat]]:
    """The security team has a group of its own, led by Ken, where Mika is nobody."""
    async with open_world(language="en", forum=request.param) as world:
        make = world.server.forum_group if request.param else world.server.group
        team = make(GROUP - 9, "Security", members=[], admins=[world.agents["Ken"]])
        world.team_chats = {str(team.id): "teams.security.telegram_chat"}
        desks = StaffChats(world.desk_chat, {"security": TeamChat(ChatRef(PlatformName.TELEGRAM, str(team.id)))})
        cache = tmp_path.parent / "cache"
        settings = load(None, {"BOT_STORE__PATH": str(tmp_path / "s.sqlite3"), "BOT_STORE__CACHE": str(cache)})
        async with running_bot(settings, lambda parts: [world.platform(parts)], desks, limits={}) as bot:
            yield bot, world, team
    assert world.problems() == []


async def test_a_ticket_moves_to_its_new_teams_group_and_is_answered_from_there(
    moving: tuple[Bot, TelegramWorld, Chat],
) -> None:
    bot, world, team = moving
    await world.says("/human")
    await bot.courier.settled()
    await world.agent_says("Mika", "/take")
    await bot.courier.settled()
    await world.agent_says("Mika", "Which device was it?")
    await bot.courier.settled()
    await world.agent_says("Mika", "/team security")
    await world.server.until(lambda: any("Which device" in one.text for one in team.messages))
    await bot.courier.settled()
    await world.says("my phone")
    await bot.courier.settled()

    shown = [one for one in team.messages if one.sender is world.server.world.bot]
    card, said, relayed = shown
    assert "Security" in card.text
    assert "Which device was it?" in said.text
    assert relayed.text.endswith("my phone")
    if world.group.is_forum:
        assert [(topic.name, topic.is_closed) for topic in world.group.topics] == [("#1 → Security", True)]
        (topic,) = team.topics
        assert {one.topic for one in shown} == {topic}

    ken = world.agents["Ken"]
    for text in ("/take", "/reply We have locked it."):
        await ken.writes_in(team, card.topic, text, reply_to=None if card.topic else card)
        await bot.courier.settled()
    await world.server.until(lambda: world.requester.chat.messages[-1].text.endswith("We have locked it."))
