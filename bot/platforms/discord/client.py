"""The connection: what Discord tells is acknowledged, translated and handed over, one channel's events in order.

Interactions are acknowledged before their turn: Discord waits three seconds, a turn may wait for its predecessor.
"""

import asyncio
import contextlib
import sys
from typing import Any

import aiohttp
import discord
import structlog

from bot.config import Discord
from bot.events import PlatformEvent
from bot.model import ChatRef
from bot.platforms.discord import translate
from bot.platforms.discord.commands import Commands, Describe
from bot.platforms.discord.interactions import Token
from bot.platforms.discord.turns import Turns
from bot.platforms.discord.waiting import Waiting
from bot.ports import Handle

log = structlog.get_logger(__name__)

# Longer waits are ours to plan: the outbox must know of them.
_LONGEST_RATE_LIMIT = 30.0
_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)


def _intents(settings: Discord) -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = settings.message_content
    return intents


class Client(discord.Client):
    """One connection from login to close; hands every event to `handle`."""

    def __init__(self, settings: Discord, handle: Handle, describe: Describe) -> None:
        super().__init__(
            intents=_intents(settings),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=_LONGEST_RATE_LIMIT,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.settings = settings
        self.turns = Turns()
        self.waiting = Waiting()
        self.tree = Commands(self, settings.guild if settings.staff_channel else None, describe, self.on_command)
        self._handle = handle

    async def setup_hook(self) -> None:
        await self.tree.register()

    async def close(self) -> None:
        self.waiting.close()
        await super().close()

    async def on_ready(self) -> None:
        log.info("discord_ready", user=self.user and self.user.id, guilds=len(self.guilds))
        staff = self.settings.staff_channel
        if staff is not None and self.get_channel(int(staff)) is None:
            log.error("staff_channel_not_found", channel=staff, guild=self.settings.guild)

    async def on_resumed(self) -> None:
        log.info("discord_resumed")

    async def on_disconnect(self) -> None:
        log.info("discord_disconnected")

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        log.error("discord_event_failed", event_name=event_method, exc_info=sys.exc_info())

    async def on_message(self, message: discord.Message) -> None:
        if not translate.is_from_a_person(message):
            return
        async with self.turns.of(message.channel.id):
            event = await self._event_of(message)
            if event is not None:
                await self._hand_over(event)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons alone; slash commands come through the tree."""
        if interaction.type is discord.InteractionType.component and interaction.channel_id is not None:
            data: Any = interaction.data
            await self._take(interaction, data["custom_id"])

    async def on_command(self, interaction: discord.Interaction, text: str) -> None:
        await self._take(interaction, text)

    async def _event_of(self, message: discord.Message) -> PlatformEvent | None:
        if isinstance(message.channel, discord.DMChannel):
            return translate.received(message)
        chat = await self._staff_chat(message)
        if chat is None or self.user is None:
            return None
        return translate.written(message, chat, self.settings, self.user.id)

    async def _staff_chat(self, message: discord.Message) -> ChatRef | None:
        channel = message.channel
        if not isinstance(channel, discord.PartialMessageable) or str(channel.guild_id) != self.settings.guild:
            return translate.staff_chat(channel, self.settings)
        # A thread that was archived when the connection was made: only Discord knows where it belongs.
        with contextlib.suppress(discord.NotFound, discord.Forbidden):
            return translate.staff_chat(await self.fetch_channel(channel.id), self.settings)
        return None

    async def _take(self, interaction: discord.Interaction, data: str) -> None:
        chat = translate.staff_chat(interaction.channel, self.settings)
        if interaction.channel_id is None or (interaction.guild_id is not None and chat is None):
            await self._dismiss(interaction)
            return
        answering = asyncio.create_task(self._acknowledge(interaction))
        async with self.turns.of(interaction.channel_id):
            # What could not be acknowledged cannot be answered as such; it still counts, as a message would.
            token = str(Token.of(interaction)) if await answering else ""
            is_button = interaction.type is discord.InteractionType.component
            event_of = translate.picked if is_button else translate.commanded
            if token and not is_button:
                self.waiting.begin(interaction)
            await self._hand_over(event_of(interaction, data, chat, self.settings, token))

    async def _acknowledge(self, interaction: discord.Interaction) -> bool:
        try:
            if interaction.type is discord.InteractionType.component:
                await interaction.response.defer()
            else:
                await interaction.response.defer(ephemeral=interaction.guild_id is not None, thinking=True)
        except _UNREACHABLE as error:
            log.warning("interaction_not_acknowledged", interaction=interaction.id, error=type(error).__name__)
            return False
        return True

    async def _dismiss(self, interaction: discord.Interaction) -> None:
        """Ends an interaction of a place that is not ours without a trace."""
        log.info("interaction_elsewhere", interaction=interaction.id, channel=interaction.channel_id)
        if await self._acknowledge(interaction) and interaction.type is not discord.InteractionType.component:
            with contextlib.suppress(*_UNREACHABLE):
                await interaction.delete_original_response()

    async def _hand_over(self, event: PlatformEvent) -> None:
        log.info("discord_event", kind=type(event).__name__, key=event.key, chat=event.chat.chat_id)
        await self._handle(event)
