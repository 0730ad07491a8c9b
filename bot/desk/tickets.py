"""The life of a ticket: every move there is, in one table. Whatever is not in it is refused."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from bot.model import Agent, Ticket, TicketStatus

NEW, OPEN, PENDING = TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING
ON_HOLD, SOLVED, CLOSED = TicketStatus.ON_HOLD, TicketStatus.SOLVED, TicketStatus.CLOSED


class Move(StrEnum):
    """What can be done to a ticket, by staff, by its requester or by time."""

    TAKE = "take"
    RELEASE = "release"
    REPLY = "reply"
    HEAR = "hear"
    WAIT = "wait"
    HOLD = "hold"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    LAPSE = "lapse"


MOVES: Mapping[tuple[TicketStatus, Move], TicketStatus] = {
    (NEW, Move.TAKE): OPEN,
    (NEW, Move.HEAR): NEW,
    (NEW, Move.WAIT): PENDING,
    (NEW, Move.HOLD): ON_HOLD,
    (NEW, Move.CLOSE): SOLVED,
    (OPEN, Move.TAKE): OPEN,
    (OPEN, Move.RELEASE): OPEN,
    (OPEN, Move.REPLY): PENDING,
    (OPEN, Move.HEAR): OPEN,
    (OPEN, Move.WAIT): PENDING,
    (OPEN, Move.HOLD): ON_HOLD,
    (OPEN, Move.CLOSE): SOLVED,
    (PENDING, Move.TAKE): PENDING,
    (PENDING, Move.RELEASE): PENDING,
    (PENDING, Move.REPLY): PENDING,
    (PENDING, Move.HEAR): OPEN,
    (PENDING, Move.HOLD): ON_HOLD,
    (PENDING, Move.RESUME): OPEN,
    (PENDING, Move.CLOSE): SOLVED,
    (ON_HOLD, Move.TAKE): ON_HOLD,
    (ON_HOLD, Move.RELEASE): ON_HOLD,
    (ON_HOLD, Move.REPLY): PENDING,
    (ON_HOLD, Move.HEAR): ON_HOLD,
    (ON_HOLD, Move.WAIT): PENDING,
    (ON_HOLD, Move.RESUME): OPEN,
    (ON_HOLD, Move.CLOSE): SOLVED,
    (SOLVED, Move.REOPEN): OPEN,
    (SOLVED, Move.LAPSE): CLOSED,
    (CLOSED, Move.REOPEN): OPEN,
}
"""`docs/tickets.md` shows this table."""


def moved(ticket: Ticket, move: Move, at: int) -> Ticket | None:
    """The ticket after the move; None when it cannot be made from where the ticket is."""
    status = MOVES.get((ticket.status, move))
    if status is None:
        return None
    match move:
        case Move.CLOSE:
            return replace(ticket, status=status, solved_at=at)
        case Move.REOPEN:
            return replace(ticket, status=status, solved_at=None)
        case Move.RELEASE:
            return replace(ticket, status=status, assignee=None)
        case Move.REPLY if ticket.first_response_at is None:
            return replace(ticket, status=status, first_response_at=at)
        case _:
            return replace(ticket, status=status)


def taken(ticket: Ticket, agent: Agent, at: int) -> Ticket | None:
    """The ticket in the agent's hands."""
    after = moved(ticket, Move.TAKE, at)
    return after and replace(after, assignee=agent)


def is_allowed(before: Ticket, after: Ticket) -> bool:
    """Whether some move leads from one to the other; a ticket that stays where it is may always be kept."""
    if before.status is after.status:
        return True
    return any(start is before.status and end is after.status for (start, _), end in MOVES.items())
