"""The first answer to an interaction, for which Discord waits three seconds: it comes before the turn.

Discord shows a slash command to nobody but who used it. So what an agent says by one is said aloud in the thread, and
is a message like any other: colleagues can read it, and it carries the mark of what became of it.
"""

from dataclasses import dataclass

import discord
import structlog

from bot.platforms.discord.escaping import escape
from bot.platforms.discord.interactions import UNREACHABLE, Token, message_id_of

SAID_LIMIT = 1700
"""What fits into a message of Discord's below the name of who says it."""
_NAME_LIMIT = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`token` is for what has still to be answered, empty where nothing has or can be; `message_id` is that of what
    was said aloud, or stands for it."""

    token: str
    message_id: str


async def is_acknowledged(interaction: discord.Interaction, *, thinking: bool, whispering: bool = False) -> bool:
    """Tell Discord, which waits three seconds, that there will be an answer; False when it could not be told."""
    try:
        await interaction.response.defer(thinking=thinking, ephemeral=whispering)
    except UNREACHABLE as error:
        log.warning("interaction_not_acknowledged", interaction=interaction.id, error=type(error).__name__)
        return False
    return True


async def acknowledged(interaction: discord.Interaction) -> Acknowledged:
    """A button keeps its message as it is; a command thinks, in the server in a whisper."""
    is_button = interaction.type is discord.InteractionType.component
    whispering = not is_button and interaction.guild_id is not None
    is_known = await is_acknowledged(interaction, thinking=not is_button, whispering=whispering)
    return Acknowledged(str(Token.of(interaction)) if is_known else "", message_id_of(interaction))


async def said_aloud(interaction: discord.Interaction, command: str, words: str) -> Acknowledged:
    """Answer an agent's command by saying it in their name; it counts also where that fails."""
    name = escape(" ".join(interaction.user.display_name.split())[:_NAME_LIMIT])
    nobody = discord.AllowedMentions.none()
    try:
        said = await interaction.response.send_message(
            f"**{name}** · {command}\n{words}", allowed_mentions=nobody, suppress_embeds=True
        )
    except UNREACHABLE as error:
        log.warning("interaction_not_acknowledged", interaction=interaction.id, error=type(error).__name__)
        return Acknowledged("", message_id_of(interaction))
    return Acknowledged("", str(said.message_id or message_id_of(interaction)))
