"""What agents do to a ticket beside writing: who has it, whom it waits for, how urgent it is, whether it is done."""

import re
from dataclasses import replace

from bot.actions import (
    LAPSE,
    AskRating,
    Audience,
    Audit,
    ChangeTicket,
    Notify,
    SetTimer,
    ShowStatus,
    TellAgent,
    Text,
    UpdateCard,
    Wake,
    literal,
)
from bot.desk.commands import Verb
from bot.desk.parts import Actions, Desk
from bot.desk.tickets import Move, moved, taken
from bot.model import Agent, Ticket, TicketPriority
from bot.timing import HOUR

_MENTION = re.compile(r"<@!?(\d+)>")


def take(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    if agent.is_same_person(ticket.assignee):
        return (TellAgent(text=Text("desk.yours_already"), ticket_id=ticket.id),)
    after = taken(ticket, agent, desk.now)
    if after is None:
        return _refused(ticket)
    return shown(after, agent, Verb.TAKE, Text("desk.taken", {"name": literal(agent.name)}))


def release(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    """Back to the queue: also somebody else's, since they may have gone home."""
    if ticket.assignee is None:
        return (TellAgent(text=Text("desk.nobodys"), ticket_id=ticket.id),)
    after = moved(ticket, Move.RELEASE, desk.now)
    if after is None:
        return _refused(ticket)
    told = Text("desk.released", {"name": literal(agent.name)})
    return shown(after, agent, Verb.RELEASE, told, Wake.TEAM)


def assign(ticket: Ticket, agent: Agent, named: str, desk: Desk) -> Actions:
    """Give the ticket to a colleague; nobody is guessed where a name is not one person's."""
    found = [one for one in desk.agents if _is_named(one, named)]
    if len(found) != 1:
        names = literal(", ".join(sorted(one.name for one in desk.agents)) or "–")
        return (TellAgent(text=Text("desk.assign_whom", {"names": names}), ticket_id=ticket.id),)
    (colleague,) = found
    if colleague.is_same_person(ticket.assignee):
        told = Text("desk.theirs_already", {"colleague": literal(colleague.name)})
        return (TellAgent(text=told, ticket_id=ticket.id),)
    after = taken(ticket, colleague, desk.now)
    if after is None:
        return _refused(ticket)
    told = Text("desk.assigned", {"name": literal(agent.name), "colleague": literal(colleague.name)})
    return shown(after, agent, Verb.ASSIGN, told, Wake.ASSIGNEE)


def escalate(ticket: Ticket, agent: Agent, reason: str) -> Actions:
    """One step more urgent, and whoever leads hears of it with the reason."""
    if ticket.status.is_done:
        return _refused(ticket)
    if not reason:
        return (TellAgent(text=Text("desk.escalate_why"), ticket_id=ticket.id),)
    raised = list(TicketPriority)[max(ticket.priority.rank - 1, 0)]
    told = Text("desk.escalated", {"name": literal(agent.name), "reason": literal(reason)})
    return shown(replace(ticket, priority=raised), agent, Verb.ESCALATE, told, Wake.LEADS)


def change(verb: Verb, ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    """Say for whom the ticket waits: the requester, somebody else, or us again."""
    if ticket.status.is_done:
        return _refused(ticket)
    after = moved(ticket, Move(verb), desk.now)
    if after is None:
        told = Text("desk.no_such_move", {"status": Text(f"status.{ticket.status}")})
        return (TellAgent(text=told, ticket_id=ticket.id),)
    return shown(after, agent, verb, Text(f"desk.now.{after.status}", {"name": literal(agent.name)}))


def close(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    solved = moved(ticket, Move.CLOSE, desk.now)
    if solved is None:
        return _refused(ticket)
    told = Text("ticket.solved", {"number": ticket.number})
    return (
        *shown(solved, agent, Verb.CLOSE, Text("desk.closed", {"name": literal(agent.name)})),
        Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),
        *((AskRating(ticket_id=ticket.id),) if ticket.rating is None else ()),
        SetTimer(kind=LAPSE, ticket_id=ticket.id, due_at=desk.now + desk.close_after_hours * HOUR),
    )


def reopen(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    reopened = moved(ticket, Move.REOPEN, desk.now)
    if reopened is None:
        return (TellAgent(text=Text("desk.not_done"), ticket_id=ticket.id),)
    told = Text("ticket.reopened", {"number": ticket.number})
    return (
        *shown(reopened, agent, Verb.REOPEN, Text("desk.reopened", {"name": literal(agent.name)})),
        Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),
    )


def shown(after: Ticket, agent: Agent, act: str, told: Text, wakes: Wake = Wake.NOBODY) -> Actions:
    """What every act has in common: it is kept, written down, said in the thread and shown by card and thread."""
    return (
        ChangeTicket(ticket=after),
        Audit(ticket_id=after.id, agent=agent, act=act),
        ShowStatus(ticket_id=after.id),
        UpdateCard(ticket_id=after.id),
        TellAgent(text=told, ticket_id=after.id, wakes=wakes),
    )


def _refused(ticket: Ticket) -> Actions:
    told = Text("desk.done") if ticket.status.is_done else Text("desk.not_now")
    return (TellAgent(text=told, ticket_id=ticket.id),)


def _is_named(agent: Agent, named: str) -> bool:
    if found := _MENTION.fullmatch(named.strip()):
        return agent.user_id == found[1]
    return bool(named) and agent.name.casefold() == named.strip().removeprefix("@").casefold()
