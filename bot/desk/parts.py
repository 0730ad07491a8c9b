"""What a staff decision is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.actions import DeskAction, Text
from bot.changes import AddMessage
from bot.model import Agent, Attachment, MessageRef, Ticket
from bot.staffing import NOWHERE, Crossing, StaffChats

Actions = tuple[DeskAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an agent would be shown, how often they have been shown such things in the last hour and since when, and
    how often they may be."""

    lines: tuple[Text, ...] = ()
    count: int = 0
    since: int | None = None
    most: int = 0
    timezone: str = "UTC"


NOTHING_TO_READ = Reading()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a staff decision may look at beside the ticket: the moment, the rules, the prepared texts, which
    deliveries of the message in question were given up, the agents that a ticket can be given to, whether replies are
    frozen, and whose words an answer would cross; for a ticket that is to go to another team, the teams with their
    names, that in the desk's language first, the staff chats and the ticket's last words, newest first; and
    `former`, the ticket whose thread this was before it moved; `reading` is what a command to show more is about."""

    now: int
    close_after_hours: int
    canned: Mapping[str, str]
    given_up: tuple[int, ...] = ()
    agents: tuple[Agent, ...] = ()
    is_frozen: bool = False
    crossing: Crossing | None = None
    teams: Mapping[str, Sequence[str]] = field(default_factory=dict)
    desks: StaffChats = NOWHERE
    said: Sequence[AddMessage] = ()
    former: Ticket | None = None
    reading: Reading = NOTHING_TO_READ


@dataclass(frozen=True, slots=True)
class Words:
    """What an agent wrote, and where."""

    text: str
    attachments: tuple[Attachment, ...]
    origin: MessageRef
