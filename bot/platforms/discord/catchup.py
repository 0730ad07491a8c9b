"""What was written while nobody listened: read from the channels' histories, in order, before anything newer.

First the threads of open tickets and the staff channels, then the direct messages of those who wrote lately. A
channel that nobody expected something in is read when its first live event comes.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

import discord
import structlog

from bot.model import ChatRef, PlatformName
from bot.platforms.discord.cursors import Cursors
from bot.platforms.discord.gates import Gates
from bot.platforms.discord.interactions import moment_of, snowflake_at
from bot.platforms.discord.staff import Staff
from bot.ports import Clock, Store

log = structlog.get_logger(__name__)

# https://discord.com/developers/docs/resources/message#get-channel-messages: at most a hundred at once.
PAGE = 100
_REQUESTS_A_SECOND = 20
_READERS = 4
_SECOND = 1_000_000
_INTERVAL, _AT_ONCE = _SECOND // _REQUESTS_A_SECOND, 10
_DAY = 24 * 3600 * _SECOND
# How far our clock and Discord's may be apart.
_CLOCKS_APART = 60 * _SECOND
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_PROGRESS_EVERY = 100

Sleep = Callable[[float], Awaitable[None]]


class Source(Protocol):
    """The connection, as far as reading a history needs it."""

    async def page(self, channel_id: int, *, after: int | None = None) -> list[discord.Message]:
        """Messages in order: the newest, or those that follow `after`."""
        ...

    async def take(self, message: discord.Message) -> None:
        """Handle a message, whoever wrote it; returns when that is done."""
        ...

    async def take_edited(self, message: discord.Message) -> None:
        """Handle what a message says since it was edited."""
        ...

    async def is_kept(self, message: discord.Message) -> bool: ...


class Pace:
    """No more requests a second than we allow ourselves, of which some may come at once."""

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._next = -_AT_ONCE * _INTERVAL

    async def turn(self) -> None:
        now = self._clock.now()
        begin = max(now - _AT_ONCE * _INTERVAL, self._next)
        self._next = begin + _INTERVAL
        if begin > now:
            await self._sleep((begin - now) / _SECOND)


class CatchUp:
    """Reads channels of one connection; `gates` says who has to wait for it."""

    def __init__(
        self, source: Source, staff: Staff, days: int, store: Store, clock: Clock, cursors: Cursors, sleep: Sleep
    ) -> None:
        """Direct messages are read of those who wrote within so many days."""
        self.gates = Gates()
        self._source = source
        self._staff = staff
        self._days = days
        self._store = store
        self._clock = clock
        self._cursors = cursors
        self._sleep = sleep
        self._taken: set[int] = set()
        self._queue: deque[int] = deque()
        self._readers: set[asyncio.Task[None]] = set()
        self._session = self._session_since = self._first_heard = 0
        self._read = self._found = 0

    def begin(self) -> None:
        """A session begins of which we do not know what it follows on."""
        self._session += 1
        self._first_heard = 0
        self._taken.clear()
        self._session_since = self._clock.now()
        self._queue.clear()
        self.gates.shut_all()

    async def run(self, talking: Collection[str]) -> None:
        """List what has to be read and begin with it; `talking`: the staff channels that hold messages themselves."""
        session = self._session
        listed = await self._listed(talking)
        if session != self._session:
            return
        channels = list(dict.fromkeys([*listed, *self.gates.which_are_shut()]))
        self._read = self._found = 0
        log.info("discord_catch_up", channels=len(channels))
        self.gates.shut(channels)
        self.gates.know()
        self._queue.extend(channels)
        self._start_readers()

    async def passed(self, channel_id: int) -> bool:
        """Waits until everything earlier in the channel is handled; False when that will not come any more."""
        if not await self.gates.passed(channel_id):
            return False
        if not self.gates.has_read(channel_id):
            if self._is_of_this_session(channel_id):
                self.gates.open(channel_id)
            else:
                self._read_first(channel_id)
        return await self.gates.passed(channel_id)

    def hears(self, message_id: int) -> None:
        """A message came live: a channel with a higher number is younger than the session."""
        self._first_heard = self._first_heard or message_id

    def is_new(self, channel_id: int) -> None:
        """The channel was made in this session: nothing that was said in it can have been missed."""
        if not self.gates.is_shut(channel_id):
            self.gates.open(channel_id)

    def is_done(self) -> bool:
        """Whether nothing waits, and nothing was left for the next run."""
        return self.gates.are_open and not self.gates.has_dropped

    def has_taken(self, message_id: int) -> bool:
        """Whether a message that also came live was found in a history and handled."""
        return message_id in self._taken

    def again(self, channel_id: int) -> None:
        """Something in the channel could not be handled: nothing newer may be, until it is."""
        self._read_first(channel_id)

    async def close(self) -> None:
        """Stop reading; what is not read yet keeps its cursor."""
        self.gates.close()
        for reader in self._readers:
            reader.cancel()
        if self._readers:
            await asyncio.wait(self._readers)

    async def _listed(self, talking: Collection[str]) -> list[int]:
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._list(talking)
            except Exception as error:
                log.error("discord_catch_up_not_listed", again_in_seconds=pause, exc_info=error)
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _list(self, talking: Collection[str]) -> list[int]:
        chats: list[ChatRef] = []
        for channel_id in self._staff.channels:
            desk = ChatRef(PlatformName.DISCORD, channel_id)
            chats += await self._store.open_threads(desk)
            chats += [desk] if channel_id in talking else []
        since = self._clock.now() - self._days * _DAY
        chats += await self._store.active_chats(PlatformName.DISCORD, since)
        return [int(chat.thread_id or chat.chat_id) for chat in chats]

    def _read_first(self, channel_id: int) -> None:
        if not self.gates.is_shut(channel_id):
            self.gates.shut((channel_id,))
            self._queue.appendleft(channel_id)
            self._start_readers()

    def _start_readers(self) -> None:
        for _ in range(min(_READERS - len(self._readers), len(self._queue))):
            reader = asyncio.create_task(self._work(), name="discord-catch-up")
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)

    async def _work(self) -> None:
        pause = _FIRST_PAUSE
        while self._queue:
            channel_id, session = self._queue.popleft(), self._session
            is_read = await self._is_read(channel_id)
            if session != self._session:
                continue  # Another session has begun, and its own list has the channel.
            if is_read:
                pause = _FIRST_PAUSE
                self._count()
                self.gates.open(channel_id)
                continue
            self._queue.append(channel_id)
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _is_read(self, channel_id: int) -> bool:
        try:
            await self._read_channel(channel_id)
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning(
                "discord_channel_skipped",
                channel=channel_id,
                why="The channel is gone, or the bot may not read it: what was written there meanwhile is not seen. "
                "The bot needs View Channel and Read Message History.",
                code=error.code,
            )
        except Exception as error:
            log.warning("discord_channel_not_read", channel=channel_id, error=type(error).__name__, exc_info=error)
            return False
        return True

    async def _read_channel(self, channel_id: int) -> None:
        position = await self._cursors.position(channel_id)
        if position is None:
            position = self._first_position(channel_id)
            self._cursors.move(channel_id, position)
        page = await self._source.page(channel_id)
        if len(page) == PAGE and page[0].id > position:
            page = await self._all_but_the_newest(channel_id, position)
        for message in page:
            await self._take(message, message.id > position)

    async def _all_but_the_newest(self, channel_id: int, position: int) -> list[discord.Message]:
        """Handles page after page; the last one is returned."""
        while True:
            page = await self._source.page(channel_id, after=position)
            if len(page) < PAGE:
                return page
            for message in page:
                await self._take(message, is_new=True)
            position = page[-1].id

    async def _take(self, message: discord.Message, is_new: bool) -> None:
        is_edited = message.edited_at is not None
        if is_new and not (is_edited and await self._source.is_kept(message)):
            self._found += 1
            await self._source.take(message)
        elif is_edited:
            await self._source.take_edited(message)
        if is_new:
            self._taken.add(message.id)
            self._cursors.move(message.channel.id, message.id)

    def _is_of_this_session(self, channel_id: int) -> bool:
        if self._first_heard and channel_id > self._first_heard:
            return True
        return moment_of(channel_id) > self._session_since + _CLOCKS_APART

    def _first_position(self, channel_id: int) -> int:
        """Where a channel begins that was never read: a staff channel may be older than the bot, and is not ours."""
        if self._staff.has(channel_id):
            return snowflake_at(self._session_since) - 1
        return max(channel_id, snowflake_at(self._clock.now() - self._days * _DAY))

    def _count(self) -> None:
        self._read += 1
        if not self._queue or self._read % _PROGRESS_EVERY == 0:
            log.info("discord_catch_up_progress", read=self._read, left=len(self._queue), messages=self._found)
