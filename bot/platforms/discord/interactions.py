"""An interaction as text that survives a restart: enough to answer it, for as long as Discord lets a bot."""

from dataclasses import dataclass
from typing import Self

import aiohttp
import discord

UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""All that can go wrong between Discord and us."""
_MILLISECOND = 1000
# Discord forgets an interaction after 15 minutes; the last one is for the way.
FRESH_FOR = 14 * 60 * 1_000_000
# An interaction is no message, and nothing can react to it or quote it.
_MESSAGE_PREFIX = "interaction-"


def moment_of(snowflake: int) -> int:
    """When Discord made what has this id, in microseconds UTC."""
    return ((snowflake >> 22) + discord.utils.DISCORD_EPOCH) * _MILLISECOND


def snowflake_at(moment: int) -> int:
    """The smallest id that Discord gives at a moment in microseconds UTC."""
    return max(moment // _MILLISECOND - discord.utils.DISCORD_EPOCH, 0) << 22


def message_id_of(interaction: discord.Interaction) -> str:
    """What stands for the message that a slash command is not."""
    return f"{_MESSAGE_PREFIX}{interaction.id}"


def is_message(message_id: str) -> bool:
    """Whether the id names a message of the platform, not an interaction."""
    return not message_id.startswith(_MESSAGE_PREFIX)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form; its address expires, and there is no message by which to find it again."""

    url: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Token:
    """What it takes to answer an interaction."""

    application_id: int
    token: str
    created_at: int

    @classmethod
    def of(cls, interaction: discord.Interaction) -> Self:
        return cls(interaction.application_id, interaction.token, moment_of(interaction.id))

    @classmethod
    def read(cls, text: str) -> Self:
        """The opposite of `str`."""
        application_id, _, rest = text.partition("/")
        token, _, created_at = rest.rpartition("/")
        return cls(int(application_id), token, int(created_at))

    def __str__(self) -> str:
        return f"{self.application_id}/{self.token}/{self.created_at}"

    def is_fresh(self, now: int) -> bool:
        return now - self.created_at < FRESH_FOR

    def webhook(self, client: discord.Client) -> discord.Webhook:
        """The webhook through which the interaction is answered."""
        webhook = discord.Webhook.partial(self.application_id, self.token, client=client)
        # `partial` takes every webhook for a channel's, and those may not whisper.
        webhook.type = discord.WebhookType.application
        return webhook
