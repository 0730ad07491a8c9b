"""Says in the log what the bot lacks in the staff channels: once it is connected, and whenever that changes.

What leaves waits for it in the meantime; whoever takes a right away by mistake should not have to find out from that.
"""

from collections.abc import Sequence

import discord
import structlog

from bot.platforms.discord.permissions import missing_in
from bot.platforms.discord.staff import Staff

log = structlog.get_logger(__name__)


class Watch:
    def __init__(self, client: discord.Client, staff: Staff) -> None:
        self._client = client
        self._staff = staff
        # Whatever there was to be said of each; None while the channel is not there.
        self._told: dict[str, Sequence[str] | None] = {}

    def look(self) -> tuple[str, ...]:
        """Say what has changed since the last look; returns the staff channels that hold messages themselves."""
        places = [(channel, self._look_at(channel)) for channel in self._staff.channels]
        return tuple(channel for channel, place in places if isinstance(place, discord.abc.Messageable))

    def _look_at(self, staff: str) -> discord.abc.GuildChannel | None:
        channel = self._client.get_channel(int(staff))
        place = channel if isinstance(channel, discord.abc.GuildChannel) else None
        missing = missing_in(place) if place is not None else None
        if missing == self._told.get(staff, ()):
            return place
        self._told[staff] = missing
        if missing is None:
            setting = self._staff.channels[staff].setting
            log.error("staff_channel_not_found", channel=staff, guild=self._staff.guild, do=f"correct {setting}")
        elif missing:
            log.error("staff_channel_permissions_missing", channel=staff, permissions=missing)
        else:
            log.info("staff_channel_permissions_complete", channel=staff)
        return place
