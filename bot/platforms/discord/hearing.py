"""From a message of Discord's to an event handed over: live, edited, gone, or found in a channel's history."""

import contextlib
from collections import deque

import discord

from bot.events import HIDDEN, MessageDeleted, PlatformEvent, StaffDeleted
from bot.model import ChatRef, MessageRef, PlatformName
from bot.platforms.discord import translate
from bot.platforms.discord.catchup import PAGE, Pace
from bot.platforms.discord.rooms import Rooms, room_of
from bot.platforms.discord.staff import Staff
from bot.platforms.seldom import Seldom
from bot.ports import Clock, Handle, Store

_OWN_REMEMBERED = _MET_REMEMBERED = 1000
_MEMBERS_KNOWN_FOR = 60 * 1_000_000
_QUIET_ABOUT_HIDDEN = 60 * 60 * 1_000_000


class Hearing:
    """Knows which channels concern the bot; nothing else gives an event."""

    def __init__(
        self,
        client: discord.Client,
        staff: Staff,
        store: Store,
        clock: Clock,
        pace: Pace,
        hand_over: Handle,
        *,
        shows_all: bool,
    ) -> None:
        self._client = client
        self._staff = staff
        self._shows_all = shows_all
        self._store = store
        self._clock = clock
        self._pace = pace
        self._hand_over = hand_over
        self._own: deque[int] = deque(maxlen=_OWN_REMEMBERED)
        # The library keeps no channels of direct messages, and asking for one costs a request.
        self._met: dict[int, discord.DMChannel] = {}
        self._members: dict[int, tuple[int, discord.Member | None]] = {}
        self.rooms = Rooms(store)
        self._told_hidden = Seldom(clock, _QUIET_ABOUT_HIDDEN)

    async def chat_of(self, channel: object) -> ChatRef | None:
        """The chat as ours; None where the bot has no business."""
        if isinstance(channel, discord.DMChannel):
            self._met[channel.id] = channel
            if len(self._met) > _MET_REMEMBERED:
                del self._met[next(iter(self._met))]
            return ChatRef(PlatformName.DISCORD, str(channel.id))
        if not isinstance(channel, discord.PartialMessageable):
            return self._in_server(channel)
        if channel.guild_id is None or str(channel.guild_id) != self._staff.guild:
            return None
        # A thread that was archived when the connection was made: only Discord knows where it belongs.
        with contextlib.suppress(discord.NotFound, discord.Forbidden):
            return self._in_server(await self._client.fetch_channel(channel.id))
        return None

    def _in_server(self, channel: object) -> ChatRef | None:
        bot = self._client.user
        return self._staff.chat_of(channel) or (room_of(channel, bot.id) if bot else None)

    async def chat_by_id(self, channel_id: int, guild_id: int | None) -> ChatRef | None:
        """The same where only ids are known."""
        if guild_id is None:
            return ChatRef(PlatformName.DISCORD, str(channel_id))
        channel = self._client.get_channel(channel_id)
        return await self.chat_of(channel or self._client.get_partial_messageable(channel_id, guild_id=guild_id))

    async def is_private(self, interaction: discord.Interaction) -> bool:
        """Whether somebody acts in their own chat with the bot: direct messages, or their room."""
        if interaction.guild_id is None:
            return True
        chat = self._in_server(interaction.channel)
        if chat is None or not self._is_requesters(chat):
            return False
        return await self.rooms.is_theirs(chat, interaction.user.id)

    async def take(self, message: discord.Message) -> None:
        """Hand over what a person wrote; everybody else's words are passed by."""
        if self._client.user is not None and message.author.id == self._client.user.id:
            self._own.append(message.id)
        event = await self._event_of(message)
        if event is not None:
            await self._hand_over(event)

    async def take_edited(self, message: discord.Message) -> None:
        """Hand over what a person's message says since it was edited."""
        if not translate.is_from_a_person(message) or message.edited_at is None:
            return
        chat = await self.chat_of(message.channel)
        if chat is None or self._client.user is None:
            return
        if self._is_requesters(chat):
            if await self._is_theirs(message, chat):
                await self._hand_over(translate.requester_edited(message, chat))
        elif not translate.is_hidden(message, self._client.user.id, shows_all=self._shows_all):
            await self._know_member(message)
            await self._hand_over(translate.staff_edited(message, chat, self._staff, self._client.user.id))

    async def take_deleted(self, chat: ChatRef, message_ids: set[int]) -> None:
        """Hand over that messages are gone, unless they are ours; whose they were is what the store knows."""
        kind = MessageDeleted if self._is_requesters(chat) else StaffDeleted
        for message_id in sorted(message_ids.difference(self._own)):
            message = MessageRef(chat, str(message_id))
            key = f"discord:deleted:{chat.thread_id or chat.chat_id}:{message_id}"
            await self._hand_over(kind(key=key, at=self._clock.now(), chat=chat, message=message))

    async def is_kept(self, message: discord.Message) -> bool:
        """Whether the message was handled before, so that an edit of it is news."""
        chat = await self.chat_of(message.channel)
        return chat is not None and await self._store.find_message(MessageRef(chat, str(message.id))) is not None

    async def page(self, channel_id: int, *, after: int | None = None) -> list[discord.Message]:
        """At most a hundred messages in order: the newest, or those that follow `after`."""
        channel = await self._channel(channel_id)
        await self._pace.turn()
        if after is None:
            return [message async for message in channel.history(limit=PAGE)][::-1]
        following = discord.Object(after)
        return [message async for message in channel.history(limit=PAGE, after=following, oldest_first=True)]

    async def _channel(self, channel_id: int) -> discord.abc.Messageable:
        channel = self._client.get_channel(channel_id) or self._met.get(channel_id)
        if channel is None:
            await self._pace.turn()
            channel = await self._client.fetch_channel(channel_id)
        # A forum holds threads alone.
        assert isinstance(channel, discord.abc.Messageable)
        return channel

    async def _event_of(self, message: discord.Message) -> PlatformEvent | None:
        if not translate.is_from_a_person(message):
            return None
        chat = await self.chat_of(message.channel)
        if chat is None or self._client.user is None:
            return None
        if self._is_requesters(chat):
            return translate.received(message, chat) if await self._is_theirs(message, chat) else None
        await self._know_member(message)
        event = translate.written(message, chat, self._staff, self._client.user.id, shows_all=self._shows_all)
        if event is not None and event.unreadable == HIDDEN:
            # Staff also talk among themselves; to hear now and then how the bot is talked to is enough.
            return event if self._told_hidden.may((message.channel.id, message.author.id)) else None
        return event

    def _is_requesters(self, chat: ChatRef) -> bool:
        return not self._staff.has(chat.chat_id)

    async def _is_theirs(self, message: discord.Message, chat: ChatRef) -> bool:
        is_private = isinstance(message.channel, discord.DMChannel)
        return is_private or await self.rooms.is_theirs(chat, message.author.id)

    async def _know_member(self, message: discord.Message) -> None:
        """What is read from a history does not say which roles its writer has."""
        if isinstance(message.author, discord.Member) or message.guild is None:
            return
        now, user_id = self._clock.now(), message.author.id
        known_at, member = self._members.get(user_id, (0, None))
        if now - known_at >= _MEMBERS_KNOWN_FOR:
            member = None
            with contextlib.suppress(discord.NotFound):
                member = await message.guild.fetch_member(user_id)
            self._members[user_id] = (now, member)
        if member is not None:
            message.author = member
