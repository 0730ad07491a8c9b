"""Telegram as a world: the real adapter against the fake Bot API, whose people are the requester and the staff."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

from pydantic import SecretStr

from bot.app import Parts
from bot.config import Telegram
from bot.model import ChatRef, PlatformName
from bot.platforms.telegram import TelegramPlatform
from bot.ports import Platform
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_objects import Chat, Message
from tests.servers.bot_api_people import Person
from tests.servers.bot_api_world import Press
from tests.stage.world import Seen

GROUP, CHANNEL = -1_001_500_000_001, -1_001_500_000_077
AIKO, MIKA, KEN, MALLORY = 5_300_000_001, 5_300_000_002, 5_300_000_003, 5_300_000_004


class TelegramWorld:
    """A private chat and a staff group, with topics or without."""

    desk_chat = ChatRef(PlatformName.TELEGRAM, str(GROUP))

    def __init__(self, server: FakeBotApi, language: str, forum: bool) -> None:
        self.account = (PlatformName.TELEGRAM, str(AIKO))
        self.name = "Aiko"
        self.server = server
        self.requester = server.user(AIKO, self.name, language)
        self.mallory = server.user(MALLORY, "Mallory")
        self.agents = {"Mika": server.user(MIKA, "Mika"), "Ken": server.user(KEN, "Ken")}
        self.group = (server.forum_group if forum else server.group)(
            GROUP, "Desk", members=[self.agents["Ken"]], admins=[self.agents["Mika"]]
        )
        self._channel = server.channel(CHANNEL, "Support")
        self.team_chats: dict[str, str] = {}
        """Staff chats beside the desk's, each with the setting that names it."""
        self._presses: list[Press] = []

    def platform(self, parts: Parts) -> Platform:
        settings = Telegram(
            token=SecretStr(self.server.token), staff_chat=self.desk_chat.chat_id, api_base_url=self.server.url
        )
        return TelegramPlatform(settings, parts.store, parts.clock, team_chats=self.team_chats)

    async def says(self, text: str) -> None:
        await self.requester.sends(text)
        await self._heard()

    async def sends_picture(self, data: bytes, caption: str) -> None:
        await self.requester.sends_photo(data, caption)
        await self._heard()

    async def sends_file(self, data: bytes, name: str, caption: str) -> None:
        await self.requester.sends_document(data, name, caption)
        await self._heard()

    async def presses(self, label: str) -> None:
        await self._press(self.requester, self._said, label)

    async def agent_says(self, agent: str, text: str) -> None:
        if agent in self.agents:
            await self.agent_writes(self.agents[agent], text)
        else:
            await self._stranger_writes(text)

    async def agent_sends_file(self, agent: str, data: bytes, name: str, caption: str) -> None:
        newest = await self._newest()
        place, answered = (newest.topic, None) if newest.topic else (self.group, newest)
        await self.agents[agent].sends_document(data, name, caption, mime="image/png", to=place, reply_to=answered)
        await self._heard()

    async def blocks(self, *, is_blocked: bool) -> None:
        await (self.requester.blocks_bot() if is_blocked else self.requester.unblocks_bot())
        await self._heard()

    async def agent_presses(self, agent: str, label: str) -> None:
        await self._press(self.agents.get(agent, self.mallory), self._thread, label)

    async def requester_view(self) -> list[Seen]:
        return [_seen(message) for message in self._said()]

    async def requester_reactions(self) -> list[str]:
        own = [one for one in self.requester.chat.messages if one.sender is not self.server.world.bot]
        return [reaction for one in own for reaction in one.reactions]

    async def desk_view(self) -> list[Seen]:
        return [_seen(message) for message in self._thread()]

    def problems(self) -> list[str]:
        never = (fault for fault in self.server.faults.ordered if fault.times)
        spinning = (press for press in self._presses if not press.is_answered)
        return [
            *self.server.problems,
            *(f"{fault.kind} for {fault.method} never happened" for fault in never),
            *(f"a press was never answered: {press.message!r}" for press in spinning),
        ]

    async def agent_writes(
        self, person: Person, text: str, *, anonymous: bool = False, as_channel: Chat | None = None
    ) -> None:
        """Write in the newest ticket's topic; in a plain group, answer what the bot said last about that ticket."""
        newest = await self._newest()
        answered = None if self.group.is_forum else newest
        await person.writes_in(
            self.group, newest.topic, text, reply_to=answered, anonymous=anonymous, as_channel=as_channel
        )
        await self._heard()

    async def _newest(self) -> Message:
        """What the bot said last about the newest ticket."""
        thread: list[Message] = await self.server.until(self._thread)
        return next(message for message in reversed(thread) if message.sender is self.server.world.bot)

    async def _stranger_writes(self, text: str) -> None:
        """Come in by an invite link, speak for a channel, and go; the buttons stay on the screen."""
        await self.mallory.joins(self.group)
        await self.agent_writes(self.mallory, text, as_channel=self._channel)
        await self.mallory.leaves(self.group)

    async def _press(self, person: Person, chat: Callable[[], list[Message]], label: str) -> None:
        def newest() -> Message | None:
            having = (message for message in reversed(chat()) if label in chain.from_iterable(message.buttons))
            return next(having, None)

        self._presses.append(await person.presses(await self.server.until(newest), label))
        await self._heard()

    async def _heard(self) -> None:
        """Until the bot has confirmed everything: an act that must lead to nothing has then led to nothing."""
        await self.server.until(lambda: not self.server.world.updates.pending)

    def _said(self) -> list[Message]:
        return [message for message in self.requester.chat.messages if message.sender is self.server.world.bot]

    def _thread(self) -> list[Message]:
        """The newest topic; in a plain group, the newest message of the bot that answers nothing, and its answers."""
        if self.group.is_forum:
            return self.group.topics[-1].messages if self.group.topics else []
        cards = [one for one in self.group.messages if one.sender is self.server.world.bot and not one.reply_to]
        thread = cards[-1:]
        for message in self.group.messages if cards else []:
            if message.reply_to in thread:
                thread.append(message)
        return thread


def _seen(message: Message) -> Seen:
    buttons = tuple(chain.from_iterable(message.buttons))
    text, calls = without_calls(message)
    assert not (calls and message.is_silent), "nobody hears a silent call"
    return Seen(text, buttons, tuple(message.reactions), 1 if message.file else 0, calls)


def without_calls(message: Message) -> tuple[str, tuple[str, ...]]:
    """What the message says beside the names it mentions, and those."""
    text = message.text.encode("utf-16-le")
    spans = [(2 * one["offset"], 2 * (one["offset"] + one["length"])) for one in _mentions(message)]
    calls = tuple(text[start:end].decode("utf-16-le") for start, end in spans)
    return (text[: spans[0][0]] if spans else text).decode("utf-16-le"), calls


def _mentions(message: Message) -> list[dict[str, Any]]:
    return [one for one in message.entities if one["type"] == "text_mention"]


@asynccontextmanager
async def open_world(*, language: str, forum: bool = True) -> AsyncIterator[TelegramWorld]:
    """Without `forum` the staff group is one in which people answer a message to say which ticket they mean."""
    server = await FakeBotApi.start()
    try:
        yield TelegramWorld(server, language, forum)
    finally:
        await server.stop()
