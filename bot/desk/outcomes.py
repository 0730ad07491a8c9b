"""What our own events lead to at the desk: a ticket was opened, a reply arrived or did not, the desk was away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from bot.actions import (
    CALM_SECONDS,
    IDENTITY_ENDS,
    LAPSE,
    SHOW_STATUS,
    SHOW_TURN,
    Audience,
    ChangeTicket,
    DeskAction,
    Notify,
    Option,
    PostCard,
    React,
    SetTimer,
    ShowStatus,
    TellAgent,
    Text,
    UpdateCard,
    Wake,
    literal,
)
from bot.changes import AddMessage
from bot.desk import paging, queue
from bot.desk.commands import Verb
from bot.desk.leaving import handed_back
from bot.desk.parts import Actions
from bot.desk.tickets import Move, moved
from bot.internal_events import (
    AccountLookedUp,
    AgentLeft,
    DeskReached,
    DeskUnreachable,
    FilesHeld,
    HeldFile,
    InternalEvent,
    PageFailed,
    ReplyDelivered,
    ReplyFailed,
    ThreadsRunShort,
    TicketOpened,
    TimerFired,
)
from bot.lookups import asking
from bot.model import Ticket
from bot.outgoing import DeliveryKind
from bot.timing import MINUTE, REST, SECOND

DELIVERED, NOT_DELIVERED = "✅", "❌"
MEGABYTE = 1024 * 1024


def internal(
    event: InternalEvent, ticket: Ticket, now: int, said: Sequence[AddMessage] = (), timezone: str = "UTC"
) -> Actions:
    """What staff, or the requester in their name, are told and what changes of the ticket; `said` are the latest
    words of a ticket that its agent leaves."""
    match event:
        case TicketOpened():
            return (PostCard(ticket_id=ticket.id), *_identity_ends(ticket), *asking(ticket))
        case ReplyDelivered():
            return _delivered(event, ticket)
        case ReplyFailed():
            return _failed(event, ticket)
        case FilesHeld():
            return _held(event, ticket)
        case DeskUnreachable():
            told = Text("ticket.saved", {"number": ticket.number})
            return (Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),)
        case DeskReached(waited_since=since):
            minutes = max((now - since) // MINUTE, 1)
            return (TellAgent(text=Text("desk.reached", {"count": minutes}), ticket_id=ticket.id),)
        case ThreadsRunShort(active=active, most=most):
            told = Text("desk.threads_run_short", {"count": active, "most": most})
            return (TellAgent(text=told, ticket_id=ticket.id, wakes=Wake.LEADS),)
        case AgentLeft():
            return handed_back(event, ticket, said, now, timezone)
        case AccountLookedUp() if ticket.erased_at is not None:
            return ()
        case AccountLookedUp(facts=facts):
            return (ChangeTicket(ticket=replace(ticket, facts=facts)), UpdateCard(ticket_id=ticket.id))
        case PageFailed():
            return paging.failed(ticket)
        case TimerFired():
            return _due(event, ticket, now)
        case _:
            assert_never(event)


def _due(event: TimerFired, ticket: Ticket, now: int) -> Actions:
    if event.kind == LAPSE:
        lapsed = moved(ticket, Move.LAPSE, now)
        shown = (UpdateCard(ticket_id=ticket.id), ShowStatus(ticket_id=ticket.id))
        return (ChangeTicket(ticket=lapsed), *shown) if lapsed else ()
    if ticket.status.is_done:
        return ()
    if event.kind == IDENTITY_ENDS:
        return (ChangeTicket(ticket=replace(ticket, account=None)), UpdateCard(ticket_id=ticket.id))
    if event.kind == SHOW_TURN:
        calm_at = now + CALM_SECONDS * SECOND
        return (UpdateCard(ticket_id=ticket.id), SetTimer(kind=SHOW_STATUS, ticket_id=ticket.id, due_at=calm_at))
    if event.kind == REST:
        return (ShowStatus(ticket_id=ticket.id, rests=True),) if ticket.status in queue.ON_OTHERS else ()
    return (ShowStatus(ticket_id=ticket.id),) if event.kind == SHOW_STATUS else ()


def _identity_ends(ticket: Ticket) -> Actions:
    if ticket.account is None:
        return ()
    return (SetTimer(kind=IDENTITY_ENDS, ticket_id=ticket.id, due_at=ticket.account.verified_until),)


def _delivered(event: ReplyDelivered, ticket: Ticket) -> Actions:
    if event.kind is DeliveryKind.DELETE:
        return (TellAgent(text=Text("desk.taken_back"), ticket_id=ticket.id),)
    shown = React(ticket_id=ticket.id, target=event.origin, reaction=DELIVERED)
    return (shown, *_noted(ticket, "")) if event.kind is DeliveryKind.SEND else (shown,)


def _failed(event: ReplyFailed, ticket: Ticket) -> Actions:
    """Said in words, always; what did not arrive is on the card too, and can be tried again."""
    lacking = Text("delivery.lacking", {"permissions": literal(event.lacking)})
    reason = {"reason": lacking if event.lacking else Text(f"delivery.{event.reason}")}
    match event.kind:
        case DeliveryKind.DELETE:
            return (TellAgent(text=Text("desk.not_taken_back", reason), ticket_id=ticket.id),)
        case DeliveryKind.EDIT:
            return (TellAgent(text=Text("desk.not_changed", reason), ticket_id=ticket.id),)
        case _:
            again = (Option(Verb.AGAIN, Text("button.again")),) if event.message_id else ()
            told = Text("desk.not_delivered", reason)
            return (
                React(ticket_id=ticket.id, target=event.origin, reaction=NOT_DELIVERED),
                TellAgent(text=told, ticket_id=ticket.id, options=again, message_id=event.message_id),
                *_noted(ticket, event.reason),
            )


def _held(event: FilesHeld, ticket: Ticket) -> Actions:
    """Both sides hear of every file: the desk what it was, its sender what would be taken instead."""
    told: list[DeskAction] = []
    for file in event.files:
        name = literal(file.name)
        why = _why(file)
        kind = literal(file.content_type) if file.content_type else Text("held.kind_unknown")
        size = Text("held.size_unknown") if not file.size else literal(_size(file.size))
        sentence = Text("desk.held", {"name": name, "kind": kind, "size": size, "why": why})
        told.append(TellAgent(text=sentence, ticket_id=ticket.id))
        if not event.is_reply:
            asked = Text("file.held", {"name": name, "why": why})
            told.append(Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=asked))
    return tuple(told)


def _why(file: HeldFile) -> Text:
    if file.why == "too_large" and not file.limit_mb:
        return Text("held.too_large_here")
    return Text(f"held.{file.why}", {"limit": file.limit_mb})


def _size(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(size // 1024, 1)} KB"


def _noted(ticket: Ticket, reason: str) -> Actions:
    if ticket.undelivered == reason:
        return ()
    return (ChangeTicket(ticket=replace(ticket, undelivered=reason)), UpdateCard(ticket_id=ticket.id))
