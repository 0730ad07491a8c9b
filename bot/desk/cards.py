"""What staff see of a ticket: one card that a phone shows whole, kept up to date, and all the rest on demand."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.accounts import shortened
from bot.actions import Option, Text, literal
from bot.desk.account_lines import account_lines, identity_line
from bot.knowledge.schema import MISSING, Knowledge, StepKind
from bot.model import Ticket, TicketPriority
from bot.wording import NOT_GIVEN, answer_text, joined, known_text, shown_status

MOST_LINES = 10
"""So many a phone shows without scrolling."""
SHOWN_BEGINNING, SHOWN_END = 8, 6
ShownAs = Callable[[StepKind | None, str], str]
"""From an answer and the kind of step that asked for it to how it is shown."""
INTAKE = ("account_id", "what_happened", "screenshot")
OWN = frozenset({"question", "tried", *INTAKE})


def _in_full(_kind: StepKind | None, value: str) -> str:
    return value


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
    """As much as a phone shows whole: ids and addresses shortened, what is missing left out; [More] has the rest."""
    above = [*_state(ticket, knowledge), _account_line(ticket, knowledge, shortened), *account_lines(ticket)]
    money = _money(ticket, knowledge)
    keys = [key for key in _keys(ticket) if key not in money.keys and key != "account_id" and _is_given(ticket, key)]
    lines = [*above, *money.lines, *(_line(ticket, key, knowledge, _short_of) for key in keys)]
    # The head has two lines.
    if len(lines) <= MOST_LINES - 1:
        return tuple(lines)
    kept = lines[: MOST_LINES - 2]
    return (*kept, Text("card.more", {"count": len(lines) - len(kept)}))


def whole(ticket: Ticket, knowledge: Knowledge) -> tuple[Text, ...]:
    """Everything that was collected, in full; what was not given is shown as "–", so that nothing looks forgotten."""
    lines = [_line(ticket, key, knowledge) for key in _keys(ticket)]
    return (*_state(ticket, knowledge), *lines, *account_lines(ticket))


def _state(ticket: Ticket, knowledge: Knowledge) -> list[Text]:
    """How the ticket stands, and whose it is."""
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
    language = knowledge.languages.get(ticket.language)
    who = Text(
        "card.requester",
        {
            "name": literal(ticket.requester.name or NOT_GIVEN),
            "platform": Text(f"platform.{ticket.requester_chat.platform}"),
            "language": literal(language.name if language else ticket.language),
        },
    )
    priority = [] if ticket.priority is TicketPriority.NORMAL else [Text(f"card.priority.{ticket.priority}")]
    follows = [Text("card.follows", {"number": ticket.follows})] if ticket.follows else []
    why = Text(f"delivery.{ticket.undelivered}")
    failure = [Text("card.undelivered", {"reason": why})] if ticket.undelivered else []
    rating = [Text("card.rating", {"stars": ticket.rating})] if ticket.rating is not None else []
    held = [Text("card.legal_hold")] if ticket.legal_hold else []
    return [head, *priority, *follows, who, *failure, *rating, *held]


@dataclass(frozen=True, slots=True)
class _Money:
    """What it is about in one line, and the answers that this line says."""

    lines: tuple[Text, ...] = ()
    keys: frozenset[str] = frozenset()


def _money(ticket: Ticket, knowledge: Knowledge) -> _Money:
    """How much of what, and where: "0.25 ETH · Ethereum (ERC20)"."""
    checklist = knowledge.checklists.get(ticket.subject)
    found = {step.kind: step.id for step in (checklist.steps if checklist else ()) if _is_given(ticket, step.id)}
    named = [found[kind] for kind in (StepKind.AMOUNT, StepKind.ASSET, StepKind.NETWORK) if kind in found]
    if len(named) < 2:
        return _Money()
    first, *others = (answer_text(knowledge, ticket.subject, key, ticket.answers[key]) for key in named)
    value = first
    for key, text in zip(named[1:], others, strict=True):
        is_asset = key == found.get(StepKind.ASSET) and named[0] == found.get(StepKind.AMOUNT)
        value = Text("card.amount_of" if is_asset else "card.beside", {"first": value, "second": text})
    line = Text("card.line", {"label": Text("card.money"), "value": value})
    return _Money((line,), frozenset(named))


def _is_given(ticket: Ticket, key: str) -> bool:
    return ticket.answers.get(key, MISSING) not in (MISSING, "")


def options(ticket: Ticket) -> tuple[Option, ...]:
    """The buttons under the card."""
    if ticket.erased_at is not None:
        return ()
    if ticket.status.is_done:
        return (Option("reopen", Text("button.reopen")),)
    take = () if ticket.assignee else (Option("take", Text("button.take")),)
    return (*take, Option("show", Text("button.show")), Option("close", Text("button.close_ticket")))


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


def _line(ticket: Ticket, key: str, knowledge: Knowledge, shown_as: ShownAs = _in_full) -> Text:
    """An answer with its label; `shown_as` may shorten it by the kind of step that asked for it."""
    if key == "account_id":
        return _account_line(ticket, knowledge, lambda value: value)
    value = ticket.answers.get(key, MISSING)
    if key == "tried":
        titles = [Text(f"faq.{entry}.title") for entry in value.split(",") if entry in knowledge.entries]
        shown = joined(titles) if titles else literal(NOT_GIVEN)
        return Text("card.line", {"label": Text("card.tried"), "value": shown})
    # What was answered before the talk turned to another matter carries its checklist's name.
    checklist, _, step = key.rpartition(".")
    about = checklist or ticket.subject
    label = known_text(knowledge, f"checklist.{about}.{step}.label", step)
    if key in OWN and label.key == "literal":
        label = Text(f"card.{key}")
    known = knowledge.checklists.get(about)
    asked = known.step(step) if known else None
    value = shown_as(asked.kind if asked else None, value)
    return Text("card.line", {"label": label, "value": answer_text(knowledge, about, step, value)})


def _account_line(ticket: Ticket, knowledge: Knowledge, shown_as: Callable[[str], str]) -> Text:
    """Whose account it is: proved, stated, or not known."""
    if proved := identity_line(ticket):
        return proved
    stated = ticket.answers.get("account_id", MISSING)
    value = stated if stated in (MISSING, "") else shown_as(stated)
    return Text("card.line", {"label": Text("card.account_id"), "value": answer_text(knowledge, "", "", value)})


def _short_of(kind: StepKind | None, value: str) -> str:
    """Enough of an address or a transaction to tell two apart."""
    is_long = kind in (StepKind.TXID, StepKind.ADDRESS) and len(value) > SHOWN_BEGINNING + SHOWN_END + 1
    return f"{value[:SHOWN_BEGINNING]}…{value[-SHOWN_END:]}" if is_long else value
