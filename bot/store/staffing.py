"""Who is at the desk and what waits there, as rows and back."""

from bot.changes import author_key
from bot.model import Agent, PlatformName, Standing, TicketPriority
from bot.staffing import Duty, Shift, Waiting
from bot.store.engine import Row
from bot.store.statements import Parameters


def agent_id(agent: Agent) -> str:
    """The account of an agent in one word."""
    return author_key(agent)


def agent_columns(agent: Agent) -> Parameters:
    """An agent as the columns of `agents`."""
    kept = ("platform", "user_id", "name", "standing")
    return {name: getattr(agent, name) for name in kept}


def shift_columns(shift: Shift) -> Parameters:
    """All of a row of `agents`."""
    kept = ("duty", "capacity", "since")
    said = {name: getattr(shift, name) for name in kept}
    return {
        **agent_columns(shift.agent),
        **said,
        "languages": " ".join(shift.languages),
        "teams": " ".join(shift.teams),
        "at": shift.seen_at,
    }


def waiting_of(row: Row) -> Waiting:
    """A row of the queue."""
    kept = ("id", "number", "requester_id", "team", "language", "since")
    return Waiting(**{name: row[name] for name in kept}, rank=TicketPriority(row["priority"]).rank)


def shift_of(row: Row) -> Shift:
    """A row of `agents`, with the count of what they are busy with."""
    platform, standing = PlatformName(row["platform"]), Standing(row["standing"])
    return Shift(
        agent=Agent(platform, row["user_id"], row["name"], standing),
        duty=Duty(row["duty"]) if row["duty"] else None,
        languages=tuple(row["languages"].split()),
        teams=tuple(row["teams"].split()),
        **{name: row[name] for name in ("capacity", "since", "seen_at", "busy")},
    )
