"""A legal hold: while it is on a ticket nothing of it is erased, neither on its requester's wish nor by age.

Only leads may (as the table of commands says), since it takes from somebody what they have asked for; both acts are
in the audit.
"""

from dataclasses import replace

from bot.actions import Audit, ChangeTicket, TellAgent, Text, UpdateCard, literal
from bot.desk.parts import Actions
from bot.model import Agent, Ticket

LIFTED_BY = frozenset({"off", "lift", "end", "解除"})
"""Behind the command, these end the hold."""


def legal_hold(ticket: Ticket, agent: Agent, argument: str) -> Actions:
    """Keep the ticket whole from now on, or let it grow old again like any other."""
    word = argument.strip().lower()
    if word and word not in LIFTED_BY:
        return (TellAgent(text=Text("desk.hold_how"), ticket_id=ticket.id),)
    is_held = not word
    if ticket.legal_hold is is_held:
        told = Text("desk.hold_already") if is_held else Text("desk.hold_none")
        return (TellAgent(text=told, ticket_id=ticket.id),)
    name = {"name": literal(agent.name)}
    told = Text("desk.hold_set", name) if is_held else Text("desk.hold_lifted", name)
    return (
        ChangeTicket(ticket=replace(ticket, legal_hold=is_held)),
        Audit(ticket_id=ticket.id, agent=agent, act="legal_hold" if is_held else "legal_hold_off"),
        UpdateCard(ticket_id=ticket.id),
        TellAgent(text=told, ticket_id=ticket.id),
    )
