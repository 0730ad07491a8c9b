"""Says in the log what the bot lacks in the staff channel: once it is connected, and whenever that changes.

What leaves waits for it in the meantime; whoever takes a right away by mistake should not have to find out from that.
"""

from collections.abc import Sequence

import discord
import structlog

from bot.config import Discord
from bot.platforms.discord.permissions import missing_in

log = structlog.get_logger(__name__)


class Watch:
    def __init__(self, client: discord.Client, settings: Discord) -> None:
        self._client = client
        self._settings = settings
        # Whatever there was to be said; None while the channel is not there.
        self._told: Sequence[str] | None = ()

    def look(self) -> discord.abc.GuildChannel | None:
        """Say what has changed since the last look; returns the staff channel."""
        staff = self._settings.staff_channel
        if staff is None:
            return None
        channel = self._client.get_channel(int(staff))
        place = channel if isinstance(channel, discord.abc.GuildChannel) else None
        missing = missing_in(place) if place is not None else None
        if missing == self._told:
            return place
        self._told = missing
        if missing is None:
            log.error("staff_channel_not_found", channel=staff, guild=self._settings.guild)
        elif missing:
            log.error("staff_channel_permissions_missing", channel=staff, permissions=missing)
        else:
            log.info("staff_channel_permissions_complete", channel=staff)
        return place
