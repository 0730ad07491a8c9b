"""What a requester's message says before anything is decided: a command, a signal, an option, a question.

A signal is a whole message with a meaning of its own ("thanks", 「担当者と話したい」), in any language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.actions import Option
from bot.dialogue.context import Context
from bot.knowledge.schema import Knowledge
from bot.model import Conversation
from bot.understanding.languages import detect
from bot.understanding.matching import Match, Verdict
from bot.understanding.normalize import fold
from bot.wording import Wording

LONGEST_SIGNAL = 60


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    argument: str


def command_of(text: str) -> Command | None:
    """The command a message begins with; `/start@bot x` is `start` with `x`."""
    if not text.startswith("/") or len(text) < 2 or not text[1].isalpha():
        return None
    name, _, argument = text[1:].partition(" ")
    return Command(name.partition("@")[0].lower(), argument.strip())


def signal_of(text: str, knowledge: Knowledge) -> str:
    """The signal that the whole message is, or an empty text."""
    if len(text) > LONGEST_SIGNAL:
        return ""
    return _signals(tuple(sorted(knowledge.signals.items()))).get(fold(text).replace(" ", ""), "")


@lru_cache(maxsize=4)
def _signals(listed: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {fold(text).replace(" ", ""): signal for signal, texts in listed for text in texts}


def typed_option(text: str, options: Sequence[Option], wording: Wording, language: str) -> str | None:
    """The option meant by typing its label or its number instead of pressing it."""
    wanted = fold(text)
    for number, option in enumerate(options, 1):
        if wanted and wanted in (str(number), fold(wording.plain(option.label, language))):
            return option.key
    return None


def hear(conversation: Conversation, text: str, locale: str, context: Context) -> tuple[Conversation, Match]:
    """The conversation in the language of the message, and what the message matches in it."""
    available = tuple(context.knowledge.languages)
    match = context.match(text, conversation.language)
    sure = match.verdict is Verdict.CLEAR and match.candidates[0].language
    language = detect(
        text,
        current=conversation.language or None,
        explicit=conversation.language if conversation.language_chosen else None,
        locale=locale,
        available=available,
        matched=sure or None,
    )
    if language != conversation.language:
        match = context.match(text, language)
    return replace(conversation, language=language), match
