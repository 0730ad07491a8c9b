"""What the store can tell about one person, and about what has been kept long enough: a part of `ports.Store`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.changes import AddMessage
from bot.forgetting import DataRequest, RequestKind
from bot.internal_events import RequestDue
from bot.model import Conversation, MessageRef, Person, Ticket


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """`is_delivered` when an agent's words have been in the requester's chat."""

    message: AddMessage
    is_delivered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is kept of one person, oldest first. What they may see of it is for `reports` to say."""

    accounts: Sequence[Person]
    tickets: Sequence[Ticket]
    messages: Sequence[KeptMessage]


class Aging(StrEnum):
    """What is kept for a time that an operator sets."""

    TICKET = "tickets"
    MESSAGE = "messages outside tickets"
    DELIVERY = "deliveries outside tickets"
    UNANSWERED = "unanswered questions"
    ASIDE = "set-aside events"
    REQUESTER = "people without a ticket"
    SEEN = "event keys"
    AUDIT = "audit entries"


class Archive(Protocol):
    async def history_of(self, requester_id: int) -> History: ...
    async def conversations_of(self, requester_id: int) -> Sequence[Conversation]:
        """One for each chat of the requester that can be read, the latest first."""
        ...

    async def every_ticket_of(self, requester_id: int) -> Sequence[Ticket]: ...
    async def data_request(self, requester_id: int, kind: RequestKind) -> DataRequest | None:
        """The one that has not come to its end."""
        ...

    async def due_requests(self, now: int) -> Sequence[RequestDue]: ...
    async def copies_of(self, ticket: Ticket) -> Sequence[MessageRef]:
        """Every message in the staff chat that shows something of the ticket, whoever wrote it; not the card."""
        ...

    async def deliveries_about(self, requester_id: int) -> "Deliveries":
        """The rows of the outbox that say something to or about the requester."""
        ...

    async def deliveries_of_ticket(self, ticket_id: int) -> "Deliveries":
        """The same for one ticket."""
        ...

    async def removals(self, first_row: int, last_row: int) -> "Removals":
        """How far the platforms are with taking out what they show."""
        ...

    async def aged(self, what: Aging, before: int, limit: int) -> Sequence[int | str]:
        """The ids, or keys, of what was made or finished before a moment; nothing of a ticket on legal hold."""
        ...


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The ids of rows that have come to their end, and of those that are still to leave or just leaving; a deletion
    that waits is neither, since it takes something out."""

    ended: Sequence[int]
    waiting: Sequence[int]


@dataclass(frozen=True, slots=True)
class Removals:
    """How many are done, how many under way, and how many things the platforms would not take out."""

    done: int
    waiting: int
    kept: int
