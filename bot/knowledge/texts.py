"""What must hold in one text: its placeholders, its plural forms, its Markdown, its script."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from bot.knowledge.schema import Template

ALWAYS_KNOWN = frozenset({"exchange", "help_center", "forum", "email", "social", "hours", "status_page"})
"""Placeholders that every text may use: the operator's own values."""

Faults = Iterator[tuple[str, str]]

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_STRAY_BRACE = re.compile(r"\{(?!\w+\})|(?<!\w)\}")
_ALLOWED = frozenset(
    {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "code_inline"}
    | {f"{name}_{end}" for name in ("strong", "em", "link", "list_item") for end in ("open", "close")}
    | {f"{name}_list_{end}" for name in ("bullet", "ordered") for end in ("open", "close")}
)
SHOWN = "only paragraphs, bold, italic, code, links and lists are shown"
_LINK = re.compile(r"(https?://|mailto:|tg://|%7B\w+%7D|\{\w+\})")
_LATIN, _CYRILLIC = "A-Za-zÀ-ɏ", "Ѐ-ӿ"
_MIXED = re.compile(f"[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}]")
_JAPANESE = re.compile("[぀-ヿ㐀-鿿]")
_OWN_SCRIPT = {"ja": _JAPANESE, "zh-Hans": _JAPANESE, "zh-Hant": _JAPANESE, "ko": re.compile("[가-힣]")}
_OWN_SCRIPT |= {"ru": re.compile(f"[{_CYRILLIC}]"), "ar": re.compile("[؀-ۿ]")}
LONG_ENOUGH = 60
"""A text this long in a language of its own script has at least one letter of it; shorter ones may be a name."""


def placeholders(template: Template) -> frozenset[str]:
    """The names in braces, of all plural forms together."""
    forms = [template] if isinstance(template, str) else list(template.values())
    return frozenset(name for form in forms for name in _PLACEHOLDER.findall(form))


def check_text(template: Template, wanted: frozenset[str], language: str, *, is_own: bool) -> Faults:
    """What is wrong and how to mend it; `wanted` are the placeholders of the first language's text.

    `is_own` marks labels that are no Markdown and whose placeholders are filled in elsewhere.
    """
    found = placeholders(template)
    for name in sorted(found - wanted - ALWAYS_KNOWN):
        yield f"the placeholder {{{name}}} is unknown here", f"known: {', '.join(sorted(wanted | ALWAYS_KNOWN))}"
    for name in sorted(wanted - found - ALWAYS_KNOWN):
        yield f"the placeholder {{{name}}} is missing", "the first language's text has it"
    if not isinstance(template, str):
        yield from _plural_forms(template, language)
    for form in [template] if isinstance(template, str) else template.values():
        yield from _form(form, language, is_own)


def _form(form: str, language: str, is_own: bool) -> Faults:
    if _STRAY_BRACE.search(form):
        yield "has a brace that is no placeholder", "write {name}, or no braces"
    if mixed := _MIXED.search(form):
        yield f"mixes Latin and Cyrillic letters near “{mixed[0]}”", "type the letter again"
    own = _OWN_SCRIPT.get(language)
    if own and len(form) >= LONG_ENOUGH and not own.search(form):
        yield f"is not written in {language}", "translate it"
    if language == "en" and _JAPANESE.search(form):
        yield "has Japanese or Chinese letters in an English text", "translate them"
    if not is_own:
        yield from _markdown(form)


def _markdown(form: str) -> Faults:
    for token in _parser().parse(form):
        for part in (token, *(token.children or ())):
            if part.type not in _ALLOWED:
                yield (
                    f"has a {part.type.removesuffix('_open')} in it",
                    "only paragraphs, bold, italic, code, links and lists are shown",
                )
            if part.type == "link_open" and not _LINK.match(str(part.attrGet("href"))):
                yield f"links to {part.attrGet('href')}", "links begin with https:// or are a placeholder"


def _plural_forms(template: Any, language: str) -> Faults:
    from babel import Locale

    known = {*Locale.parse(language.replace("-", "_")).plural_form.rules, "other"}
    for form in sorted(template.keys() - known):
        yield f"{language} has no plural form “{form}”", f"known: {', '.join(sorted(known))}"
    for form in sorted(known - template.keys()):
        yield f"the plural form “{form}” is missing", "write it"


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")
