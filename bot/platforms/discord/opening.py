"""A ticket's thread is opened with its card: a post in a forum, or a message in a text channel and a thread below.

An attempt may end halfway, as where the server has no room for one more thread. The next one goes on with what there
is: Discord recognizes a message that is sent twice for some minutes only, and a post never.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import discord

from bot.model import ChatRef, MessageRef
from bot.outgoing import Outgoing
from bot.platforms.discord import threads
from bot.platforms.discord.bodies import body_of
from bot.platforms.discord.errors import MOST_THREADS, THREAD_EXISTS_ALREADY, outcomes
from bot.platforms.discord.marks import Marks
from bot.platforms.discord.render import Part, title_of
from bot.ports import Receipt

Post = Callable[[ChatRef, int, Part], Awaitable[MessageRef]]
"""Sends the part of this number to a chat."""
Files = Callable[[Part], AbstractAsyncContextManager[list[discord.File]]]
"""The part's files while they are sent."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One attempt at one ticket's thread."""

    client: discord.Client
    marks: Marks
    outgoing: Outgoing
    post: Post
    files: Files

    async def carry_out(self, parts: tuple[Part, ...]) -> Receipt:
        """The thread with all that the card says; a channel that knows no threads is its own."""
        first, *more = parts
        with outcomes():
            channel = await threads.channel_of(self.client, self._chat.chat_id)
        thread, card = await self._opened_before() or await self._opened(channel, first)
        later = [await self.post(thread, number, part) for number, part in enumerate(more, start=1)]
        active = len(channel.guild.threads) if isinstance(channel, discord.abc.GuildChannel) else 0
        return Receipt((card, *later), thread, (active, MOST_THREADS))

    @property
    def _chat(self) -> ChatRef:
        return ChatRef(self.outgoing.chat.platform, self.outgoing.chat.chat_id)

    @property
    def _name(self) -> str:
        return title_of(self.outgoing.title)

    @property
    def _is_first(self) -> bool:
        return self.outgoing.attempts <= 1

    async def _opened_before(self) -> tuple[ChatRef, MessageRef] | None:
        """The thread that an earlier attempt opened, with its card."""
        if self._is_first:
            return None
        with outcomes():
            found = await threads.find_opened(self.client, self._chat, self._name)
        return (found.thread, found.messages[0]) if found and found.thread and found.messages else None

    async def _opened(self, channel: threads.StaffChannel, card: Part) -> tuple[ChatRef, MessageRef]:
        if isinstance(channel, discord.ForumChannel):
            return await self._post_in(channel, card)
        message = await self._posted_before(channel, card) or await self.post(self._chat, 0, card)
        return await self._thread_below(channel, message), message

    async def _post_in(self, forum: discord.ForumChannel, card: Part) -> tuple[ChatRef, MessageRef]:
        with outcomes():
            tags = await self.marks.tags_for(forum, self.outgoing.labels)
        async with self.files(card) as files:
            with outcomes():
                made = await forum.create_thread(name=self._name, applied_tags=tags, **body_of(card, files))
        thread = ChatRef(self._chat.platform, self._chat.chat_id, str(made.thread.id))
        return thread, MessageRef(thread, str(made.message.id))

    async def _posted_before(self, channel: threads.StaffChannel, card: Part) -> MessageRef | None:
        """The card of an earlier attempt that got no thread below it."""
        if self._is_first or card.frame is None or not isinstance(channel, discord.TextChannel):
            return None
        with outcomes():
            message = await threads.find_card(self.client, channel, card.frame.heading, self.outgoing.id)
        return MessageRef(self._chat, str(message.id)) if message else None

    async def _thread_below(self, channel: threads.StaffChannel, card: MessageRef) -> ChatRef:
        """A thread below the card; a channel without threads is its own."""
        if not isinstance(channel, discord.TextChannel):
            return self._chat
        message = channel.get_partial_message(int(card.message_id))
        with outcomes():
            try:
                thread_id = (await message.create_thread(name=self._name)).id
            except discord.HTTPException as error:
                if error.code != THREAD_EXISTS_ALREADY:
                    raise
                # Made by an attempt whose answer was lost; it has the id of the card.
                thread_id = int(card.message_id)
        return ChatRef(self._chat.platform, self._chat.chat_id, str(thread_id))
