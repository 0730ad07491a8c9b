"""The part of a unit of work that is about what leaves: outbox rows, and what the platforms call what has left.

As in `changes`, each class is one statement of the store, named alike.
"""

from dataclasses import dataclass

from bot.model import Agent, ChatRef, MessageRef
from bot.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class QueueDelivery:
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class QueueFollowUp:
    """Queue what only makes sense if row `of` may have left; or, with `has_left=False`, if it certainly has not."""

    outgoing: Outgoing
    of: int
    has_left: bool = True


@dataclass(frozen=True, slots=True)
class QueueLatest:
    """Queue what makes every row of its kind that still waits in its lane pointless: none of those is sent."""

    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class ReplacePayload:
    """The row keeps its place and state, whatever those are, and its words are others."""

    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class CancelDelivery:
    """The row is not wanted any more; nothing happens if it may have left already."""

    id: int


@dataclass(frozen=True, slots=True)
class JoinDelivery:
    """The row leaves as a part of another one; if it has left or been changed, the whole unit is refused."""

    id: int
    revision: int
    into: int
    at: int


@dataclass(frozen=True, slots=True)
class SendAgain:
    """A row that was given up is wanted after all; if it was not given up, the whole unit is refused."""

    id: int
    at: int


@dataclass(frozen=True, slots=True)
class MarkSending:
    """The row as it was read leaves now; if it was changed or cancelled meanwhile, the whole unit is refused."""

    id: int
    revision: int
    at: int


@dataclass(frozen=True, slots=True)
class MarkSent:
    id: int
    at: int


@dataclass(frozen=True, slots=True)
class MarkFailed:
    id: int
    error: str
    at: int


@dataclass(frozen=True, slots=True)
class RetryLater:
    id: int
    due_at: int
    error: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """The row did not leave after all, and was not tried."""

    id: int
    at: int


@dataclass(frozen=True, slots=True)
class FreezeReplies:
    """From now on no agent's words leave for a requester; nothing changes if that is so already."""

    agent: Agent
    at: int


@dataclass(frozen=True, slots=True)
class UnfreezeReplies:
    """They leave again, in their order."""


@dataclass(frozen=True, slots=True)
class PassFreeze:
    """Refuses the whole unit while agents' words are frozen, whoever froze them a moment ago."""


@dataclass(frozen=True, slots=True)
class LinkMessage:
    """What we call `message_id` is this message of the platform; one of ours may be several of theirs."""

    message_id: int
    message: MessageRef
    part: int
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class UnlinkMessage:
    """What the platform had of it is gone."""

    message_id: int


@dataclass(frozen=True, slots=True)
class SetTicketThread:
    """The platform made the ticket's thread."""

    ticket_id: int
    chat: ChatRef


@dataclass(frozen=True, slots=True)
class MoveChat:
    """The platform gave a staff chat another name of its own; the tickets go along, and it stays written down."""

    chat: ChatRef
    to: ChatRef
    at: int


OutboxChange = (
    QueueDelivery | QueueFollowUp | QueueLatest | ReplacePayload | CancelDelivery | JoinDelivery | SendAgain
    | MarkSending | MarkSent | MarkFailed | RetryLater | LinkMessage | UnlinkMessage | SetTicketThread
    | MoveChat | PutBack | FreezeReplies | UnfreezeReplies | PassFreeze
)  # fmt: skip
