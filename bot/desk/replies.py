"""An agent's words: a reply to the requester, a note, or a draft until their writer says which of the two.

An untaken ticket's typed words are kept as a draft: nothing reaches a customer by a slip. Afterwards the assignee's
words are a reply and anybody else's a note.
"""

from bot.actions import (
    Audit,
    ChangeTicket,
    KeepDraft,
    KeepNote,
    React,
    Redeliver,
    SendReply,
    ShowStatus,
    TellAgent,
    Text,
    UpdateCard,
    literal,
    show_turn,
)
from bot.changes import AddMessage, MessageKind
from bot.desk.commands import Verb
from bot.desk.parts import Actions, Desk, Words
from bot.desk.tickets import Move, moved, taken
from bot.model import Agent, Ticket


def reply(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    """`/reply words`: as the words alone, but never for nothing."""
    empty = TellAgent(text=Text("desk.reply_empty"), ticket_id=ticket.id)
    return text(ticket, agent, words, desk) or (empty,)


def text(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    if not words.text and not words.attachments:
        return ()
    if ticket.status.is_done:
        return (*note(ticket, agent, words), TellAgent(text=Text("desk.is_done"), ticket_id=ticket.id))
    if ticket.assignee is None:
        kept = KeepDraft(
            ticket_id=ticket.id, text=words.text, attachments=words.attachments, origin=words.origin, agent=agent
        )
        return (kept,)
    if agent.is_same_person(ticket.assignee):
        return _reply(ticket, agent, words, desk)
    return note(ticket, agent, words)


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


def settle(verb: Verb, ticket: Ticket, agent: Agent, draft: AddMessage | None, desk: Desk) -> Actions:
    """[Take & send] and [Note]: only for the writer of the words, only once, and not if they were deleted."""
    if draft and draft.withdrawn_at is not None:
        return (TellAgent(text=Text("desk.draft_settled"), ticket_id=ticket.id),)
    if draft is None or draft.kind is not MessageKind.DRAFT or draft.ticket_id != ticket.id or draft.source is None:
        return (TellAgent(text=Text("desk.draft_settled"), ticket_id=ticket.id),)
    if draft.author != f"{agent.platform}:{agent.user_id}":
        return (TellAgent(text=Text("desk.not_your_draft"), ticket_id=ticket.id),)
    words = Words(draft.text, draft.attachments, draft.source)
    if verb is Verb.KEEP:
        return note(ticket, agent, words)
    if ticket.assignee is not None and not agent.is_same_person(ticket.assignee):
        name = literal(ticket.assignee.name)
        return (TellAgent(text=Text("desk.taken_meanwhile", {"name": name}), ticket_id=ticket.id),)
    after = taken(ticket, agent, desk.now)
    if after is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    took = Audit(ticket_id=ticket.id, agent=agent, act="take")
    shown = (UpdateCard(ticket_id=ticket.id), ShowStatus(ticket_id=ticket.id))
    return (took, *_reply(after, agent, words, desk), *shown)
