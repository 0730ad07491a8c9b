"""Where a ticket's time is kept: whatever changed it, its clocks and its timers follow in the same transaction."""

from bot.changes import AddTicket, AddTimer, Change, ClearTimer, SaveTicket
from bot.desk import clocks
from bot.desk.clocks import ClockPolicy
from bot.model import Ticket
from bot.ports import Clock


class Timekeeping:
    """Follows the ticket of one turn; `fired` is the kind of a timer that brought the turn about and is gone."""

    def __init__(self, policy: ClockPolicy, clock: Clock, now: int, ticket: Ticket | None, fired: str) -> None:
        self.has_changed = False
        self.has_spoken = False
        self._policy = policy
        self._clock = clock
        self._now = now
        self._before = ticket
        self._fired = fired

    def opened(self, ticket: Ticket) -> tuple[Ticket, list[Change]]:
        """The new ticket with its clocks running, and what keeps it."""
        self._before = clocks.timed(None, ticket, self._now, self._policy)
        return self._before, [AddTicket(self._before), *self._timers(None, self._before)]

    def kept(self, ticket: Ticket | None) -> tuple[Ticket | None, list[Change]]:
        """The ticket as it is after the turn, and what keeps it: once for all that changed, never for nothing."""
        before = self._before
        if ticket is None or not (self.has_changed or self.has_spoken or self._fired):
            return ticket, []
        # Of another ticket than the turn began with nobody knows here which timers it has: all are set.
        known = before if before and before.id == ticket.id else None
        after = clocks.timed(known, ticket, self._now, self._policy, has_spoken=self.has_spoken)
        changes = [SaveTicket(after), *self._timers(known, after)]
        self._before, self.has_changed, self.has_spoken, self._fired = after, False, False, ""
        return after, changes

    def _timers(self, before: Ticket | None, after: Ticket) -> list[Change]:
        earlier = clocks.due_times(before, self._policy) if before else {}
        earlier.pop(self._fired, None)
        later = clocks.due_times(after, self._policy)
        changes: list[Change] = [
            AddTimer(self._clock.new_id(), kind, after.id, due_at)
            for kind, due_at in later.items()
            if earlier.get(kind) != due_at
        ]
        return [*changes, *(ClearTimer(kind, after.id) for kind in earlier if kind not in later)]
