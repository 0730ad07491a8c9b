"""The life of the Telegram connection: start, poll until cancelled, close; the modules beside it do the work."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError

from bot.config import Telegram
from bot.logs import error_id
from bot.model import Attachment, AttachmentKind, ChatRef, PlatformName
from bot.outgoing import Outgoing
from bot.platforms.telegram.errors import why
from bot.platforms.telegram.files import download
from bot.platforms.telegram.inbox import Inbox
from bot.platforms.telegram.introducing import Words, introduce
from bot.platforms.telegram.moving import Moves
from bot.platforms.telegram.polling import Backoff, Pause, Polling
from bot.platforms.telegram.public import PublicGroups
from bot.platforms.telegram.requests import AiohttpRequest
from bot.platforms.telegram.sending import Sending
from bot.platforms.telegram.sharing import Sharing
from bot.platforms.telegram.staff import StaffChats
from bot.platforms.telegram.taking import Taking
from bot.platforms.telegram.topics import Topics
from bot.platforms.telegram.translate import Translator
from bot.platforms.telegram.webhook import Webhook
from bot.ports import CannotStart, Clock, Delivery, FetchFile, Handle, Receipt, Store

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

_ACTIONS = {
    AttachmentKind.PHOTO: ChatAction.UPLOAD_PHOTO,
    AttachmentKind.VIDEO: ChatAction.UPLOAD_VIDEO,
    AttachmentKind.VOICE: ChatAction.UPLOAD_VOICE,
    AttachmentKind.AUDIO: ChatAction.UPLOAD_VOICE,
    AttachmentKind.DOCUMENT: ChatAction.UPLOAD_DOCUMENT,
}

NO_TEAM_CHATS: Mapping[str, str] = {}

log = structlog.get_logger(__name__)


class TelegramPlatform:
    """See `ports.Platform` for what each method promises; CannotStart at once when there is no token."""

    name = PlatformName.TELEGRAM

    def __init__(
        self,
        settings: Telegram,
        store: Store,
        clock: Clock,
        pause: Pause = asyncio.sleep,
        *,
        words: Words = lambda _: {},
        desk_language: str = "",
        team_chats: Mapping[str, str] = NO_TEAM_CHATS,
    ) -> None:
        """`team_chats` are staff chats beside the desk's, each with the setting that names it."""
        # The library's coming way of telling durations; without it each "retry after" is also a warning.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        inbox = Inbox()
        self._bot = _bot(settings, inbox)
        self._clock = clock
        self._pause = pause
        named = settings.staff_chats(team_chats)
        moves = Moves(store, clock, named)
        self._staff = StaffChats(self._bot, named, clock, moves)
        self._sharing = Sharing(self._bot, store, clock, settings.webhook_url or "")
        self._polling = Polling(self._bot, inbox, store, clock, pause, self._sharing)
        self._webhook: Webhook | None = None
        if settings.webhook_url:
            taking = Taking(self._bot, store, clock)
            self._webhook = Webhook(
                self._bot, settings.webhook_url, settings.shared_secret(), taking, clock, self._sharing
            )
        self._topics = Topics(self._bot)
        self._sending = Sending(self._bot, moves, self._topics)
        self._words = words
        self._has_answered = False
        self._desk_language = desk_language

    @property
    def has_answered(self) -> bool:
        """Whether Telegram could be reached since the start."""
        return self._has_answered

    @property
    def answered_at(self) -> int | None:
        """When Telegram last answered where updates come from."""
        return (self._webhook or self._polling).answered_at

    async def run(self, handle: Handle) -> None:
        """Connect and hand over events until cancelled; CannotStart when the token or the staff chat is refused."""
        introducing: asyncio.Task[None] | None = None
        try:
            await self._start(handle)
            introducing = asyncio.create_task(self._introduce(), name="introducing")
            public = PublicGroups(self._bot, self._words, self._clock)
            translator = Translator(self._bot, self._staff, self._topics, public, self._clock)
            await (self._webhook or self._polling).run(translator.event, handle)
        finally:
            if introducing:
                introducing.cancel()
                await asyncio.wait([introducing])
            await self._bot.shutdown()

    def routes(self) -> "list[RouteDef]":
        """What the web server has to serve for this platform: the webhook, if there is one."""
        return self._webhook.routes() if self._webhook else []

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        """Do what the row asks; TryLater or NeverDelivered when it cannot be done."""
        return await self._sending.deliver(delivery, fetch)

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        """Always None: bots can neither read a chat's messages nor list its topics, and there is no key to ask by."""
        log.warning("telegram_may_repeat", outgoing=outgoing.id)
        return None

    async def show_at_work(self, chat: ChatRef, kind: AttachmentKind) -> None:
        """Telegram says what is being sent."""
        await self._bot.send_chat_action(chat.chat_id, _ACTIONS[kind])

    def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent, in pieces."""
        return download(self._bot, attachment)

    async def _start(self, handle: Handle) -> None:
        """Get ready for updates; an unreachable platform is tried again until it answers."""
        backoff = Backoff(self._pause)
        while True:
            try:
                await self._bot.initialize()
                await self._staff.find()
                # While a webhook is set nothing can be polled; what waits for it is kept.
                await self._sharing.look(handle)
                if self._webhook:
                    await self._webhook.set()
            except InvalidToken:
                # Not chained: the library's own text holds the token.
                raise CannotStart(
                    "Telegram refuses the bot's token: set BOT_TELEGRAM__TOKEN to the one @BotFather shows now"
                    " (or correct telegram.api_base_url)."
                ) from None
            except TelegramError as error:
                log.warning("telegram_unreachable", why=why(error))
                await backoff.wait(error)
            else:
                log.info("telegram_connected", bot=self._bot.id)
                self._has_answered = True
                return

    async def _introduce(self) -> None:
        try:
            await introduce(self._bot, self._words, self._staff.ids, self._desk_language, self._pause)
        except Exception:
            log.exception("telegram_not_introduced", error_id=error_id())


def _bot(settings: Telegram, inbox: Inbox) -> Bot:
    if settings.token is None:
        raise CannotStart("There is no Telegram token: set BOT_TELEGRAM__TOKEN to the one @BotFather gave you.")
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_base_url}/bot",
        base_file_url=f"{settings.api_base_url}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=inbox,
    )
