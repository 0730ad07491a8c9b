"""The word lists of wallet seed phrases, read once from bip_utils' files when a text first needs them.

bip_utils itself is never imported (255 ms); only its list files are opened. No message is kept here.
"""

import importlib.util
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

_BIP39 = "bip/bip39/wordlist"
_MONERO = "monero/mnemonic_legacy/wordlist"
# Electrum's first list (1,626 everyday words) is left out: ordinary sentences are full of it.
_LISTS = (
    *((_BIP39, name) for name in ("english", "french", "italian", "spanish", "portuguese", "czech", "korean")),
    *((_BIP39, name) for name in ("chinese_simplified", "chinese_traditional")),
    *((_MONERO, name) for name in ("english", "german", "french", "italian", "spanish", "portuguese", "dutch")),
    (_MONERO, "russian"),
)
_FIRST_FOUR_BIT = 1 << len(_LISTS)
_JAPANESE_BIT = _FIRST_FOUR_BIT << 1
LIST_BITS = tuple(1 << place for place in range(len(_LISTS) + 2))
ALL_LISTS = sum(LIST_BITS)
# Words of the English list that carry ordinary sentences. Half of a stretch being such words means people talking;
# of eleven random words six are such once in half a million phrases.
_EVERYDAY_WORDS = """
about add again all already also always another answer any ask because before call can check day find first
give good have hello help just keep know like make more much must need next now number off once one only
open other over own please possible put same still such sure that then there they this time today together
try use used very wait want way what when where will you
"""
EVERYDAY = frozenset(_EVERYDAY_WORDS.split())
PHRASE_LENGTHS = frozenset({12, 15, 18, 21, 24})


class WordListsMissingError(RuntimeError):
    """The seed phrase word lists cannot be read, so no text can be called safe."""


def _read(folder: str, name: str) -> list[str]:
    spec = importlib.util.find_spec("bip_utils")
    if spec is None or not spec.submodule_search_locations:
        raise WordListsMissingError("bip_utils is not installed: its word lists are needed to recognise seed phrases")
    path = Path(spec.submodule_search_locations[0]) / folder / f"{name}.txt"
    try:
        words = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise WordListsMissingError(f"the seed phrase word list {path} cannot be read: {error}") from error
    if len(set(words)) not in {2048, 1626}:
        raise WordListsMissingError(f"the seed phrase word list {path} is damaged: {len(set(words))} words")
    return words


def fold(word: str) -> str:
    """Return the form in which typed and listed words are compared: NFKD, no case, no accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in parts if not unicodedata.combining(char))


@cache
def _table() -> Mapping[str, int]:
    table: dict[str, int] = {}
    for index, (folder, name) in enumerate(_LISTS):
        for word in _read(folder, name):
            folded = fold(word)
            table[folded] = table.get(folded, 0) | 1 << index
    for word in _read(_BIP39, "english"):
        # Four letters name an English word: many people keep only those.
        table[word[:4]] = table.get(word[:4], 0) | _FIRST_FOUR_BIT
    for word in _read(_MONERO, "japanese"):
        table[fold(word)] = table.get(fold(word), 0) | _JAPANESE_BIT
    return table


@cache
def _last_japanese_word() -> str:
    return max(fold(word) for word in _read(_MONERO, "japanese"))


def lists_of(word: str) -> int:
    """Return a bit for every list that has this word; 0 for a word of none."""
    folded = fold(word)
    found = _table().get(folded, 0)
    if not found and 3 <= len(folded) <= 7 and "ぁ" <= folded[0] <= "ん":
        # bip_utils has the first 1,626 of the 2,048 Japanese words, in order; what sorts after may be one.
        return _JAPANESE_BIT if folded > _last_japanese_word() else 0
    return found


@cache
def chinese_lists() -> tuple[Mapping[str, int], ...]:
    """Return, for each Chinese list, every character's number in it."""
    names = ("chinese_simplified", "chinese_traditional")
    return tuple({word: index for index, word in enumerate(_read(_BIP39, name))} for name in names)


def checksum_fits(numbers: Sequence[int]) -> bool:
    """Say whether word numbers end in the checksum that a BIP-39 phrase of that length must have."""
    if len(numbers) not in PHRASE_LENGTHS:
        return False
    joined = 0
    for number in numbers:
        joined = joined << 11 | number
    size = len(numbers) * 11 // 33
    entropy = (joined >> size).to_bytes(size * 4, "big")
    return sha256(entropy).digest()[0] >> (8 - size) == joined & ((1 << size) - 1)
