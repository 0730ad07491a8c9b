"""The form behind [Reply] on a ticket's card: words and files of an agent, where Discord hides from us what is typed.

To open it is the answer to the button, given at once and from nothing but the button; it changes nothing. What is
sent off is read from the interaction itself, so a form that was opened before a restart counts as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord
import structlog

from bot.model import Button
from bot.platforms.discord.acknowledging import SAID_LIMIT
from bot.platforms.discord.interactions import UNREACHABLE, Upload
from bot.platforms.discord.saying import Words, said

REPLY: Final = "reply"
"""What the button and the form carry; which ticket is meant says the place they are in."""
_WORDS, _FILES = "words", "files"
_MOST_FILES = 3
# Discord's limit for titles and labels of forms.
_LABEL_LIMIT = 45

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody sent off."""

    words: str
    uploads: tuple[Upload, ...] = ()


class ReplyForm:
    def __init__(self, words: Words) -> None:
        self._words = words

    def button(self, locale: discord.Locale) -> Button:
        return Button(said(self._words("button.reply"), locale), REPLY)

    async def open(self, interaction: discord.Interaction) -> None:
        """Show the empty form to whoever pressed the button; what they may do is decided when they send it off."""
        form = self._form(interaction.locale)
        # One that is not over is kept by the library for good once it is shown.
        form.stop()
        try:
            await interaction.response.send_modal(form)
        except UNREACHABLE as error:
            log.warning("discord_form_not_opened", interaction=interaction.id, error=type(error).__name__)

    def lost(self, locale: discord.Locale) -> str:
        """The sentence that says that the files could not be had, so nothing was sent."""
        return said(self._words("form.lost"), locale)

    def _form(self, locale: discord.Locale) -> discord.ui.Modal:
        style = discord.TextStyle.paragraph
        words = discord.ui.TextInput[Any](custom_id=_WORDS, style=style, max_length=SAID_LIMIT, required=False)
        files = discord.ui.FileUpload[Any](custom_id=_FILES, max_values=_MOST_FILES, required=False)
        form = discord.ui.Modal(title=_label(self._words("form.title"), locale), custom_id=REPLY, timeout=None)
        form.add_item(discord.ui.Label(text=_label(self._words("form.words"), locale), component=words))
        form.add_item(discord.ui.Label(text=_label(self._words("form.files"), locale), component=files))
        return form


def _label(texts: Mapping[str, str], locale: discord.Locale) -> str:
    return said(texts, locale)[:_LABEL_LIMIT]


def filled(interaction: discord.Interaction) -> Filled:
    """What the form says; nothing where the interaction is none."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return Filled("")
    data: Any = interaction.data
    fields = {field["component"]["custom_id"]: field["component"] for field in data["components"]}
    known = data.get("resolved", {}).get("attachments", {})
    files = [known[id] for id in fields.get(_FILES, {}).get("values", ()) if id in known]
    uploads = tuple(Upload(file["url"], file["filename"], file["size"]) for file in files)
    return Filled(str(fields[_WORDS].get("value") or "").strip(), uploads)
