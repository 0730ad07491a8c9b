"""Tickets to columns, and rows of `tickets` to values; `rows` does the same for everything else."""

from bot.accounts import Account, Facts
from bot.model import Agent, ChatRef, Person, PlatformName, Ticket, TicketPriority, TicketStatus
from bot.paging import NOBODY_CALLED, Paging
from bot.store.codec import decode, encode
from bot.store.engine import Row
from bot.store.staffing import agent_id
from bot.store.statements import Parameters
from bot.timing import NO_TIME, Timing

Answers = dict[str, str]


def changing(ticket: Ticket) -> Parameters:
    """What of a ticket changes once it is open."""
    return {
        "status": ticket.status,
        "team": ticket.team,
        "card_id": ticket.card_id,
        "language": ticket.language,
        "answers": encode(Answers, dict(ticket.answers)),
        **assignee_of(ticket),
        "first_response_at": ticket.first_response_at,
        "solved_at": ticket.solved_at,
        "rating": ticket.rating,
        "undelivered": ticket.undelivered,
        "waiting_since": ticket.waiting_since,
        "timing": encode(Timing, ticket.timing),
        "waited": ticket.waited,
        "priority": ticket.priority,
        **_known(ticket),
        "legal_hold": int(ticket.legal_hold),
        "paging": encode(Paging, ticket.paging) if ticket.paging != NOBODY_CALLED else "",
    }


def _known(ticket: Ticket) -> Parameters:
    account = encode(Account, ticket.account) if ticket.account else ""
    return {"account": account, "facts": encode(Facts, ticket.facts) if ticket.facts else ""}


def assignee_of(ticket: Ticket) -> Parameters:
    """Who has the ticket, as a value and by the name under which work is counted."""
    agent = ticket.assignee
    return {"assignee": agent and encode(Agent, agent), "assignee_id": agent and agent_id(agent)}


def new_ticket(ticket: Ticket) -> Parameters:
    """All of a ticket but its number, which the store gives."""
    kept = (
        "id",
        "desk",
        "requester_id",
        "conversation_id",
        "topic",
        "team",
        "subject",
        "language",
        "card_id",
        "follows",
    )
    return {
        **{name: getattr(ticket, name) for name in (*kept, "created_at", "status", "waiting_since", "priority")},
        "answers": encode(Answers, dict(ticket.answers)),
        **_known(ticket),
        "timing": encode(Timing, ticket.timing),
        "requester": encode(Person, ticket.requester),
        "requester_platform": ticket.requester_chat.platform,
        "requester_chat_id": ticket.requester_chat.chat_id,
        "desk_platform": ticket.desk_chat.platform,
        "desk_chat_id": ticket.desk_chat.chat_id,
        "desk_thread_id": ticket.desk_chat.thread_id,
    }


def ticket_of(row: Row) -> Ticket:
    """A row of `tickets` as a value."""
    kept = ("id", "number", "desk", "requester_id", "conversation_id", "topic", "team", "subject", "language")
    times = (
        "card_id",
        "created_at",
        "first_response_at",
        "solved_at",
        "rating",
        "undelivered",
        "waiting_since",
        "waited",
        "follows",
    )
    held = {"legal_hold": bool(row["legal_hold"]), "erased_at": row["erased_at"]}
    return Ticket(
        **{name: row[name] for name in (*kept, *times)},
        **held,
        status=TicketStatus(row["status"]),
        priority=TicketPriority(row["priority"]),
        requester=decode(Person, row["requester"]),
        requester_chat=ChatRef(PlatformName(row["requester_platform"]), row["requester_chat_id"]),
        desk_chat=desk_chat_of(row),
        answers=decode(Answers, row["answers"]),
        assignee=decode(Agent, row["assignee"]) if row["assignee"] else None,
        paging=decode(Paging, row["paging"]) if row["paging"] else NOBODY_CALLED,
        timing=decode(Timing, row["timing"]) if row["timing"] else NO_TIME,
        account=decode(Account, row["account"]) if row["account"] else None,
        facts=decode(Facts, row["facts"]) if row["facts"] else None,
    )


def desk_chat_of(row: Row) -> ChatRef:
    """Where the ticket of a row is discussed."""
    return ChatRef(PlatformName(row["desk_platform"]), row["desk_chat_id"], row["desk_thread_id"])
