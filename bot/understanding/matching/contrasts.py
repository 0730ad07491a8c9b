"""Words that turn a question round: money in or out. The same sentence with the other word is another question.

Likeness cannot see that, since all other words agree. An entry that speaks of one side only is therefore no answer to
a question that speaks of the other side only.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.understanding.normalize import fold

Side = tuple[str, ...]
Contrast = tuple[Side, Side]
"""Two lists of words as people write them; a word counts with every ending that it takes ("deposit", "deposited")."""

# An entry may mention the other side now and then ("withdrew there, never arrived here") and still be about its own.
_MOSTLY = 4
_LEAST_USES = 2


def folded(contrasts: Iterable[Contrast]) -> tuple[Contrast, ...]:
    """The contrasts in the one spelling that texts are compared in."""
    return tuple((_side(first), _side(second)) for first, second in contrasts)


def _side(words: Side) -> Side:
    return tuple(sorted({fold(word) for word in words}))


def side_of(text: str, contrast: Contrast) -> int:
    """1 when a folded text uses words of the first side only, -1 for the second, 0 for both or neither."""
    first, second = (bool(_pattern(side).search(text)) for side in contrast)
    return int(first) - int(second)


def side_of_all(texts: Sequence[str], contrast: Contrast) -> int:
    """The side that the folded phrasings of one entry are on; 0 when they do not agree."""
    sides = [side_of(text, contrast) for text in texts]
    first, second = sides.count(1), sides.count(-1)
    if max(first, second) < _LEAST_USES or max(first, second) < _MOSTLY * min(first, second):
        return 0
    return 1 if first > second else -1


@lru_cache(maxsize=256)
def _pattern(side: Side) -> "re.Pattern[str]":
    """A word may have an ending but, where words have edges, nothing in front of it."""
    words = "|".join(rf"(?<![a-z0-9]){re.escape(word)}" if word.isascii() else re.escape(word) for word in side)
    return re.compile(words or r"(?!)")
