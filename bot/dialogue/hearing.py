"""What a requester's message says before anything is decided: a command, a signal, a language, a question.

A signal is a whole message with a meaning of its own ("thanks", 「担当者と話したい」), in any language.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.dialogue.context import Context
from bot.knowledge.schema import Knowledge
from bot.model import Conversation, Mode
from bot.understanding.languages import detect
from bot.understanding.matching import Match, Verdict
from bot.understanding.normalize import fold

LONGEST_SIGNAL = 60
FEWEST_WORDS_TO_SWITCH = 4
"""Fewer words of Latin letters in the middle of a checklist are an answer; "bank transfer" is no wish for English."""

_COMMAND = re.compile(r"[/／]([A-Za-z][A-Za-z0-9_-]{0,31})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_MASKED = re.compile("⟦[^⟧]*⟧")


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    argument: str


def command_of(text: str) -> Command | None:
    """The command a message is; `/start@bot x` is `start` with `x`, and a path such as `/a/b` is none.

    A name may be written with hyphens, as Discord lists it, or with underscores, as Telegram does.
    """
    found = _COMMAND.fullmatch(text.strip())
    return Command(found[1].lower().replace("-", "_"), (found[2] or "").strip()) if found else None


def signal_of(text: str, knowledge: Knowledge) -> str:
    """The signal that the whole message is, or an empty text."""
    if len(text) > LONGEST_SIGNAL:
        return ""
    return _signals(tuple(sorted(knowledge.signals.items()))).get(fold(text).replace(" ", ""), "")


@lru_cache(maxsize=4)
def _signals(listed: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {fold(text).replace(" ", ""): signal for signal, texts in listed for text in texts}


def hear(conversation: Conversation, text: str, locale: str, context: Context) -> tuple[Conversation, Match]:
    """The conversation in the language of the message, and what the message matches in it."""
    match = context.match(text, conversation.language)
    # What stands in for a secret is our word, not the requester's.
    typed = _MASKED.sub(" ", text)
    if conversation.language and (not typed.strip() or _is_short_answer(conversation, typed)):
        return conversation, match
    sure = match.verdict is Verdict.CLEAR and match.candidates[0].language
    language = detect(
        typed,
        current=conversation.language or None,
        explicit=conversation.language if conversation.language_chosen else None,
        locale=locale,
        available=_available(context),
        matched=sure or None,
    )
    if language != conversation.language:
        match = context.match(text, language)
    return replace(conversation, language=language), match


def with_language(conversation: Conversation, context: Context) -> Conversation:
    """The conversation with a language, where nobody has written anything yet: the platform's hint or the default."""
    if conversation.language:
        return conversation
    locale = conversation.person.locale
    language = detect("", current=None, explicit=None, locale=locale, available=_available(context))
    return replace(conversation, language=language)


def _available(context: Context) -> tuple[str, ...]:
    """The languages, the default one first: it is what `detect` takes when nothing shows a language."""
    languages = tuple(context.knowledge.languages)
    default = context.policy.default_language
    return tuple(sorted(languages, key=lambda code: code != default))


def _is_short_answer(conversation: Conversation, text: str) -> bool:
    in_checklist = conversation.mode is Mode.IN_CHECKLIST
    return in_checklist and text.isascii() and len(text.split()) < FEWEST_WORDS_TO_SWITCH
