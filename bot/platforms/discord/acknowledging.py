"""The first answer to an interaction, for which Discord waits three seconds: it comes before the turn.

Discord shows a slash command to nobody but who used it. So what an agent says by one is said aloud in the thread, and
is a message like any other: colleagues can read it, and it carries the mark of what became of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import discord
import structlog

from bot.model import Attachment
from bot.platforms.discord.bodies import NOBODY
from bot.platforms.discord.contents import contents_of
from bot.platforms.discord.escaping import escape
from bot.platforms.discord.files import fetched
from bot.platforms.discord.interactions import UNREACHABLE, Token, Upload, message_id_of
from bot.ports import NeverDelivered, TryLater

SAID_LIMIT = 1700
"""What fits into a message of Discord's below the name of who says it."""
_NAME_LIMIT = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`token` is for what has still to be answered, empty where nothing has or can be; `message_id` is that of what
    was said aloud, or stands for it; `attachments` are the files it was said with."""

    token: str
    message_id: str
    attachments: tuple[Attachment, ...] = ()


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
    text = _aloud(interaction, command, words)
    try:
        said = await interaction.response.send_message(text, allowed_mentions=NOBODY, suppress_embeds=True)
    except UNREACHABLE as error:
        log.warning("interaction_not_acknowledged", interaction=interaction.id, error=type(error).__name__)
        return Acknowledged("", message_id_of(interaction))
    return Acknowledged("", str(said.message_id or message_id_of(interaction)))


async def said_with(
    interaction: discord.Interaction, command: str, words: str, uploads: Sequence[Upload], lost: str
) -> Acknowledged | None:
    """The same with files, which can be found again by the message they are in. Where they cannot be had nothing
    counts: None, and the agent has their words back with the sentence `lost`."""
    text = _aloud(interaction, command, words)
    try:
        await interaction.response.defer(thinking=True)
        try:
            files = await fetched(uploads)
            said = await interaction.followup.send(
                text, files=files, allowed_mentions=NOBODY, suppress_embeds=True, wait=True
            )
        except (NeverDelivered, TryLater, discord.HTTPException) as error:
            log.warning("discord_form_files_lost", interaction=interaction.id, why=str(error))
            await interaction.followup.send(f"{text}\n\n{lost}", allowed_mentions=NOBODY, suppress_embeds=True)
            return None
    except UNREACHABLE as error:
        log.warning("interaction_not_acknowledged", interaction=interaction.id, error=type(error).__name__)
        return None
    return Acknowledged("", str(said.id), contents_of(said).attachments)


def _aloud(interaction: discord.Interaction, command: str, words: str) -> str:
    name = escape(" ".join(interaction.user.display_name.split())[:_NAME_LIMIT])
    return f"**{name}** · {command}\n{words}"
