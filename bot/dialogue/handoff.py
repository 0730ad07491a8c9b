"""From the bot to a person: opens the ticket with everything collected, shows how it stands, closes and rates it."""

from dataclasses import replace

from bot.actions import (
    LAPSE,
    AskRating,
    Audience,
    ChangeTicket,
    DialogueAction,
    Notify,
    OpenTicket,
    RelayToDesk,
    SetTimer,
    ShowStatus,
    Text,
    UpdateCard,
)
from bot.dialogue import intake
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.options import option
from bot.model import Conversation, Mode, Ticket, TicketPriority, TicketStatus
from bot.timing import HOUR
from bot.wording import shown_status, topic_text


def start(conversation: Conversation, context: Context, *, subject: str = "") -> Decision:
    """Open a ticket with everything collected, unless one is open already or verification comes first."""
    if ticket := context.open_ticket:
        held = replace(conversation, mode=Mode.HANDED_OFF)
        return say(held, Text("ticket.already", {"number": ticket.number}))
    conversation = _about_checklist(conversation, subject, context)
    known = context.knowledge.topics.get(conversation.topic)
    if context.policy.require_kyc and not conversation.is_verified and not (known and known.open_to_all):
        options = [option(key, context.knowledge) for key in ("verified", "not_verified")]
        return ask(conversation, (Text("kyc.question"),), options, columns=2)
    subject, answers = _answers(conversation, subject, context)
    collected = {**answers, **_tried(conversation)}
    proved = (intake.ACCOUNT_ID,) if context.account else ()
    handed = replace(
        conversation,
        mode=Mode.HANDED_OFF,
        intake=tuple(field for field in intake.FIELDS if field not in proved and not _has(field, collected, answers)),
        place=None, prompt=None, topic="", tried=(), helped_asked=(),
    )  # fmt: skip
    team = context.knowledge.team_of(conversation.topic) or next(iter(context.knowledge.topics.values())).team
    opening = OpenTicket(
        topic=conversation.topic,
        team=team,
        subject=subject,
        answers=collected,
        priority=_priority(conversation, subject, context),
        account=context.account,
    )
    return Decision(handed, (opening,))


def opened(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    """Tell the number and the hours, ask the first thing that is missing, and pass on what did not fit the card."""
    told = (Text("ticket.opened", {"number": ticket.number}), context.hours, *filter(None, (context.waiting,)))
    decision = intake.ask_missing(replace(conversation, said="", pictures=()), context, *told)
    said = conversation.said if len(conversation.said) > intake.LONGEST_ANSWER else ""
    if not said and not conversation.pictures:
        return decision
    return decision.then(RelayToDesk(ticket_id=ticket.id, text=said, attachments=conversation.pictures))


def status(conversation: Conversation, context: Context) -> Decision:
    """How the open ticket stands, or that there is none."""
    if context.open_ticket is None:
        return say(conversation, Text("status.none"))
    return say(conversation, _line(context.open_ticket, context), context.waiting or context.hours)


def tickets(conversation: Conversation, context: Context) -> Decision:
    """All tickets of the requester, newest first."""
    if not context.tickets:
        return say(conversation, Text("tickets.none"))
    return say(conversation, Text("tickets.head"), *(_line(ticket, context) for ticket in context.tickets))


def close(conversation: Conversation, context: Context) -> Decision:
    """The requester says it is settled: tell the desk, and ask for a rating."""
    ticket = context.open_ticket
    if ticket is None:
        return say(conversation, Text("status.none"))
    solved = replace(ticket, status=TicketStatus.SOLVED, solved_at=context.now)
    due_at = context.now + context.policy.close_after_hours * HOUR
    return Decision(
        conversation,
        (
            ChangeTicket(ticket=solved),
            Notify(audience=Audience.DESK, ticket_id=ticket.id, text=Text("desk.closed_by_requester")),
            UpdateCard(ticket_id=ticket.id),
            ShowStatus(ticket_id=ticket.id),
            *say(conversation, Text("ticket.closed_by_you", {"number": ticket.number})).actions,
            *((AskRating(ticket_id=ticket.id),) if ticket.rating is None else ()),
            SetTimer(kind=LAPSE, ticket_id=ticket.id, due_at=due_at),
        ),
    )


def blocked(ticket: Ticket, *, is_blocked: bool) -> tuple[DialogueAction, ...]:
    """Whoever answers the ticket hears that the requester will not read it, or can again."""
    if ticket.status.is_done:
        return ()
    told = Text("desk.blocked" if is_blocked else "desk.unblocked")
    return (Notify(audience=Audience.DESK, ticket_id=ticket.id, text=told),)


def rate(conversation: Conversation, ticket: Ticket, stars: int) -> Decision:
    """Keep the first rating of 1 to 5; a second press changes nothing."""
    if ticket.rating is not None:
        return say(conversation, Text("rating.already"))
    if not 1 <= stars <= 5:
        return say(conversation, Text("prompt.stale"))
    rated = replace(ticket, rating=stars)
    thanks = Text("rating.thanks" if stars > 2 else "rating.sorry")
    return say(conversation, thanks).after(ChangeTicket(ticket=rated), UpdateCard(ticket_id=ticket.id))


def _about_checklist(conversation: Conversation, subject: str, context: Context) -> Conversation:
    """Whoever greeted again in the middle of a checklist and then wants a person wants one for that."""
    place = conversation.place
    checklist = context.knowledge.checklists.get(place.checklist) if place else None
    if checklist is None or conversation.topic or subject:
        return conversation
    return replace(conversation, topic=checklist.topic)


def _answers(conversation: Conversation, subject: str, context: Context) -> tuple[str, dict[str, str]]:
    """What the ticket is about, and what was answered in a checklist; under its name if that is another matter."""
    place = conversation.place
    if place is None:
        return subject, {}
    checklist = context.knowledge.checklists.get(place.checklist)
    is_about_it = checklist and (conversation.mode is Mode.IN_CHECKLIST or conversation.topic == checklist.topic)
    if is_about_it and not subject:
        return place.checklist, dict(place.answers)
    return subject, {f"{place.checklist}.{step}": answer for step, answer in place.answers.items()}


def _priority(conversation: Conversation, subject: str, context: Context) -> TicketPriority:
    """By what it is about; without a subject of its own, by the answer that was given last and did not do."""
    place = conversation.place
    found = place.found if place and place.checklist == subject else ()
    about = subject or next(iter(conversation.tried[-1:]), "")
    return context.knowledge.priority_of(conversation.topic, about, found)


def _tried(conversation: Conversation) -> dict[str, str]:
    tried = {
        "question": conversation.said[: intake.LONGEST_ANSWER],
        "tried": ",".join(conversation.tried),
        intake.SCREENSHOT: intake.ATTACHED if conversation.pictures else "",
    }
    return {key: value for key, value in tried.items() if value}


def _has(field: str, collected: dict[str, str], answers: dict[str, str]) -> bool:
    """Whether a thing need not be asked; who answered questions about it or wrote one has said what happened."""
    is_told = "question" in collected or any("." not in key for key in answers)
    return field in collected or (field == intake.WHAT_HAPPENED and is_told)


def _line(ticket: Ticket, context: Context) -> Text:
    topic, status = topic_text(context.knowledge, ticket.topic), Text(f"status.{shown_status(ticket)}")
    return Text("ticket.line", {"number": ticket.number, "status": status, "topic": topic})
