"""What the bot may not do where it works, by the names Discord's settings show: the only lists of what it needs.

Told in the log once the bot is connected and whenever Discord refuses something, and by `support-bot doctor` before.
"""

from collections.abc import Mapping, Sequence

import discord

# Names as in the channel's settings: https://docs.discord.com/developers/topics/permissions
_VIEW = {"view_channel": "View Channel"}
_EVERYWHERE = {
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
    "add_reactions": "Add Reactions",
    "send_messages_in_threads": "Send Messages in Threads",
    "manage_threads": "Manage Threads",
}
_TEXT = {"send_messages": "Send Messages", "create_public_threads": "Create Public Threads"}
# In a forum the right to send is the right to open posts, and bears that name.
_FORUM = {"send_messages": "Create Posts"}
_ROOMS = {
    "create_private_threads": "Create Private Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}


def missing_in(channel: discord.abc.GuildChannel) -> Sequence[str]:
    """The permissions a desk needs and the bot lacks in the channel."""
    return missing_of(channel.permissions_for(channel.guild.me), is_forum=isinstance(channel, discord.ForumChannel))


def missing_of(granted: discord.Permissions, *, is_forum: bool) -> Sequence[str]:
    """The names of what a desk needs and is not granted."""
    return _missing(granted, _EVERYWHERE | (_FORUM if is_forum else _TEXT))


def missing_for_rooms(granted: discord.Permissions) -> Sequence[str]:
    """The names of what private threads need and is not granted."""
    return _missing(granted, _ROOMS)


def can_make_tags(granted: discord.Permissions) -> bool:
    """Whether the bot may give a forum the tags that tickets need; without them it does as well."""
    return granted.manage_channels


def _missing(granted: discord.Permissions, needed: Mapping[str, str]) -> Sequence[str]:
    # Without the right to see a channel every other one there counts as withheld, whatever its settings say.
    looked_at = needed if granted.view_channel else _VIEW
    return tuple(name for flag, name in looked_at.items() if not getattr(granted, flag))
