"""The settings: read once at the start, checked whole, then handed out section by section.

Nothing here connects to anything, and no secret value ever gets into a message. `values` checks one value,
`sections` says what can be set, with the modules of its nouns, `reading` puts the sources together.
"""

from bot.config.desk import Desk, Hours, Platform, Team
from bot.config.messengers import Discord, Exchange, StaffChannel, Telegram
from bot.config.on_call import OnCall
from bot.config.privacy import Privacy
from bot.config.reading import Setting, SettingsError, describe, first_steps, load, variable
from bot.config.sections import Knowledge, Logs, Settings, Store, Support, Web
from bot.config.values import OpenRange

__all__ = [
    "Desk",
    "Discord",
    "Exchange",
    "Hours",
    "Knowledge",
    "Logs",
    "OnCall",
    "OpenRange",
    "Platform",
    "Privacy",
    "Setting",
    "Settings",
    "SettingsError",
    "StaffChannel",
    "Store",
    "Support",
    "Team",
    "Telegram",
    "Web",
    "describe",
    "first_steps",
    "load",
    "variable",
]
