"""What happened, in the past tense: the only thing the core ever reacts to.

Platform events carry `key`, made of platform ids alone: the store refuses the second event of the same key.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Agent, Attachment, ChatRef, MessageRef, Person

HIDDEN = "hidden"
"""The `unreadable` of an agent's message that the platform does not show to the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A requester wrote; commands are messages that begin with a slash, on every platform.

    `unreadable` names a kind of content the adapter cannot read (a sticker, a poll): it gets a polite answer.
    `album` is the platform's own name for what was sent as one but comes as several messages.
    """

    key: str
    at: int
    chat: ChatRef
    sender: Person
    message: MessageRef
    text: str
    attachments: tuple[Attachment, ...] = ()
    unreadable: str = ""
    reply_to: MessageRef | None = None
    album: str = ""
    interaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """A requester changed a message of theirs; `text` is all of its new words."""

    key: str
    at: int
    chat: ChatRef
    sender: Person
    message: MessageRef
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message in a requester's chat is gone; platforms that report this do not say who did it."""

    key: str
    at: int
    chat: ChatRef
    message: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicePicked:
    """A requester pressed a button; `data` is hostile until it has been found in the current prompt."""

    key: str
    at: int
    chat: ChatRef
    sender: Person
    data: str
    interaction: str = ""


class TokenSign(StrEnum):
    """What tells that another program uses the bot's token."""

    FETCHED_ELSEWHERE = "fetched_elsewhere"
    POSTED_ELSEWHERE = "posted_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenShared:
    """Another program uses the bot's token; `chat` names no chat but the platform."""

    key: str
    at: int
    chat: ChatRef
    sign: TokenSign


@dataclass(frozen=True, slots=True, kw_only=True)
class BotBlocked:
    """A requester blocked the bot in their chat, or (`is_blocked=False`) let it in again."""

    key: str
    at: int
    chat: ChatRef
    sender: Person
    is_blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWrote:
    """Somebody wrote in the staff chat or in a ticket's thread; whether they are staff is the desk's decision.

    `unreadable` and `album` as in `MessageReceived`.
    """

    key: str
    at: int
    chat: ChatRef
    agent: Agent
    message: MessageRef
    text: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: MessageRef | None = None
    unreadable: str = ""
    album: str = ""
    interaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEdited:
    """Somebody changed a message in the staff chat; `text` is all of its new words."""

    key: str
    at: int
    chat: ChatRef
    agent: Agent
    message: MessageRef
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDeleted:
    """A message in the staff chat is gone; the platform let its author or a moderator do that."""

    key: str
    at: int
    chat: ChatRef
    message: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPicked:
    """Somebody pressed a button in the staff chat; rights are checked now, whatever the button promised."""

    key: str
    at: int
    chat: ChatRef
    agent: Agent
    data: str
    interaction: str = ""


RequesterEvent = MessageReceived | ChoicePicked
StaffEvent = StaffWrote | StaffPicked
RequesterRevision = MessageEdited | MessageDeleted
StaffRevision = StaffEdited | StaffDeleted
Revision = RequesterRevision | StaffRevision
PlatformEvent = RequesterEvent | StaffEvent | Revision | BotBlocked | TokenShared
