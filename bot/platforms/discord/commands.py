"""The slash commands: for requesters in direct messages, for staff in the server. Each becomes "/name words"."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
import structlog
from discord import app_commands

log = structlog.get_logger(__name__)

DESCRIPTION_LIMIT = 100

Describe = Callable[[str], Mapping[str, str]]
"""The description of a command per language code."""
Act = Callable[[discord.Interaction, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command with at most one thing to type after it."""

    name: str
    takes: str = ""
    is_needed: bool = False


REQUESTER_COMMANDS = (
    Command("start"),
    Command("help"),
    Command("language", "language"),
    Command("status"),
    Command("tickets"),
    Command("close"),
    Command("human"),
    Command("privacy"),
)
STAFF_COMMANDS = (
    Command("take"),
    Command("close"),
    Command("reopen"),
    Command("canned", "name"),
    Command("note", "text", is_needed=True),
)

_IN_DIRECT_MESSAGES = app_commands.AppCommandContext(guild=False, dm_channel=True, private_channel=False)
_IN_THE_SERVER = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


class Commands(app_commands.CommandTree[discord.Client]):
    """All commands, and what happens when Discord sends one that is not among them."""

    def __init__(self, client: discord.Client, guild: str | None, describe: Describe, act: Act) -> None:
        super().__init__(client)
        self._describe = describe
        self._guild = discord.Object(int(guild)) if guild else None
        for command in REQUESTER_COMMANDS:
            self.add_command(_made(command, describe, act, _IN_DIRECT_MESSAGES))
        if self._guild is not None:
            for command in STAFF_COMMANDS:
                self.add_command(_made(command, describe, act, _IN_THE_SERVER), guild=self._guild)

    async def register(self) -> None:
        """Tells Discord which commands there are; without them everything still works by typing."""
        await self.set_translator(_Descriptions(self._describe))
        for guild in (None, self._guild) if self._guild else (None,):
            try:
                await self.sync(guild=guild)
            except discord.HTTPException as error:
                place = guild.id if guild else "direct messages"
                log.warning("slash_commands_not_registered", where=place, status=error.status, code=error.code)

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        log.error("slash_command_failed", interaction=interaction.id, exc_info=error)


class _Descriptions(app_commands.Translator):
    """Descriptions in the languages there are; names stay as they are, for they are typed on every platform."""

    def __init__(self, describe: Describe) -> None:
        self._describe = describe

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        match context.location, context.data:
            case app_commands.TranslationContextLocation.command_description, app_commands.Command(name=name):
                text = _in(self._describe(name), locale)
            case app_commands.TranslationContextLocation.parameter_description, app_commands.Parameter() as option:
                text = _in(self._describe(option.command.name), locale)
            case _:
                return None
        return text if text != string.message else None


def _in(texts: Mapping[str, str], locale: discord.Locale) -> str | None:
    """The text in the language of the locale: the whole code, or the language without its country."""
    by_code = {code.lower(): text for code, text in texts.items()}
    whole = locale.value.lower()
    text = by_code.get(whole) or by_code.get(whole.partition("-")[0])
    return text[:DESCRIPTION_LIMIT] if text else None


def _made(
    command: Command, describe: Describe, act: Act, contexts: app_commands.AppCommandContext
) -> app_commands.Command[Any, ..., None]:
    async def alone(interaction: discord.Interaction) -> None:
        await act(interaction, f"/{command.name}")

    async def with_words(interaction: discord.Interaction, words: str) -> None:
        await act(interaction, f"/{command.name} {words}")

    async def perhaps_with_words(interaction: discord.Interaction, words: str = "") -> None:
        await act(interaction, f"/{command.name} {words}".rstrip())

    texts = describe(command.name)
    description = (texts.get("en") or next(iter(texts.values()), "") or command.name)[:DESCRIPTION_LIMIT]
    callback = (with_words if command.is_needed else perhaps_with_words) if command.takes else alone
    if command.takes:
        app_commands.rename(words=command.takes)(callback)
        app_commands.describe(words=description)(callback)
    return app_commands.Command(
        name=command.name,
        description=description,
        callback=callback,
        allowed_contexts=contexts,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
