"""Mends typing slips: a word the knowledge base never uses becomes the one it does use, if only a slip apart.

Only words of scripts with spaces; numbers, tickers and short words stay as they are.
"""

from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.normalize import Piece

_SHORTEST = 4
_TWO_SLIPS_FROM = 8
# Few people miss the first letter of a short word, and many short words differ in nothing else (rice, price).
_FIRST_LETTER_HOLDS_BELOW = 6
# What a stranger sends must not cost more than a look-up or two a word, and a text of slips is no text.
_MOST_LOOKUPS = 16

Vocabulary = Mapping[int, Sequence[str]]


def repair(vocabulary: Vocabulary, found: Sequence[Piece]) -> tuple[list[Piece], list[tuple[str, str]], list[str]]:
    """Return the pieces with slips mended, the mended words as (typed, read as), and the words still unknown."""
    mended: list[Piece] = []
    repairs: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for piece in found:
        word = piece.text
        if not piece.dense and word not in repairs and word not in unknown and not _knows(vocabulary, word):
            looked_up = len(repairs) + len(unknown)
            better = _closest(vocabulary, word) if looked_up < _MOST_LOOKUPS else None
            if better is None:
                unknown[word] = None
            else:
                repairs[word] = better
        mended.append(Piece(repairs.get(word, word), piece.dense))
    return mended, list(repairs.items()), list(unknown)


def _knows(vocabulary: Vocabulary, word: str) -> bool:
    return word in vocabulary.get(len(word), ())


def _closest(vocabulary: Vocabulary, word: str) -> str | None:
    """Return the known word with the fewest slips, then the same first letter, then the most common one."""
    if len(word) < _SHORTEST or not word.isalpha():
        return None
    slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
    near = [
        (distance, known[0] != word[0], order, known)
        for length in range(max(_SHORTEST - 1, len(word) - slips), len(word) + slips + 1)
        for known, distance, order in process.extract(
            word, vocabulary.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=None
        )
        if known[0] == word[0] or len(word) >= _FIRST_LETTER_HOLDS_BELOW
    ]
    return min(near)[3] if near else None
