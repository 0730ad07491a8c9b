"""Update -> event. Whatever is no event for anybody is passed over here, with a line in the log."""

import structlog
from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.events import (
    BotBlocked,
    ChoicePicked,
    MessageEdited,
    MessageReceived,
    PlatformEvent,
    StaffEdited,
    StaffPicked,
    StaffWrote,
)
from bot.model import ChatRef, MessageRef, Person, PlatformName
from bot.platforms.telegram.contents import Contents, contents_of
from bot.platforms.telegram.public import PublicGroups
from bot.platforms.telegram.staff import StaffChat, StaffChats
from bot.platforms.telegram.topics import Topics
from bot.ports import Clock

_FOREIGN_REMEMBERED = 1000

log = structlog.get_logger(__name__)


class Translator:
    """Knows who the bot is and the staff chats; asks the platform only for the standing of staff."""

    def __init__(self, bot: Bot, staff: StaffChats, topics: Topics, public: PublicGroups, clock: Clock) -> None:
        self._own_id, self._own_name = bot.id, bot.username
        self._staff = staff
        self._topics = topics
        self._public = public
        self._clock = clock
        self._foreign: set[int] = set()

    async def event(self, update: Update) -> PlatformEvent | None:
        """The event an update is, or None; errors of the platform pass through, since asking again may help."""
        if update.message is not None:
            return await self._message(update.message)
        if update.callback_query is not None:
            return await self._callback(update.callback_query)
        if update.edited_message is not None:
            return await self._edited(update.edited_message, update.update_id)
        if update.chat_member is not None and (staff := self._staff.of(update.chat_member.chat)):
            staff.note(update.chat_member)
        if update.my_chat_member is not None:
            return self._own_standing(update.my_chat_member, update.update_id)
        return None

    def _own_standing(self, change: ChatMemberUpdated, update_id: int) -> BotBlocked | None:
        """Whoever blocks the bot in private "kicks" it; in a staff chat it is about rights."""
        if staff := self._staff.of(change.chat):
            staff.note_own(change)
        was, now = (
            member.status == ChatMemberStatus.BANNED for member in (change.old_chat_member, change.new_chat_member)
        )
        if change.chat.type != ChatType.PRIVATE or was == now:
            return None
        return BotBlocked(
            key=f"telegram:blocked:{change.chat.id}:{update_id}",
            at=self._clock.now(),
            chat=_chat_ref(change.chat),
            sender=_person(change.from_user),
            is_blocked=now,
        )

    async def _message(self, message: Message) -> PlatformEvent | None:
        if message.chat.type == ChatType.PRIVATE:
            return self._received(message)
        await self._staff.follow(message)
        if staff := self._staff.of(message.chat):
            return await self._written(message, staff)
        self._pass_over(message.chat)
        await self._public.hear(message)
        return None

    def _received(self, message: Message) -> MessageReceived | None:
        sender, contents = message.from_user, contents_of(message, self._own_name)
        if sender is None or sender.is_bot or contents is None:
            return None
        chat = _chat_ref(message.chat)
        return MessageReceived(
            key=_message_key(message),
            at=self._clock.now(),
            chat=chat,
            sender=_person(sender),
            message=MessageRef(chat, str(message.id)),
            text=contents.text,
            attachments=contents.attachments,
            unreadable=contents.unreadable,
            reply_to=_answered(message, chat),
            album=_album(message),
        )

    async def _edited(self, message: Message, update_id: int) -> PlatformEvent | None:
        """A changed text or caption; the update's own number tells one change from the next."""
        contents = contents_of(message, self._own_name)
        if contents is None or _says_nothing_new(message, contents):
            return None
        key, at = f"telegram:edit:{message.chat.id}:{message.id}:{update_id}", self._clock.now()
        if message.chat.type == ChatType.PRIVATE and message.from_user is not None:
            chat = _chat_ref(message.chat)
            place, sender = MessageRef(chat, str(message.id)), _person(message.from_user)
            return MessageEdited(key=key, at=at, chat=chat, sender=sender, message=place, text=contents.text)
        staff = self._staff.of(message.chat)
        agent = await staff.author_of(message) if staff else None
        if agent is None:
            return None
        thread = _thread_ref(message)
        place = MessageRef(thread, str(message.id))
        return StaffEdited(key=key, at=at, chat=thread, agent=agent, message=place, text=contents.text)

    async def _written(self, message: Message, staff: StaffChat) -> StaffWrote | None:
        is_own = message.from_user is not None and message.from_user.id == self._own_id
        if (message.forum_topic_closed or message.forum_topic_reopened) and not is_own:
            self._topics.note(_thread_ref(message), is_closed=message.forum_topic_closed is not None)
        contents = contents_of(message, self._own_name)
        agent = await staff.author_of(message) if contents else None
        if contents is None or agent is None:
            return None
        chat = _thread_ref(message)
        return StaffWrote(
            key=_message_key(message),
            at=self._clock.now(),
            chat=chat,
            agent=agent,
            message=MessageRef(chat, str(message.id)),
            text=contents.text,
            attachments=contents.attachments,
            reply_to=_answered(message, chat),
            unreadable=contents.unreadable,
            album=_album(message),
        )

    async def _callback(self, query: CallbackQuery) -> PlatformEvent | None:
        if query.message is None or query.data is None:
            return None
        key, at, chat = f"telegram:callback:{query.id}", self._clock.now(), query.message.chat
        if chat.type == ChatType.PRIVATE:
            person = _person(query.from_user)
            return ChoicePicked(key=key, at=at, chat=_chat_ref(chat), sender=person, data=query.data)
        if staff := self._staff.of(chat):
            # A message too old to be shown does not say in which topic it stands.
            where = _thread_ref(query.message) if isinstance(query.message, Message) else _chat_ref(chat)
            agent = await staff.member(query.from_user)
            return StaffPicked(key=key, at=at, chat=where, agent=agent, data=query.data)
        self._pass_over(chat)
        return None

    def _pass_over(self, chat: Chat) -> None:
        if chat.id not in self._foreign and len(self._foreign) < _FOREIGN_REMEMBERED:
            self._foreign.add(chat.id)
            log.info("telegram_chat_ignored", chat=chat.id, type=chat.type)


def _says_nothing_new(message: Message, contents: Contents) -> bool:
    """Every step of a live location is an edit: the first is shown, and the last one, which is live no more. What
    cannot be read has not become empty."""
    is_on_the_way = message.location is not None and message.location.live_period is not None
    return is_on_the_way or bool(contents.unreadable and not contents.text)


def _album(message: Message) -> str:
    return f"telegram:{message.media_group_id}" if message.media_group_id else ""


def _message_key(message: Message) -> str:
    return f"telegram:message:{message.chat.id}:{message.id}"


def _person(user: User) -> Person:
    return Person(PlatformName.TELEGRAM, str(user.id), user.full_name, user.language_code or "")


def _chat_ref(chat: Chat) -> ChatRef:
    return ChatRef(PlatformName.TELEGRAM, str(chat.id))


def _thread_ref(message: Message) -> ChatRef:
    """A reply outside topics carries a thread number too; only `is_topic_message` tells a topic."""
    thread_id = str(message.message_thread_id) if message.is_topic_message else ""
    return ChatRef(PlatformName.TELEGRAM, str(message.chat.id), thread_id)


def _answered(message: Message, chat: ChatRef) -> MessageRef | None:
    """The message answered; in a topic everything answers the line that opened it, which means nothing."""
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created or str(answered.id) == chat.thread_id:
        return None
    return MessageRef(chat, str(answered.id))
