"""The Telegram adapter: `TelegramPlatform` is all that others need of it."""

from bot.platforms.telegram.adapter import TelegramPlatform

__all__ = ["TelegramPlatform"]
