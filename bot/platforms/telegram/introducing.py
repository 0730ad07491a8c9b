"""What the bot says of itself before anybody writes: its commands, and the text of an empty chat, in each language.

Set once and compared at every start, since Telegram limits how often they are changed. None of it is needed to serve
anybody, so a refusal is a line in the log.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog
from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.platforms.telegram.errors import why

REQUESTER_COMMANDS = ("start", "human", "status", "tickets", "close", "delete", "language", "privacy", "help")
STAFF_COMMANDS = ("take", "close", "reopen", "canned", "note", "delete")
DESCRIPTION_LIMIT, SHORT_LIMIT = 512, 120

Words = Callable[[str], Mapping[str, str]]
"""A text of the knowledge base by its key, in every language that has it; the default language first."""

log = structlog.get_logger(__name__)


async def introduce(bot: Bot, words: Words, staff_chat: int | None, desk_language: str) -> None:
    """Bring commands and descriptions up to date; staff commands show in the staff chat alone."""
    try:
        languages = list(words("command.start"))
        for code in (*languages, ""):
            await _set_commands(bot, REQUESTER_COMMANDS, words, BotCommandScopeAllPrivateChats(), code)
            await _set_descriptions(bot, words, code)
        if staff_chat is not None:
            await _set_commands(bot, STAFF_COMMANDS, words, BotCommandScopeChat(staff_chat), "", desk_language)
    except TelegramError as error:
        log.warning("telegram_not_introduced", why=why(error))


async def _set_commands(
    bot: Bot, names: Sequence[str], words: Words, scope: BotCommandScope, code: str, language: str = ""
) -> None:
    commands = [BotCommand(name, text) for name in names if (text := _in(language or code, words(f"command.{name}")))]
    if commands and list(await bot.get_my_commands(scope, code or None)) != commands:
        await bot.set_my_commands(commands, scope, code or None)


async def _set_descriptions(bot: Bot, words: Words, code: str) -> None:
    description = _in(code, words("bot.description"))[:DESCRIPTION_LIMIT]
    if description and (await bot.get_my_description(code or None)).description != description:
        await bot.set_my_description(description, code or None)
    short = _in(code, words("bot.short_description"))[:SHORT_LIMIT]
    if short and (await bot.get_my_short_description(code or None)).short_description != short:
        await bot.set_my_short_description(short, code or None)


def _in(code: str, texts: Mapping[str, str]) -> str:
    """The text in the language; for everybody else in the default one."""
    return texts.get(code) or next(iter(texts.values()), "")
