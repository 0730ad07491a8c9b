"""What is said of waiting, honestly: how long a first answer takes, by real ones or not at all; what is promised."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import Moment, Text
from bot.model import Ticket
from bot.timing import MINUTE

FEWEST_SAMPLES = 30
DAYS_LOOKED_AT = 14
MOST_SAMPLES = 500
"""The newest so many: a busy desk is judged by how it is now."""
LONGEST_IN_MINUTES, STEP = 90, 5


@dataclass(frozen=True, slots=True)
class Range:
    """Of the first answers half took up to `usual`, and four in five up to `long`; microseconds of open time."""

    usual: int
    long: int


def range_of(waited: Sequence[int]) -> Range | None:
    """The range of what people waited; None where there are too few to say anything."""
    if len(waited) < FEWEST_SAMPLES:
        return None
    ordered = sorted(waited)
    return Range(_share(ordered, 50), _share(ordered, 80))


def sentence(usual: Range) -> Text:
    """The range in words, never shorter than it was."""
    minutes = max(-(-usual.long // (MINUTE * STEP)) * STEP, STEP)
    if minutes <= LONGEST_IN_MINUTES:
        least = usual.usual // (MINUTE * STEP) * STEP
        is_range = 0 < least < minutes
        return Text("waiting.minutes" if is_range else "waiting.minutes_up_to", {"least": least, "count": minutes})
    least, hours = usual.usual // (60 * MINUTE), -(-usual.long // (60 * MINUTE))
    is_range = 0 < least < hours
    return Text("waiting.hours" if is_range else "waiting.hours_up_to", {"least": least, "count": hours})


def promised(ticket: Ticket | None, now: int, timezone: str) -> Text | None:
    """What the requester was told to expect next, while it lies ahead."""
    promise = ticket.timing.promise if ticket else None
    return Text("update.promised", {"time": Moment(promise.by, timezone)}) if promise and promise.by > now else None


def _share(ordered: Sequence[int], percent: int) -> int:
    """The smallest value that so many percent of all do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
