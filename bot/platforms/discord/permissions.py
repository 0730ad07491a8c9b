"""What the bot may not do in the staff channel, by the names Discord's settings show.

Told in the log once the bot is connected, and by `support-bot doctor` before.
"""

from collections.abc import Sequence

import discord

# Names as in the channel's settings: https://docs.discord.com/developers/topics/permissions
_EVERYWHERE = {
    "view_channel": "View Channel",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
    "add_reactions": "Add Reactions",
    "send_messages_in_threads": "Send Messages in Threads",
    "manage_threads": "Manage Threads",
}
_TEXT = {"send_messages": "Send Messages", "create_public_threads": "Create Public Threads"}
# In a forum the right to send is the right to open posts, and bears that name.
_FORUM = {"send_messages": "Create Posts"}


def missing_in(channel: discord.abc.GuildChannel) -> Sequence[str]:
    """The permissions a desk needs and the bot lacks in the channel; without the first, nothing else counts."""
    return missing_of(channel.permissions_for(channel.guild.me), is_forum=isinstance(channel, discord.ForumChannel))


def missing_of(granted: discord.Permissions, *, is_forum: bool) -> Sequence[str]:
    """The names of what is needed and not granted."""
    needed = _EVERYWHERE | (_FORUM if is_forum else _TEXT)
    return tuple(name for flag, name in needed.items() if not getattr(granted, flag))
