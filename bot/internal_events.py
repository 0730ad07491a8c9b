"""What happened to the bot itself, told by its own parts: each is kept until it has been handled.

An internal event is written in the transaction that caused it and leaves the store in the one that handles it.
"""

from dataclasses import dataclass

from bot.accounts import Facts
from bot.forgetting import RequestKind
from bot.model import Agent, MessageRef
from bot.outgoing import DeliveryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    """A ticket got its number; written in the transaction that made it, handled next under the same lock."""

    id: int
    at: int
    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailed:
    """The operator's paging service did not take a call."""

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


InternalEvent = (
    TicketOpened | ReplyDelivered | ReplyFailed | FilesHeld | DeskUnreachable | DeskReached | AgentLeft
    | ThreadsRunShort | AccountLookedUp | TimerFired | PageFailed
)  # fmt: skip
DueEvent = InternalEvent | RequestDue
