"""The slash commands: for requesters in direct messages, for staff in the server. Each becomes "/name words".

Some are the adapter's own: /support and the menu of a message lead into the private chat, /panel posts a button that
does.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.platforms.discord.acknowledging import SAID_LIMIT
from bot.platforms.discord.entrance import BEGIN, Entrance
from bot.platforms.discord.public import Public
from bot.platforms.discord.saying import Words, in_locale

log = structlog.get_logger(__name__)

DESCRIPTION_LIMIT = 100
MENU_LIMIT = 32

Act = Callable[[discord.Interaction, str], Awaitable[None]]
Callback = Callable[..., Coroutine[Any, Any, None]]


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
    Command("verify-account", "code"),
    Command("privacy"),
    Command("export", "words"),
    Command("erase", "words"),
)
STAFF_COMMANDS = (
    Command("take"),
    Command("release"),
    Command("assign", "name", is_needed=True),
    Command("escalate", "reason", is_needed=True),
    Command("team", "team", is_needed=True),
    Command("ack"),
    Command("show"),
    Command("wait"),
    Command("hold"),
    Command("resume"),
    Command("close"),
    Command("reopen"),
    Command("canned", "name"),
    Command("note", "text", is_needed=True),
    Command("reply", "text", is_needed=True),
    Command("next"),
    Command("mine"),
    Command("queue"),
    Command("duty", "duty", is_needed=True),
    Command("freeze"),
    Command("unfreeze"),
    Command("legal_hold", "words"),
)
NEVER_ALOUD = frozenset({"/duty"})
"""What has words after it and is nevertheless between an agent and the bot."""
SUPPORT, PANEL = Command("support"), Command("panel")
OWN_COMMANDS = (SUPPORT, PANEL)

_IN_DIRECT_MESSAGES = app_commands.AppCommandContext(guild=False, dm_channel=True, private_channel=False)
_IN_THE_SERVER = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_ANYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
_INSTALLED = app_commands.AppInstallationType(guild=True, user=False)


class Commands(app_commands.CommandTree[discord.Client]):
    """All commands, and what happens when Discord sends one that is not among them."""

    def __init__(
        self, client: discord.Client, guild: str | None, words: Words, act: Act, entrance: Entrance, public: Public
    ) -> None:
        super().__init__(client)
        self._words = words
        self._guild = discord.Object(int(guild)) if guild else None
        for command in REQUESTER_COMMANDS:
            self.add_command(_made(command, words, _typed(command, act), _IN_DIRECT_MESSAGES))
        self.add_command(_made(SUPPORT, words, _support(act, entrance), _ANYWHERE))
        self.add_command(_menu(words, entrance))
        if self._guild is not None:
            for command in STAFF_COMMANDS:
                self.add_command(_made(command, words, _typed(command, act), _IN_THE_SERVER), guild=self._guild)
            self.add_command(_made(PANEL, words, _panel(public), _IN_THE_SERVER), guild=self._guild)

    async def register(self) -> None:
        """Tells Discord which commands there are; without them everything still works by typing."""
        await self.set_translator(_Translations(self._words))
        for guild in (None, self._guild) if self._guild else (None,):
            try:
                await self.sync(guild=guild)
            except discord.HTTPException as error:
                place = guild.id if guild else "direct messages"
                log.warning("slash_commands_not_registered", where=place, status=error.status, code=error.code)

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        log.error("slash_command_failed", interaction=interaction.id, exc_info=error)


class _Translations(app_commands.Translator):
    """Descriptions in the languages there are. Names of commands stay as they are, for they are typed on every
    platform; the entry in the menu of a message is never typed."""

    def __init__(self, words: Words) -> None:
        self._words = words

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        match context.location, context.data:
            case app_commands.TranslationContextLocation.command_name, app_commands.ContextMenu():
                texts, limit = self._words("entry.menu"), MENU_LIMIT
            case app_commands.TranslationContextLocation.command_description, app_commands.Command(name=name):
                texts, limit = self._words(_key(name)), DESCRIPTION_LIMIT
            case app_commands.TranslationContextLocation.parameter_description, app_commands.Parameter() as option:
                texts, limit = self._words(_key(option.command.name)), DESCRIPTION_LIMIT
            case _:
                return None
        text = in_locale(texts, locale.value)
        return text[:limit] if text and text[:limit] != string.message else None


def _typed(command: Command, act: Act) -> Callback:
    """What is text to everybody behind the adapter."""

    async def alone(interaction: discord.Interaction) -> None:
        await act(interaction, f"/{command.name}")

    async def with_words(interaction: discord.Interaction, words: app_commands.Range[str, 1, SAID_LIMIT]) -> None:
        await act(interaction, f"/{command.name} {words}")

    async def perhaps_with_words(interaction: discord.Interaction, words: str = "") -> None:
        await act(interaction, f"/{command.name} {words}".rstrip())

    if not command.takes:
        return alone
    return with_words if command.is_needed else perhaps_with_words


def _support(act: Act, entrance: Entrance) -> Callback:
    async def support(interaction: discord.Interaction) -> None:
        if interaction.guild_id is None:
            await act(interaction, BEGIN.text)
        else:
            await entrance.enter(interaction)

    return support


def _panel(public: Public) -> Callback:
    async def panel(interaction: discord.Interaction) -> None:
        await public.post_panel(interaction)

    return panel


def _menu(words: Words, entrance: Entrance) -> app_commands.ContextMenu:
    async def ask(interaction: discord.Interaction, message: discord.Message) -> None:
        await entrance.enter_with(interaction, message)

    name = _english(words("entry.menu"), MENU_LIMIT) or SUPPORT.name
    return app_commands.ContextMenu(
        name=name, callback=ask, allowed_contexts=_IN_THE_SERVER, allowed_installs=_INSTALLED
    )


def _made(
    command: Command, words: Words, callback: Callback, contexts: app_commands.AppCommandContext
) -> app_commands.Command[Any, ..., None]:
    description = _english(words(_key(command.name)), DESCRIPTION_LIMIT) or command.name
    if command.takes:
        app_commands.rename(words=command.takes)(callback)
        app_commands.describe(words=description)(callback)
    return app_commands.Command(
        name=command.name,
        description=description,
        callback=callback,
        allowed_contexts=contexts,
        allowed_installs=_INSTALLED,
    )


def _key(name: str) -> str:
    """The text that says what a command does; other platforms know its name with underscores."""
    return f"command.{name.replace('-', '_')}"


def _english(texts: Mapping[str, str], limit: int) -> str:
    """What Discord shows where there is no translation."""
    return (texts.get("en") or next(iter(texts.values()), ""))[:limit]
