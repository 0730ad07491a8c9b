"""Whom what is said at the desk may wake, written into the message itself."""

from dataclasses import dataclass, replace

from bot.actions import Wake
from bot.desk import queue
from bot.model import Content, Ticket
from bot.staffing import Shift


@dataclass(frozen=True, slots=True)
class Waking:
    """Decides with those who were at the desk when the turn began."""

    shifts: tuple[Shift, ...]
    capacity: int
    now: int
    on_call: tuple[str, ...] = ()

    def content(self, wake: Wake, ticket: Ticket, content: Content) -> Content:
        """The content as it may wake whom it is for."""
        return replace(content, wakes=queue.woken(wake, ticket, self.shifts, self.capacity, self.now, self.on_call))

    def relayed(self, ticket: Ticket, content: Content) -> Content:
        """A requester's words wake whoever has the ticket; while nobody has it, its card has woken the team."""
        return self.content(Wake.ASSIGNEE, ticket, content) if ticket.assignee else content
