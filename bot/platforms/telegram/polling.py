"""The loop that fetches updates. An update is confirmed to Telegram only after it has been handed over.

The library's own updater confirms what is still only in memory; here the offset moves when a whole batch is done,
so a crash brings the batch again and the keys of its events make that harmless.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.changes import SaveCursor
from bot.platforms.telegram.errors import seconds_of, why
from bot.platforms.telegram.inbox import Inbox
from bot.platforms.telegram.sharing import Sharing
from bot.platforms.telegram.taking import KINDS, Taking, Translate, chat_of
from bot.ports import Clock, Handle, Store

POLL_SECONDS = 50
CURSOR = "telegram"
# Telegram keeps updates for 24 hours, and after a quiet week it may number them anew from anywhere.
CURSOR_MICROSECONDS = 24 * 3600 * 1_000_000

log = structlog.get_logger(__name__)

Pause = Callable[[float], Awaitable[None]]


class Backoff:
    """Waits that double up to a minute, spread so that many bots do not come back at once."""

    FIRST, LONGEST = 1.0, 60.0

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._next = self.FIRST

    def reset(self) -> None:
        self._next = self.FIRST

    async def wait(self, error: Exception) -> None:
        """Wait as long as the platform asked, or else a little longer than the last time."""
        asked = seconds_of(error) if isinstance(error, RetryAfter) else 0.0
        seconds, self._next = self._next, min(self._next * 2, self.LONGEST)
        await self._pause(asked + seconds * random.uniform(0.5, 1.0))


class Polling:
    """Hands over every update of the bot, in order within a chat and at the same time across chats."""

    def __init__(
        self, bot: Bot, inbox: Inbox, store: Store, clock: Clock, pause: Pause, sharing: Sharing | None = None
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._store = store
        self._clock = clock
        self._taking = Taking(bot, store, clock)
        self._backoff = Backoff(pause)
        self._sharing = sharing or Sharing(bot, store, clock)
        self.answered_at: int | None = None
        self._offset: int | None = None
        self._done: set[int] = set()

    async def run(self, translate: Translate, handle: Handle) -> None:
        """Poll until cancelled; whatever goes wrong, the same updates are fetched again after a pause."""
        self._offset = await self._saved_offset()
        while True:
            try:
                await self._turn(translate, handle)
                self._backoff.reset()
            except TelegramError as error:
                _report(error)
                await self._backoff.wait(error)
            except Exception as error:
                log.exception("telegram_batch_failed")
                await self._backoff.wait(error)

    async def _turn(self, translate: Translate, handle: Handle) -> None:
        try:
            batch = await self._fetch()
        except Conflict:
            await self._sharing.conflict(handle)
            raise
        # What it confirmed is confirmed, and without a number Telegram sends all the rest. Repeated after a quiet
        # week, the old number could confirm updates nobody has seen.
        self._offset = None
        if batch:
            await self._hand_over_all(batch, translate, handle)
            await self._move(int(batch[-1]["update_id"]) + 1)

    async def _fetch(self) -> list[dict[str, Any]]:
        await self._bot.get_updates(offset=self._offset, timeout=POLL_SECONDS, allowed_updates=KINDS)
        self.answered_at = self._clock.now()
        return self._inbox.take()

    async def _hand_over_all(self, batch: list[dict[str, Any]], translate: Translate, handle: Handle) -> None:
        parsed = [await self._parsed(raw) for raw in batch if raw["update_id"] not in self._done]
        updates = [update for update in parsed if update is not None]
        chats: dict[int, list[Update]] = {}
        for update in updates:
            chats.setdefault(chat_of(update), []).append(update)
        results = await asyncio.gather(
            *[self._taking.acknowledge(update.callback_query) for update in updates if update.callback_query],
            *[self._hand_over_chat(updates, translate, handle) for updates in chats.values()],
            return_exceptions=True,
        )
        # Only now: one chat's failure must not stop the turns of the others half-way.
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _hand_over_chat(self, updates: list[Update], translate: Translate, handle: Handle) -> None:
        """One after the other; what is done is not done again when another chat makes the batch come back."""
        for update in updates:
            await self._taking.hand_over(update, translate, handle)
            self._done.add(update.update_id)

    async def _parsed(self, raw: dict[str, Any]) -> Update | None:
        update = await self._taking.parsed(raw)
        if update is None:
            self._done.add(int(raw["update_id"]))
        return update

    # The offset

    async def _move(self, offset: int) -> None:
        now = self._clock.now()
        await self._store.commit((SaveCursor(CURSOR, f"{self._bot.id}:{offset}:{now}", now),))
        self._offset = offset
        self._done.clear()

    async def _saved_offset(self) -> int | None:
        """The offset of the last run, unless it is another bot's or too old to mean anything."""
        saved = await self._store.cursor(CURSOR)
        if saved is None:
            return None
        bot_id, offset, at = (int(part) for part in saved.split(":"))
        is_ours = bot_id == self._bot.id and self._clock.now() - at < CURSOR_MICROSECONDS
        return offset if is_ours else None


def _report(error: TelegramError) -> None:
    match error:
        case Conflict():
            log.error(
                "telegram_conflict", why=why(error), do="stop the other process that uses this token, or its webhook"
            )
        case InvalidToken():
            log.error("telegram_token_refused", do="set the bot's current token and restart")
        case _:
            log.warning("telegram_poll_failed", why=why(error))
