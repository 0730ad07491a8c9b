"""The part of a unit of work that is about what people ask for, what is taken out for them, and what has been kept
long enough.

As in `changes`, each class is one statement of the store, or a few, named alike. The first two are what `dialogue`
decides.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import ChatRef, Ticket


class RequestKind(StrEnum):
    """What requesters can ask for about what is kept of them."""

    EXPORT = "export"
    ERASE = "erase"


class RequestState(StrEnum):
    """WAITING can be cancelled; REMOVING waits for the platforms; the others are the end of it."""

    WAITING = "waiting"
    REMOVING = "removing"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """A requester's wish that is carried out at `due_at`; its outcome is told in `chat`, in `language`. The rows of
    the outbox from `first_row` to `last_row` take out what platforms show."""

    id: int
    requester_id: int
    kind: RequestKind
    chat: ChatRef
    language: str
    created_at: int
    due_at: int
    state: RequestState = RequestState.WAITING
    first_row: int = 0
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class StartRequest:
    """An action: keep what the requester asked for until it is due; its id is given when it is kept."""

    request: DataRequest


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """An action: the requester wants it no more."""

    kind: RequestKind


@dataclass(frozen=True, slots=True)
class AddDataRequest:
    """Keep what a requester asked for until it is due; one of a kind at a time, or the whole unit is refused."""

    request: DataRequest


@dataclass(frozen=True, slots=True)
class CancelDataRequest:
    """The requester wants it no more; nothing happens if it has been carried out."""

    requester_id: int
    kind: RequestKind
    at: int


@dataclass(frozen=True, slots=True)
class AwaitRemoval:
    """The rows that take out what platforms show are in the outbox."""

    id: int
    first_row: int
    last_row: int


@dataclass(frozen=True, slots=True)
class SettleDataRequest:
    """It has come to its end: what is kept of it says that it was asked for, and names no chat."""

    id: int
    state: RequestState
    at: int


@dataclass(frozen=True, slots=True)
class AddRequesterTimer:
    """Note a moment that is about a requester; an earlier timer of that kind and requester is replaced."""

    id: int
    kind: RequestKind
    requester_id: int
    due_at: int


@dataclass(frozen=True, slots=True)
class EraseTicket:
    """The ticket as it is from now on, with nothing of its requester; all that was written about it goes."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class EraseRequester:
    """Take out a person: their texts outside tickets, conversations and accounts."""

    requester_id: int


@dataclass(frozen=True, slots=True)
class EraseChat:
    """Take out what a requester's chat shows where we keep that ourselves, and what the platform calls it."""

    chat: ChatRef


@dataclass(frozen=True, slots=True)
class DropDelivery:
    """The row says something that is kept no longer; nothing happens while it is on its way."""

    id: int


@dataclass(frozen=True, slots=True)
class DropMessage:
    id: int


@dataclass(frozen=True, slots=True)
class DropUnanswered:
    id: int


@dataclass(frozen=True, slots=True)
class DropSeen:
    """An event's key is old enough that its platform will not repeat it."""

    key: str


@dataclass(frozen=True, slots=True)
class DropAudit:
    id: int


ForgettingChange = (
    AddDataRequest | CancelDataRequest | AwaitRemoval | SettleDataRequest | AddRequesterTimer | EraseTicket
    | EraseRequester | EraseChat | DropDelivery | DropMessage | DropUnanswered | DropSeen | DropAudit
)  # fmt: skip
