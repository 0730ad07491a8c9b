"""Somebody writes whose ticket is done: thanks, more of the same problem, or something new.

Thanks need no answer and change nothing. What may be either is asked; the words are kept meanwhile. The same problem
reopens its ticket for some days; after that a new ticket goes on with it, since nobody remembers the old one.
"""

import unicodedata
from dataclasses import replace

from bot.actions import (
    Audience,
    ChangeTicket,
    Notify,
    OpenTicket,
    React,
    RelayToDesk,
    ShowStatus,
    Text,
    UpdateCard,
    Wake,
)
from bot.dialogue import intake
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.menu import menu
from bot.dialogue.options import option
from bot.dialogue.questions import question
from bot.events import MessageReceived
from bot.model import Attachment, Conversation, Mode, Ticket, TicketStatus
from bot.timing import DAY
from bot.understanding.matching import Match, Verdict
from bot.wording import topic_text

ASKED_FOR_DAYS = 30
"""So long after a ticket was done its requester may mean it; later they hardly do."""
THANKING = frozenset({"thanks", "yes", "helped"})
COMPLAINING = frozenset({"not_helped", "no"})
SAME, NEW = "same_problem", "new_problem"
ACKNOWLEDGED = "👍"
_SIGNS = frozenset({"So", "Sk", "Mn", "Me", "Cf"})
"""What emoji are made of, by Unicode's general categories."""


def heard(
    conversation: Conversation, event: MessageReceived, signal: str, match: Match, context: Context
) -> Decision | None:
    """What follows from a message after a ticket was done; None where that has nothing to do with it."""
    ticket = _recent(context)
    if ticket is None:
        return None
    text = event.text.strip()
    if not event.attachments and (signal in THANKING or _is_emoji(text)):
        return Decision(conversation, (React(ticket_id=None, target=event.message, reaction=ACKNOWLEDGED),))
    is_said = bool(text or event.attachments)
    if not is_said or (signal and signal not in COMPLAINING) or _is_something_else(match, ticket, context):
        return None
    kept = replace(conversation, mode=Mode.IDLE, said=_with(conversation, text))
    return _asked(kept, ticket, context)


def same(conversation: Conversation, context: Context) -> Decision:
    """It is the same problem: its ticket goes on, with the words that were kept."""
    ticket = _recent(context)
    return reopen(conversation, ticket, context) if ticket else menu(conversation, context)


def new(conversation: Conversation, context: Context) -> Decision:
    """It is something new: what was written is taken as if nothing had been before it."""
    begun = replace(conversation, last_ticket_id=None, prompt=None)
    if not begun.said.strip():
        return menu(begun, context, Text("picture.received" if begun.pictures else "menu"))
    return question(begun, context.match(begun.said, begun.language), context)


def reopen(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    """Go on with a ticket that is done: with itself, or after some days with one that follows it. Pressed twice, the
    button for it changes nothing."""
    if ticket.erased_at is not None:
        return say(conversation, Text("prompt.stale"))
    if not ticket.status.is_done:
        return say(conversation, Text("ticket.still_open", {"number": ticket.number}))
    if context.open_ticket:
        return say(conversation, Text("ticket.already", {"number": context.open_ticket.number}))
    if context.now - _done_at(ticket) > context.policy.reopen_days * DAY:
        return _followed(conversation, ticket, context)
    said, pictures = _meant_for_it(conversation)
    reopened = replace(ticket, status=TicketStatus.OPEN, solved_at=None)
    told = Text("desk.reopened_by_requester")
    decision = say(
        replace(conversation, said="", pictures=()), Text("ticket.reopened", {"number": ticket.number})
    ).after(
        ChangeTicket(ticket=reopened),
        Notify(audience=Audience.DESK, ticket_id=ticket.id, text=told, wakes=Wake.ASSIGNEE),
        UpdateCard(ticket_id=ticket.id),
        ShowStatus(ticket_id=ticket.id),
    )
    if not said and not pictures:
        return decision
    return decision.then(RelayToDesk(ticket_id=ticket.id, text=said, attachments=pictures))


def _followed(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    """A ticket that goes on with another one: what is known of that need not be asked again."""
    known = {key: value for key, value in ticket.answers.items() if key == intake.ACCOUNT_ID and value}
    said, pictures = _meant_for_it(conversation)
    question = {"question": said[: intake.LONGEST_ANSWER]} if said else {}
    shown = {intake.SCREENSHOT: intake.ATTACHED} if pictures else {}
    answers = {**question, **known, **shown}
    is_told = "question" in answers
    missing = tuple(
        field for field in intake.FIELDS
        if field not in answers
        and not (field == intake.WHAT_HAPPENED and is_told)
        and not (field == intake.ACCOUNT_ID and context.account)
    )  # fmt: skip
    held = replace(
        conversation, mode=Mode.HANDED_OFF, intake=missing, place=None, prompt=None, topic="", tried=(),
        said=said, pictures=pictures, last_ticket_id=None,
    )  # fmt: skip
    opening = OpenTicket(
        topic=ticket.topic, team=ticket.team, subject=ticket.subject, answers=answers, account=context.account,
        priority=ticket.priority, follows=ticket.number,
    )  # fmt: skip
    return Decision(held, (opening,))


def _asked(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    topic = topic_text(context.knowledge, ticket.topic)
    text = Text("again.ask", {"number": ticket.number, "topic": topic})
    return ask(conversation, (text,), [option(key, context.knowledge) for key in (SAME, NEW)], columns=2)


def _recent(context: Context) -> Ticket | None:
    """The ticket that somebody may still mean."""
    ticket = context.last
    if ticket is None or not ticket.status.is_done or ticket.erased_at is not None or context.open_ticket:
        return None
    return ticket if context.now - _done_at(ticket) <= ASKED_FOR_DAYS * DAY else None


def _done_at(ticket: Ticket) -> int:
    return ticket.created_at if ticket.solved_at is None else ticket.solved_at


def _is_something_else(match: Match, ticket: Ticket, context: Context) -> bool:
    """A clear question about another topic, or one that cannot wait for an answer to ours."""
    if match.verdict is not Verdict.CLEAR:
        return False
    found, knowledge = match.candidates[0].entry, context.knowledge
    if found in knowledge.checklists:
        return knowledge.checklists[found].topic != ticket.topic
    entry = knowledge.entries[found]
    return entry.urgent or entry.topic != ticket.topic


def _with(conversation: Conversation, text: str) -> str:
    """The words since the question was asked: whoever writes on instead of pressing a button loses none."""
    return "\n".join(filter(None, (conversation.said if _is_asked(conversation) else "", text)))


def _is_asked(conversation: Conversation) -> bool:
    return conversation.prompt is not None and SAME in conversation.prompt.options


def _meant_for_it(conversation: Conversation) -> tuple[str, tuple[Attachment, ...]]:
    """The words and pictures that were kept with the question; whatever else was asked meanwhile has its answer."""
    return (conversation.said, conversation.pictures) if _is_asked(conversation) else ("", ())


def _is_emoji(text: str) -> bool:
    """Whether a message is made of nothing but signs."""
    return bool(text) and all(one.isspace() or unicodedata.category(one) in _SIGNS for one in text)
