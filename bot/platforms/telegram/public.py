"""Groups that are not the staff chat: a command or a mention gets one sentence and the way into the private chat.

Nothing said there becomes a conversation, nobody's account is spoken of, and no group can make the bot chatter.
"""

import structlog
from telegram import Bot, Message, ReplyParameters
from telegram.constants import MessageEntityType
from telegram.error import TelegramError

from bot.platforms.seldom import Seldom
from bot.platforms.telegram.errors import why
from bot.platforms.telegram.introducing import Words
from bot.ports import Clock

QUIET_MICROSECONDS = 60 * 1_000_000
"""A group is answered once a minute at most."""

log = structlog.get_logger(__name__)


class PublicGroups:
    def __init__(self, bot: Bot, words: Words, clock: Clock) -> None:
        self._bot = bot
        self._words = words
        self._seldom = Seldom(clock, QUIET_MICROSECONDS)

    async def hear(self, message: Message) -> None:
        """Answer what is meant for the bot, and nothing else."""
        if not self._is_meant(message) or not self._seldom.may(message.chat.id):
            return
        texts = self._words("public.invite")
        sender = message.from_user
        text = texts.get((sender.language_code or "") if sender else "") or next(iter(texts.values()), "")
        if not text:
            return
        link = f"https://t.me/{self._bot.username}?start=group"
        try:
            await self._bot.send_message(
                message.chat.id,
                text.replace("{link}", link),
                message_thread_id=message.message_thread_id if message.is_topic_message else None,
                reply_parameters=ReplyParameters(message.id, allow_sending_without_reply=True),
            )
        except TelegramError as error:
            log.info("telegram_group_not_answered", chat=message.chat.id, why=why(error))

    def _is_meant(self, message: Message) -> bool:
        """A command (addressed to us, or to nobody in particular) or our name; other bots are not talked to."""
        if message.from_user is None or message.from_user.is_bot:
            return False
        name = f"@{self._bot.username}".lower()
        for entity, text in message.parse_entities().items():
            if entity.type == MessageEntityType.BOT_COMMAND:
                _, at, addressee = text.partition("@")
                return not at or f"@{addressee}".lower() == name
            if entity.type == MessageEntityType.MENTION and text.lower() == name:
                return True
        return False
