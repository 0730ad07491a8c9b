"""One staff event in, actions out: rights first, then the ticket, then what was asked for."""

from typing import assert_never

from bot.actions import TellAgent, Text, literal
from bot.changes import AddMessage
from bot.desk import acts, paging, reading, replies, revisions, routing
from bot.desk.commands import Request, Verb
from bot.desk.holding import legal_hold
from bot.desk.parts import Actions, Desk, Words
from bot.desk.rights import refusal
from bot.desk.work import place
from bot.events import HIDDEN, StaffPicked, StaffWrote
from bot.model import Agent, MessageRef, Ticket


def staff(
    event: StaffWrote | StaffPicked, ticket: Ticket | None, request: Request, draft: AddMessage | None, desk: Desk
) -> Actions:
    """What a staff event leads to; whoever has no right to it gets a sentence and changes nothing."""
    if desk.former and refusal(event.agent, request.command.level) is None:
        return (TellAgent(text=Text("desk.moved", {"ticket": place(desk.former)})),)
    if ticket is None and request.verb is Verb.TEXT:
        return ()
    if refused := refusal(event.agent, request.command.level):
        return (TellAgent(text=refused),)
    if ticket is None:
        return (TellAgent(text=Text("desk.no_ticket")),)
    if ticket.erased_at is not None:
        return (TellAgent(text=Text("desk.erased"), ticket_id=ticket.id),)
    if isinstance(event, StaffWrote) and event.unreadable:
        told = Text("desk.hidden") if event.unreadable == HIDDEN else Text("desk.unreadable")
        return (TellAgent(text=told, ticket_id=ticket.id),)
    if isinstance(event, StaffWrote):
        words = Words(request.argument, event.attachments, event.message)
    else:
        words = Words("", (), MessageRef(event.chat, ""))
    return _act(request, ticket, event.agent, words, draft, desk)


def _act(  # One case for each verb.
    request: Request, ticket: Ticket, agent: Agent, words: Words, draft: AddMessage | None, desk: Desk
) -> Actions:
    match request.verb:
        case Verb.TEXT:
            return replies.text(ticket, agent, words, desk)
        case Verb.REPLY:
            return replies.reply(ticket, agent, words, desk)
        case Verb.NOTE:
            return replies.note(ticket, agent, words)
        case Verb.CANNED:
            return replies.canned(ticket, agent, words, desk)
        case Verb.SEND | Verb.KEEP | Verb.ANSWER:
            return replies.settle(request.verb, ticket, agent, draft, desk)
        case Verb.AGAIN:
            return replies.again(ticket, draft, desk)
        case Verb.DELETE:
            return revisions.asked_back(agent, ticket, draft)
        case Verb.TAKE:
            return acts.take(ticket, agent, desk)
        case Verb.RELEASE:
            return acts.release(ticket, agent, desk)
        case Verb.ASSIGN:
            return acts.assign(ticket, agent, words.text, desk)
        case Verb.ESCALATE:
            return acts.escalate(ticket, agent, words.text)
        case Verb.SHOW:
            return reading.show(ticket, agent, desk.reading)
        case Verb.ACK:
            return paging.acknowledge(ticket, agent)
        case Verb.TEAM:
            return routing.hand_over(ticket, agent, words.text, desk)
        case Verb.WAIT | Verb.HOLD | Verb.RESUME:
            return acts.change(request.verb, ticket, agent, desk)
        case Verb.CLOSE:
            return acts.close(ticket, agent, desk)
        case Verb.REOPEN:
            return acts.reopen(ticket, agent, desk)
        case Verb.LEGAL_HOLD:
            return legal_hold(ticket, agent, request.argument)
        case Verb.NEXT | Verb.MINE | Verb.QUEUE | Verb.DUTY | Verb.FREEZE | Verb.UNFREEZE:
            return ()  # They are about no ticket, and are answered elsewhere.
        case Verb.UNKNOWN:
            return (TellAgent(text=Text("desk.unknown_command", {"command": literal(request.argument)})),)
        case _:
            assert_never(request.verb)
