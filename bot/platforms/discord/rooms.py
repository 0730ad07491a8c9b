"""Private threads for people who take no direct messages: one requester and the bot, below a channel of the server.

To the core such a room is a chat like any other. That a thread is one is seen on the thread itself; whose it is, the
store knows, for whoever manages threads can write there, too.
"""

from typing import Final

import discord

from bot.model import ChatRef, PlatformName
from bot.platforms.discord.render import title_of
from bot.ports import Store

_A_WEEK: Final = 10_080  # Minutes; written in again, a room comes back by itself.


def room_of(channel: object, bot_id: int) -> ChatRef | None:
    """The room as a chat of ours; None where the channel is anything else."""
    if not isinstance(channel, discord.Thread) or channel.type is not discord.ChannelType.private_thread:
        return None
    return ChatRef(PlatformName.DISCORD, str(channel.id)) if channel.owner_id == bot_id else None


class Rooms:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._requesters: dict[str, str] = {}

    async def is_theirs(self, chat: ChatRef, user_id: int) -> bool:
        """Whether the room is this person's; a room in which nothing was said yet is anybody's."""
        return await self._requester_of(chat) in (None, str(user_id))

    async def open(
        self, below: discord.TextChannel, person: discord.abc.User, title: str, bot_id: int
    ) -> discord.Thread:
        """The person's room below the channel: the one there is, or a new one."""
        thread = await self._find(below, person, bot_id)
        if thread is None:
            kind = discord.ChannelType.private_thread
            thread = await below.create_thread(name=title_of(title), type=kind, auto_archive_duration=_A_WEEK)
            self._requesters[str(thread.id)] = str(person.id)
        await thread.add_user(person)
        return thread

    async def _find(self, below: discord.TextChannel, person: discord.abc.User, bot_id: int) -> discord.Thread | None:
        for thread in below.threads:
            room = room_of(thread, bot_id)
            if room is not None and await self._requester_of(room) == str(person.id):
                return thread
        return None

    async def _requester_of(self, room: ChatRef) -> str | None:
        known = self._requesters.get(room.chat_id)
        if known is not None:
            return known
        conversation = (await self._store.load_conversation(room)).conversation
        if conversation is None:
            return None
        self._requesters[room.chat_id] = conversation.person.user_id
        return conversation.person.user_id
