"""Discord as a world: the real adapter on the real client, driven by simcord; a requester and a staff channel."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import discord
import simcord

from bot.app import Parts
from bot.config import Discord
from bot.model import ChatRef, PlatformName
from bot.operations.labels import texts_of
from bot.outgoing import Outgoing
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.saying import Words
from bot.ports import Clock, Delivery, FetchFile, Handle, Platform, Receipt, Store
from tests.servers.discord_server import DiscordServer, files_served, labels_of, text_of
from tests.stage.world import Seen, World

PATIENCE_SECONDS = 20
_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)


class SimulatedDiscord(DiscordPlatform):
    """The adapter whose client is driven by simcord, where the real one would open a socket."""

    def __init__(self, env: simcord.Env, settings: Discord, store: Store, clock: Clock, words: Words) -> None:
        super().__init__(settings, store, clock, words, sleep=_no_time_passes)
        self.ready = asyncio.Event()
        self._env = env

    async def run(self, handle: Handle) -> None:
        self._env.bot = self.new_client(handle)
        await self._env.start()
        self.ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            await self._env.bot.close()
            await self._env.shutdown()

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        with self._env.time_context():
            return await super().deliver(delivery, fetch)

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        with self._env.time_context():
            return await super().already_delivered(outgoing)


class DiscordWorld:
    """Direct messages and a staff channel; Mallory sees and writes there, but lacks the role."""

    def __init__(self, desk_kind: str) -> None:
        self.env = simcord.Env(discord.Client(intents=discord.Intents.none()))
        # The bot looks at the real time, and how old an interaction is must mean the same to both.
        self.env.backend.advance_clock(time.time() - self.env.now().timestamp())
        self.server = DiscordServer(self.env, desk_kind)
        leads = self.server.guild.create_role("lead", permissions=discord.Permissions(administrator=True))
        self.people = {
            "Mika": self.server.joins("Mika", self.server.role, leads),
            "Ken": self.server.joins("Ken", self.server.role),
            "Mallory": self.server.joins("Mallory"),
        }
        self.requester = self.env.create_user("aiko", global_name="Aiko")
        self.account = (PlatformName.DISCORD, str(self.requester.id))
        self.name = "Aiko"
        self.desk_chat = ChatRef(PlatformName.DISCORD, str(self.server.staff.id))
        self.changed: dict[str, object] = {}
        """Settings that are to be otherwise than usual."""
        self._platform: SimulatedDiscord | None = None

    def platform(self, parts: Parts) -> Platform:
        words = partial(texts_of, parts.learned.knowledge)
        self._platform = SimulatedDiscord(
            self.env, self.server.settings(self.changed), parts.store, parts.clock, words
        )
        return self._platform

    async def says(self, text: str) -> None:
        await self._connected()
        await self.requester.send_dm(text)

    async def sends_picture(self, data: bytes, caption: str) -> None:
        await self.sends_file(data, "screen.png", caption)

    async def sends_file(self, data: bytes, name: str, caption: str) -> None:
        await self._connected()
        file = self.env.backend.store_attachments(self.requester.dm_channel.id, [(name, data)])
        await self.requester.send_dm(caption, attachments=file)

    async def presses(self, label: str) -> None:
        await self.requester.click(_newest_with(label, self._said()), label=label)

    async def agent_sends_file(self, agent: str, data: bytes, name: str, caption: str) -> None:
        await self._agent_writes(agent, caption, [(name, data)])

    async def agent_says(self, agent: str, text: str) -> None:
        await self._agent_writes(agent, text)

    async def _agent_writes(self, agent: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        await self._connected()
        thread = self._thread()
        assert thread is not None, "there is no ticket to write in"
        # Discord brings an archived thread back when somebody writes in it; simcord leaves it as it is.
        self.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": False})
        await self.people[agent].send(thread, text, attachments=files)

    async def agent_presses(self, agent: str, label: str) -> None:
        await self._connected()
        person = self.people[agent]
        await person.click(_newest_with(label, self._on_desk(person)), label=label)

    async def requester_view(self) -> list[Seen]:
        return [_seen(message) for message in self._said()]

    async def requester_reactions(self) -> list[str]:
        own = [one for one in self.requester.dm_channel.history() if not one.author.bot]
        return [str(reaction.emoji) for one in own for reaction in one.reactions]

    async def desk_view(self) -> list[Seen]:
        shown = {message.id: message for person in self.people.values() for message in self._on_desk(person)}
        return [_seen(shown[id]) for id in sorted(shown)]

    def problems(self) -> list[str]:
        return [*self.server.problems(), *(f"the client raised {error!r}" for error in self.env.errors)]

    async def _connected(self) -> None:
        assert self._platform is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._platform.ready.wait()

    def _said(self) -> list[discord.Message]:
        return [message for message in self.requester.dm_channel.history() if message.author.bot]

    def _on_desk(self, person: simcord.MemberActor) -> list[discord.Message]:
        """The newest thread with what was whispered to the person. Below a text channel its card is the message in
        the channel that the thread hangs on, and what is whispered about the card is beside it."""
        thread = self._thread()
        if thread is None:
            return []
        above = [
            message
            for message in self.server.staff.history(viewer=person)
            if message.id == thread.id or message.flags.ephemeral
        ]
        within = [message for message in thread.history(viewer=person) if message.type in _WRITTEN]
        return sorted(above + within, key=lambda message: message.id)

    def _thread(self) -> simcord.ChannelHandle | None:
        return max(self.server.staff.threads, key=lambda thread: thread.id, default=None)


async def _no_time_passes(seconds: float) -> None:
    """simcord's time stands still, so whoever slept for a moment would never wake."""
    await asyncio.sleep(0)


def _newest_with(label: str, messages: list[discord.Message]) -> discord.Message:
    for message in reversed(messages):
        if label in labels_of(message):
            return message
    raise AssertionError(f"there is no button {label}")


def _seen(message: discord.Message) -> Seen:
    reactions = tuple(str(reaction.emoji) for reaction in message.reactions for _ in range(reaction.count))
    text, ids = without_calls(text_of(message))
    names = {str(user.id): user.display_name for user in message.mentions}
    calls = tuple(names[one] for one in ids)
    assert not (calls and message.flags.suppress_notifications), "nobody hears a silent call"
    return Seen(text, labels_of(message), reactions, len(message.attachments), calls)


def without_calls(text: str) -> tuple[str, list[str]]:
    """What a message says beside the people it mentions on a line of their own, and their ids."""
    body, _, names = text.partition("-# <@")
    return body, re.findall(r"<@(\d+)>", f"<@{names}") if names else []


@asynccontextmanager
async def open_world(*, language: str, desk_kind: str = "forum") -> AsyncIterator[World]:
    """`desk_kind` is "forum" or "text". In direct messages Discord tells no language, so `language` is not used."""
    del language
    world = DiscordWorld(desk_kind)
    async with files_served(world.env):
        yield world
