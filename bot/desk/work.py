"""What agents ask of the work queue, and what they are told: the next ticket, their own, everybody's, their duty.

Lists are made for a phone: one short line each, the most urgent first, and no more of them than fit on its screen.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.actions import (
    Announce,
    Audit,
    Option,
    Place,
    TellHere,
    Text,
    literal,
)
from bot.desk import acts, cards, queue
from bot.desk.commands import Verb
from bot.desk.parts import Actions
from bot.desk.teams import named_team
from bot.desk.tickets import taken
from bot.knowledge.schema import Knowledge
from bot.model import Agent, Ticket, TicketStatus
from bot.staffing import Duty, Shift, Waiting
from bot.timing import DAY, HOUR, MINUTE
from bot.wording import joined, known_text

MOST_LINES, MOST_BUTTONS, MOST_CAPACITY = 10, 3, 99
NOBODYS_TICKET = 0
"""What the audit names where an act is about no ticket."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an agent says of their duty; None for what they leave as it is."""

    duty: Duty
    capacity: int | None = None
    languages: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None


def heard(words: str, languages: Collection[str], teams: Mapping[str, Sequence[str]]) -> Said | None:
    """`on 5 en ja payments`, `break`, `off`: the duty first, then in any order how many tickets, in which languages
    and of which teams ("all" is every one); None for anything else."""
    first, *rest = words.casefold().split() or [""]
    if first not in tuple(Duty):
        return None
    numbers = [int(word) for word in rest if re.fullmatch("[0-9]{1,3}", word)]
    is_all = "all" in rest
    spoken = [word for word in rest if word in languages]
    named = [team for word in rest if (team := named_team(word, teams))]
    is_clear = len(numbers) <= 1 and len(numbers) + len(spoken) + len(named) + rest.count("all") == len(rest)
    if not is_clear or any(not 1 <= number <= MOST_CAPACITY for number in numbers):
        return None
    return Said(Duty(first), numbers[0] if numbers else None, _chosen(spoken, is_all), _chosen(named, is_all))


def _chosen(named: Sequence[str], is_all: bool) -> tuple[str, ...] | None:
    return () if is_all else tuple(dict.fromkeys(named)) or None


def after(shift: Shift, said: Said, now: int) -> Shift:
    """The agent's shift from now on."""
    return replace(
        shift,
        duty=said.duty,
        capacity=shift.capacity if said.capacity is None else said.capacity,
        languages=shift.languages if said.languages is None else said.languages,
        teams=shift.teams if said.teams is None else said.teams,
        since=shift.since if said.duty is shift.duty else now,
        seen_at=now,
    )


def changed(shift: Shift, capacity: int, knowledge: Knowledge, handed_back: int) -> Actions:
    """What an agent is told of their new duty; with "off" the whole staff chat is."""
    told = _duty_text(shift, capacity, knowledge, handed_back)
    everybody = (Announce(text=told),) if shift.duty is Duty.OFF else ()
    return (TellHere(parts=(told,)), *everybody, audited(shift))


def audited(shift: Shift) -> Audit:
    """The line of the audit for a duty that was changed."""
    words = [f"duty {shift.duty}", *([str(shift.capacity)] if shift.capacity else []), *shift.languages, *shift.teams]
    return Audit(ticket_id=NOBODYS_TICKET, agent=shift.agent, act=" ".join(words))


def went_off(agent: Agent, handed_back: int) -> Text:
    """What the staff chat hears of somebody who goes home."""
    name = literal(agent.name)
    if not handed_back:
        return Text("duty.off", {"name": name})
    return Text("duty.went_off", {"name": name, "count": handed_back})


def how() -> Actions:
    """What a duty can be."""
    return (TellHere(parts=(Text("duty.how"),)),)


def refusal(shift: Shift, capacity: int) -> Text | None:
    """Why an agent gets no ticket now."""
    if shift.duty in (Duty.BREAK, Duty.OFF):
        return Text("next.on_break") if shift.duty is Duty.BREAK else Text("next.off_duty")
    if not queue.room(shift, capacity):
        return Text("next.full", {"count": shift.busy})
    return None


def given(ticket: Ticket, agent: Agent, knowledge: Knowledge, now: int) -> Actions:
    """The ticket is the agent's: they hear where it is, and its thread hears who has it."""
    mine = taken(ticket, agent, now)
    if mine is None:
        return ()
    subject, wait = cards.subject(ticket, knowledge), _wait(ticket, now)
    told = Text("next.given", {"ticket": place(ticket), "subject": subject, "wait": wait})
    return (
        TellHere(parts=(told,)),
        *acts.shown(mine, agent, Verb.TAKE, Text("desk.taken", {"name": literal(agent.name)})),
    )


