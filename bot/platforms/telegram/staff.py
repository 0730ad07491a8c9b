"""A staff chat as Telegram knows it now: which group it is, and what somebody is in it.

Rights are not decided here; the platform is asked again after ten minutes, and its own news count at once.
"""

from collections.abc import Mapping

import structlog
from telegram import Bot, Chat, ChatFullInfo, ChatMember, ChatMemberUpdated, Message, User
from telegram.constants import ChatAction, ChatID, ChatMemberStatus, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.model import Agent, PlatformName, Standing
from bot.platforms.telegram.moving import Moves
from bot.platforms.telegram.rights import rights
from bot.ports import CannotStart, Clock

FRESH_MICROSECONDS = 10 * 60 * 1_000_000
_REMEMBERED = 1000
_INSIDE = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)

log = structlog.get_logger(__name__)


class StaffChat:
    """The group that one of the settings names."""

    def __init__(self, bot: Bot, named: str, setting: str, clock: Clock, moves: Moves) -> None:
        self._bot = bot
        self._named = named
        self._setting = setting
        self._clock = clock
        self._moves = moves
        self._id: int | None = None
        self._known: dict[int, tuple[Standing, int]] = {}

    @property
    def id(self) -> int | None:
        """The group's number, once it has been found."""
        return None if self._id is None else self._now(self._id)

    async def find(self) -> None:
        """Learn the group's number and whether the bot hears what is said in it; CannotStart if it is no group."""
        named = await self._moves.load(self._named)
        try:
            await self._look_at(named)
        except ChatMigrated as error:
            await self._moves.learn(named, error.new_chat_id)
            await self._look_at(self._moves.of(named))
        except (BadRequest, Forbidden):
            raise CannotStart(
                f"Telegram does not let the bot into the staff chat {self._named}: add the bot to that group,"
                f" or correct {self._setting}."
            ) from None

    def is_here(self, chat: Chat) -> bool:
        """Whether it is the group, also by a number that it had before: what was said there may come late."""
        return self._id is not None and self._now(chat.id) == self.id

    async def follow(self, message: Message) -> None:
        """Take note of the number that the group gets as a supergroup: both groups tell, in any order."""
        old, new = message.chat.id, message.migrate_to_chat_id
        if message.migrate_from_chat_id:
            old, new = message.migrate_from_chat_id, message.chat.id
        if new and self._id is not None and self._now(old) == self.id:
            await self._moves.learn(str(old), new)

    async def author_of(self, message: Message) -> Agent | None:
        """Whoever wrote, with their standing now; None for other bots."""
        if message.sender_chat is not None:
            return _speaking_for(message.sender_chat, message)
        if message.from_user is None or message.from_user.is_bot:
            return None
        return await self.member(message.from_user)

    async def member(self, user: User) -> Agent:
        """The person with their standing now."""
        if user.id == ChatID.ANONYMOUS_ADMIN:
            return _agent(user.id, user.full_name, Standing.ANONYMOUS)
        return _agent(user.id, user.full_name, await self._standing(user.id))

    def note(self, change: ChatMemberUpdated) -> None:
        """Take the platform's news of a member as the latest word."""
        self._remember(change.new_chat_member.user.id, standing_of(change.new_chat_member))

    def note_own(self, change: ChatMemberUpdated) -> None:
        """Say loudly when the bot itself loses or gets what it needs in the group."""
        self._say_what_it_lacks(change.new_chat_member, change.chat)

    async def _standing(self, user_id: int) -> Standing:
        known, at = self._known.get(user_id, (Standing.OUTSIDER, -FRESH_MICROSECONDS))
        if self._clock.now() - at < FRESH_MICROSECONDS:
            return known
        assert self.id is not None
        try:
            standing = standing_of(await self._bot.get_chat_member(self.id, user_id))
        except (BadRequest, Forbidden) as error:
            # The platform refuses to say, so nobody may act as if it had said yes.
            log.warning("telegram_member_unknown", user=user_id, why=type(error).__name__)
            standing = Standing.OUTSIDER
        self._remember(user_id, standing)
        return standing

    def _now(self, chat_id: int) -> int:
        return int(self._moves.of(str(chat_id)))

    def _remember(self, user_id: int, standing: Standing) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[user_id] = (standing, self._clock.now())

    async def _look_at(self, named: str) -> None:
        chat = await self._bot.get_chat(named)
        if chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
            raise CannotStart(f"The staff chat {named} is a {chat.type} chat: {self._setting} must be a group.")
        if chat.type == ChatType.GROUP:
            # Reading an abandoned group still works; only writing tells that it has become a supergroup.
            await self._bot.send_chat_action(chat.id, ChatAction.TYPING)
        own = await self._bot.get_chat_member(chat.id, self._bot.id)
        self._id = chat.id
        self._say_what_it_lacks(own, chat)

    def _say_what_it_lacks(self, own: ChatMember, chat: Chat | ChatFullInfo) -> None:
        """The same sentences as `support-bot doctor` has, each of which says what to do."""
        hears_all = self._bot.can_read_all_group_messages
        found = rights(own, is_forum=bool(chat.is_forum), hears_all=hears_all)
        lacking = [finding.told for finding in found if not finding.is_ok]
        for told in lacking:
            log.error("telegram_staff_chat_rights", chat=chat.id, status=own.status, do=told)
        if not lacking:
            log.info("telegram_staff_chat_rights", chat=chat.id, status=own.status)


class StaffChats:
    """All groups where staff work, by what the settings call them."""

    def __init__(self, bot: Bot, named: Mapping[str, str], clock: Clock, moves: Moves) -> None:
        self._chats = [StaffChat(bot, chat, setting, clock, moves) for chat, setting in named.items()]

    @property
    def ids(self) -> tuple[int, ...]:
        """The groups' numbers, once they have been found."""
        return tuple(chat.id for chat in self._chats if chat.id is not None)

    async def find(self) -> None:
        """See `StaffChat.find`."""
        for chat in self._chats:
            await chat.find()

    def of(self, chat: Chat) -> StaffChat | None:
        """The staff chat that it is, if it is one."""
        return next((one for one in self._chats if one.is_here(chat)), None)

    async def follow(self, message: Message) -> None:
        """See `StaffChat.follow`."""
        for chat in self._chats:
            await chat.follow(message)


def standing_of(member: ChatMember) -> Standing:
    """What a membership makes of somebody; a restricted member is inside only if the platform says so."""
    if member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR):
        return Standing.ADMINISTRATOR
    is_inside = member.status in _INSIDE or getattr(member, "is_member", False)
    return Standing.MEMBER if is_inside else Standing.OUTSIDER


def _speaking_for(speaker: Chat, message: Message) -> Agent:
    """A chat that speaks: the group itself stands for one of its administrators, a channel for anybody."""
    is_anonymous = speaker.id == message.chat.id
    name = message.author_signature or speaker.title or ""
    return _agent(speaker.id, name, Standing.ANONYMOUS if is_anonymous else Standing.OUTSIDER)


def _agent(user_id: int, name: str, standing: Standing) -> Agent:
    return Agent(PlatformName.TELEGRAM, str(user_id), name, standing)
