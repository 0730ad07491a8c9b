"""The clocks of a ticket: which of them run, what they have reached, and at what moment something must be said.

`timed` is the one place where a ticket's time changes, called wherever a ticket has changed; `due_times` follows from
the ticket alone, so that after a restart, or with new settings, every moment can be had again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bot.desk.hours import Hours
from bot.model import Ticket, TicketPriority, TicketStatus
from bot.timing import (
    CLOCKS,
    HALF,
    HOUR,
    MINUTE,
    NEXT_UPDATE,
    SECOND,
    SILENCE,
    WHOLE,
    ClockName,
    Promise,
    Timing,
    Watch,
)

SETTLING = 5 * MINUTE
"""Whoever waits is told of it only after so long: in a talk that goes back and forth it would be noise."""
SAID_AGAIN_AT = 80
"""A promise that cannot be kept is renewed when so many percent of its time have passed."""
QUIET_FROM, QUIET_UNTIL = 22, 8
"""Between these hours of the desk's day nobody is reminded of anything."""

Targets = Mapping[ClockName, Mapping[TicketPriority, int]]
"""Open minutes, by clock and priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPolicy:
    """The operator's rules of time; a team that is not among `team_hours` works in the desk's, and tickets about
    the topics `always_open` are answered at any hour."""

    hours: Hours
    targets: Targets
    team_hours: Mapping[str, Hours] = field(default_factory=dict)
    always_open: frozenset[str] = frozenset()
    remind_after_hours: int = 24
    close_silent_after_hours: int = 72

    def hours_of(self, ticket: Ticket) -> Hours:
        """When those who answer the ticket are at work."""
        hours = self.team_hours.get(ticket.team, self.hours)
        return hours.always() if ticket.topic in self.always_open else hours

    def target(self, name: ClockName, priority: TicketPriority) -> int:
        """How much open time a clock may run for such a ticket."""
        return self.targets[name][priority] * MINUTE


class _Phase(Enum):
    OFF = auto()
    STANDING = auto()
    RUNNING = auto()


@dataclass(frozen=True, slots=True)
class Strike:
    """A clock has reached a mark; `due_at` is when its whole target has passed or will have, None for never."""

    clock: ClockName
    mark: int
    due_at: int | None


def timed(before: Ticket | None, after: Ticket, now: int, policy: ClockPolicy, *, has_spoken: bool = False) -> Ticket:
    """The changed ticket with its time from now on; with `has_spoken` a person has written to its requester."""
    earlier, hours = after.timing, policy.hours_of(after)
    watches = {
        name: watch
        for name in ClockName
        if (watch := _watch(name, earlier.watches.get(name), after, now, hours, has_spoken=has_spoken))
    }
    timing = replace(
        earlier,
        watches=watches,
        promise=earlier.promise if waits_for_word(after) and not has_spoken else None,
    )
    is_answered = after.first_response_at is not None and (before is None or before.first_response_at is None)
    waited = hours.open_between(after.created_at, now) if is_answered else after.waited
    return replace(after, timing=_silence(timing, after, now, has_spoken=has_spoken), waited=waited)


def due_times(ticket: Ticket, policy: ClockPolicy) -> dict[str, int]:
    """When the ticket's timers are due, by their kind; one that is not among them must not be set."""
    found = {
        CLOCKS: min(_marks(ticket, policy), default=None),
        NEXT_UPDATE: _word_due_at(ticket, policy),
        SILENCE: _silence_due_at(ticket, policy),
    }
    return {kind: due_at for kind, due_at in found.items() if due_at is not None}


def struck(ticket: Ticket, now: int, policy: ClockPolicy) -> tuple[Ticket, tuple[Strike, ...]]:
    """Which clocks have reached a mark that was not told of, and the ticket after it was: each is told once.

    The time for the next regular update begins anew when the last one has passed.
    """
    watches, strikes, hours = dict(ticket.timing.watches), list[Strike](), policy.hours_of(ticket)
    for name, watch in ticket.timing.watches.items():
        target = policy.target(name, ticket.priority)
        mark = max((one for one in _open_marks(watch) if _spent(watch, now, hours) * 100 >= target * one), default=0)
        if not mark:
            continue
        strikes.append(Strike(name, mark, _reached_at(watch, target, WHOLE, hours)))
        begins_anew = name is ClockName.REGULAR_UPDATE and mark == WHOLE
        watches[name] = Watch(since=now) if begins_anew else replace(watch, told=mark)
    return replace(ticket, timing=replace(ticket.timing, watches=watches)), tuple(strikes)


def waits_for_word(ticket: Ticket) -> bool:
    """Whether the requester has been answered before and waits for more from us."""
    return ticket.first_response_at is not None and ticket.status in (TicketStatus.OPEN, TicketStatus.ON_HOLD)


def promised(ticket: Ticket, now: int, policy: ClockPolicy) -> Ticket | None:
    """The ticket with the next moment to name to its requester; None when there is none to name."""
    earlier = ticket.timing.promise
    by = policy.hours_of(ticket).later(max(earlier.by, now) if earlier else now, _period(ticket, policy))
    return replace(ticket, timing=replace(ticket.timing, promise=Promise(now, by))) if by else None


