"""The life of a ticket: every move there is, in one table. Whatever is not in it is refused."""

from dataclasses import replace
from enum import StrEnum

from bot.model import Agent, Ticket, TicketStatus

NEW, OPEN, PENDING = TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING
ON_HOLD, SOLVED, CLOSED = TicketStatus.ON_HOLD, TicketStatus.SOLVED, TicketStatus.CLOSED


class Move(StrEnum):
    """What can be done to a ticket."""

    TAKE = "take"
    REPLY = "reply"
    CLOSE = "close"
    REOPEN = "reopen"
    LAPSE = "lapse"


MOVES: dict[tuple[TicketStatus, Move], TicketStatus] = {
    (NEW, Move.TAKE): OPEN,
    (OPEN, Move.TAKE): OPEN,
    (PENDING, Move.TAKE): PENDING,
    (ON_HOLD, Move.TAKE): ON_HOLD,
    (OPEN, Move.REPLY): PENDING,
    (PENDING, Move.REPLY): PENDING,
    (ON_HOLD, Move.REPLY): PENDING,
    (NEW, Move.CLOSE): SOLVED,
    (OPEN, Move.CLOSE): SOLVED,
    (PENDING, Move.CLOSE): SOLVED,
    (ON_HOLD, Move.CLOSE): SOLVED,
    (SOLVED, Move.REOPEN): OPEN,
    (CLOSED, Move.REOPEN): OPEN,
    (SOLVED, Move.LAPSE): CLOSED,
}


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
        case Move.REPLY if ticket.first_response_at is None:
            return replace(ticket, status=status, first_response_at=at)
        case _:
            return replace(ticket, status=status)


def taken(ticket: Ticket, agent: Agent, at: int) -> Ticket | None:
    """The ticket in the agent's hands."""
    after = moved(ticket, Move.TAKE, at)
    return after and replace(after, assignee=agent)
