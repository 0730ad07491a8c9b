"""A refusal of Discord's in words for whoever has to mend it: which permission is missing, and in which channel."""

import discord

from bot.model import ChatRef
from bot.platforms.discord.errors import CHAT_GONE, FORBIDDEN
from bot.platforms.discord.permissions import missing_for_rooms, missing_in
from bot.platforms.discord.staff import Staff
from bot.ports import NeverDelivered

_NO_STAFF_CHANNEL = "the staff channel does not exist or is not open to the bot: correct {} or let the bot view it"


def explained(error: NeverDelivered, client: discord.Client, staff: Staff, chat: ChatRef) -> NeverDelivered:
    """The same refusal with everything that is known here about its reason."""
    if error.reason not in (FORBIDDEN, CHAT_GONE):
        return error
    channel = client.get_channel(int(chat.chat_id))
    desk = staff.channels.get(chat.chat_id)
    if desk and channel is None:
        return NeverDelivered(error.reason, f"{_NO_STAFF_CHANNEL.format(desk.setting)} ({error})")
    if error.reason == CHAT_GONE:
        return error
    # Threads have no rights of their own.
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(place, discord.abc.GuildChannel):
        return error
    granted = place.permissions_for(place.guild.me)
    missing = missing_in(place) if desk else missing_for_rooms(granted)
    lacking = f"{', '.join(missing)} in #{place.name}" if missing else ""
    told = f"give the bot: {lacking}" if lacking else f"no permission is known to be missing in #{place.name}"
    return NeverDelivered(error.reason, f"{told} ({error})", lacking=lacking)
