"""One spelling for comparing: what is typed becomes folded text, words and features.

First step of matching and of search terms. Text shown to people never passes through here: folding loses too much.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LONGEST_TEXT = 1_000
LONGEST_IDENTIFIER = 20
LONGEST_WORD = 40

# What a feature counts beside a whole word (or a pair of characters), which counts 1.
_PAIR_WEIGHT = 0.7
_WORD_GRAMS_WEIGHT = 1.5
_DENSE_GRAM_WEIGHT = 0.7

# Scripts written without spaces between words, or (Hangul) with spaces that people set as they like.
_DENSE = (
    "\u0e00-\u0e7f\u1100-\u11ff\u3005-\u3007\u3041-\u309f\u30a0-\u30ff\u3130-\u318f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
)
_SPELLING = str.maketrans(
    {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
    | {ord(a): b for a, b in zip("ıđðłøħёأإآٱىیکةؤئ", "iddlohеااااييكهوي", strict=True)}
    | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}
)
# Zero-width characters and bidirectional marks, tatweel and Arabic vowel signs: nothing that is read as a letter.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+"
)
_LATIN_MARKS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_ELISION = re.compile(r"\b([ldjnmtsc]|qu|jusqu|lorsqu|puisqu|dell|nell|all)['’](?=[^\W\d_]{2})")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼʹ`](?=\w)")
_LONG_VOWEL = re.compile("(?<=[\u3041-\u3096\u30fc])[ー~〜]+")
_NOT_A_LETTER = re.compile(r"(?:[^\w\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|_)+")
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_SPACE_IN_DENSE = re.compile(f"(?<=[{_DENSE}]) (?=[{_DENSE}])")
_RUN = re.compile(f"([{_DENSE}]+)|([^\\s{_DENSE}]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one kind of script; `dense` means that its script is written without spaces."""

    text: str
    dense: bool


def fold(text: str) -> str:
    """Return the one spelling shared by all ways of typing the same words, at most 1,000 characters long."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    text = _UNSEEN.sub("", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", text)).translate(_SPELLING)
    text = _APOSTROPHE.sub("", _ELISION.sub(r"\1 ", text))
    text = _NOT_A_LETTER.sub(" ", _LONG_VOWEL.sub("ー", text))
    # Once more: what stood between two of them may have gone.
    text = _LONG_VOWEL.sub("ー", _SPACE_IN_DENSE.sub("", text))
    text = _STRETCHED.sub(r"\1", text)
    return text[:LONGEST_TEXT].strip()


def pieces(folded: str) -> list[Piece]:
    """Return the pieces of a folded text in order; addresses and other long identifiers are no words and left out."""
    found = (Piece(run[0], run[1] is not None) for run in _RUN.finditer(folded))
    return [piece for piece in found if piece.dense or not _is_identifier(piece.text)]


def words(text: str) -> list[str]:
    """Return the words of a text, folded; for scripts without spaces the pairs of neighbouring characters."""
    return [word for piece in pieces(fold(text)) for word in words_of(piece)]


def words_of(piece: Piece) -> list[str]:
    """Return the piece itself, or its pairs of neighbouring characters where its script has no spaces."""
    return _grams(piece.text, 2, 2) if piece.dense else [piece.text]


def features(text: str) -> dict[str, float]:
    """Return what a text is compared by, folded, each with how much it counts."""
    return weigh(pieces(fold(text)))


def weigh(found: Iterable[Piece]) -> dict[str, float]:
    """Return the features of these pieces, each with how much it counts, in the order of first appearance.

    Scripts without spaces give character 1-4-grams. The others give words, neighbouring words written as one
    (so "log in" and "login" meet) and character 3-5-grams of each word, with `<` and `>` at its ends.
    """
    weights: dict[str, float] = {}
    before = ""
    for piece in found:
        for feature, weight in _weighed(piece):
            weights[feature] = max(weight, weights.get(feature, 0.0))
        if before and not piece.dense:
            weights.setdefault(before + piece.text, _PAIR_WEIGHT)
        before = "" if piece.dense else piece.text
    return weights


def _weighed(piece: Piece) -> tuple[tuple[str, float], ...]:
    if piece.dense:
        return tuple((gram, 1.0 if len(gram) == 2 else _DENSE_GRAM_WEIGHT) for gram in _grams(piece.text, 1, 4))
    return _weighed_word(piece.text)


@lru_cache(maxsize=4_096)
def _weighed_word(word: str) -> tuple[tuple[str, float], ...]:
    grams = _grams(f"<{word}>", 3, 5)
    # The grams of a long word together must not outweigh those of a short one by their number alone.
    share = min(1.0, _WORD_GRAMS_WEIGHT / math.sqrt(len(grams)))
    return (word, 1.0), *((gram, share) for gram in grams)


def _is_identifier(word: str) -> bool:
    return len(word) > LONGEST_WORD or (len(word) >= LONGEST_IDENTIFIER and any(map(str.isdigit, word)))


def _grams(text: str, shortest: int, longest: int) -> list[str]:
    if len(text) < shortest:
        return [text]
    return [text[at : at + size] for size in range(shortest, longest + 1) for at in range(len(text) - size + 1)]
