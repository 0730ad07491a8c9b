"""Signs that another program uses the bot's token: it fetches the updates, or has them posted elsewhere.

One refused request is no sign yet: Telegram also refuses one of our own that a broken line left behind.
"""

from urllib.parse import urlsplit

import structlog
from telegram import Bot

from bot.changes import SaveCursor
from bot.events import TokenShared, TokenSign
from bot.model import ChatRef, PlatformName
from bot.ports import Clock, Handle, Store

CURSOR = "telegram:webhook"
"""The address that this installation had Telegram post to, so that it is known again after a change of settings."""
OVER_AFTER = 600 * 1_000_000
"""So long after the last sign a spell is over, and the next sign is told again."""
LEAST_CONFLICTS = 2

log = structlog.get_logger(__name__)


class Sharing:
    """Tells once for each spell; `ours` is the address to which updates are to be posted, if they are."""

    def __init__(self, bot: Bot, store: Store, clock: Clock, ours: str = "") -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._ours = ours
        self._last: int | None = None
        self._conflicts = 0
        self._is_told = False

    async def conflict(self, handle: Handle) -> None:
        """Telegram refused to let us fetch updates: look why, take the webhook back, and tell."""
        if await self.look(handle):
            return
        self._seen()
        self._conflicts += 1
        if self._conflicts >= LEAST_CONFLICTS:
            await self._tell(TokenSign.FETCHED_ELSEWHERE, handle)

    async def look(self, handle: Handle) -> bool:
        """Whether updates are posted to an address that is not ours; then it is told, and taken away."""
        url = (await self._bot.get_webhook_info()).url
        if not url or url == self._ours:
            return False
        is_ours = url == await self._store.cursor(CURSOR)
        log.warning("telegram_webhook_removed", host=urlsplit(url).hostname, was_ours=is_ours)
        if not is_ours:
            self._seen()
            await self._tell(TokenSign.POSTED_ELSEWHERE, handle)
        # Without a webhook of ours the updates are fetched; with one it is set again by whoever asked.
        await self._bot.delete_webhook(drop_pending_updates=False)
        return True

    async def is_set(self) -> None:
        """Our own webhook is the one now."""
        await self._store.commit((SaveCursor(CURSOR, self._ours, self._clock.now()),))

    def _seen(self) -> None:
        now = self._clock.now()
        if self._last is None or now - self._last >= OVER_AFTER:
            self._conflicts, self._is_told = 0, False
        self._last = now

    async def _tell(self, sign: TokenSign, handle: Handle) -> None:
        if self._is_told:
            return
        self._is_told = True
        now = self._clock.now()
        log.error("telegram_token_shared", sign=sign, do="see docs/operating.md: renew the token")
        nowhere = ChatRef(PlatformName.TELEGRAM, "")
        await handle(TokenShared(key=f"telegram:token_shared:{now}", at=now, chat=nowhere, sign=sign))
