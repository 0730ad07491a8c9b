"""Who may act at the desk: decided here alone, from what the platform says at the moment of the act."""

from enum import StrEnum

from bot.actions import Text
from bot.model import Agent, Standing


class Level(StrEnum):
    """How far somebody's rights at the desk go; each level may do all that the ones before it may."""

    NOBODY = "nobody"
    AGENT = "agent"
    LEAD = "lead"

    def reaches(self, needed: "Level") -> bool:
        """Whether this level is enough for what needs the other."""
        order = list(Level)
        return order.index(self) >= order.index(needed)


def level_of(agent: Agent) -> Level:
    """An anonymous administrator is nobody: an act needs a name, and anybody could hide behind the group's."""
    match agent.standing:
        case Standing.MEMBER:
            return Level.AGENT
        case Standing.ADMINISTRATOR:
            return Level.LEAD
        case Standing.OUTSIDER | Standing.ANONYMOUS:
            return Level.NOBODY


def refusal(agent: Agent, needed: Level) -> Text | None:
    """Why the agent may not do what needs that level; None when they may."""
    level = level_of(agent)
    if level is Level.NOBODY:
        return Text(f"desk.not_staff.{agent.standing}")
    return None if level.reaches(needed) else Text("desk.leads_only")
