"""What matching knows, made from the phrasings once: who uses which feature, how rare it is, each phrasing's words.

Numbers only, in flat arrays, so that a stored index is read back in milliseconds. What was asked never enters here.
"""

import base64
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.understanding.matching.confidence import Confidence
from bot.understanding.matching.contrasts import Contrast, side_of_all

FORMAT = 2


@dataclass(frozen=True, slots=True, order=True)
class Phrasing:
    """One way to ask for an entry, as the knowledge base has it."""

    entry: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Profile:
    """All phrasings of one entry in one language, seen as one; they are `phrasings[first:end]` of the index."""

    entry: str
    language: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of numbers of different lengths in one flat array."""

    starts: "array[int]"
    numbers: "array[Any]"

    def __getitem__(self, row: int) -> "array[Any]":
        """Return one row."""
        return self.numbers[self.starts[row] : self.starts[row + 1]]

    @classmethod
    def of(cls, rows: Iterable[Iterable[Any]], kind: str) -> "Rows":
        """Return these rows, kept as numbers of an `array` type."""
        starts: array[int] = array("I", [0])
        numbers: array[Any] = array(kind)
        for row in rows:
            numbers.extend(row)
            starts.append(len(numbers))
        return cls(starts, numbers)


@dataclass(frozen=True, slots=True)
class Index:
    """Everything `match` looks at; made by `build`, stored by `dump`, read back by `load`."""

    phrasings: tuple[Phrasing, ...]
    spellings: tuple[str, ...]
    profiles: tuple[Profile, ...]
    features: dict[str, int]
    rarity: "array[float]"
    unknown_rarity: float
    holders: Rows
    shares: Rows
    phrasing_words: Rows
    vocabulary: dict[int, list[str]]
    same_spelling: dict[str, list[int]]
    contrasts: tuple[Contrast, ...]
    sides: tuple[tuple[int, ...], ...]
    """For each contrast the side of every profile."""
    confidence: Confidence


def profiles_of(phrasings: tuple[Phrasing, ...]) -> Iterator[Profile]:
    """Yield the profiles of sorted phrasings."""
    first = 0
    for at, phrasing in enumerate(phrasings):
        following = phrasings[at + 1] if at + 1 < len(phrasings) else None
        if following is None or (following.entry, following.language) != (phrasing.entry, phrasing.language):
            yield Profile(phrasing.entry, phrasing.language, first, at + 1)
            first = at + 1


def sides_of(
    profiles: tuple[Profile, ...], spellings: tuple[str, ...], contrasts: tuple[Contrast, ...]
) -> tuple[tuple[int, ...], ...]:
    """Return for each contrast the side of every profile."""
    return tuple(
        tuple(side_of_all(spellings[profile.first : profile.end], contrast) for profile in profiles)
        for contrast in contrasts
    )


def by_length(words: Iterable[str]) -> dict[int, list[str]]:
    """Return words by their length, each list in the given order."""
    found: dict[int, list[str]] = {}
    for word in words:
        found.setdefault(len(word), []).append(word)
    return found


def by_spelling(folded: Iterable[str]) -> dict[str, list[int]]:
    """Return the numbers of the phrasings that share a folded spelling."""
    found: dict[str, list[int]] = {}
    for number, spelling in enumerate(folded):
        found.setdefault(spelling, []).append(number)
    return found


def dump(index: Index) -> dict[str, Any]:
    """Return the index as what JSON can hold; `load` gives the same index back."""
    return {
        "format": FORMAT,
        "phrasings": [[phrasing.entry, phrasing.language, phrasing.text] for phrasing in index.phrasings],
        "spellings": list(index.spellings),
        "features": " ".join(index.features),
        "rarity": _packed(index.rarity),
        "unknown_rarity": index.unknown_rarity,
        "holder_starts": _packed(index.holders.starts),
        "holders": _packed(index.holders.numbers),
        "shares": _packed(index.shares.numbers),
        "word_starts": _packed(index.phrasing_words.starts),
        "words": _packed(index.phrasing_words.numbers),
        "vocabulary": " ".join(word for words in index.vocabulary.values() for word in words),
        "contrasts": [[list(first), list(second)] for first, second in index.contrasts],
        "sides": [list(row) for row in index.sides],
        "confidence": index.confidence.dump(),
    }


def load(stored: dict[str, Any]) -> Index:
    """Return the index that `dump` stored; ValueError when another version of the program stored it."""
    if stored.get("format") != FORMAT:
        raise ValueError(f"The stored index has format {stored.get('format')!r}; this program reads {FORMAT}.")
    phrasings = tuple(Phrasing(*row) for row in stored["phrasings"])
    holder_starts = _unpacked(stored["holder_starts"], "I")
    features = stored["features"].split()
    return Index(
        phrasings=phrasings,
        spellings=tuple(stored["spellings"]),
        profiles=tuple(profiles_of(phrasings)),
        features=dict(zip(features, range(len(features)), strict=True)),
        rarity=_unpacked(stored["rarity"], "f"),
        unknown_rarity=stored["unknown_rarity"],
        holders=Rows(holder_starts, _unpacked(stored["holders"], "H")),
        shares=Rows(holder_starts, _unpacked(stored["shares"], "f")),
        phrasing_words=Rows(_unpacked(stored["word_starts"], "I"), _unpacked(stored["words"], "I")),
        vocabulary=by_length(stored["vocabulary"].split()),
        same_spelling=by_spelling(stored["spellings"]),
        contrasts=tuple((tuple(first), tuple(second)) for first, second in stored["contrasts"]),
        sides=tuple(tuple(row) for row in stored["sides"]),
        confidence=Confidence.load(stored["confidence"]),
    )


def _packed(numbers: "array[Any]") -> str:
    return base64.b64encode(_little_endian(numbers).tobytes()).decode("ascii")


def _unpacked(stored: str, kind: str) -> "array[Any]":
    numbers = array(kind)
    numbers.frombytes(base64.b64decode(stored, validate=True))
    return _little_endian(numbers)


def _little_endian(numbers: "array[Any]") -> "array[Any]":
    if sys.byteorder == "little":
        return numbers
    swapped = numbers[:]
    swapped.byteswap()
    return swapped
