"""What becomes of a ticket whose agent goes off duty: it waits for somebody again, with a line for whoever comes."""

from collections.abc import Sequence

from bot.actions import Moment, Text, Value, Wake, literal
from bot.changes import AddMessage, MessageKind
from bot.desk import queue
from bot.desk.acts import shown
from bot.desk.parts import Actions
from bot.desk.tickets import Move, moved
from bot.desk.work import turn
from bot.internal_events import AgentLeft
from bot.model import Ticket
from bot.wording import NOT_GIVEN

LONGEST_WORDS = 120


def handed_back(
    event: AgentLeft, ticket: Ticket, said: Sequence[AddMessage], now: int, timezone: str = "UTC"
) -> Actions:
    """The ticket without its agent, if it is still theirs and waits on us; `said` are its words, newest first."""
    after = moved(ticket, Move.RELEASE, now)
    if after is None or not event.agent.is_same_person(ticket.assignee) or ticket.status not in queue.ON_US:
        return ()
    values: dict[str, Value] = {
        "name": literal(event.agent.name),
        "asked": _last(said, MessageKind.REQUESTER),
        "answered": _last(said, MessageKind.AGENT),
        "turn": turn(ticket, now),
    }
    told = Text("desk.handed_back", values)
    if promise := ticket.timing.promise:
        told = Text("desk.handed_back_promised", {**values, "by": Moment(promise.by, timezone)})
    return shown(after, event.agent, "hand back", told, Wake.TEAM)


def _last(said: Sequence[AddMessage], kind: MessageKind) -> Text:
    """The latest words of one side, shortened; a command is none, and a file without words is only known to
    have been there."""
    words_of = (one for one in said if one.kind is kind and one.withdrawn_at is None)
    found = next((one for one in words_of if not one.text.startswith("/")), None)
    if found is None:
        return literal(NOT_GIVEN)
    words = " ".join(found.text.split())
    if not words:
        return Text("desk.a_file")
    return literal(words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1].rstrip()}…")
