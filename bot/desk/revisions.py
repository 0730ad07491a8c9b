"""What it means that somebody in the staff chat changed or took back what they had written."""

from bot.actions import Revise, TellAgent, Text, Withdraw
from bot.changes import AddMessage, MessageKind, author_key
from bot.desk import commands
from bot.desk.commands import Verb
from bot.desk.parts import Actions
from bot.desk.rights import Level, level_of
from bot.events import StaffEdited
from bot.model import Agent, Ticket


def edited(event: StaffEdited, ticket: Ticket, message: AddMessage) -> Actions:
    """A reply changes at the requester's too; it cannot become a note or a command, since it has been read."""
    if not is_own(event.agent, message) or message.withdrawn_at is not None:
        return ()
    request = commands.read(event.text)
    if message.kind is not MessageKind.AGENT:
        return (Revise(text=request.argument),)
    if request.verb not in (Verb.TEXT, Verb.REPLY) or not (request.argument or message.attachments):
        return (TellAgent(text=Text("desk.edit_refused"), ticket_id=ticket.id),)
    return (Revise(text=request.argument),)


def taken_back(message: AddMessage) -> Actions:
    """A reply that is gone at the desk goes at the requester's too; a draft can no longer be sent."""
    if message.withdrawn_at is not None:
        return ()
    told = Text("desk.taken_back") if message.kind is MessageKind.AGENT else None
    return (Withdraw(told_if_unseen=told),)


def asked_back(agent: Agent, ticket: Ticket, message: AddMessage | None) -> Actions:
    """`/delete` as an answer to one's own reply, for platforms that tell bots of no deletions."""
    if message is None or message.ticket_id != ticket.id or message.kind is not MessageKind.AGENT:
        return (TellAgent(text=Text("desk.delete_how"), ticket_id=ticket.id),)
    if not is_own(agent, message):
        return (TellAgent(text=Text("desk.not_yours"), ticket_id=ticket.id),)
    if message.withdrawn_at is not None:
        return (TellAgent(text=Text("desk.taken_back"), ticket_id=ticket.id),)
    return taken_back(message)


def is_own(agent: Agent, message: AddMessage) -> bool:
    """Whether somebody who is staff wrote the message."""
    return level_of(agent) is not Level.NOBODY and message.author == author_key(agent)
