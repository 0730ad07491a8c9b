"""The terminal as a platform, used by `support-bot chat`."""

from bot.platforms.console.lines import read_lines
from bot.platforms.console.platform import ConsolePlatform

__all__ = ["ConsolePlatform", "read_lines"]
