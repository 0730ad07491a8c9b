"""Updates that Telegram posts to us. Only an update that is committed or set aside is answered with 200.

Telegram repeats everything else; the keys of the events make a repetition harmless.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, TelegramError

from bot.platforms.telegram.errors import why
from bot.platforms.telegram.sharing import Sharing
from bot.platforms.telegram.taking import KINDS, Taking, Translate, chat_of
from bot.platforms.turns import Turns
from bot.ports import Clock, Handle

WATCH_SECONDS = 120.0
_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_TOLD_MICROSECONDS = 60 * 1_000_000

Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


class Webhook:
    """Tells Telegram where to post, and takes what is posted while `run` is running."""

    def __init__(
        self,
        bot: Bot,
        url: str,
        secret: str,
        taking: Taking,
        clock: Clock,
        sharing: Sharing,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._url = url
        self._secret = secret
        self._taking = taking
        self._clock = clock
        self._sharing = sharing
        self._pause = pause
        self._turns = Turns()
        self._work: tuple[Translate, Handle] | None = None
        self.answered_at: int | None = None
        self._told_at: int | None = None
        self._refused = 0

    def routes(self) -> list[web.RouteDef]:
        """The route at the path of the public address."""
        return [web.post(urlsplit(self._url).path or "/", self._receive)]

    async def set(self) -> None:
        """Have updates posted from now on; those that wait already are kept and posted, too."""
        try:
            await self._bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=KINDS, drop_pending_updates=False
            )
        except BadRequest as error:
            log.error("telegram_webhook_refused", why=why(error), do="correct telegram.webhook_url")
            raise
        await self._sharing.is_set()
        log.info("telegram_webhook_set", host=urlsplit(self._url).hostname)

    async def run(self, translate: Translate, handle: Handle) -> None:
        """Take what is posted until cancelled."""
        self._work = translate, handle
        try:
            while True:
                await self._pause(WATCH_SECONDS)
                await self.watch(handle)
        finally:
            self._work = None

    async def watch(self, handle: Handle) -> None:
        """Updates that are posted elsewhere never come here: whoever changed that is found by asking."""
        try:
            if await self._sharing.look(handle):
                await self.set()
            self.answered_at = self._clock.now()
        except TelegramError as error:
            log.warning("telegram_webhook_not_watched", why=why(error))

    async def _receive(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode(errors="replace"), self._secret.encode()):
            self._tell_of_refusal()
            return web.Response(status=401)
        raw = _update_in(await request.read())
        if raw is None:
            log.warning("telegram_webhook_unreadable")
            return web.Response(status=400)
        if self._work is None:
            return web.Response(status=503)
        try:
            await self._take(raw, *self._work)
        except TelegramError as error:
            log.warning("telegram_update_comes_again", update=raw["update_id"], why=why(error))
            return web.Response(status=503)
        except Exception:
            log.exception("telegram_update_comes_again", update=raw["update_id"])
            return web.Response(status=503)
        return web.Response()

    async def _take(self, raw: dict[str, Any], translate: Translate, handle: Handle) -> None:
        update = await self._taking.parsed(raw)
        if update is None:
            return
        results = await asyncio.gather(
            self._acknowledge(update), self._in_turn(update, translate, handle), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _in_turn(self, update: Update, translate: Translate, handle: Handle) -> None:
        async with self._turns.of(chat_of(update)):
            await self._taking.hand_over(update, translate, handle)

    async def _acknowledge(self, update: Update) -> None:
        if update.callback_query:
            await self._taking.acknowledge(update.callback_query)

    def _tell_of_refusal(self) -> None:
        """At most once a minute: anybody may post here, and nobody may fill the log."""
        self._refused += 1
        now = self._clock.now()
        if self._told_at is None or now - self._told_at >= _TOLD_MICROSECONDS:
            log.warning("telegram_webhook_wrong_secret", requests=self._refused)
            self._told_at, self._refused = now, 0


def _update_in(body: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return raw if isinstance(raw, dict) and type(raw.get("update_id")) is int else None
