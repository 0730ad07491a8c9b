"""Mode `handed_off`: the ticket is opened at once, then only what is still missing is asked, and nothing has to be.

Whatever the requester writes reaches the desk; an answer to the intake also fills the card.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.actions import (
    AskRating,
    Audience,
    ChangeTicket,
    Notify,
    OpenTicket,
    RelayToDesk,
    ShutThread,
    Text,
    UpdateCard,
)
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.options import option
from bot.events import MessageReceived
from bot.knowledge.schema import MISSING
from bot.model import Conversation, Mode, Ticket, TicketStatus

ACCOUNT_ID, WHAT_HAPPENED, SCREENSHOT = "account_id", "what_happened", "screenshot"
INTAKE = (ACCOUNT_ID, WHAT_HAPPENED, SCREENSHOT)
LONGEST_CARD_ANSWER = 500
ATTACHED = "📎"

_WORD = re.compile(r"[^\s,;:、。]+")


def start(
    conversation: Conversation, context: Context, *, subject: str = "", answers: Mapping[str, str] | None = None
) -> Decision:
    """Open a ticket with everything collected, unless one is open already or verification comes first."""
    if context.ticket and not context.ticket.status.is_done:
        held = replace(conversation, mode=Mode.HANDED_OFF)
        return say(held, Text("ticket.already", {"number": context.ticket.number}))
    if conversation.place and not answers:
        # Whoever leaves a checklist for a person takes along what was answered so far.
        subject, answers = conversation.place.checklist, conversation.place.answers
    known = context.knowledge.topics.get(conversation.topic)
    if context.policy.require_kyc and not conversation.is_verified and not (known and known.open_to_all):
        options = [option(key, context.knowledge) for key in ("verified", "not_verified")]
        return ask(conversation, (Text("kyc.question"),), options, columns=2)
    collected = {**(answers or {}), **_tried(conversation)}
    missing = tuple(field for field in INTAKE if not (field == WHAT_HAPPENED and (answers or conversation.said)))
    forgotten = replace(conversation, place=None, prompt=None, said="", tried=(), helped_asked=())
    opened = replace(forgotten, mode=Mode.HANDED_OFF, intake=missing)
    team = context.knowledge.team_of(conversation.topic) or next(iter(context.knowledge.topics.values())).team
    return Decision(opened, (OpenTicket(topic=conversation.topic, team=team, subject=subject, answers=collected),))


def again(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """Say the parts, and ask once more what is still missing, if anything is."""
    return _ask_missing(conversation, context, *parts)


def opened(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    """Tell the number and the hours, and ask the first thing that is missing."""
    told = Text("ticket.opened", {"number": ticket.number})
    return _ask_missing(conversation, context, told, context.hours)


def message(conversation: Conversation, event: MessageReceived, ticket: Ticket, context: Context) -> Decision:
    """Take a message of somebody who has a ticket: to the desk in any case, to the card if it answers the intake."""
    relay = RelayToDesk(ticket_id=ticket.id, text=event.text, attachments=event.attachments)
    wanted = conversation.intake[0] if conversation.intake else ""
    value = _intake_answer(wanted, event, context)
    if value is None:
        return Decision(conversation, (relay,))
    if not value:
        return _ask_missing(conversation, context, Text("intake.account_id_refused")).after(relay)
    filled = replace(ticket, answers={**ticket.answers, wanted: value})
    answered = replace(conversation, intake=conversation.intake[1:])
    kept = (relay, ChangeTicket(ticket=filled), UpdateCard(ticket_id=ticket.id))
    return _ask_missing(answered, context).after(*kept)


def skip(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    """Leave one thing out; the card shows it as not given."""
    if not conversation.intake:
        return status(conversation, context)
    skipped, *rest = conversation.intake
    answers = {**ticket.answers, skipped: MISSING}
    left = replace(conversation, intake=tuple(rest))
    return _ask_missing(left, context).after(ChangeTicket(ticket=replace(ticket, answers=answers)))


def status(conversation: Conversation, context: Context) -> Decision:
    """How the open ticket stands, or that there is none."""
    if context.ticket is None:
        return say(conversation, Text("status.none"))
    return say(conversation, _line(context.ticket), context.hours)


def tickets(conversation: Conversation, context: Context) -> Decision:
    """All tickets of the requester, newest first."""
    if not context.tickets:
        return say(conversation, Text("tickets.none"))
    return say(conversation, Text("tickets.head"), *(_line(ticket) for ticket in context.tickets))


def close(conversation: Conversation, context: Context) -> Decision:
    """The requester says it is settled: tell the desk, and ask for a rating."""
    ticket = context.ticket
    if ticket is None or ticket.status.is_done:
        return say(conversation, Text("status.none"))
    solved = replace(ticket, status=TicketStatus.SOLVED, solved_at=context.now)
    return Decision(
        conversation,
        (
            ChangeTicket(ticket=solved),
            Notify(audience=Audience.DESK, ticket_id=ticket.id, text=Text("desk.closed_by_requester")),
            UpdateCard(ticket_id=ticket.id),
            ShutThread(ticket_id=ticket.id, shut=True),
            *say(conversation, Text("ticket.closed_by_you", {"number": ticket.number})).actions,
            AskRating(ticket_id=ticket.id),
        ),
    )


def rate(conversation: Conversation, ticket: Ticket, stars: int) -> Decision:
    """Keep the first rating of 1 to 5; a second press changes nothing."""
    if ticket.rating is not None or not 1 <= stars <= 5:
        return say(conversation, Text("rating.already"))
    rated = replace(ticket, rating=stars)
    thanks = Text("rating.thanks" if stars > 2 else "rating.sorry")
    return say(conversation, thanks).after(ChangeTicket(ticket=rated), UpdateCard(ticket_id=ticket.id))


def _ask_missing(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    if not conversation.intake:
        return say(replace(conversation, prompt=None), *(parts or (Text("intake.done"),)))
    question = Text(f"intake.{conversation.intake[0]}")
    return ask(conversation, (*parts, question), [option("skip", context.knowledge)])


def _intake_answer(wanted: str, event: MessageReceived, context: Context) -> str | None:
    """The value for the card; empty when it was meant as one but cannot be; None when it is just a message."""
    match wanted:
        case "account_id":
            words = _WORD.findall(event.text)
            found = next((word for word in words if context.policy.is_account_id(word)), None)
            tried = len(words) <= 3 and any(letter.isdecimal() for letter in event.text)
            return found or ("" if tried else None)
        case "what_happened":
            return event.text.strip()[:LONGEST_CARD_ANSWER] or None
        case "screenshot":
            return ATTACHED if event.attachments else None
        case _:
            return None


def _tried(conversation: Conversation) -> dict[str, str]:
    tried = {"question": conversation.said[:LONGEST_CARD_ANSWER], "tried": ",".join(conversation.tried)}
    return {key: value for key, value in tried.items() if value}


def _line(ticket: Ticket) -> Text:
    topic = Text(f"topic.{ticket.topic}" if ticket.topic else "topic.none")
    return Text("ticket.line", {"number": ticket.number, "status": Text(f"status.{ticket.status}"), "topic": topic})
