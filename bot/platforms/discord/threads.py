"""The tickets' threads in the staff channel: found, opened again, and looked for after a crash."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import discord

from bot.model import ChatRef, MessageRef, made_at
from bot.platforms.discord.cards import heading_of
from bot.platforms.discord.errors import CHAT_GONE, THREAD_IS_ARCHIVED
from bot.platforms.discord.interactions import snowflake_at
from bot.ports import NeverDelivered, Receipt

# How many of the archived threads are looked through for one opened just before a crash.
_ARCHIVED_LOOKED_AT = 50
_CARDS_LOOKED_AT = 100
# A row's time is ours, a message's is Discord's, and two clocks never agree wholly.
CLOCKS_DIFFER_BY = 2_000_000

_T = TypeVar("_T")
StaffChannel = discord.abc.GuildChannel | discord.abc.PrivateChannel | discord.Thread


async def channel_of(client: discord.Client, channel_id: str) -> StaffChannel:
    """The channel or thread, from the library's memory or from Discord."""
    return client.get_channel(int(channel_id)) or await client.fetch_channel(int(channel_id))


async def thread_of(client: discord.Client, chat: ChatRef) -> discord.Thread:
    """The chat's thread, also an archived one."""
    channel = await channel_of(client, chat.thread_id)
    if not isinstance(channel, discord.Thread):
        raise NeverDelivered(CHAT_GONE, "the thread's id belongs to something else")
    return channel


async def as_if_open(
    client: discord.Client, chat: ChatRef, act: Callable[[], Awaitable[_T]], *, stays_open: bool = False
) -> _T:
    """Does what an archived thread refuses, and leaves the thread as it was, unless it is to stay open.

    Writing brings a thread back by itself, but not one that was locked; for that Manage Threads is needed.
    """
    try:
        return await act()
    except discord.HTTPException as error:
        if error.code != THREAD_IS_ARCHIVED or not chat.thread_id:
            raise
    thread = await thread_of(client, chat)
    await thread.edit(archived=False)
    try:
        return await act()
    finally:
        if not stays_open:
            await thread.edit(archived=True)


async def find_opened(client: discord.Client, chat: ChatRef, name: str) -> Receipt | None:
    """Our own thread of this name in the staff channel, with its first message."""
    channel = await channel_of(client, chat.chat_id)
    if not isinstance(channel, discord.ForumChannel | discord.TextChannel):
        return None
    async for thread in _all(channel):
        if thread.parent_id == channel.id and thread.name == name and _is_own(client, thread):
            return await _receipt(chat, channel, thread)
    return None


async def find_card(
    client: discord.Client, channel: discord.TextChannel, heading: str, row_id: int
) -> discord.Message | None:
    """Our own message in the channel with this heading, posted since the row was made."""
    since = discord.Object(snowflake_at(made_at(row_id) - CLOCKS_DIFFER_BY))
    async for message in channel.history(limit=_CARDS_LOOKED_AT, after=since, oldest_first=True):
        is_own = client.user is not None and message.author.id == client.user.id
        if is_own and heading_of(message) == heading:
            return message
    return None


async def _all(channel: discord.ForumChannel | discord.TextChannel) -> AsyncIterator[discord.Thread]:
    for thread in await channel.guild.active_threads():
        yield thread
    async for thread in channel.archived_threads(limit=_ARCHIVED_LOOKED_AT):
        yield thread


def _is_own(client: discord.Client, thread: discord.Thread) -> bool:
    return client.user is not None and thread.owner_id == client.user.id


async def _receipt(
    chat: ChatRef, channel: discord.ForumChannel | discord.TextChannel, thread: discord.Thread
) -> Receipt:
    place = ChatRef(chat.platform, chat.chat_id, str(thread.id))
    if isinstance(channel, discord.TextChannel):
        # A thread has the id of the message it was made from, which stays in the channel.
        return Receipt((MessageRef(ChatRef(chat.platform, chat.chat_id), str(thread.id)),), place)
    starter = [message async for message in thread.history(limit=1, oldest_first=True)]
    return Receipt(tuple(MessageRef(place, str(message.id)) for message in starter), place)
