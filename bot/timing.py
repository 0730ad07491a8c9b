"""What is kept of a ticket's time: how long its clocks have run, what its requester was promised, how long they have
been silent. Nouns only; `desk.clocks` says what they mean.

All times are microseconds; what is `spent` is time in which the desk was open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SECOND = 1_000_000
"""Every moment and every span of the core is in whole microseconds."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

CLOCKS = "clocks"
"""The timer of a ticket's clocks: at its time the next of them reaches a mark."""
NEXT_UPDATE = "next_update"
"""The timer after which a requester who waits for us is told when they will hear from us."""
SILENCE = "silence"
"""The timer after which a requester who does not answer is reminded, and later not waited for any more."""
SLIPPED = "slipped"
"""The timer after which the first answer takes longer than was said."""

REST = "rest"
"""The timer after which the thread of a ticket that does not wait on us is put away."""

HALF, WHOLE = 50, 100
"""The marks of a clock, in percent of its target."""


class ClockName(StrEnum):
    """What is measured against a target of its own."""

    FIRST_RESPONSE = "first_response"
    NEXT_REPLY = "next_reply"
    REGULAR_UPDATE = "regular_update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Watch:
    """One clock: what was `spent` before `since`, when it began to run; None while it stands still. `told` is the
    mark at which the desk heard of it last."""

    spent: int = 0
    since: int | None = None
    told: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """When the requester was told to expect the next word, and when that was said."""

    made_at: int
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A clock that is not among `watches` measures nothing now. `silent_since` is when the requester was written to
    and has not answered since; once that `is_raised` with the desk, nothing more happens by itself."""

    watches: Mapping[ClockName, Watch] = field(default_factory=dict)
    promise: Promise | None = None
    silent_since: int | None = None
    reminded_at: int | None = None
    is_raised: bool = False


NO_TIME = Timing()
