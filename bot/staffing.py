"""Who is at the desk, and what waits for them: what the queue is decided upon."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Agent


class Duty(StrEnum):
    """Whether an agent takes tickets now; on a break they get none, and what they have stays theirs."""

    ON = "on"
    BREAK = "break"
    OFF = "off"


class Crossing(StrEnum):
    """Whose words an agent may not have seen when they answered."""

    COLLEAGUE = "colleague"
    REQUESTER = "requester"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """An agent as the desk knows them. `duty` is None for those who never said anything of it, `capacity` how many
    tickets that wait on us they take at a time (None: what the settings say), `languages` are those they take (none:
    all), `since` when they said so; `busy` counts their tickets that wait on us."""

    agent: Agent
    duty: Duty | None = None
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    since: int
    seen_at: int
    busy: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A ticket that nobody has and that waits on us: as much of it as is needed to put the queue in order. The lower
    its `rank`, the more urgent it is; `since` is when its requester began to wait."""

    id: int
    number: int
    requester_id: int
    team: str
    language: str
    rank: int = 0
    since: int
