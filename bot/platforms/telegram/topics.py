"""The staff chat's topics: each shows by its icon and name how its ticket stands, and is shut when that is done.

Telegram writes a line into a topic about every change of it, so what is shown already is not shown again.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.model import ChatRef, TicketStatus
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.telegram.errors import says, why
from bot.ports import Receipt

TITLE_LIMIT = 128
SIGNS: Mapping[TicketStatus, str] = {
    TicketStatus.NEW: "❗️",
    TicketStatus.OPEN: "✍️",
    TicketStatus.PENDING: "☕️",
    TicketStatus.ON_HOLD: "📆",
    TicketStatus.SOLVED: "✅",
    TicketStatus.CLOSED: "📁",
}
"""All of them are among the icons that Telegram offers for topics; others cannot be had without paying."""
_REMEMBERED = 1000
_VARIATION = "\ufe0f"

log = structlog.get_logger(__name__)


class Topics:
    """Makes topics and keeps them up to date; errors are the library's own."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._icons: Mapping[TicketStatus, str] = {}
        self._shown: dict[ChatRef, tuple[TicketStatus, str]] = {}
        self._closed: set[ChatRef] = set()

    def note(self, topic: ChatRef, *, is_closed: bool) -> None:
        """Somebody closed or reopened a topic: the bot may write in a closed one, but most agents may not answer."""
        if len(self._closed) >= _REMEMBERED:
            self._closed.clear()
        (self._closed.add if is_closed else self._closed.discard)(topic)

    async def open(self, outgoing: Outgoing) -> str:
        """The id of a new topic; empty where the staff chat is a group without topics."""
        name, icon = await self._face(outgoing)
        try:
            topic = await self._bot.create_forum_topic(outgoing.chat.chat_id, name, icon_custom_emoji_id=icon or None)
        except BadRequest as error:
            if says(error, "not a forum"):
                return ""
            raise
        chat = replace(outgoing.chat, thread_id=str(topic.message_thread_id))
        if outgoing.status is not None and not outgoing.status.is_done:
            self._remember(chat, outgoing.status, outgoing.title)
        return chat.thread_id

    async def show(self, outgoing: Outgoing) -> None:
        """Let the topic show the ticket as the row says it is."""
        chat, status = outgoing.chat, outgoing.status
        if not chat.thread_id or status is None or self._shown.get(chat) == (status, outgoing.title):
            return
        name, icon = await self._face(outgoing)
        where = (chat.chat_id, int(chat.thread_id))
        before = self._shown.get(chat)
        is_switched = before is None or before[0].is_done != status.is_done
        if is_switched and not status.is_done:
            await _unless_it_is(self._bot.reopen_forum_topic(*where))
        await _unless_it_is(self._bot.edit_forum_topic(*where, name=name, icon_custom_emoji_id=icon))
        if is_switched and status.is_done:
            await _unless_it_is(self._bot.close_forum_topic(*where))
        self._remember(chat, status, outgoing.title)

    async def as_if_open(self, outgoing: Outgoing, act: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Do what a closed topic refuses: it is reopened, and closed again afterwards where its ticket is done."""
        if outgoing.kind is DeliveryKind.SEND:
            await self._reopen_for_an_open_ticket(outgoing)
        try:
            return await act()
        except BadRequest as error:
            if not says(error, "topic_closed") or not outgoing.chat.thread_id:
                raise
        where = (outgoing.chat.chat_id, int(outgoing.chat.thread_id))
        await _unless_it_is(self._bot.reopen_forum_topic(*where))
        try:
            return await act()
        finally:
            if outgoing.status is not None and outgoing.status.is_done:
                await self._close_again(*where)

    async def _reopen_for_an_open_ticket(self, outgoing: Outgoing) -> None:
        if outgoing.chat in self._closed and outgoing.status is not None and not outgoing.status.is_done:
            await _unless_it_is(self._bot.reopen_forum_topic(outgoing.chat.chat_id, int(outgoing.chat.thread_id)))
            self._closed.discard(outgoing.chat)

    async def _close_again(self, chat_id: str, thread_id: int) -> None:
        """What has been sent must not be sent again because of it."""
        try:
            await _unless_it_is(self._bot.close_forum_topic(chat_id, thread_id))
        except TelegramError as error:
            log.warning("telegram_topic_left_open", topic=thread_id, why=why(error))

    async def _face(self, outgoing: Outgoing) -> tuple[str, str]:
        """The name and the icon; without icons the sign stands in front of the name."""
        title = " ".join(outgoing.title.split())
        if outgoing.status is None:
            return title[:TITLE_LIMIT], ""
        icon = (await self._known_icons()).get(outgoing.status, "")
        return (title if icon else f"{SIGNS[outgoing.status]} {title}")[:TITLE_LIMIT], icon

    async def _known_icons(self) -> Mapping[TicketStatus, str]:
        """All the icons or none, so that one desk does not show both; asked for until they are known."""
        if not self._icons:
            try:
                stickers = await self._bot.get_forum_topic_icon_stickers()
            except TelegramError as error:
                log.warning("telegram_topic_icons_unknown", why=why(error))
                return {}
            ids = {_plain(one.emoji): one.custom_emoji_id or "" for one in stickers if one.emoji}
            found = {status: ids.get(_plain(sign), "") for status, sign in SIGNS.items()}
            self._icons = found if all(found.values()) else {}
        return self._icons

    def _remember(self, chat: ChatRef, status: TicketStatus, title: str) -> None:
        if len(self._shown) >= _REMEMBERED:
            self._shown.clear()
        self._shown[chat] = (status, title)


async def _unless_it_is(change: Awaitable[bool]) -> None:
    """What a topic is already needs no change."""
    try:
        await change
    except BadRequest as error:
        if not says(error, "topic_not_modified"):
            raise


def _plain(emoji: str) -> str:
    return emoji.replace(_VARIATION, "")
