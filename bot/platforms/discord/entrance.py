"""The ways in from public places: /support, the button of a panel, the menu of one's own message.

All lead to the person's direct messages, or, where they take none, to a private thread. What is answered in public is
a whisper that says where; of anybody's account nothing is ever said there.
"""

from collections.abc import Awaitable, Callable

import discord
import structlog

from bot.events import MessageReceived
from bot.platforms.discord import translate
from bot.platforms.discord.acknowledging import is_acknowledged
from bot.platforms.discord.bodies import NOBODY
from bot.platforms.discord.contents import Contents, contents_of
from bot.platforms.discord.errors import TAKES_NO_MESSAGES
from bot.platforms.discord.interactions import UNREACHABLE
from bot.platforms.discord.permissions import missing_for_rooms
from bot.platforms.discord.rooms import Rooms
from bot.platforms.discord.saying import Words, said
from bot.platforms.discord.staff import Staff
from bot.platforms.turns import Turns

BEGIN = Contents("/start")

LetIn = Callable[[int, MessageReceived], Awaitable[None]]
"""Hands an event over in its channel's turn."""

log = structlog.get_logger(__name__)


class _NoWayIn(Exception):
    """There is no private place for the person; the text says what would make one."""


class Entrance:
    def __init__(
        self,
        client: discord.Client,
        staff: Staff,
        words: Words,
        rooms: Rooms,
        turns: Turns,
        let_in: LetIn,
        *,
        shows_all: bool,
    ) -> None:
        self._client = client
        self._staff = staff
        self._shows_all = shows_all
        self._words = words
        self._rooms = rooms
        self._turns = turns
        self._let_in = let_in

    async def enter(self, interaction: discord.Interaction, message: discord.Message | None = None) -> None:
        """Open or go on with the person's private conversation, with the message as their next words."""
        if not await is_acknowledged(interaction, thinking=True, whispering=True):
            return
        try:
            # One after the other, so that pressing twice opens one room.
            async with self._turns.of(interaction.user.id):
                place, told = await self._place(interaction)
            words = contents_of(message) if message else BEGIN
            await self._let_in(place.id, translate.entered(interaction, place.id, words, message))
        except _NoWayIn as no:
            told = str(no)
        except Exception as error:
            log.error("discord_entrance_failed", interaction=interaction.id, exc_info=error)
            told = said(self._words("entry.failed"), interaction.locale)
        await self.whisper(interaction, told)

    async def enter_with(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """The same with a message of theirs from a public channel; nobody asks in somebody else's name."""
        if message.author.id == interaction.user.id:
            await self.enter(interaction, message)
        elif await is_acknowledged(interaction, thinking=True, whispering=True):
            await self.whisper(interaction, said(self._words("entry.not_yours"), interaction.locale))

    async def whisper(self, interaction: discord.Interaction, text: str) -> None:
        """Answer what was acknowledged so that only the person sees it."""
        try:
            await interaction.edit_original_response(content=text, allowed_mentions=NOBODY)
        except UNREACHABLE as error:
            log.warning("interaction_not_answered", interaction=interaction.id, error=type(error).__name__)

    async def _place(self, interaction: discord.Interaction) -> tuple[discord.DMChannel | discord.Thread, str]:
        """Where the conversation is, and the sentence that leads there."""
        private = await interaction.user.create_dm()
        try:
            await private.send(said(self._words("entry.here"), interaction.locale), allowed_mentions=NOBODY)
        except discord.Forbidden as error:
            if error.code not in TAKES_NO_MESSAGES:
                raise
            room = await self._room(interaction)
            return room, said(self._words("entry.room"), interaction.locale, link=room.jump_url)
        return private, said(self._words("entry.written"), interaction.locale, link=private.jump_url)

    async def _room(self, interaction: discord.Interaction) -> discord.Thread:
        channel, bot = interaction.channel, self._client.user
        below = channel.parent if isinstance(channel, discord.Thread) else channel
        can_write = interaction.permissions.send_messages_in_threads
        if not (bot and can_write and isinstance(below, discord.TextChannel) and self._can_hold_rooms(below)):
            raise _NoWayIn(said(self._words("entry.closed"), interaction.locale))
        if missing := missing_for_rooms(interaction.app_permissions):
            permissions = ", ".join(missing)
            log.warning("discord_room_permissions_missing", channel=below.id, permissions=missing)
            raise _NoWayIn(said(self._words("entry.closed_lacking"), interaction.locale, permissions=permissions))
        person = interaction.user
        title = said(self._words("entry.title"), interaction.locale, name=person.display_name)
        return await self._rooms.open(below, person, title, bot.id)

    def _can_hold_rooms(self, channel: discord.TextChannel) -> bool:
        """Not without the intent, which shows what is said in threads; not for news; and what is below a staff
        channel is the desk's."""
        is_desk = self._staff.has(channel.id)
        return self._shows_all and not channel.is_news() and not is_desk
