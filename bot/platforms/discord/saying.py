"""What the adapter says by itself, in the language that Discord shows to the person; all else comes from the core."""

from collections.abc import Callable, Mapping

import discord

Words = Callable[[str], Mapping[str, str]]
"""A text of the knowledge base by its key, in every language that has it; the default language first."""


def in_locale(texts: Mapping[str, str], locale: str) -> str | None:
    """The text in the language of the locale: the whole code, or the language without its country."""
    by_code = {code.lower(): text for code, text in texts.items()}
    whole = locale.lower()
    return by_code.get(whole) or by_code.get(whole.partition("-")[0])


def said(texts: Mapping[str, str], locale: discord.Locale, **values: str) -> str:
    """The text in the language of the locale or else in the default one, with its placeholders filled in."""
    text = in_locale(texts, locale.value) or next(iter(texts.values()), "")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
