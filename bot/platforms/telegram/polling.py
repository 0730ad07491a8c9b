"""The loop that fetches updates. An update is confirmed to Telegram only after it has been handed over.

The library's own updater confirms what is still only in memory; here the offset moves when a whole batch is done,
so a crash brings the batch again and the keys of its events make that harmless.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot, CallbackQuery, Update
from telegram.constants import UpdateType
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.changes import SaveCursor, SetAside
from bot.events import PlatformEvent
from bot.logs import error_id
from bot.model import PlatformName
from bot.platforms.telegram.errors import seconds_of, why
from bot.platforms.telegram.inbox import Inbox
from bot.ports import Clock, Handle, Store

POLL_SECONDS = 50
CURSOR = "telegram"
# Telegram keeps updates for 24 hours, and after a quiet week it may number them anew from anywhere.
CURSOR_MICROSECONDS = 24 * 3600 * 1_000_000
_ACKNOWLEDGE_SECONDS = 5
_KINDS = [
    UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER,
    UpdateType.CHAT_MEMBER,
]  # fmt: skip

log = structlog.get_logger(__name__)

Pause = Callable[[float], Awaitable[None]]
Translate = Callable[[Update], Awaitable[PlatformEvent | None]]


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

    def __init__(self, bot: Bot, inbox: Inbox, store: Store, clock: Clock, pause: Pause) -> None:
        self._bot = bot
        self._inbox = inbox
        self._store = store
        self._clock = clock
        self._backoff = Backoff(pause)
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
        batch = await self._fetch()
        # What it confirmed is confirmed, and without a number Telegram sends all the rest. Repeated after a quiet
        # week, the old number could confirm updates nobody has seen.
        self._offset = None
        if batch:
            await self._hand_over_all(batch, translate, handle)
            await self._move(int(batch[-1]["update_id"]) + 1)

    async def _fetch(self) -> list[dict[str, Any]]:
        await self._bot.get_updates(offset=self._offset, timeout=POLL_SECONDS, allowed_updates=_KINDS)
        return self._inbox.take()

    async def _hand_over_all(self, batch: list[dict[str, Any]], translate: Translate, handle: Handle) -> None:
        parsed = [await self._parsed(raw) for raw in batch if raw["update_id"] not in self._done]
        updates = [update for update in parsed if update is not None]
        chats: dict[int, list[Update]] = {}
        for update in updates:
            chats.setdefault(update.effective_chat.id if update.effective_chat else 0, []).append(update)
        results = await asyncio.gather(
            *[self._acknowledge(update.callback_query) for update in updates if update.callback_query],
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
            event = await self._translated(update, translate)
            if event is not None:
                log.info("telegram_event", update=update.update_id, kind=type(event).__name__, key=event.key)
                await handle(event)
            self._done.add(update.update_id)

    async def _translated(self, update: Update, translate: Translate) -> PlatformEvent | None:
        try:
            return await translate(update)
        except TelegramError:
            # The platform could not be asked who somebody is; the batch comes again.
            raise
        except Exception:
            await self._set_aside(update.update_id)
            return None

    async def _parsed(self, raw: dict[str, Any]) -> Update | None:
        """The update; one the library cannot read is set aside, so that it does not hold up all others."""
        try:
            return Update.de_json(raw, self._bot)
        except Exception:
            await self._set_aside(int(raw["update_id"]))
            return None

    async def _set_aside(self, update_id: int) -> None:
        """Keep what failed by its number alone, since its text has not been looked through for secrets."""
        number, key = error_id(), f"telegram:update:{update_id}"
        log.exception("telegram_update_set_aside", update=update_id, error_id=number)
        aside = SetAside(
            id=self._clock.new_id(),
            platform=PlatformName.TELEGRAM,
            key=key,
            error_id=number,
            text="",
            at=self._clock.now(),
        )
        await self._store.commit((aside,))
        self._done.add(update_id)

    async def _acknowledge(self, query: CallbackQuery) -> None:
        """Stop the button's spinner at once; when Telegram does not take it, nothing is lost."""
        try:
            await self._bot.answer_callback_query(query.id, read_timeout=_ACKNOWLEDGE_SECONDS)
        except TelegramError as error:
            log.info("telegram_callback_not_answered", why=why(error))

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
