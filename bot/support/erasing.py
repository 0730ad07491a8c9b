"""What erasing is made of: everything that is kept of a person, or of a ticket, and everything the desk shows of it.

Numbers, times, topics and ratings of tickets stay, and so do the acts of staff: none of them is about a person then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.changes import Change, Changes
from bot.forgetting import CancelDataRequest, DropDelivery, EraseChat, EraseRequester, EraseTicket, RequestKind
from bot.model import ChatRef, MessageRef, Person, Ticket, TicketStatus
from bot.outbox import QueueDelivery
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.ports import Clock, Store
from bot.support.brain import Brain
from bot.support.contents import Contents
from bot.support.posting import Shown


@dataclass(frozen=True, slots=True)
class Erased:
    """The changes, and the first and the last of the rows in them that take out what platforms show."""

    changes: Changes
    first_row: int
    last_row: int


def without_person(ticket: Ticket, at: int) -> Ticket:
    """The ticket with nothing of its requester; it is closed, and stays so."""
    platform = ticket.requester_chat.platform
    return replace(
        ticket, status=TicketStatus.CLOSED, requester=Person(platform, "", ""), undelivered="",
        requester_chat=ChatRef(platform, ""), answers={}, account=None, waiting_since=None, erased_at=at,
    )  # fmt: skip


async def erase_requester(
    requester_id: int, tickets: Sequence[Ticket], store: Store, brain: Brain, clock: Clock
) -> Erased:
    """Everything of a person. What is loaded is loaded first: the rows made then follow each other without a gap."""
    conversations = await store.conversations_of(requester_id)
    rows = await store.deliveries_about(requester_id)
    dropped = [DropDelivery(id) for id in (*rows.ended, *rows.waiting)]
    here = [ticket for ticket in tickets if ticket.erased_at is None]
    copies = {ticket.id: await store.copies_of(ticket) for ticket in here}
    now, first = clock.now(), clock.new_id()
    removing: list[Change] = []
    for ticket in here:
        removing += _removing(without_person(ticket, now), copies[ticket.id], brain, clock, now)
    erased = [EraseTicket(without_person(ticket, now)) for ticket in here]
    chats = [EraseChat(one.chat) for one in conversations]
    unwanted = CancelDataRequest(requester_id, RequestKind.EXPORT, now)
    changes = (*dropped, *chats, *erased, unwanted, EraseRequester(requester_id), *removing)
    return Erased(changes, first, clock.new_id())


async def erase_ticket(ticket: Ticket, store: Store, clock: Clock) -> Changes:
    """A ticket that has been kept long enough; what the desk shows of it is the platform's to keep."""
    rows = await store.deliveries_of_ticket(ticket.id)
    dropped = [DropDelivery(id) for id in (*rows.ended, *rows.waiting)]
    return (*dropped, EraseTicket(without_person(ticket, clock.now())))


def _removing(ticket: Ticket, copies: Sequence[MessageRef], brain: Brain, clock: Clock, now: int) -> list[Change]:
    """Rows that take out what the staff chat shows, and leave its thread with a card that names nobody."""
    if brain.rules.desks.main is None:
        return []
    contents = Contents(brain)
    shown = contents.shown(ticket)
    rows = [_row(ticket, DeliveryKind.DELETE, clock, now, target=copy) for copy in copies]
    card = _row(ticket, DeliveryKind.EDIT, clock, now, shown=shown)
    rows.append(replace(card, message_id=ticket.card_id, content=contents.card(ticket)))
    if ticket.desk_chat.thread_id:
        rows.append(_row(ticket, DeliveryKind.SHOW_STATUS, clock, now, shown=shown))
    return [QueueDelivery(row) for row in rows]


def _row(
    ticket: Ticket, kind: DeliveryKind, clock: Clock, now: int, *, target: MessageRef | None = None,
    shown: Shown | None = None,
) -> Outgoing:  # fmt: skip
    id = clock.new_id()
    return Outgoing(
        id=id, kind=kind, chat=ChatRef(ticket.desk_chat.platform, ticket.desk_chat.chat_id), due_at=now,
        priority=Priority.NOTICE, message_id=id, target=target, ticket_id=ticket.id, in_thread=True,
        status=ticket.status, title=shown.title if shown else "", labels=shown.labels if shown else (),
    )  # fmt: skip
