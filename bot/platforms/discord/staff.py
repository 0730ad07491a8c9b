"""The staff channels of the one server: which there are, and what somebody is in each, by what Discord says now."""

from collections.abc import Mapping
from dataclasses import dataclass

import discord

from bot.config import Discord, StaffChannel
from bot.model import Agent, ChatRef, PlatformName, Standing

AGENTS = (Standing.MEMBER, Standing.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Staff:
    """`channels` by their ids, the desk's first."""

    guild: str
    channels: Mapping[str, StaffChannel]

    @classmethod
    def of(cls, settings: Discord, teams: Mapping[str, StaffChannel]) -> "Staff":
        return cls(settings.guild or "", settings.staff_channels(teams))

    def has(self, channel_id: str | int) -> bool:
        """Whether it is a staff channel."""
        return str(channel_id) in self.channels

    def chat_of(self, channel: object) -> ChatRef | None:
        """A staff channel or its thread as ours; None where the channel, whatever its class, is neither."""
        if isinstance(channel, discord.Thread):
            parent = str(channel.parent_id)
            return ChatRef(PlatformName.DISCORD, parent, str(channel.id)) if self.has(parent) else None
        id = str(getattr(channel, "id", ""))
        return ChatRef(PlatformName.DISCORD, id) if self.has(id) else None

    def agent(self, user: discord.User | discord.Member, chat: ChatRef) -> Agent:
        """Whoever acts in that chat, with their standing there."""
        standing = self.standing(user, chat.chat_id)
        return Agent(PlatformName.DISCORD, str(user.id), user.display_name, standing)

    def is_agent(self, author: discord.User | discord.Member, channel_id: str) -> bool:
        """Whether somebody is an agent or more in that channel."""
        return self.standing(author, channel_id) in AGENTS

    def is_agent_anywhere(self, author: discord.User | discord.Member) -> bool:
        """Whether somebody is an agent or more in any of them."""
        return any(self.is_agent(author, channel_id) for channel_id in self.channels)

    def standing(self, author: discord.User | discord.Member, channel_id: str) -> Standing:
        """What Discord says now of somebody in a staff channel; unknown counts as an outsider."""
        if not isinstance(author, discord.Member) or not self._is_inside(author, channel_id):
            return Standing.OUTSIDER
        rights = author.guild_permissions
        leads = rights.administrator or rights.manage_guild
        return Standing.ADMINISTRATOR if leads else Standing.MEMBER

    def _is_inside(self, member: discord.Member, channel_id: str) -> bool:
        known = self.channels.get(channel_id)
        if known is None or str(member.guild.id) != self.guild:
            return False
        if known.role is not None:
            return member.get_role(int(known.role)) is not None
        channel = member.guild.get_channel(int(channel_id))
        return channel is not None and channel.permissions_for(member).view_channel
