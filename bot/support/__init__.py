"""The service between the adapters and the decisions: lock, load, decide, commit."""

from bot.support.brain import Brain, Rules
from bot.support.exports import Exports
from bot.support.service import Support

__all__ = ["Brain", "Exports", "Rules", "Support"]
