"""The state of the fake Telegram: who exists, what was said, what the bot has to hear."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.bot_api_calls import ApiError, refuse
from tests.servers.bot_api_objects import Account, Chat, Membership, Message, StoredFile, Topic, Wire
from tests.servers.bot_api_updates import UpdateQueue
from tests.servers.specs import BotApiSpec
from tests.servers.waiting import Changing


@dataclass(slots=True, eq=False)
class Press:
    """A button somebody pressed; `answers` is what the bot showed them for it (text, as an alert)."""

    id: str
    message: Message
    data: str
    at: float
    answers: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)

    @property
    def answer(self) -> str:
        """The text of the last answer; empty when it had none or there was none."""
        return self.answers[-1][0] if self.answers else ""


class World(Changing):
    """Accounts, chats, files and the update queue."""

    def __init__(self, bot: Account, spec: BotApiSpec | None) -> None:
        super().__init__()
        self.bot = bot
        self.spec = spec
        self.problems: list[str] = []
        self.accounts: dict[int, Account] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self.has_started: set[int] = set()
        self.has_blocked: set[int] = set()
        self.is_deactivated: set[int] = set()
        self.commands: dict[tuple[str, str], list[Wire]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.updates = UpdateQueue(self.now, self.changed)
        self._numbers = itertools.count(1)
        self._private_ids = itertools.count(101)

    def number(self) -> int:
        """Return a number never used before, for file names and query ids."""
        return next(self._numbers)

    def picture(self) -> str:
        lines = [f"{chat!r}: " + "; ".join(map(repr, chat.history[-8:])) for chat in self.chats.values()]
        return "\n".join([*lines, f"unconfirmed updates: {len(self.updates.pending)}"])

    # Who and where

    def account(self, account: Account) -> Account:
        """Add an account; one id is one account."""
        if account.id in self.accounts:
            raise AssertionError(f"Account {account.id} exists already.")
        self.accounts[account.id] = account
        return account

    def private_chat(self, account: Account) -> Chat:
        return self.chats.setdefault(account.id, Chat(account.id, "private", person=account))

    def chat(self, reference: object) -> Chat:
        """Return the chat a request means, or refuse as the platform does."""
        if reference == "" or reference is None:
            refuse("chat_id is empty")
        if isinstance(reference, str) and reference.startswith("@"):
            chat = next((chat for chat in self.chats.values() if f"@{chat.username}" == reference), None)
        else:
            chat = self.chats.get(reference) if isinstance(reference, int) else None
        if chat is None:
            refuse("chat not found")
        if chat.person is not None and chat.person.id not in self.has_started and not self._has_met(chat.person):
            refuse("chat not found")
        return chat

    def writable_chat(self, reference: object) -> Chat:
        """Return the chat a request wants to write to; people who blocked the bot and chats it left refuse."""
        chat = self.chat(reference)
        if chat.moved_to is not None:
            raise ApiError(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
        if chat.person is not None:
            self._refuse_private(chat.person)
        else:
            self.check_membership(chat)
        return chat

    def _refuse_private(self, person: Account) -> None:
        if person.id in self.is_deactivated:
            raise ApiError(403, "user is deactivated")
        if person.id in self.has_blocked:
            raise ApiError(403, "bot was blocked by the user")
        if person.id not in self.has_started:
            raise ApiError(403, "bot can't initiate conversation with a user")

    def check_membership(self, chat: Chat) -> None:
        status = self.bot_in(chat).status
        if status == "kicked":
            raise ApiError(403, f"bot was kicked from the {chat.kind} chat")
        if status == "left":
            raise ApiError(403, f"bot is not a member of the {chat.kind} chat")

    def bot_in(self, chat: Chat) -> Membership:
        return chat.members.get(self.bot.id) or Membership(self.bot, "left")

    def _has_met(self, person: Account) -> bool:
        groups = (chat for chat in self.chats.values() if person.id in chat.members)
        return any(self.bot_in(chat).is_inside for chat in groups)

    # What is said

    def post(self, chat: Chat, sender: Account, **fields: Any) -> Message:
        """Put a message into a chat; the rules have been checked, only the bot's own view of it is decided here."""
        message = Message(chat=chat, id=self._next_id(chat), date=int(self.now()), sender=sender, **fields)
        message.thread_id = self._thread_id(message)
        if message.topic is not None and message.reply_to is None:
            # In a topic everything answers the line that opened it, as far as bots can see.
            message.reply_to = chat.find(message.topic.id)
        chat.history.append(message)
        if self._reaches_bot(message):
            self.tell("message", message.wire())
        self.changed()
        return message

    def tell(self, kind: str, payload: Wire) -> None:
        """Queue an update for the bot and hold it to the published description."""
        update = self.updates.add(kind, payload)
        if update is not None and self.spec is not None:
            self.problems += [f"the fake's own update: {p}" for p in self.spec.check_object("Update", update)]
        self.changed()

    def remove(self, messages: Iterable[Message]) -> None:
        gone = set(messages)
        for chat in {message.chat for message in gone}:
            chat.history = [message for message in chat.history if message not in gone]
        self.changed()

    def open_topic(self, chat: Chat, sender: Account, name: str, icon_color: int = 7322096, icon: str = "") -> Topic:
        """Open a topic; its service message reaches the bot even when the bot itself opened it."""
        topic = Topic(chat, chat.newest_id + 1, name, icon_color, icon, creator=sender)
        chat.topics_by_id[topic.id] = topic
        self.post(chat, sender, topic=topic, service={"forum_topic_created": topic.wire()})
        return topic

    def reaches_bot_in(self, chat: Chat) -> bool:
        return chat.person is not None or self.bot_in(chat).is_inside

    def _reaches_bot(self, message: Message) -> bool:
        """A bot hears all of a private chat; in a group without admin rights only commands and answers to itself."""
        if message.sender is self.bot:
            return bool(message.service)
        if not self.reaches_bot_in(message.chat):
            return False
        if message.chat.person is not None or self.bot_in(message.chat).is_admin or message.service:
            return True
        return message.text.startswith("/") or (message.reply_to is not None and message.reply_to.sender is self.bot)

    def _next_id(self, chat: Chat) -> int:
        # Private chats and basic groups share one numbering, supergroups and channels have their own.
        chat.newest_id = chat.newest_id + 1 if chat.kind in ("supergroup", "channel") else next(self._private_ids)
        return chat.newest_id

    def _thread_id(self, message: Message) -> int | None:
        """Replies outside topics carry a thread id too, without `is_topic_message`: a trap that is kept here."""
        if message.topic is not None:
            return message.topic.id
        if message.chat.kind == "supergroup" and message.reply_to is not None:
            return message.reply_to.thread_id or message.reply_to.id
        return None
