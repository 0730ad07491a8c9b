"""Who may act at the desk: decided here alone, from what the platform says at the moment of the act."""

from enum import StrEnum

from bot.model import Agent, Standing


class Level(StrEnum):
    NOBODY = "nobody"
    AGENT = "agent"
    LEAD = "lead"


def level_of(agent: Agent) -> Level:
    """An anonymous administrator is nobody: an act needs a name, and anybody could hide behind the group's."""
    match agent.standing:
        case Standing.MEMBER:
            return Level.AGENT
        case Standing.ADMINISTRATOR:
            return Level.LEAD
        case Standing.OUTSIDER | Standing.ANONYMOUS:
            return Level.NOBODY
