"""What must hold in one text: its placeholders, its plural forms, its Markdown, its letters."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.knowledge.schema import Template

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LINKS = frozenset({"help_center", "forum", "status_page"})
ALWAYS_KNOWN = LINKS | {"exchange", "email", "social", "hours"}
"""Placeholders that every text may use: the operator's own values."""
COUNT = "count"
"""The placeholder that chooses between plural forms."""

Faults = Iterator[tuple[str, str]]
"""What is wrong, and how to mend it."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Without any of these nothing can be read as Markdown, and parsing is what takes the time.
_MARKS = re.compile(r"[\\`*_\[\]<>#~|&]|^[ \t]*(?:[-+=]|\d+[.)]|[ \t]{3})", re.MULTILINE)
_SHOWN = frozenset(
    {"paragraph_open", "inline", "text", "softbreak", "hardbreak", "code_inline", "strong_open", "em_open"}
    | {"link_open", "bullet_list_open", "ordered_list_open", "list_item_open"}
)
_NAMES = {
    "hr": "line",
    "fence": "code block",
    "code_block": "code block",
    "html_inline": "html",
    "html_block": "html",
    "blockquote_open": "quote",
    "s_open": "strikethrough",
} | dict.fromkeys((f"{part}_open" for part in ("thead", "tbody", "tr", "th", "td")), "table")
_LINK = re.compile(rf"https://[^\s/?#]+\S*|mailto:\S+|\{{(?:{'|'.join(sorted(LINKS))})\}}\S*")

_SCRIPTS = {
    "Cyrillic": "\u0400-\u052f",
    "Greek": "\u0370-\u03ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f",
    "Hebrew": "\u0590-\u05ff",
    "Devanagari": "\u0900-\u097f",
    "Thai": "\u0e01-\u0e4f",
    "Hangul": "\u1100-\u11ff\uac00-\ud7a3",
    "Kana": "\u3041-\u3096\u30a1-\u30fa",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
}
_WRITTEN_IN = {"ja": ("Kana", "Han"), "zh": ("Han",), "ko": ("Hangul", "Han"), "el": ("Greek",), "he": ("Hebrew",)}
_WRITTEN_IN |= dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "mn"), ("Cyrillic",))
_WRITTEN_IN |= dict.fromkeys(("ar", "fa", "ur"), ("Arabic",)) | {"hi": ("Devanagari",), "th": ("Thai",)}
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_LOOK_ALIKE = _SCRIPTS["Cyrillic"] + _SCRIPTS["Greek"]
_MIXED = re.compile(f"[{_LATIN}][{_LOOK_ALIKE}]|[{_LOOK_ALIKE}][{_LATIN}]")
_HAN = re.compile(f"[{_SCRIPTS['Han']}]")
# Every character of Japanese print; the simplified ones of Chinese are not among them.
_JAPANESE_PRINT = "euc_jis_2004"
LONG_ENOUGH = 60
"""A text this long in a language of its own script has at least one letter of it; shorter ones may be a name."""


def placeholders(template: Template) -> frozenset[str]:
    """The names in braces, of all plural forms together."""
    return frozenset(name for form in _forms(template) for name in _PLACEHOLDER.findall(form))


def check_text(template: Template, named: frozenset[str], language: str, *, is_markdown: bool) -> Faults:
    """What is wrong with a text that has the placeholders `named`, and beside them those that are always known."""
    found = placeholders(template)
    for name in sorted(found - named - ALWAYS_KNOWN):
        yield f"the placeholder {{{name}}} is unknown here", f"known: {', '.join(sorted(named | ALWAYS_KNOWN))}"
    for name in sorted(named - found):
        yield f"the placeholder {{{name}}} is missing", "put it where its value belongs"
    if not isinstance(template, str):
        yield from _plural_forms(frozenset(template), named, language)
    for form in _forms(template):
        if any(brace in _PLACEHOLDER.sub("", form) for brace in "{}"):
            yield "has a brace that is no placeholder", "write {name}, or no braces"
        yield from check_letters(form, language)
        if is_markdown and _MARKS.search(form):
            yield from _markdown(form)


def check_letters(text: str, language: str) -> Faults:
    """Letters of a script that the language is not written in, and none at all of its own."""
    if mixed := _MIXED.search(text):
        yield f"mixes letters that only look alike in “{mixed[0]}”", "type the word again"
    own, foreign = _letters(language)
    if not mixed and (found := foreign.search(text)):
        yield f"has a letter of another script, “{found[0]}”", f"type it again, or translate it to {language}"
    if own and len(text) >= LONG_ENOUGH and not own.search(text):
        yield f"is not written in {language}", "translate it"
    if language == "ja" and (strange := _not_japanese(text)):
        yield f"has a character Japanese does not use, “{strange}”", "type the Japanese one"


def _forms(template: Template) -> list[str]:
    return [template] if isinstance(template, str) else list(template.values())


@cache
def _letters(language: str) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    """The letters of a language's own script, if it has one beside Latin, and those of all the others."""
    scripts = _WRITTEN_IN.get(language.partition("-")[0], ())
    own = "".join(_SCRIPTS[script] for script in scripts)
    foreign = "".join(letters for script, letters in _SCRIPTS.items() if script not in scripts)
    return (re.compile(f"[{own}]") if own else None), re.compile(f"[{foreign}]")


def _not_japanese(text: str) -> str:
    for character in _HAN.findall(text):
        try:
            character.encode(_JAPANESE_PRINT)
        except UnicodeEncodeError:
            return str(character)
    return ""


def _plural_forms(forms: frozenset[str], named: frozenset[str], language: str) -> Faults:
    from babel import Locale

    if COUNT not in named:
        yield "has plural forms, but no {count} to choose by", "write one text"
        return
    known = {*Locale.parse(language.replace("-", "_")).plural_form.rules, "other"}
    for form in sorted(forms - known):
        yield f"{language} has no plural form “{form}”", f"known: {', '.join(sorted(known))}"
    for form in sorted(known - forms):
        yield f"the plural form “{form}” is missing", "write it"


def _markdown(form: str) -> Faults:
    parts = list(_parts(form))
    kinds = (_NAMES.get(part.type, part.type.removesuffix("_open")) for part in parts if _is_hidden(part))
    for kind in dict.fromkeys(kinds):
        yield f"Markdown of the kind “{kind}” is not shown", "write paragraphs, bold, italic, code, links and lists"
    for part in parts:
        link = unquote(str(part.attrGet("href"))) if part.type == "link_open" else ""
        if link and not _LINK.fullmatch(link):
            yield f"links to {link}", "a link begins with https:// or mailto:, or is a placeholder"
        if part.type == "text" and "](" in part.content:
            yield "has a link that is none", "write [words](https://…), without spaces in the address"


def _is_hidden(part: "Token") -> bool:
    return part.nesting >= 0 and part.type not in _SHOWN


def _parts(form: str) -> "Iterator[Token]":
    for block in _parser().parse(form):
        yield block
        yield from block.children or ()


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # What the platforms cannot show is read as well, so that it is found instead of shown as typed.
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
