"""What the bot says of itself before anybody writes: its commands, and the text of an empty chat, in each language.

Set once and compared at every start, since Telegram limits how often they are changed. None of it is needed to serve
anybody: it is done beside everything else, and a refusal is a line in the log.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import structlog
from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.platforms.telegram.errors import outcome_of, why
from bot.platforms.telegram.polling import Backoff, Pause
from bot.ports import TryLater

REQUESTER_COMMANDS = (
    "start",
    "human",
    "status",
    "tickets",
    "close",
    "delete",
    "language",
    "verify_account",
    "privacy",
    "export",
    "erase",
    "help",
)
STAFF_COMMANDS = (
    "next",
    "mine",
    "queue",
    "duty",
    "take",
    "release",
    "assign",
    "escalate",
    "team",
    "ack",
    "show",
    "wait",
    "hold",
    "resume",
    "close",
    "reopen",
    "canned",
    "note",
    "reply",
    "delete",
    "legal_hold",
    "freeze",
    "unfreeze",
)
DESCRIPTION_LIMIT, SHORT_LIMIT = 512, 120

Words = Callable[[str], Mapping[str, str]]
"""A text of the knowledge base by its key, in every language that has it; the default language first."""
Step = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


async def introduce(bot: Bot, words: Words, staff_chats: Iterable[int], desk_language: str, pause: Pause) -> None:
    """Bring commands and descriptions up to date, however long it takes; those of staff show in staff chats alone.

    Telegram lets a new bot in many languages do this only bit by bit, so nothing else may wait for it.
    """
    for step in _steps(bot, words, staff_chats, desk_language):
        await _until_done(step, Backoff(pause))


def _steps(bot: Bot, words: Words, staff_chats: Iterable[int], desk_language: str) -> Iterator[Step]:
    for code in (*words("command.start"), ""):
        yield partial(_set_commands, bot, REQUESTER_COMMANDS, words, BotCommandScopeAllPrivateChats(), code)
        yield partial(_set_description, bot, words, code)
        yield partial(_set_short_description, bot, words, code)
    for staff_chat in staff_chats:
        yield partial(_set_commands, bot, STAFF_COMMANDS, words, BotCommandScopeChat(staff_chat), "", desk_language)


async def _until_done(step: Step, backoff: Backoff) -> None:
    """What the platform never will take is left out; everything else is tried until it does."""
    while True:
        try:
            await step()
        except TelegramError as error:
            log.warning("telegram_not_introduced", why=why(error))
            if isinstance(outcome_of(error), TryLater):
                await backoff.wait(error)
                continue
        return


async def _set_commands(
    bot: Bot, names: Sequence[str], words: Words, scope: BotCommandScope, code: str, language: str = ""
) -> None:
    commands = [BotCommand(name, text) for name in names if (text := _in(language or code, words(f"command.{name}")))]
    if commands and list(await bot.get_my_commands(scope, code or None)) != commands:
        await bot.set_my_commands(commands, scope, code or None)


async def _set_description(bot: Bot, words: Words, code: str) -> None:
    text = _in(code, words("bot.description"))[:DESCRIPTION_LIMIT]
    if text and (await bot.get_my_description(code or None)).description != text:
        await bot.set_my_description(text, code or None)


async def _set_short_description(bot: Bot, words: Words, code: str) -> None:
    text = _in(code, words("bot.short_description"))[:SHORT_LIMIT]
    if text and (await bot.get_my_short_description(code or None)).short_description != text:
        await bot.set_my_short_description(text, code or None)


def _in(code: str, texts: Mapping[str, str]) -> str:
    """The text in the language; for everybody else in the default one."""
    return texts.get(code) or next(iter(texts.values()), "")
