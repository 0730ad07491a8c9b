"""Texts that adapters show by themselves, beside what the bot says: labels of a page, descriptions of commands."""

from collections.abc import Mapping

from bot.knowledge.schema import Knowledge


def labels_of(knowledge: Knowledge, prefix: str, language: str) -> Mapping[str, str]:
    """The labels of a platform's own controls; their placeholders are filled in there."""
    texts = {**knowledge.texts[next(iter(knowledge.languages))], **knowledge.texts.get(language, {})}
    return {key: text for key, text in texts.items() if key.startswith(prefix) and isinstance(text, str)}


def texts_of(knowledge: Knowledge, key: str, first: str = "") -> Mapping[str, str]:
    """One text by language, `first` the language that everybody else gets."""
    languages = sorted(knowledge.languages, key=lambda code: code != first)
    texts = {code: knowledge.texts.get(code, {}).get(key) for code in languages}
    return {code: text for code, text in texts.items() if isinstance(text, str)}
