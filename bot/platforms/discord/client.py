"""The connection: what Discord tells is acknowledged, translated and handed over, one channel's events in order.

Interactions are acknowledged before their turn: Discord waits three seconds, a turn may wait for its predecessor.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
import structlog

from bot.config import Discord
from bot.events import PlatformEvent
from bot.model import ChatRef
from bot.platforms.discord import translate
from bot.platforms.discord.acknowledging import Acknowledged, acknowledged, said_aloud, said_with
from bot.platforms.discord.bodies import NOBODY
from bot.platforms.discord.catchup import CatchUp, Pace
from bot.platforms.discord.commands import NEVER_ALOUD, Commands
from bot.platforms.discord.cursors import Cursors
from bot.platforms.discord.entrance import Entrance
from bot.platforms.discord.hearing import Hearing
from bot.platforms.discord.interactions import UNREACHABLE
from bot.platforms.discord.public import ENTER, Public
from bot.platforms.discord.reply_form import REPLY, ReplyForm, filled
from bot.platforms.discord.saying import Words
from bot.platforms.discord.session import Sessions
from bot.platforms.discord.staff import Staff
from bot.platforms.discord.waiting import Waiting
from bot.platforms.discord.watching import Watch
from bot.platforms.turns import Turns
from bot.ports import Clock, Handle, Store

log = structlog.get_logger(__name__)

# Longer waits are ours to plan: the outbox must know of them.
_LONGEST_RATE_LIMIT = 30.0
_GUILD_SECONDS = 2.0


Sleep = Callable[[float], Awaitable[None]]


def _intents(settings: Discord) -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = settings.message_content
    return intents


class Client(discord.Client):
    """One connection from login to close; hands every event to `handle`."""

    def __init__(  # One line for each part of a connection.
        self,
        settings: Discord,
        staff: Staff,
        handle: Handle,
        words: Words,
        store: Store,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(
            intents=_intents(settings),
            allowed_mentions=NOBODY,
            max_ratelimit_timeout=_LONGEST_RATE_LIMIT,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            # The library would wait two seconds for ever more servers; ours alone matters. Without any wait it
            # would miss one that comes at once.
            guild_ready_timeout=0.05,
        )
        self.settings = settings
        self.staff = staff
        self.turns = Turns()
        self.waiting = Waiting()
        self.cursors = Cursors(store, clock, sleep)
        shows_all = settings.message_content
        self.hearing = Hearing(self, staff, store, clock, Pace(clock, sleep), self._hand_over, shows_all=shows_all)
        self.entrance = Entrance(
            self, staff, words, self.hearing.rooms, self.turns, self._let_in, shows_all=shows_all
        )
        self.reply_form = ReplyForm(words)
        self.public = Public(self, staff, words, self.entrance, clock)
        self.tree = Commands(
            self, staff.guild if staff.channels else None, words, self.on_command, self.entrance, self.public
        )
        self.catch_up = CatchUp(self.hearing, staff, settings.catch_up_days, store, clock, self.cursors, sleep)
        self.sessions = Sessions(self, self.turns, store, clock, sleep, self.catch_up.is_done)
        self.watch = Watch(self, staff)
        self._handle = handle
        self._has_begun = False
        self._sleep = sleep

    async def setup_hook(self) -> None:
        await self.tree.register()

    async def connect(self, *, reconnect: bool = True) -> None:
        await self.sessions.replay()
        await super().connect(reconnect=reconnect)

    async def close(self) -> None:
        self.waiting.close()
        await self.catch_up.close()
        if self.ws is not None and self.ws.open:
            # The library would end the session with it, and what comes until the next start would be lost.
            await self.ws.close()
        await super().close()

    async def finish(self, seconds: float) -> int:
        """After `close`: what has begun comes to its end; returns how many turns did not in time."""
        late = await self.turns.finish(seconds)
        await self.cursors.close()
        await self.sessions.close()
        return late

    async def on_connect(self) -> None:
        """A new session, also after a lost one: until the catch-up, nothing that comes may overtake the past."""
        self._has_begun = False
        self.catch_up.begin()
        await self.sessions.begun()
        await self._sleep(_GUILD_SECONDS)
        await self._begin()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        if str(guild.id) == self.settings.guild:
            await self._begin()

    on_guild_join = on_guild_available

    async def _begin(self) -> None:
        """Once a session: with the staff channels, or without them where their server does not come."""
        if self._has_begun or self.is_closed():
            return
        self._has_begun = True
        log.info("discord_ready", user=self.user and self.user.id, guilds=len(self.guilds))
        talking = self.watch.look()
        self.sessions.save_soon()
        await self.catch_up.run(talking)

    async def on_rights_changed(self, *_: object) -> None:
        """A channel, a role or the bot's own roles changed, or a channel is gone."""
        if self._has_begun:
            self.watch.look()

    on_guild_channel_update = on_guild_channel_delete = on_rights_changed
    on_guild_role_update = on_guild_role_delete = on_member_update = on_rights_changed

    async def on_resumed(self) -> None:
        log.info("discord_resumed")
        self.sessions.replayed.set()

    async def on_disconnect(self) -> None:
        log.info("discord_disconnected")

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        log.error("discord_event_failed", event_name=event_method, exc_info=sys.exc_info())

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.catch_up.is_new(thread.id)

    async def on_message(self, message: discord.Message) -> None:
        self.catch_up.hears(message.id)
        is_replayed = self.sessions.is_replaying
        async with self.turns.of(message.channel.id):
            if is_replayed:
                await self._replayed(message)
                return
            if await self.hearing.chat_of(message.channel) is None:
                await self.public.hear(message)
            elif await self.catch_up.passed(message.channel.id) and not self.catch_up.has_taken(message.id):
                await self._in_order(message.channel.id, self.hearing.take(message))
                # Also what nobody has to hear moves the cursor, or it would be read again after every start.
                if not self.catch_up.gates.is_shut(message.channel.id):
                    self.cursors.move(message.channel.id, message.id)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        is_replayed = self.sessions.is_replaying
        async with self.turns.of(event.channel_id):
            if is_replayed and event.guild_id is not None:
                return  # As for messages: the catch-up finds it.
            if await self._is_ours(event.message.channel, is_replayed=is_replayed):
                await self._in_order(event.channel_id, self.hearing.take_edited(event.message))

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await self._gone(event.channel_id, event.guild_id, {event.message_id})

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        await self._gone(event.channel_id, event.guild_id, event.message_ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons and the form; slash commands come through the tree."""
        if interaction.channel_id is None:
            return
        data: Any = interaction.data
        match interaction.type, data.get("custom_id"):
            case discord.InteractionType.component, custom_id if custom_id == ENTER:
                await self.entrance.enter(interaction)
            case discord.InteractionType.component, custom_id if custom_id == REPLY:
                await self.reply_form.open(interaction)
            case discord.InteractionType.component, custom_id:
                await self._take(interaction, custom_id)
            case discord.InteractionType.modal_submit, custom_id if custom_id == REPLY:
                await self._take(interaction, f"/{REPLY} {filled(interaction).words}".rstrip())
            case _:
                pass

    async def on_command(self, interaction: discord.Interaction, text: str) -> None:
        await self._take(interaction, text)

    async def _gone(self, channel_id: int, guild_id: int | None, message_ids: set[int]) -> None:
        is_replayed = self.sessions.is_replaying
        async with self.turns.of(channel_id):
            chat = await self.hearing.chat_by_id(channel_id, guild_id)
            if chat is not None and (is_replayed or await self.catch_up.passed(channel_id)):
                await self._in_order(channel_id, self.hearing.take_deleted(chat, message_ids))

    async def _is_ours(self, channel: Any, *, is_replayed: bool = False) -> bool:
        """Whether the channel concerns the bot; returns when everything earlier in it has been handled."""
        if await self.hearing.chat_of(channel) is None:
            return False
        return is_replayed or await self.catch_up.passed(channel.id)

    async def _replayed(self, message: discord.Message) -> None:
        """Direct messages alone: who wrote elsewhere, and with which rights, only a new session tells."""
        if isinstance(message.channel, discord.DMChannel):
            await self._in_order(message.channel.id, self.hearing.take(message))

    async def _in_order(self, channel_id: int, taking: Coroutine[Any, Any, None]) -> None:
        """What cannot be handled now is read again, before anything that follows it."""
        try:
            await taking
        except Exception:
            self.catch_up.again(channel_id)
            raise

    async def _take(self, interaction: discord.Interaction, data: str) -> None:
        chat = self.staff.chat_of(interaction.channel)
        if interaction.channel_id is None or (chat is None and not await self.hearing.is_private(interaction)):
            await self._dismiss(interaction)
            return
        is_replayed = self.sessions.is_replaying
        answering = asyncio.create_task(self._acknowledge(interaction, data, chat))
        async with self.turns.of(interaction.channel_id):
            # What could not be acknowledged cannot be answered as such; it still counts, as a message would.
            known = await answering
            if known is None:
                return
            is_button = interaction.type is discord.InteractionType.component
            event_of = translate.picked if is_button else translate.commanded
            if known.token and not is_button:
                self.waiting.begin(interaction)
            # Nothing waits here for long: what is older in the channel is read first.
            if not is_replayed:
                await self.catch_up.passed(interaction.channel_id)
            await self._hand_over(event_of(interaction, data, chat, self.staff, known))

    async def _let_in(self, channel_id: int, event: PlatformEvent) -> None:
        async with self.turns.of(channel_id):
            await self.catch_up.passed(channel_id)
            await self._hand_over(event)

    async def _acknowledge(
        self, interaction: discord.Interaction, data: str, chat: ChatRef | None
    ) -> Acknowledged | None:
        """None where there is nothing more to do."""
        command, _, words = data.partition(" ")
        uploads = filled(interaction).uploads
        is_quiet = command in NEVER_ALOUD or not (words or uploads)
        if chat is None or not self.staff.is_agent(interaction.user, chat.chat_id) or is_quiet:
            return await acknowledged(interaction)
        if not uploads:
            return await said_aloud(interaction, command, words)
        lost = self.reply_form.lost(interaction.locale)
        return await said_with(interaction, command, words, uploads, lost)

    async def _dismiss(self, interaction: discord.Interaction) -> None:
        """Ends an interaction of a place that is not ours without a trace."""
        log.info("interaction_elsewhere", interaction=interaction.id, channel=interaction.channel_id)
        if (await acknowledged(interaction)).token and interaction.type is not discord.InteractionType.component:
            with contextlib.suppress(*UNREACHABLE):
                await interaction.delete_original_response()

    async def _hand_over(self, event: PlatformEvent) -> None:
        log.info("discord_event", kind=type(event).__name__, key=event.key, chat=event.chat.chat_id)
        await self._handle(event)
        self.sessions.save_soon()
