"""What happened, in the past tense: the only thing the core ever reacts to.

Platform events carry `key`, made of platform ids alone: the store refuses the second event of the same key.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.accounts import Facts
from bot.model import Agent, Attachment, ChatRef, MessageRef, Person, RequestKind
from bot.outgoing import DeliveryKind

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    """A ticket got its number; written in the transaction that made it, handled next under the same lock."""

    id: int
    at: int
    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskUnreachable:
    """What a requester wrote has been waiting for a minute because the staff chat could not be reached."""

    id: int
    at: int
    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReached:
    """What had to wait for the staff chat has arrived there."""

    id: int
    at: int
    ticket_id: int
    waited_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDelivered:
    """The platform did what an agent's message asked: `kind` says whether a reply was sent, edited or deleted."""

    id: int
    at: int
    ticket_id: int
    origin: MessageRef
    kind: DeliveryKind = DeliveryKind.SEND


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFailed:
    """The platform will not do it; `reason` is the key of a phrase, `message_id` our id of the reply, `lacking` which
    permissions the bot would need and where, in the platform's words."""

    id: int
    at: int
    ticket_id: int
    origin: MessageRef
    reason: str
    kind: DeliveryKind = DeliveryKind.SEND
    message_id: int = 0
    lacking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that was not passed on: `why` is the key of a phrase, `content_type` what it seems to be or the name of
    the malware in it, `limit_mb` what would have been taken; `key` tells the files of one message apart."""

    key: str
    name: str
    size: int
    why: str
    content_type: str = ""
    limit_mb: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesHeld:
    """Files of a message did not go on: the requester's, or (`is_reply`) an agent's."""

    id: int
    at: int
    ticket_id: int
    files: tuple[HeldFile, ...]
    is_reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadsRunShort:
    """With the ticket's thread the platform has nearly as many active ones as it lets there be."""

    id: int
    at: int
    ticket_id: int
    active: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeft:
    """Whoever had the ticket went off duty while it waited on us."""

    id: int
    at: int
    ticket_id: int
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLookedUp:
    """The exchange has answered what it was asked about a ticket's account, or it will not."""

    id: int
    at: int
    ticket_id: int
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """A moment noted earlier has come; `kind` says which."""

    id: int
    at: int
    kind: str
    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDue:
    """What a requester asked for about what is kept of them is to be carried out, or looked at again."""

    id: int
    at: int
    kind: RequestKind
    requester_id: int


RequesterEvent = MessageReceived | ChoicePicked
StaffEvent = StaffWrote | StaffPicked
RequesterRevision = MessageEdited | MessageDeleted
StaffRevision = StaffEdited | StaffDeleted
Revision = RequesterRevision | StaffRevision
InternalEvent = (
    TicketOpened | ReplyDelivered | ReplyFailed | FilesHeld | DeskUnreachable | DeskReached | AgentLeft
    | ThreadsRunShort | AccountLookedUp | TimerFired
)  # fmt: skip
PlatformEvent = RequesterEvent | StaffEvent | Revision | BotBlocked | TokenShared
DueEvent = InternalEvent | RequestDue
Event = PlatformEvent | DueEvent
