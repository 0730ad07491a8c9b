"""Tickets that cannot wait: whoever is on call is called, and called again, until somebody says that they are on it.

Whoever takes the ticket is on it. That it is acknowledged is looked at when the moment of a call has come, under the
lock of the ticket's requester, so that nobody is called for what somebody has.
"""

from dataclasses import dataclass, replace

from bot.actions import Audit, ChangeTicket, Option, SetTimer, TellAgent, Text, Wake, literal
from bot.desk.commands import Verb
from bot.desk.parts import Actions
from bot.model import Agent, Ticket
from bot.paging import PAGE, CallOut
from bot.timing import MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class PagingPolicy:
    """The operator's rules: `topics` are those whose tickets cannot wait, none where nobody is on call."""

    topics: frozenset[str] = frozenset()
    agents: tuple[str, ...] = ()
    has_webhook: bool = False
    repeat_minutes: int = 5
    leads_after: int = 3


def pages(ticket: Ticket, policy: PagingPolicy) -> bool:
    """Whether somebody is called for the ticket as long as nobody is on it."""
    is_taken = ticket.assignee is not None or ticket.paging.is_acknowledged
    return ticket.topic in policy.topics and not ticket.status.is_done and not is_taken


def begun(ticket: Ticket, policy: PagingPolicy, now: int) -> Actions:
    """The first call, as soon as the ticket has its thread."""
    return (SetTimer(kind=PAGE, ticket_id=ticket.id, due_at=now),) if pages(ticket, policy) else ()


def time_came(ticket: Ticket, now: int, policy: PagingPolicy) -> Actions:
    """Call, and do so again; nothing once somebody is on it."""
    if not pages(ticket, policy):
        return ()
    count = ticket.paging.count + 1
    wakes = Wake.ON_CALL_AND_LEADS if count > policy.leads_after else Wake.ON_CALL
    told = Text("call.first") if count == 1 else Text("call.again", {"count": count})
    options = (Option(Verb.ACK, Text("button.ack")),)
    called = replace(ticket.paging, count=count)
    return (
        ChangeTicket(ticket=replace(ticket, paging=called)),
        TellAgent(text=told, ticket_id=ticket.id, options=options, wakes=wakes),
        *((CallOut(ticket_id=ticket.id, count=count),) if policy.has_webhook else ()),
        SetTimer(kind=PAGE, ticket_id=ticket.id, due_at=now + policy.repeat_minutes * MINUTE),
    )


def acknowledge(ticket: Ticket, agent: Agent) -> Actions:
    """Somebody is on it, whether they take the ticket or not: nobody is called any more."""
    if not ticket.paging.count or ticket.paging.is_acknowledged or ticket.assignee is not None:
        return (TellAgent(text=Text("call.nobody"), ticket_id=ticket.id),)
    after = replace(ticket, paging=replace(ticket.paging, is_acknowledged=True))
    told = Text("call.acknowledged", {"name": literal(agent.name)})
    return (
        ChangeTicket(ticket=after),
        Audit(ticket_id=ticket.id, agent=agent, act=Verb.ACK),
        TellAgent(text=told, ticket_id=ticket.id),
    )


def failed(ticket: Ticket) -> Actions:
    """The webhook did not take a call: said once, since the staff chat is called all the same."""
    if ticket.paging.is_failing:
        return ()
    after = replace(ticket, paging=replace(ticket.paging, is_failing=True))
    return (ChangeTicket(ticket=after), TellAgent(text=Text("call.failed"), ticket_id=ticket.id, wakes=Wake.LEADS))
