"""What is written down beside what is said: feedback, questions without an answer, timers, who did what."""

from typing import assert_never

from bot.actions import Audit, RecordFeedback, RecordUnanswered, SetTimer
from bot.changes import AddAudit, AddFeedback, AddTimer, AddUnanswered, Change

Record = RecordFeedback | RecordUnanswered | SetTimer | Audit


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
        case _:
            assert_never(action)