def awake(moment: int, timezone: str) -> int:
    """The moment itself, or the morning after where it lies in the quiet hours of the night."""
    there = datetime.fromtimestamp(moment / SECOND, UTC).astimezone(ZoneInfo(timezone))
    if QUIET_UNTIL <= there.hour < QUIET_FROM:
        return moment
    day = there.date() + timedelta(days=1 if there.hour >= QUIET_FROM else 0)
    morning = datetime(day.year, day.month, day.day, QUIET_UNTIL, tzinfo=there.tzinfo)
    return round(morning.timestamp()) * SECOND


def _phase(name: ClockName, ticket: Ticket) -> _Phase:
    is_pending = ticket.status is TicketStatus.PENDING
    is_done, is_answered = ticket.status.is_done, ticket.first_response_at is not None
    match name:
        case ClockName.FIRST_RESPONSE:
            is_off, stands = is_answered or is_done, is_pending
        case ClockName.NEXT_REPLY:
            is_off, stands = not waits_for_word(ticket), ticket.status is TicketStatus.ON_HOLD
        case ClockName.REGULAR_UPDATE:
            is_off, stands = not waits_for_word(ticket), False
        case ClockName.RESOLUTION:
            is_off, stands = False, is_pending or is_done
    return _Phase.OFF if is_off else _Phase.STANDING if stands else _Phase.RUNNING


def _watch(
    name: ClockName, watch: Watch | None, ticket: Ticket, now: int, hours: Hours, *, has_spoken: bool
) -> Watch | None:
    phase = _phase(name, ticket)
    if phase is _Phase.OFF:
        return None
    starts_anew = has_spoken and name in (ClockName.NEXT_REPLY, ClockName.REGULAR_UPDATE)
    kept = Watch() if watch is None or starts_anew else watch
    if phase is _Phase.STANDING:
        return replace(kept, spent=_spent(kept, now, hours), since=None)
    return replace(kept, since=now) if kept.since is None else kept


def _spent(watch: Watch, now: int, hours: Hours) -> int:
    return watch.spent + (0 if watch.since is None else hours.open_between(watch.since, now))


def _open_marks(watch: Watch) -> tuple[int, ...]:
    return () if watch.since is None else tuple(mark for mark in (HALF, WHOLE) if mark > watch.told)


def _marks(ticket: Ticket, policy: ClockPolicy) -> Iterator[int]:
    """When each running clock reaches its next mark."""
    for name, watch in ticket.timing.watches.items():
        for mark in _open_marks(watch)[:1]:
            due_at = _reached_at(watch, policy.target(name, ticket.priority), mark, policy.hours_of(ticket))
            if due_at is not None:
                yield due_at


def _reached_at(watch: Watch, target: int, mark: int, hours: Hours) -> int | None:
    return None if watch.since is None else hours.later(watch.since, target * mark // 100 - watch.spent)


def _period(ticket: Ticket, policy: ClockPolicy) -> int:
    """How long until the next word: as for a reply the first time, afterwards as for a regular update."""
    is_first = ticket.timing.promise is None and ticket.status is TicketStatus.OPEN
    name = ClockName.NEXT_REPLY if is_first else ClockName.REGULAR_UPDATE
    return policy.target(name, ticket.priority)


def _word_due_at(ticket: Ticket, policy: ClockPolicy) -> int | None:
    """When the requester is to be told of the next moment: soon after they began to wait, then before each passes."""
    watch, promise = ticket.timing.watches.get(ClockName.REGULAR_UPDATE), ticket.timing.promise
    hours = policy.hours_of(ticket)
    if watch is None or watch.since is None or not waits_for_word(ticket):
        return None
    if promise is None:
        is_ever_open = hours.later(watch.since, _period(ticket, policy)) is not None
        return watch.since + SETTLING if is_ever_open else None
    open_time = hours.open_between(promise.made_at, promise.by)
    return hours.later(promise.made_at, open_time * SAID_AGAIN_AT // 100)


def _silence(timing: Timing, ticket: Ticket, now: int, *, has_spoken: bool) -> Timing:
    if ticket.status is not TicketStatus.PENDING:
        return replace(timing, silent_since=None, reminded_at=None, is_raised=False)
    if timing.silent_since is not None and not has_spoken:
        return timing
    return replace(timing, silent_since=now, reminded_at=None, is_raised=False)


def _silence_due_at(ticket: Ticket, policy: ClockPolicy) -> int | None:
    """What did not reach them cannot be answered, so then nothing is due."""
    timing = ticket.timing
    if timing.silent_since is None or timing.is_raised or ticket.undelivered:
        return None
    if timing.reminded_at is None:
        return awake(timing.silent_since + policy.remind_after_hours * HOUR, policy.hours_of(ticket).timezone)
    return awake(timing.reminded_at + policy.close_silent_after_hours * HOUR, policy.hours_of(ticket).timezone)
