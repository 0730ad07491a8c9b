"""The whole bot on the fake Discord over sockets: from a public channel to a reply, where the usual ways are shut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import Parts, running
from bot.config import Discord, load
from bot.model import ChatRef, PlatformName
from bot.operations.labels import texts_of
from bot.platforms.discord import DiscordPlatform
from bot.staffing import StaffChats
from tests.servers.discord_objects import Channel, Message, Place
from tests.servers.discord_people import Person
from tests.servers.discord_socket import FakeDiscord, running_discord

PATIENCE = 20


@pytest.fixture
async def server() -> AsyncIterator[FakeDiscord]:
    kept = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with running_discord() as server:
        yield server
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = kept


@asynccontextmanager
async def bot_on(server: FakeDiscord, folder: Path) -> AsyncIterator[None]:
    """The bot as an operator runs it, connected and with its commands known."""
    section = Discord.model_validate(server.settings())
    environment = {"BOT_STORE__PATH": str(folder / "store.sqlite3"), "BOT_STORE__CACHE": str(folder / "cache")}

    def build(parts: Parts) -> list[DiscordPlatform]:
        words = partial(texts_of, parts.learned.knowledge)
        return [DiscordPlatform(section, parts.store, parts.clock, words, sleep=_shorter)]

    desk = ChatRef(PlatformName.DISCORD, str(server.world.desk.id))
    async with running(load(None, environment), build, StaffChats(desk), limits={}) as bot:
        platform = bot.platforms[PlatformName.DISCORD]
        assert isinstance(platform, DiscordPlatform)
        await server.until(lambda: server.gateway.identified, timeout=PATIENCE)
        yield


async def _shorter(seconds: float) -> None:
    await asyncio.sleep(seconds / 20)


async def shows(server: FakeDiscord, channel: Channel, begins: str) -> Message:
    """The newest message in the channel that begins so, once it is there."""

    def found() -> Message | None:
        return next((one for one in reversed(channel.messages) if one.shown.startswith(begins)), None)

    message: Message = await server.until(found, timeout=PATIENCE)
    return message


async def ticket_of(server: FakeDiscord, person: Person, chat: Channel, agent: Person) -> Channel:
    """The thread of the ticket that the person asks for in their chat; the agent has taken it."""
    await shows(server, chat, "Hello")
    await person.writes_in(chat, "/human")
    await server.until(server.world.threads, PATIENCE)
    (thread,) = server.world.threads()
    card = await shows(server, thread, "**\\#1")
    await agent.presses(card, "Take")
    await server.until(lambda: "Take" not in card.buttons, PATIENCE)
    return thread


async def test_who_takes_no_direct_messages_is_helped_in_a_thread_of_their_own(
    server: FakeDiscord, tmp_path: Path
) -> None:
    aiko, ann = server.user("Aiko"), server.user("Ann", is_staff=True)
    aiko.account.takes_dms = False
    async with bot_on(server, tmp_path):
        await aiko.runs("support", server.world.lobby)
        room = await server.until(lambda: next(iter(rooms(server)), None), PATIENCE)
        thread = await ticket_of(server, aiko, room, ann)
        answer = await ann.writes_in(thread, "It has arrived")
        reply = await shows(server, room, "**Support team**")
        await server.until(lambda: answer.marks == ["✅"], PATIENCE)
        await aiko.writes_in(room, "Thank you")
        await shows(server, thread, "**Aiko**\nThank you")

    assert reply.text == "**Support team**\nIt has arrived"
    assert aiko.chat.messages == server.world.lobby.messages == []


async def test_without_the_message_content_intent_staff_are_told_how_to_answer_and_it_works(
    server: FakeDiscord, tmp_path: Path
) -> None:
    server.gateway.grants_content = False
    aiko, ann = server.user("Aiko"), server.user("Ann", is_staff=True)
    async with bot_on(server, tmp_path):
        await aiko.sends("hello")
        thread = await ticket_of(server, aiko, aiko.chat, ann)
        lost = await ann.writes_in(thread, "It has arrived")
        await shows(server, thread, "Discord does not show me this message")
        answer = await ann.writes_in(thread, f"<@{server.world.bot.id}> It has arrived")
        reply = await shows(server, aiko.chat, "**Support team**")
        await server.until(lambda: answer.marks == ["✅"], PATIENCE)
        await ann.runs("reply", thread, text="And was credited")
        aloud = await shows(server, thread, "**Ann** · /reply\nAnd was credited")
        await server.until(lambda: aloud.marks == ["✅"], PATIENCE)
        await shows(server, aiko.chat, "**Support team**\nAnd was credited")

    assert reply.text == "**Support team**\nIt has arrived"
    assert lost.marks == []


def rooms(server: FakeDiscord) -> list[Channel]:
    return [one for one in server.world.channels.values() if one.kind is Place.PRIVATE_THREAD]
