"""What staff see of a ticket: one card with all that was collected and tried, brought up to date as things change."""

from bot.actions import Option, Text, literal
from bot.desk.account_lines import account_lines, identity_line
from bot.knowledge.schema import MISSING, Knowledge
from bot.model import Ticket, TicketPriority
from bot.wording import NOT_GIVEN, answer_text, joined, known_text, shown_status

INTAKE = ("account_id", "what_happened", "screenshot")
OWN = frozenset({"question", "tried", *INTAKE})


def title(ticket: Ticket, knowledge: Knowledge) -> Text:
    """The thread's name: the number first, since people look for it, and at the end whoever has the ticket."""
    name = literal(ticket.requester.name or NOT_GIVEN)
    named = Text("card.title", {"number": ticket.number, "subject": subject(ticket, knowledge), "name": name})
    if ticket.assignee is None:
        return named
    return Text("card.title_taken", {"title": named, "assignee": literal(ticket.assignee.name)})


def labels(ticket: Ticket, knowledge: Knowledge) -> tuple[Text, ...]:
    """A word for each thing that threads are told apart by, where a platform has labels: the status comes first."""
    team = known_text(knowledge, f"team.{ticket.team}", ticket.team)
    return (Text(f"label.{shown_status(ticket)}"), team, Text(f"platform.{ticket.requester_chat.platform}"))


def card(ticket: Ticket, knowledge: Knowledge) -> tuple[Text, ...]:
    """The lines of the card; what was not given is shown as "–", so that nothing looks forgotten."""
    head = Text(
        "card.head",
        {
            "number": ticket.number,
            "subject": subject(ticket, knowledge),
            "status": Text(f"status.{shown_status(ticket)}"),
            "team": known_text(knowledge, f"team.{ticket.team}", ticket.team),
            "assignee": literal(ticket.assignee.name if ticket.assignee else NOT_GIVEN),
        },
    )
    priority = () if ticket.priority is TicketPriority.NORMAL else (Text(f"card.priority.{ticket.priority}"),)
    language = knowledge.languages.get(ticket.language)
    who = Text(
        "card.requester",
        {
            "name": literal(ticket.requester.name or NOT_GIVEN),
            "platform": Text(f"platform.{ticket.requester_chat.platform}"),
            "language": literal(language.name if language else ticket.language),
        },
    )
    lines = [_line(ticket, key, knowledge) for key in _keys(ticket)]
    failure = (
        [Text("card.undelivered", {"reason": Text(f"delivery.{ticket.undelivered}")})] if ticket.undelivered else []
    )
    held = [Text("card.legal_hold")] if ticket.legal_hold else []
    follows = [Text("card.follows", {"number": ticket.follows})] if ticket.follows else []
    rating = [Text("card.rating", {"stars": ticket.rating})] if ticket.rating is not None else []
    return (head, *priority, *follows, who, *lines, *account_lines(ticket), *failure, *rating, *held)


def options(ticket: Ticket) -> tuple[Option, ...]:
    """The buttons under the card."""
    if ticket.erased_at is not None:
        return ()
    if ticket.status.is_done:
        return (Option("reopen", Text("button.reopen")),)
    take = () if ticket.assignee else (Option("take", Text("button.take")),)
    return (*take, Option("close", Text("button.close_ticket")))


def subject(ticket: Ticket, knowledge: Knowledge) -> Text:
    """What the ticket is about, in a few words."""
    if ticket.subject in knowledge.checklists:
        return Text(f"checklist.{ticket.subject}.title")
    if ticket.subject in knowledge.entries:
        return Text(f"faq.{ticket.subject}.title")
    return Text(f"topic.{ticket.topic}" if ticket.topic in knowledge.topics else "topic.none")


def _keys(ticket: Ticket) -> list[str]:
    collected = [key for key in ticket.answers if key not in INTAKE]
    return [*collected, *INTAKE]


def _line(ticket: Ticket, key: str, knowledge: Knowledge) -> Text:
    if key == "account_id" and (proved := identity_line(ticket)):
        return proved
    value = ticket.answers.get(key, MISSING)
    if key == "tried":
        titles = [Text(f"faq.{entry}.title") for entry in value.split(",") if entry in knowledge.entries]
        shown = joined(titles) if titles else literal(NOT_GIVEN)
        return Text("card.line", {"label": Text("card.tried"), "value": shown})
    # What was answered before the talk turned to another matter carries its checklist's name.
    checklist, _, step = key.rpartition(".")
    subject = checklist or ticket.subject
    label = known_text(knowledge, f"checklist.{subject}.{step}.label", step)
    if key in OWN and label.key == "literal":
        label = Text(f"card.{key}")
    return Text("card.line", {"label": label, "value": answer_text(knowledge, subject, step, value)})
