"""An agent's words: a reply to the requester, a note, or a draft until their writer says which of the two.

An untaken ticket's typed words are kept as a draft: nothing reaches a customer by a slip. Afterwards the assignee's
words are a reply and anybody else's a note.
"""

from dataclasses import replace

from bot.actions import (
    Audit,
    ChangeTicket,
    KeepDraft,
    KeepNote,
    Option,
    React,
    Redeliver,
    SendReply,
    SetTimer,
    ShowStatus,
    TellAgent,
    Text,
    UpdateCard,
    literal,
    show_turn,
)
from bot.changes import AddMessage, MessageKind, author_key
from bot.desk.commands import Verb
from bot.desk.parts import Actions, Desk, Words
from bot.desk.tickets import Move, moved, taken
from bot.model import Agent, Ticket


def reply(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    """`/reply words`: as the words alone, but never for nothing; and whoever says that it is a reply is not asked."""
    empty = TellAgent(text=Text("desk.reply_empty"), ticket_id=ticket.id)
    return text(ticket, agent, words, replace(desk, crossing=None)) or (empty,)


def text(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    if not words.text and not words.attachments:
        return ()
    if ticket.status.is_done:
        return (*note(ticket, agent, words), TellAgent(text=Text("desk.is_done"), ticket_id=ticket.id))
    if ticket.assignee is None:
        return (_draft(ticket, agent, words, Text("desk.draft"), Text("button.send")),)
    if not agent.is_same_person(ticket.assignee):
        return _taken_for_note(ticket, ticket.assignee, agent, words)
    if desk.crossing:
        asks = Text(f"desk.crossing.{desk.crossing}")
        return (_draft(ticket, agent, words, asks, Text("button.send_anyway")),)
    return _reply(ticket, agent, words, desk)


def _draft(ticket: Ticket, agent: Agent, words: Words, asks: Text, send: Text) -> KeepDraft:
    return KeepDraft(
        ticket_id=ticket.id,
        text=words.text,
        attachments=words.attachments,
        origin=words.origin,
        agent=agent,
        asks=asks,
        options=(Option(Verb.SEND, send), Option(Verb.KEEP, Text("button.keep"))),
    )


def _taken_for_note(ticket: Ticket, assignee: Agent, agent: Agent, words: Words) -> Actions:
    """What is typed in a colleague's ticket is a note; its writer sees that, and can send it after all."""
    return (
        KeepNote(
            ticket_id=ticket.id,
            text=words.text,
            attachments=words.attachments,
            origin=words.origin,
            agent=agent,
            asks=Text("desk.taken_for_note", {"assignee": literal(assignee.name)}),
            options=(Option(Verb.ANSWER, Text("button.answer")),),
        ),
    )


def _reply(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    answered = moved(ticket, Move.REPLY, desk.now)
    sent = SendReply(
        ticket_id=ticket.id, text=words.text, attachments=words.attachments, origin=words.origin, agent=agent
    )
    if answered is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    card = (show_turn(ticket.id, desk.now),) if answered.status is not ticket.status else ()
    return (sent, ChangeTicket(ticket=answered), *card, *_if_frozen(ticket, desk))


def _if_frozen(ticket: Ticket, desk: Desk) -> Actions:
    """What an agent has to know of words that do not leave now."""
    return (TellAgent(text=Text("freeze.kept"), ticket_id=ticket.id),) if desk.is_frozen else ()


def note(ticket: Ticket, agent: Agent, words: Words) -> Actions:
    if not words.text and not words.attachments:
        return (TellAgent(text=Text("desk.note_empty"), ticket_id=ticket.id),)
    return (
        KeepNote(ticket_id=ticket.id, text=words.text, origin=words.origin, agent=agent),
        React(ticket_id=ticket.id, target=words.origin, reaction="📝"),
    )


def canned(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    prepared = desk.canned.get(words.text)
    if prepared is None:
        names = literal(", ".join(sorted(desk.canned)))
        return (TellAgent(text=Text("desk.canned_names", {"names": names}), ticket_id=ticket.id),)
    return text(ticket, agent, Words(prepared, (), words.origin), desk)


def again(ticket: Ticket, message: AddMessage | None, desk: Desk) -> Actions:
    """[Try again] under a reply that was given up; pressed by whoever sees it first."""
    if message is None or message.ticket_id != ticket.id or not desk.given_up:
        return (TellAgent(text=Text("desk.nothing_to_try"), ticket_id=ticket.id),)
    trying = TellAgent(text=Text("desk.trying_again"), ticket_id=ticket.id)
    return (Redeliver(deliveries=desk.given_up), *(_if_frozen(ticket, desk) or (trying,)))


def settle(verb: Verb, ticket: Ticket, agent: Agent, written: AddMessage | None, desk: Desk) -> Actions:
    """The buttons under an agent's words: only for who wrote them, only once, and not if they were deleted."""
    was = MessageKind.NOTE if verb is Verb.ANSWER else MessageKind.DRAFT
    if written is None or written.ticket_id != ticket.id or written.source is None:
        return (TellAgent(text=Text("desk.draft_settled"), ticket_id=ticket.id),)
    if written.kind is not was or written.withdrawn_at is not None:
        return (TellAgent(text=Text("desk.draft_settled"), ticket_id=ticket.id),)
    if written.author != author_key(agent):
        return (TellAgent(text=Text("desk.not_your_draft"), ticket_id=ticket.id),)
    words = Words(written.text, written.attachments, written.source)
    match verb:
        case Verb.KEEP:
            return note(ticket, agent, words)
        case Verb.ANSWER:
            return _reply(ticket, agent, words, desk)
        case _:
            return _send(ticket, agent, words, desk)


def _send(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    """Send a draft; whoever does that in a ticket of nobody's has it from now on."""
    if agent.is_same_person(ticket.assignee):
        return _reply(ticket, agent, words, desk)
    if ticket.assignee is not None:
        name = literal(ticket.assignee.name)
        return (TellAgent(text=Text("desk.taken_meanwhile", {"name": name}), ticket_id=ticket.id),)
    after = taken(ticket, agent, desk.now)
    if after is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    took = Audit(ticket_id=ticket.id, agent=agent, act=Verb.TAKE)
    shown = (UpdateCard(ticket_id=ticket.id), ShowStatus(ticket_id=ticket.id))
    replied = _reply(after, agent, words, desk)
    # The card is brought up to date at once, so that it need not follow once nobody writes.
    return (took, *(action for action in replied if not isinstance(action, SetTimer)), *shown)
