"""What a paging service is told: how urgent it is and where to look, and nothing that a person wrote."""

import json

from bot.model import Ticket
from bot.timing import SECOND


def calling(ticket: Ticket, count: int, now: int) -> str:
    """A call as JSON; docs/operating.md describes its fields."""
    said = {
        "kind": "page",
        "ticket": ticket.number,
        "topic": ticket.topic,
        "team": ticket.team,
        "priority": ticket.priority,
        "language": ticket.language,
        "opened_at": ticket.created_at // SECOND,
        "call": count,
        "called_at": now // SECOND,
    }
    return json.dumps(said)
