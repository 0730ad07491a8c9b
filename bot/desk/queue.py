"""The work queue: which ticket is the most urgent one for an agent, who has room for it, and whom news may wake.

Only puts in order and chooses; that two agents never get the same ticket is seen to under the lock of its requester.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from bot.actions import SetTimer, Wake
from bot.model import Agent, ChatRef, Standing, Ticket, TicketStatus
from bot.staffing import Duty, Shift, Waiting
from bot.timing import HOUR, REST

MOST_WOKEN = 5
"""For a new ticket; with more, everybody would wait for somebody else."""
FORGOTTEN_AFTER = 12 * HOUR
"""Whoever has said or pressed nothing for so long has gone home without a word."""
ON_US = frozenset({TicketStatus.NEW, TicketStatus.OPEN})
ON_OTHERS = frozenset({TicketStatus.PENDING, TicketStatus.ON_HOLD})


def urgency(waiting: Waiting) -> tuple[int, int, int]:
    """The one order of the queue: by rank, then whoever waits longest, then whoever came first."""
    return (waiting.rank, waiting.since, waiting.id)


def in_order(shift: Shift, waiting: Iterable[Waiting]) -> list[Waiting]:
    """What the agent may be given, the most urgent first."""
    return sorted((one for one in waiting if suits(shift, one.team, one.language)), key=urgency)


def suits(shift: Shift, team: str, language: str) -> bool:
    """Whether the agent takes tickets of the team and in the language."""
    is_theirs = not shift.teams or team in shift.teams
    return is_theirs and (not shift.languages or language in shift.languages)


def is_free(ticket: Ticket, shift: Shift, chat: ChatRef) -> bool:
    """Whether the ticket, looked at under its lock, may be given to the agent who asks in this staff chat."""
    is_nobodys = ticket.assignee is None and ticket.status in ON_US
    return is_nobodys and ticket.desk_chat.is_beside(chat) and suits(shift, ticket.team, ticket.language)


def room(shift: Shift, capacity: int) -> int:
    """How many more tickets the agent takes; `capacity` is that of those who have not said any."""
    return max((capacity if shift.capacity is None else shift.capacity) - shift.busy, 0)


def is_away(agent: Agent | None, shifts: Sequence[Shift], now: int) -> bool:
    """Whether the agent has gone off duty, or home without a word; who never speaks of duty is never away."""
    duties = [one for one in shifts if agent is not None and agent.is_same_person(one.agent)]
    return any(
        one.duty is Duty.OFF or (one.duty is Duty.ON and now - one.seen_at >= FORGOTTEN_AFTER) for one in duties
    )


def rest(before: Ticket | None, after: Ticket, now: int, hours: int) -> tuple[SetTimer, ...]:
    """When the thread of a ticket that has just stopped to wait on us is put away."""
    if after.status not in ON_OTHERS or (before is not None and before.status is after.status):
        return ()
    return (SetTimer(kind=REST, ticket_id=after.id, due_at=now + hours * HOUR),)


def woken(
    wake: Wake, ticket: Ticket, shifts: Sequence[Shift], capacity: int, now: int, on_call: Sequence[str] = ()
) -> tuple[Agent, ...] | None:
    """Whom news of the ticket may wake; None leaves it to the platform, where nobody is known to be meant."""
    match wake:
        case Wake.NOBODY:
            return ()
        case Wake.ASSIGNEE:
            away = [one for one in shifts if one.duty in (Duty.BREAK, Duty.OFF)]
            if ticket.assignee is None or any(ticket.assignee.is_same_person(one.agent) for one in away):
                return _team(ticket, shifts, capacity, now)
            return (ticket.assignee,)
        case Wake.TEAM:
            return _team(ticket, shifts, capacity, now)
        case Wake.LEADS:
            return _leads(shifts) or None
        case Wake.ON_CALL:
            return _called(ticket, shifts, on_call) or _leads(shifts) or None
        case Wake.ON_CALL_AND_LEADS:
            return tuple(dict.fromkeys((*_called(ticket, shifts, on_call), *_leads(shifts)))) or None
        case _:
            assert_never(wake)


def _leads(shifts: Sequence[Shift]) -> tuple[Agent, ...]:
    return tuple(one.agent for one in shifts if one.agent.standing is Standing.ADMINISTRATOR)


def _called(ticket: Ticket, shifts: Sequence[Shift], on_call: Sequence[str]) -> tuple[Agent, ...]:
    """Those on call, also somebody who never acted at the desk: then nobody knows them but by their number."""
    known = {one.agent.user_id: one.agent for one in shifts}
    platform = ticket.desk_chat.platform
    return tuple(known.get(id) or Agent(platform, id, id) for id in on_call)


def _team(ticket: Ticket, shifts: Sequence[Shift], capacity: int, now: int) -> tuple[Agent, ...] | None:
    """Those on duty who have room, the least busy first; where nobody ever says `/duty`, whoever listens."""
    if all(one.duty is None for one in shifts):
        return None
    ready = [
        one
        for one in shifts
        if one.duty is Duty.ON and now - one.seen_at < FORGOTTEN_AFTER
        if room(one, capacity) and suits(one, ticket.team, ticket.language)
    ]
    return tuple(one.agent for one in sorted(ready, key=lambda one: (one.busy, one.since))[:MOST_WOKEN])
