"""The page's two chats as a platform: requesters on one side, a staff chat with threads on the other."""

from bot.platforms.web.platform import WebPlatform

__all__ = ["WebPlatform"]
