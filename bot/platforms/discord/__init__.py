"""The Discord adapter: `DiscordPlatform` is all that others need of it."""

from bot.platforms.discord.adapter import DiscordPlatform

__all__ = ["DiscordPlatform"]
