"""What a staff decision is made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions import DeskAction
from bot.model import Agent, Attachment, MessageRef
from bot.staffing import Crossing

Actions = tuple[DeskAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a staff decision may look at beside the ticket: the moment, the rules, the prepared texts, which
    deliveries of the message in question were given up, the agents that a ticket can be given to, whether replies are
    frozen, and whose words an answer would cross."""

    now: int
    close_after_hours: int
    canned: Mapping[str, str]
    given_up: tuple[int, ...] = ()
    agents: tuple[Agent, ...] = ()
    is_frozen: bool = False
    crossing: Crossing | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What an agent wrote, and where."""

    text: str
    attachments: tuple[Attachment, ...]
    origin: MessageRef
