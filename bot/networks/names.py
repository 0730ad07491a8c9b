"""Which assets and networks a free text names, in any script, from a table of aliases.

How an alias is written in the table says how it is found. In capitals only (TON, NEAR, LINK) it is an ordinary word
too, and counts only where it stands out as a ticker. Anything else counts in any case, spaces and hyphens optional.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.networks.formats import clean

Aliases = Mapping[str, Sequence[str]]
LONGEST_NAMING_TEXT = 1_000
_Table = tuple[tuple[str, tuple[str, ...]], ...]

# Hashes, addresses and keys contain every short ticker sooner or later.
_LONG_TOKEN = re.compile(r"[0-9A-Za-z]{26,}")
_PIECES = re.compile(r"[^\W\d_]+|\d+|[^\w\s-]")
_GAP = r"[\s_-]{0,2}"
# Between "usdt" and "sol": nothing but signs, or one small word.
_BESIDE = re.compile(r"[\W_]{0,4}(?:(?:on|in|via|by|over|through)\W{1,2})?", re.IGNORECASE)
# Scripts whose words have edges ("electronic" holds "tron" in all of them), and the small words written in front.
_SPACED = (
    ("A-Za-z\u00c0-\u024f\u1e00-\u1eff", ""),
    ("\u0370-\u03ff\u0400-\u052f", ""),
    ("\u0620-\u064a\u066e-\u06d3", "وفبلكا"),
    ("\u05d0-\u05ea", "בהלמוש"),
    ("\u0900-\u097f", ""),
)
_LONGEST_PREFIX = 4
# Elsewhere an alias may stand inside a longer run; a short one in Hangul or Katakana must at least begin it.
_SHORT = (("\uac00-\ud7a3", 2), ("\u30a1-\u30fa\u30fc", 3))
_INFLECTED_FROM = 6
_LONGEST_ENDING = 3
_MOST_SHOUTED_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Alias:
    name: str
    pattern: re.Pattern[str]
    is_ticker: bool


@dataclass(frozen=True, slots=True)
class _Mention:
    name: str
    start: int
    end: int
    is_certain: bool = True


_Mentions = tuple[_Mention, ...]


def find_assets(text: str, aliases: Aliases, networks: Aliases | None = None) -> tuple[str, ...]:
    """Return the assets named, in order of first mention.

    With the networks' aliases given, "USDT on Solana" names only USDT: a word that is also a network is dropped
    while another asset remains.
    """
    return _find(text, aliases, networks or {})


def find_networks(text: str, aliases: Aliases, assets: Aliases | None = None) -> tuple[str, ...]:
    """Return the networks named, in order of first mention; given the assets, "ETH on Arbitrum" names Arbitrum."""
    return _find(text, aliases, assets or {})


def _find(text: str, wanted: Aliases, others: Aliases) -> tuple[str, ...]:
    shown = _LONG_TOKEN.sub(lambda token: "·" * len(token[0]), clean(text[:LONGEST_NAMING_TEXT]))
    elsewhere = tuple(mention for mention in _mentions(shown, others) if mention.is_certain)
    found = tuple(
        mention
        for mention in _mentions(shown, wanted)
        if mention.is_certain or any(_is_beside(shown, mention, other) for other in elsewhere)
    )
    apart = tuple(mention for mention in found if not any(_overlap(mention, other) for other in elsewhere))
    return tuple(dict.fromkeys(mention.name for mention in apart or found))


def _overlap(one: _Mention, other: _Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _is_beside(text: str, one: _Mention, other: _Mention) -> bool:
    """Tell whether only a sign or a small word stands between two mentions, as in "usdt sol"."""
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return first.end <= second.start and _BESIDE.fullmatch(text, first.end, second.start) is not None


def _mentions(text: str, aliases: Aliases) -> _Mentions:
    index = _index(tuple((name, tuple(known)) for name, known in aliases.items()))
    found: list[_Mention] = []
    position = 0
    while position < len(text):
        mention = _mention_at(text, position, index.get(text[position].casefold(), ()))
        if mention:
            found.append(mention)
        position = mention.end if mention else position + 1
    return tuple(found)


def _mention_at(text: str, position: int, candidates: Sequence[_Alias]) -> _Mention | None:
    for alias in candidates:
        match = alias.pattern.match(text, position)
        if match:
            is_certain = not alias.is_ticker or _stands_out(text, match)
            return _Mention(alias.name, match.start(), match.end(), is_certain)
    return None


def _stands_out(text: str, match: re.Match[str]) -> bool:
    """Tell whether a ticker that is also a word was meant as a ticker."""
    written, before = match[0], text[: match.start()].rstrip()
    if before.endswith(("$", "#")) or before[-1:].isdecimal() or written == text.strip("$# "):
        return True
    is_shouted = text.isupper() and len(text.split()) > _MOST_SHOUTED_WORDS
    return written.isupper() and not is_shouted


@lru_cache(maxsize=16)
def _index(table: _Table) -> Mapping[str, Sequence[_Alias]]:
    """Sort the aliases by the letters they can begin with, longest first: "bitcoin cash" is not "bitcoin"."""
    index: dict[str, list[_Alias]] = {}
    for name, written in sorted(_spellings(table), key=lambda spelling: -len(spelling[1])):
        alias = _Alias(name, re.compile(_pattern(written), re.IGNORECASE), _is_ticker(written))
        for letter in {written[0].casefold(), *_script(written[0])[1]}:
            index.setdefault(letter, []).append(alias)
    return index


def _spellings(table: _Table) -> Iterator[tuple[str, str]]:
    for name, aliases in table:
        for alias in aliases:
            if _PIECES.match(written := clean(alias)):
                yield name, written


def _is_ticker(alias: str) -> bool:
    return alias.isascii() and alias.isalpha() and alias.isupper()


def _pattern(alias: str) -> str:
    body = _GAP.join(re.escape(piece) for piece in _PIECES.findall(alias))
    return _front(alias) + body + _back(alias)


def _script(letter: str) -> tuple[str, str]:
    """Return the letters of a spaced script and its prefixes, both empty for the scripts without word edges."""
    return next(((letters, prefix) for letters, prefix in _SPACED if re.match(f"[{letters}]", letter)), ("", ""))


def _front(alias: str) -> str:
    letters, prefix = _script(alias[0])
    short = next((run for run, most in _SHORT if re.fullmatch(f"[{run}]{{1,{most}}}", alias)), "")
    edge = f"(?<![{letters or short}])" if letters or short else ""
    return f"{edge}[{prefix}]{{0,{_LONGEST_PREFIX}}}?" if prefix else edge


def _back(alias: str) -> str:
    if alias[-1].isdecimal():
        return r"(?!\d)"
    letters, _ = _script(alias[-1])
    if not letters:
        return ""
    is_inflected = len(alias) >= _INFLECTED_FROM and alias.isalpha()
    ending = f"[{letters}]{{0,{_LONGEST_ENDING}}}" if is_inflected else ""
    return f"{ending}(?![{letters}0-9])"
