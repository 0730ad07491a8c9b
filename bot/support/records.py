"""What is written down beside what is said: feedback, unanswered questions, timers, who did what, agents' words."""

from dataclasses import replace
from typing import assert_never

from bot.actions import (
    Audit,
    KeepDraft,
    KeepNote,
    RecordFeedback,
    RecordUnanswered,
    SendReply,
    SetTimer,
)
from bot.changes import AddAudit, AddFeedback, AddMessage, AddTimer, AddUnanswered, Change, MessageKind, author_key
from bot.forgetting import AddDataRequest, CancelDataRequest, CancelRequest, StartRequest
from bot.model import Ticket

Record = RecordFeedback | RecordUnanswered | SetTimer | Audit | StartRequest | CancelRequest


def record(action: Record, id: int, now: int, *, requester_id: int, language: str) -> Change:
    """The one change that the action is."""
    match action:
        case RecordFeedback(entry=entry, helped=helped):
            return AddFeedback(id, entry, language, int(helped), now)
        case RecordUnanswered(text=text, language=spoken):
            return AddUnanswered(id, requester_id, text, spoken, now)
        case SetTimer(kind=kind, ticket_id=ticket_id, due_at=due_at):
            return AddTimer(id, kind, ticket_id, due_at)
        case Audit(ticket_id=ticket_id, agent=agent, act=act):
            return AddAudit(id, ticket_id, agent, act, now)
        case StartRequest(request=request):
            return AddDataRequest(replace(request, id=id))
        case CancelRequest(kind=kind):
            return CancelDataRequest(requester_id, kind, now)
        case _:
            assert_never(action)


def words(
    kind: MessageKind, action: SendReply | KeepNote | KeepDraft, ticket: Ticket, id: int, now: int
) -> AddMessage:
    """What an agent wrote about the ticket."""
    return AddMessage(
        id=id,
        requester_id=ticket.requester_id,
        ticket_id=ticket.id,
        kind=kind,
        author=author_key(action.agent),
        text=action.text,
        attachments=action.attachments,
        source=action.origin,
        at=now,
    )
