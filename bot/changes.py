"""The unit of work: everything one event changed, as values, committed all or nothing.

Each class below is one statement of the store, named alike: `AddMessage` is `add_message` in `store/queries`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.events import InternalEvent
from bot.model import (
    Agent,
    Attachment,
    ChatRef,
    Conversation,
    MessageRef,
    Outgoing,
    Person,
    Ticket,
)


@dataclass(frozen=True, slots=True)
class SeeEvent:
    """Note an event's key; if it is there already, the whole unit is refused."""

    key: str
    at: int


@dataclass(frozen=True, slots=True)
class AddRequester:
    id: int
    person: Person
    at: int


@dataclass(frozen=True, slots=True)
class SaveConversation:
    conversation: Conversation
    at: int


class MessageKind(StrEnum):
    """REQUESTER and AGENT texts were or will be seen by both sides; NOTE and DRAFT never leave the desk."""

    REQUESTER = "requester"
    AGENT = "agent"
    NOTE = "note"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMessage:
    """Keep a (masked) text; `source` is where it was written. `original` and `withdrawn_at` are later changes."""

    id: int
    requester_id: int
    ticket_id: int | None
    kind: MessageKind
    author: str
    text: str
    attachments: tuple[Attachment, ...]
    source: MessageRef | None
    at: int
    original: str = ""
    withdrawn_at: int | None = None


@dataclass(frozen=True, slots=True)
class ReviseMessage:
    """Its writer changed it; what was written first is kept beside it."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class WithdrawMessage:
    """Its writer took it back; the text is kept for the transcript."""

    id: int
    at: int


@dataclass(frozen=True, slots=True)
class ReplaceMessage:
    """A kept text turned out to hold a part of a secret; what was written before it goes, too."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplaceUnanswered:
    requester_id: int
    text: str
    instead: str


@dataclass(frozen=True, slots=True)
class ReplacePayload:
    """The row keeps its place and state, whatever those are, and its words are others."""

    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class SettleDraft:
    """A draft has become a reply or a note; a draft is settled once."""

    id: int
    kind: MessageKind


@dataclass(frozen=True, slots=True)
class AddTicket:
    """Give the ticket the next number of the installation's one series; `ticket.number` is not looked at."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SaveTicket:
    ticket: Ticket


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
class AddInternalEvent:
    """Keep an event for ourselves until it has been handled."""

    event: InternalEvent


@dataclass(frozen=True, slots=True)
class DropInternalEvent:
    """An internal event has been handled; if it was handled before, the whole unit is refused."""

    id: int


@dataclass(frozen=True, slots=True)
class AddTimer:
    id: int
    kind: str
    ticket_id: int
    due_at: int


@dataclass(frozen=True, slots=True)
class DropTimer:
    """A timer has been handled; if it is gone or was set anew, the whole unit is refused."""

    id: int


@dataclass(frozen=True, slots=True)
class AddFeedback:
    id: int
    entry: str
    language: str
    helped: int
    at: int


@dataclass(frozen=True, slots=True)
class AddUnanswered:
    id: int
    requester_id: int
    text: str
    language: str
    at: int


@dataclass(frozen=True, slots=True)
class AddAudit:
    id: int
    ticket_id: int
    agent: Agent
    act: str
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
class LinkMessage:
    """What we call `message_id` is this message of the platform; one of ours may be several of theirs."""

    message_id: int
    message: MessageRef
    part: int
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class SetTicketThread:
    """The platform made the ticket's thread."""

    ticket_id: int
    chat: ChatRef


@dataclass(frozen=True, slots=True)
class SaveCursor:
    """Remember how far an adapter has read; `name` is its own."""

    name: str
    value: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Keep what could not be handled, so that it neither blocks the next nor is lost; our own have no platform."""

    id: int
    platform: str
    key: str
    error_id: str
    text: str
    at: int


Change = (
    SeeEvent | AddRequester | SaveConversation | AddMessage | SettleDraft | AddTicket | SaveTicket | QueueDelivery
    | AddInternalEvent | DropInternalEvent | AddTimer | DropTimer | AddFeedback | AddUnanswered | AddAudit
    | MarkSending | MarkSent | MarkFailed | RetryLater | LinkMessage | SetTicketThread | SaveCursor | SetAside
    | ReplaceMessage | ReplaceUnanswered | ReplacePayload | ReviseMessage | WithdrawMessage | QueueFollowUp
    | CancelDelivery | JoinDelivery | SendAgain
)  # fmt: skip
Changes = tuple[Change, ...]
