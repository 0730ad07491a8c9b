"""What is done with one update, however it came: read, translated, handed over, or set aside."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot, CallbackQuery, Update
from telegram.constants import UpdateType
from telegram.error import TelegramError

from bot.changes import SetAside
from bot.events import PlatformEvent
from bot.logs import error_id
from bot.model import PlatformName
from bot.platforms.telegram.errors import why
from bot.ports import Clock, Handle, Store

KINDS = [
    UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER,
    UpdateType.CHAT_MEMBER,
]  # fmt: skip
_ACKNOWLEDGE_SECONDS = 5

log = structlog.get_logger(__name__)

Translate = Callable[[Update], Awaitable[PlatformEvent | None]]


def chat_of(update: Update) -> int:
    """The chat within which order counts; 0 for what has none."""
    return update.effective_chat.id if update.effective_chat else 0


class Taking:
    """Takes updates one by one; who calls it sees to their order."""

    def __init__(self, bot: Bot, store: Store, clock: Clock) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock

    async def parsed(self, raw: dict[str, Any]) -> Update | None:
        """The update; one the library cannot read is set aside, so that it does not hold up all others."""
        try:
            return Update.de_json(raw, self._bot)
        except Exception:
            await self._set_aside(int(raw["update_id"]))
            return None

    async def hand_over(self, update: Update, translate: Translate, handle: Handle) -> None:
        """Returns when the event is committed or set aside; raises when the update has to come again."""
        event = await self._translated(update, translate)
        if event is not None:
            log.info("telegram_event", update=update.update_id, kind=type(event).__name__, key=event.key)
            await handle(event)

    async def acknowledge(self, query: CallbackQuery) -> None:
        """Stop the button's spinner at once; when Telegram does not take it, nothing is lost."""
        try:
            await self._bot.answer_callback_query(query.id, read_timeout=_ACKNOWLEDGE_SECONDS)
        except TelegramError as error:
            log.info("telegram_callback_not_answered", why=why(error))

    async def _translated(self, update: Update, translate: Translate) -> PlatformEvent | None:
        try:
            return await translate(update)
        except TelegramError:
            # The platform could not be asked who somebody is; the update comes again.
            raise
        except Exception:
            await self._set_aside(update.update_id)
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
