"""What is said when a ticket's time has come: to the desk, to those who lead it, to the requester who waits for us or
for whom we wait."""

from dataclasses import replace

from bot.actions import (
    LAPSE,
    Audience,
    ChangeTicket,
    DeskAction,
    Moment,
    Notify,
    Option,
    SetTimer,
    ShowStatus,
    TellAgent,
    Text,
    UpdateCard,
    Wake,
    literal,
)
from bot.desk import clocks
from bot.desk.clocks import ClockPolicy, Strike
from bot.desk.parts import Actions
from bot.desk.tickets import Move, moved
from bot.internal_events import TimerFired
from bot.model import Ticket
from bot.timing import CLOCKS, HOUR, NEXT_UPDATE, SILENCE, SLIPPED, WHOLE

KINDS = frozenset({CLOCKS, NEXT_UPDATE, SILENCE, SLIPPED})
"""The timers that are answered here."""


def time_came(
    event: TimerFired,
    ticket: Ticket,
    now: int,
    policy: ClockPolicy,
    *,
    close_after_hours: int = 72,
    is_about_money: bool = False,
    is_assignee_away: bool = False,
) -> Actions:
    """What follows from a timer of this ticket; nothing when its moment turns out not to have come."""
    if event.kind == SLIPPED:
        return _slipped(ticket)
    if clocks.due_times(ticket, policy).get(event.kind, now + 1) > now:
        return ()
    match event.kind:
        case _ if event.kind == CLOCKS:
            return _struck(ticket, now, policy, is_assignee_away=is_assignee_away)
        case _ if event.kind == NEXT_UPDATE:
            return _word(ticket, now, policy)
        case _ if ticket.timing.reminded_at is None:
            return _reminded(ticket, now, policy, is_about_money=is_about_money)
        case _ if is_about_money:
            return _raised(ticket)
        case _:
            return _given_up(ticket, now, close_after_hours)


def _struck(ticket: Ticket, now: int, policy: ClockPolicy, *, is_assignee_away: bool) -> Actions:
    after, strikes = clocks.struck(ticket, now, policy)
    told = tuple(_told(ticket, strike, policy) for strike in strikes)
    name = ticket.assignee.name if ticket.assignee else ""
    released = moved(after, Move.RELEASE, now)
    is_over = any(strike.mark == WHOLE for strike in strikes)
    if not (name and is_assignee_away and is_over) or released is None:
        return (ChangeTicket(ticket=after), *told)
    back = TellAgent(text=Text("clock.handed_back", {"name": literal(name)}), ticket_id=ticket.id, wakes=Wake.TEAM)
    shown = (UpdateCard(ticket_id=ticket.id), ShowStatus(ticket_id=ticket.id))
    return (ChangeTicket(ticket=released), *told, back, *shown)


def _told(ticket: Ticket, strike: Strike, policy: ClockPolicy) -> DeskAction:
    what = Text(f"clock.{strike.clock}")
    if strike.mark == WHOLE:
        over = Text("clock.over", {"clock": what})
        return TellAgent(text=over, ticket_id=ticket.id, wakes=Wake.LEADS)
    if strike.due_at is None:
        half = Text("clock.half_open", {"clock": what})
    else:
        half = Text("clock.half", {"clock": what, "time": Moment(strike.due_at, policy.hours_of(ticket).timezone)})
    return TellAgent(text=half, ticket_id=ticket.id, wakes=Wake.ASSIGNEE)


def _word(ticket: Ticket, now: int, policy: ClockPolicy) -> Actions:
    """The requester hears of a moment before it comes, and of a new one before the old one has passed."""
    after = clocks.promised(ticket, now, policy)
    if after is None or after.timing.promise is None:
        return ()
    moment = Moment(after.timing.promise.by, policy.hours_of(ticket).timezone)
    is_first = ticket.timing.promise is None
    told = Text("update.next" if is_first else "update.late", {"number": ticket.number, "time": moment})
    return (ChangeTicket(ticket=after), Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told))


def _reminded(ticket: Ticket, now: int, policy: ClockPolicy, *, is_about_money: bool) -> Actions:
    after = replace(ticket, timing=replace(ticket.timing, reminded_at=now))
    closes_at = clocks.awake(now + policy.close_silent_after_hours * HOUR, policy.hours_of(ticket).timezone)
    told = Text("silence.reminder_money", {"number": ticket.number})
    if not is_about_money:
        moment = Moment(closes_at, policy.hours_of(ticket).timezone)
        told = Text("silence.reminder", {"number": ticket.number, "time": moment})
    return (
        ChangeTicket(ticket=after),
        Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),
        TellAgent(text=Text("silence.reminded"), ticket_id=ticket.id),
    )


def _raised(ticket: Ticket) -> Actions:
    """Where money may be lost nothing ends by itself: the desk decides."""
    after = replace(ticket, timing=replace(ticket.timing, is_raised=True))
    told = TellAgent(text=Text("silence.raised"), ticket_id=ticket.id, wakes=Wake.ASSIGNEE)
    return (ChangeTicket(ticket=after), told)


def _given_up(ticket: Ticket, now: int, close_after_hours: int) -> Actions:
    solved = moved(ticket, Move.CLOSE, now)
    if solved is None:
        return ()
    told = Text("silence.closed", {"number": ticket.number})
    again = (Option("reopen", Text("button.reopen_mine")),)
    return (
        ChangeTicket(ticket=solved),
        Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told, options=again),
        TellAgent(text=Text("silence.closed_desk"), ticket_id=ticket.id),
        UpdateCard(ticket_id=ticket.id),
        ShowStatus(ticket_id=ticket.id),
        SetTimer(kind=LAPSE, ticket_id=ticket.id, due_at=now + close_after_hours * HOUR),
    )


def _slipped(ticket: Ticket) -> Actions:
    """The first answer takes longer than was said when the ticket was opened."""
    if ticket.first_response_at is not None or ticket.status.is_done:
        return ()
    told = Text("waiting.slipped", {"number": ticket.number})
    return (Notify(audience=Audience.REQUESTER, ticket_id=ticket.id, text=told),)
