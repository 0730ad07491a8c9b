"""Who is at the desk, and what waits for them: what the queue is decided upon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.model import Agent, ChatRef


@dataclass(frozen=True, slots=True)
class TeamChat:
    """A staff chat of a team's own, for tickets in these languages; in all of them if there are none."""

    chat: ChatRef
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffChats:
    """Where staff work: `main` is for whatever has no chat of its own, and None where nobody is at the desk."""

    main: ChatRef | None = None
    teams: Mapping[str, TeamChat] = field(default_factory=dict)

    def of(self, team: str, language: str) -> ChatRef | None:
        """Where a ticket of the team in that language is answered."""
        own = self.teams.get(team)
        return own.chat if own and (not own.languages or language in own.languages) else self.main

    @property
    def all(self) -> tuple[ChatRef, ...]:
        """Each of them once, the main one first."""
        own = (team.chat for team in self.teams.values())
        return tuple(dict.fromkeys((self.main, *own))) if self.main else ()


NOWHERE = StaffChats()
"""Nobody is at the desk."""


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
    tickets that wait on us they take at a time (None: what the settings say), `languages` and `teams` are those they
    take (none: all), `since` when they said so; `busy` counts their tickets that wait on us."""

    agent: Agent
    duty: Duty | None = None
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
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
