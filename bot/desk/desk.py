"""One staff event in, actions out: rights first, then the ticket's state, then what was asked for.

An untaken ticket's typed words are kept as a draft until their writer says what they are: nothing reaches a
customer by a slip. Afterwards the assignee's words are a reply and anybody else's a note.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions import (
    LAPSE,
    AskRating,
    Audience,
    Audit,
    ChangeTicket,
    DeskAction,
    KeepDraft,
    KeepNote,
    Notify,
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
from bot.changes import AddMessage, MessageKind
from bot.desk import revisions
from bot.desk.commands import Request, Verb
from bot.desk.holding import legal_hold
from bot.desk.rights import Level, level_of
from bot.desk.tickets import Move, moved, taken
from bot.events import HIDDEN, StaffPicked, StaffWrote
from bot.model import Agent, Attachment, MessageRef, Ticket

HOUR = 3_600_000_000

Actions = tuple[DeskAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a staff decision may look at beside the ticket: the moment, the rules, the prepared texts, and which
    deliveries of the message in question were given up."""

    now: int
    close_after_hours: int
    canned: Mapping[str, str]
    given_up: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What an agent wrote, and where."""

    text: str
    attachments: tuple[Attachment, ...]
    origin: MessageRef


def staff(
    event: StaffWrote | StaffPicked, ticket: Ticket | None, request: Request, draft: AddMessage | None, desk: Desk
) -> Actions:
    """What a staff event leads to; whoever is not staff gets a sentence and changes nothing."""
    agent = event.agent
    if level_of(agent) is Level.NOBODY:
        if ticket is None and request.verb is Verb.TEXT:
            return ()
        return (TellAgent(text=Text(f"desk.not_staff.{agent.standing}")),)
    if ticket is None:
        return () if request.verb is Verb.TEXT else (TellAgent(text=Text("desk.no_ticket")),)
    if ticket.erased_at is not None:
        return (TellAgent(text=Text("desk.erased"), ticket_id=ticket.id),)
    if isinstance(event, StaffWrote) and event.unreadable:
        hidden = event.unreadable == HIDDEN
        told = Text("desk.hidden") if hidden else Text("desk.unreadable")
        return (TellAgent(text=told, ticket_id=ticket.id),)
    if isinstance(event, StaffWrote):
        words = Words(request.argument, event.attachments, event.message)
    else:
        words = Words("", (), MessageRef(event.chat, ""))
    return _act(request, ticket, agent, words, draft, desk)


def _act(
    request: Request, ticket: Ticket, agent: Agent, words: Words, draft: AddMessage | None, desk: Desk
) -> Actions:
    match request.verb:
        case Verb.TEXT:
            return _text(ticket, agent, words, desk)
        case Verb.REPLY:
            empty = TellAgent(text=Text("desk.reply_empty"), ticket_id=ticket.id)
            return _text(ticket, agent, words, desk) or (empty,)
        case Verb.NOTE:
            return _note(ticket, agent, words)
        case Verb.TAKE:
            return _take(ticket, agent, desk)
        case Verb.CLOSE:
            return _close(ticket, agent, desk)
        case Verb.REOPEN:
            return _reopen(ticket, agent, desk)
        case Verb.CANNED:
            return _canned(ticket, agent, words, desk)
        case Verb.SEND | Verb.KEEP:
            return _settle(request.verb, ticket, agent, draft, desk)
        case Verb.DELETE:
            return revisions.asked_back(agent, ticket, draft)
        case Verb.LEGAL_HOLD:
            return legal_hold(ticket, agent, request.argument)
        case Verb.AGAIN:
            return _again(ticket, draft, desk)
        case Verb.NEXT | Verb.MINE | Verb.QUEUE | Verb.DUTY:
            return ()  # They are about no ticket, and are answered elsewhere.
        case Verb.UNKNOWN:
            return (TellAgent(text=Text("desk.unknown_command", {"command": literal(request.argument)})),)


def _text(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    if not words.text and not words.attachments:
        return ()
    if ticket.status.is_done:
        return (*_note(ticket, agent, words), TellAgent(text=Text("desk.is_done"), ticket_id=ticket.id))
    if ticket.assignee is None:
        kept = KeepDraft(
            ticket_id=ticket.id, text=words.text, attachments=words.attachments, origin=words.origin, agent=agent
        )
        return (kept,)
    if agent.is_same_person(ticket.assignee):
        return _reply(ticket, agent, words, desk)
    return _note(ticket, agent, words)


def _reply(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    answered = moved(ticket, Move.REPLY, desk.now)
    sent = SendReply(
        ticket_id=ticket.id, text=words.text, attachments=words.attachments, origin=words.origin, agent=agent
    )
    if answered is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    card = (show_turn(ticket.id, desk.now),) if answered.status is not ticket.status else ()
    return (sent, ChangeTicket(ticket=answered), *card)


def _note(ticket: Ticket, agent: Agent, words: Words) -> Actions:
    if not words.text and not words.attachments:
        return (TellAgent(text=Text("desk.note_empty"), ticket_id=ticket.id),)
    return (
        KeepNote(ticket_id=ticket.id, text=words.text, origin=words.origin, agent=agent),
        React(ticket_id=ticket.id, target=words.origin, reaction="📝"),
    )


def _take(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    if agent.is_same_person(ticket.assignee):
        return (TellAgent(text=Text("desk.yours_already"), ticket_id=ticket.id),)
    after = taken(ticket, agent, desk.now)
    if after is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    return (
        ChangeTicket(ticket=after),
        Audit(ticket_id=ticket.id, agent=agent, act="take"),
        ShowStatus(ticket_id=ticket.id),
        UpdateCard(ticket_id=ticket.id),
        TellAgent(text=Text("desk.taken", {"name": literal(agent.name)}), ticket_id=ticket.id),
    )


def _close(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    solved = moved(ticket, Move.CLOSE, desk.now)
    if solved is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    due_at = desk.now + desk.close_after_hours * HOUR
    told = Text("ticket.solved", {"number": ticket.number})
    return (
        ChangeTicket(ticket=solved),
        Audit(ticket_id=ticket.id, agent=agent, act="close"),
        UpdateCard(ticket_id=ticket.id),
        TellAgent(text=Text("desk.closed", {"name": literal(agent.name)}), ticket_id=ticket.id),
        ShowStatus(ticket_id=ticket.id),
        Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),
        *((AskRating(ticket_id=ticket.id),) if ticket.rating is None else ()),
        SetTimer(kind=LAPSE, ticket_id=ticket.id, due_at=due_at),
    )


def _reopen(ticket: Ticket, agent: Agent, desk: Desk) -> Actions:
    reopened = moved(ticket, Move.REOPEN, desk.now)
    if reopened is None:
        return (TellAgent(text=Text("desk.not_done"), ticket_id=ticket.id),)
    told = Text("ticket.reopened", {"number": ticket.number})
    return (
        ChangeTicket(ticket=reopened),
        Audit(ticket_id=ticket.id, agent=agent, act="reopen"),
        ShowStatus(ticket_id=ticket.id),
        UpdateCard(ticket_id=ticket.id),
        TellAgent(text=Text("desk.reopened", {"name": literal(agent.name)}), ticket_id=ticket.id),
        Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),
    )


def _canned(ticket: Ticket, agent: Agent, words: Words, desk: Desk) -> Actions:
    prepared = desk.canned.get(words.text)
    if prepared is None:
        names = literal(", ".join(sorted(desk.canned)))
        return (TellAgent(text=Text("desk.canned_names", {"names": names}), ticket_id=ticket.id),)
    return _text(ticket, agent, Words(prepared, (), words.origin), desk)


def _again(ticket: Ticket, message: AddMessage | None, desk: Desk) -> Actions:
    """[Try again] under a reply that was given up; pressed by whoever sees it first."""
    if message is None or message.ticket_id != ticket.id or not desk.given_up:
        return (TellAgent(text=Text("desk.nothing_to_try"), ticket_id=ticket.id),)
    trying = TellAgent(text=Text("desk.trying_again"), ticket_id=ticket.id)
    return (Redeliver(deliveries=desk.given_up), trying)


def _settle(verb: Verb, ticket: Ticket, agent: Agent, draft: AddMessage | None, desk: Desk) -> Actions:
    """[Take & send] and [Note]: only for the writer of the words, only once, and not if they were deleted."""
    if draft and draft.withdrawn_at is not None:
        return (TellAgent(text=Text("desk.draft_settled"), ticket_id=ticket.id),)
    if draft is None or draft.kind is not MessageKind.DRAFT or draft.ticket_id != ticket.id or draft.source is None:
        return (TellAgent(text=Text("desk.draft_settled"), ticket_id=ticket.id),)
    if draft.author != f"{agent.platform}:{agent.user_id}":
        return (TellAgent(text=Text("desk.not_your_draft"), ticket_id=ticket.id),)
    words = Words(draft.text, draft.attachments, draft.source)
    if verb is Verb.KEEP:
        return _note(ticket, agent, words)
    if ticket.assignee is not None and not agent.is_same_person(ticket.assignee):
        name = literal(ticket.assignee.name)
        return (TellAgent(text=Text("desk.taken_meanwhile", {"name": name}), ticket_id=ticket.id),)
    after = taken(ticket, agent, desk.now)
    if after is None:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    took = Audit(ticket_id=ticket.id, agent=agent, act="take")
    shown = (UpdateCard(ticket_id=ticket.id), ShowStatus(ticket_id=ticket.id))
    return (took, *_reply(after, agent, words, desk), *shown)