def mine(tickets: Sequence[Ticket], knowledge: Knowledge, now: int) -> Actions:
    """An agent's own tickets: those that wait on us first, each with whose turn it is."""
    if not tickets:
        return (TellHere(parts=(Text("mine.none"),)),)
    ordered = sorted(tickets, key=_mine_key)
    lines = [_mine_line(ticket, knowledge, now) for ticket in ordered[:MOST_LINES]]
    head = Text("mine.head", {"count": len(tickets)})
    return (TellHere(parts=(head, *lines, *_more(len(tickets)))),)


def everybodys(waiting: Sequence[Waiting], threads: Sequence[Ticket], knowledge: Knowledge, now: int) -> Actions:
    """How many tickets nobody has, by team, and the oldest of each; `threads` are the most urgent ones, to be taken
    by a button."""
    if not waiting:
        return (TellHere(parts=(Text("queue.none"),)),)
    teams = sorted({one.team for one in waiting}, key=lambda team: min(_oldest(waiting, team)))
    lines = [_team_line(team, waiting, knowledge, now) for team in teams]
    head = Text("queue.head", {"count": len(waiting)})
    urgent = [place(ticket) for ticket in threads]
    shown = [Text("queue.urgent", {"ticket": one}) for one in urgent[:1]]
    buttons = tuple(
        Option("take", Text("button.take_number", {"number": ticket.number}), ticket.id) for ticket in threads
    )
    return (TellHere(parts=(head, *lines[:MOST_LINES], *_more(len(lines)), *shown), options=buttons),)


def most_urgent(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Those that the buttons of the queue are for."""
    return sorted(waiting, key=queue.urgency)[:MOST_BUTTONS]


def refused(why: Text) -> Actions:
    """The sentence instead of a ticket."""
    return (TellHere(parts=(why,)),)


def nothing_left() -> Actions:
    """Nothing waits that the agent may take."""
    return (TellHere(parts=(Text("next.none"),)),)


def place(ticket: Ticket) -> Place:
    """The ticket's number as the way to its thread."""
    return Place(ticket.desk_chat, f"#{ticket.number}")


def waited(microseconds: int) -> Text:
    """A time of waiting as people say it: minutes up to two hours, hours up to two days."""
    if microseconds >= 2 * DAY:
        return Text("wait.days", {"count": microseconds // DAY})
    if microseconds >= 2 * HOUR:
        return Text("wait.hours", {"count": microseconds // HOUR})
    return Text("wait.minutes", {"count": max(microseconds // MINUTE, 0)})


def _duty_text(shift: Shift, capacity: int, knowledge: Knowledge, handed_back: int) -> Text:
    if shift.duty is not Duty.ON:
        return Text("duty.break") if shift.duty is Duty.BREAK else went_off(shift.agent, handed_back)
    count = capacity if shift.capacity is None else shift.capacity
    languages = [literal(knowledge.languages[code].name) for code in shift.languages if code in knowledge.languages]
    teams = [known_text(knowledge, f"team.{team}", team) for team in shift.teams]
    if not languages and not teams:
        return Text("duty.on", {"count": count})
    return Text("duty.on_only", {"count": count, "only": joined([*languages, *teams])})


def _mine_key(ticket: Ticket) -> tuple[bool, int, int, int]:
    is_theirs = ticket.status not in queue.ON_US
    return (is_theirs, ticket.priority.rank, _since(ticket), ticket.id)


def _mine_line(ticket: Ticket, knowledge: Knowledge, now: int) -> Text:
    subject = cards.subject(ticket, knowledge)
    return Text("mine.line", {"ticket": place(ticket), "subject": subject, "turn": turn(ticket, now)})


def turn(ticket: Ticket, now: int) -> Text:
    """Whose turn it is, and since when where it is ours."""
    if ticket.status in queue.ON_US:
        return Text("turn.ours", {"wait": _wait(ticket, now)})
    return Text("turn.third" if ticket.status is TicketStatus.ON_HOLD else "turn.theirs")


def _wait(ticket: Ticket, now: int) -> Text:
    return waited(now - _since(ticket))


def _since(ticket: Ticket) -> int:
    return ticket.created_at if ticket.waiting_since is None else ticket.waiting_since


def _team_line(team: str, waiting: Sequence[Waiting], knowledge: Knowledge, now: int) -> Text:
    since, number = min(_oldest(waiting, team))
    count = sum(one.team == team for one in waiting)
    name, wait = known_text(knowledge, f"team.{team}", team), waited(now - since)
    return Text("queue.team", {"team": name, "count": count, "number": number, "wait": wait})


def _oldest(waiting: Iterable[Waiting], team: str) -> list[tuple[int, int]]:
    return [(one.since, one.number) for one in waiting if one.team == team]


def _more(count: int) -> tuple[Text, ...]:
    return (Text("queue.more", {"count": count - MOST_LINES}),) if count > MOST_LINES else ()
