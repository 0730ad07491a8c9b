"""What agents read of a person beyond the card: each time is written down, and there is only so much in an hour."""

from bot.actions import Audit, Moment, TellHere, Text
from bot.desk.commands import Verb
from bot.desk.parts import Actions, Reading
from bot.model import Agent, Ticket
from bot.timing import HOUR


def show(ticket: Ticket, agent: Agent, reading: Reading) -> Actions:
    """Everything that was collected for the ticket, in full, to the one who asked."""
    if reading.since is not None and reading.count >= reading.most:
        again = Moment(reading.since + HOUR, reading.timezone)
        return (TellHere(parts=(Text("desk.read_enough", {"count": reading.most, "time": again}),)),)
    return (Audit(ticket_id=ticket.id, agent=agent, act=Verb.SHOW), TellHere(parts=reading.lines))
