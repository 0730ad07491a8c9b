"""Stopping everything that agents send to requesters, and letting it go again; `commands` says who may."""

from bot.actions import Announce, Audit, DeskAction, Moment, TellHere, Text, literal
from bot.desk.commands import Verb
from bot.desk.work import NOBODYS_TICKET
from bot.model import Agent
from bot.outbox import FreezeReplies, UnfreezeReplies
from bot.outgoing import Freeze

Decided = tuple[tuple[FreezeReplies | UnfreezeReplies, ...], tuple[DeskAction, ...]]


def asked(verb: Verb, agent: Agent, freeze: Freeze | None, now: int, timezone: str) -> Decided:
    """What changes, and what is said of it: where it was asked, and in the staff chat itself."""
    if verb is Verb.FREEZE:
        return _frozen(agent, freeze, now, timezone)
    if freeze is None:
        return (), (TellHere(parts=(Text("freeze.none"),)),)
    over = Text("freeze.over", {"name": literal(agent.name), "by": literal(freeze.agent.name)})
    return (UnfreezeReplies(),), _told(agent, "unfreeze", over)


def _frozen(agent: Agent, freeze: Freeze | None, now: int, timezone: str) -> Decided:
    if freeze is not None:
        since = Moment(freeze.since, timezone)
        already = Text("freeze.already", {"by": literal(freeze.agent.name), "since": since})
        return (), (TellHere(parts=(already,)),)
    return (FreezeReplies(agent, now),), _told(agent, "freeze", Text("freeze.begun", {"name": literal(agent.name)}))


def _told(agent: Agent, act: str, text: Text) -> tuple[DeskAction, ...]:
    return (
        TellHere(parts=(text,)),
        Announce(text=text, everywhere=True),
        Audit(ticket_id=NOBODYS_TICKET, agent=agent, act=act),
    )
