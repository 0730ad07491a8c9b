"""The unit of work: everything one event changed, as values, committed all or nothing.

Each class below is one statement of the store, named alike: `AddMessage` is `add_message` in `store/queries`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.account_changes import AccountChange
from bot.events import PlatformEvent
from bot.forgetting import ForgettingChange
from bot.internal_events import InternalEvent
from bot.model import (
    Agent,
    Attachment,
    ChatRef,
    Conversation,
    MessageRef,
    Person,
    Ticket,
)
from bot.outbox import OutboxChange
from bot.staffing import Shift


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


def author_key(writer: Agent | Person) -> str:
    """How `AddMessage.author` names whoever wrote: by the account, since anybody can choose a name."""
    return f"{writer.platform}:{writer.user_id}"


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
class SettleDraft:
    """A draft has become a reply or a note, or a note a reply; what is not `was` any more is settled already."""

    id: int
    kind: MessageKind
    was: MessageKind


@dataclass(frozen=True, slots=True)
class AddTicket:
    """Give the ticket the next number of the installation's one series; `ticket.number` is not looked at."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SaveTicket:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class ClaimTicket:
    """Keep that the ticket has somebody now; if it had somebody already or is done, the whole unit is refused."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SeeAgent:
    """Somebody who may acted in that staff chat; whoever is new there has said nothing of their duty yet."""

    agent: Agent
    at: int
    desk: ChatRef


@dataclass(frozen=True, slots=True)
class SaveShift:
    """Keep an agent's duty, capacity and languages."""

    shift: Shift


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
class ClearTimer:
    """What a timer was for will not come; whether there was one does not matter."""

    kind: str
    ticket_id: int


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
class SaveCursor:
    """Remember how far an adapter has read; `name` is its own."""

    name: str
    value: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Keep what could not be handled, so that it neither blocks the next nor is lost; our own have no platform.

    `event` is masked; None where masking is what failed, or where an adapter could not even read it. `requester_id`
    is whose it was, where that is known.
    """

    id: int
    platform: str
    key: str
    error_id: str
    text: str
    at: int
    event: PlatformEvent | None = None
    requester_id: int | None = None


@dataclass(frozen=True, slots=True)
class WantAside:
    """What was set aside is to be done again."""

    id: int


@dataclass(frozen=True, slots=True)
class KeepAside:
    """It failed again, and waits for the next wish."""

    id: int
    error_id: str


@dataclass(frozen=True, slots=True)
class DropAside:
    """It has been done after all."""

    id: int


Change = (
    SeeEvent | AddRequester | AccountChange | SaveConversation | AddMessage | ReviseMessage
    | WithdrawMessage | ReplaceMessage | ReplaceUnanswered | SettleDraft | AddTicket | SaveTicket | ClaimTicket
    | SeeAgent | SaveShift | AddInternalEvent | DropInternalEvent | AddTimer | ClearTimer | DropTimer | AddFeedback
    | AddUnanswered | AddAudit | SaveCursor | SetAside | WantAside | KeepAside | DropAside | OutboxChange
    | ForgettingChange
)  # fmt: skip
Changes = tuple[Change, ...]
