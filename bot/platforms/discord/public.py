"""Channels where anybody reads: a mention of the bot gets a pointer to the private chat, and staff can post a panel.

Nothing said there becomes a conversation, and no channel can make the bot chatter.
"""

import discord
import structlog

from bot.model import Button
from bot.platforms.discord import translate
from bot.platforms.discord.acknowledging import is_acknowledged
from bot.platforms.discord.bodies import NOBODY
from bot.platforms.discord.entrance import Entrance
from bot.platforms.discord.interactions import UNREACHABLE
from bot.platforms.discord.render import view_of
from bot.platforms.discord.saying import Words, said
from bot.platforms.discord.staff import Staff
from bot.platforms.seldom import Seldom
from bot.ports import Clock

ENTER = "enter"
"""What every button that leads to the private chat carries; it says nothing of anybody, so it is never too old."""
QUIET_MICROSECONDS = 60 * 1_000_000
"""A channel is answered once a minute at most."""

log = structlog.get_logger(__name__)


class Public:
    def __init__(self, client: discord.Client, staff: Staff, words: Words, entrance: Entrance, clock: Clock) -> None:
        self._client = client
        self._staff = staff
        self._words = words
        self._entrance = entrance
        self._seldom = Seldom(clock, QUIET_MICROSECONDS)

    async def hear(self, message: discord.Message) -> None:
        """Answer a person who mentions the bot, and nothing else."""
        if message.guild is None or not self._is_meant(message) or not self._seldom.may(message.channel.id):
            return
        locale = message.guild.preferred_locale
        text, view = said(self._words("entry.public"), locale), self._way_in(locale)
        try:
            await message.reply(text, view=view, allowed_mentions=NOBODY, mention_author=False)
        except UNREACHABLE as error:
            log.info("discord_mention_not_answered", channel=message.channel.id, error=type(error).__name__)

    async def post_panel(self, interaction: discord.Interaction) -> None:
        """Put the text and the button into the channel where an agent asked for it."""
        if await is_acknowledged(interaction, thinking=True, whispering=True):
            await self._entrance.whisper(interaction, await self._posted(interaction))

    async def _posted(self, interaction: discord.Interaction) -> str:
        if not self._staff.is_agent_anywhere(interaction.user):
            return said(self._words("desk.not_staff.outsider"), interaction.locale)
        channel = interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            return said(self._words("entry.no_panel"), interaction.locale)
        locale = interaction.guild_locale or interaction.locale
        text, view = said(self._words("entry.panel"), locale), self._way_in(locale)
        try:
            await channel.send(text, view=view, allowed_mentions=NOBODY)
        except discord.Forbidden:
            return said(self._words("entry.no_panel"), interaction.locale)
        except UNREACHABLE as error:
            log.warning("discord_panel_not_posted", channel=interaction.channel_id, error=type(error).__name__)
            return said(self._words("entry.failed"), interaction.locale)
        log.info("discord_panel_posted", channel=interaction.channel_id, agent=interaction.user.id)
        return said(self._words("entry.panel_posted"), interaction.locale)

    def _way_in(self, locale: discord.Locale) -> discord.ui.View:
        view = view_of(((Button(said(self._words("button.enter"), locale), ENTER),),))
        assert view is not None
        return view

    def _is_meant(self, message: discord.Message) -> bool:
        bot = self._client.user
        is_named = bot is not None and any(user.id == bot.id for user in message.mentions)
        return is_named and translate.is_from_a_person(message)
