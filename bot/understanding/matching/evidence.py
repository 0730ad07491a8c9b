"""How much speaks for each entry: a question as weighted features, compared with every entry's profile.

Numbers in, numbers out; what they are worth is decided in `confidence`.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot.understanding.matching.confidence import Signals
from bot.understanding.matching.contrasts import side_of
from bot.understanding.matching.index import Index
from bot.understanding.normalize import Piece, weigh, words_of

MOST_CANDIDATES = 4
# A text of a thousand characters has thousands of features; the weightiest are plenty and keep the time bounded.
_MOST_FEATURES = 250
_OTHER_LANGUAGE = 0.9
# What is left of an entry's likeness when it speaks of the opposite: enough to be offered, never to be the answer.
_OPPOSITE = 0.35


@dataclass(frozen=True, slots=True)
class Question:
    """A text as weights by feature number; the squared weights of all its features, and of the known ones."""

    weights: dict[int, float]
    square: float
    known_square: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one entry, and the number of the profile in which it was found."""

    entry: str
    profile: int
    signals: Signals


def question_of(index: Index, found: Iterable[Piece]) -> Question:
    """Return the question that these pieces of text ask."""
    weights: dict[int, float] = {}
    unknown = 0.0
    for feature, weight in weigh(found).items():
        number = index.features.get(feature)
        if number is None:
            unknown += (weight * index.unknown_rarity) ** 2
        else:
            weights[number] = weight * index.rarity[number]
    known = sum(weight * weight for weight in weights.values())
    if len(weights) > _MOST_FEATURES:
        weights = {number: weights[number] for number in nlargest(_MOST_FEATURES, weights, key=weights.__getitem__)}
    return Question(weights, known + unknown, known)


def products(index: Index, question: Question) -> list[float]:
    """Return the product of the question with each profile; divided by the question's length it is their cosine."""
    totals = [0.0] * len(index.profiles)
    for feature, weight in question.weights.items():
        for holder, share in zip(index.holders[feature], index.shares[feature], strict=True):
            totals[holder] += weight * share
    return totals


def opposed(index: Index, folded: str) -> frozenset[int]:
    """Return the numbers of the profiles that are on the other side of a contrast than the folded text."""
    found: set[int] = set()
    for contrast, sides in zip(index.contrasts, index.sides, strict=True):
        if side := side_of(folded, contrast):
            found.update(number for number, other in enumerate(sides) if other == -side)
    return frozenset(found)


def weigh_up(
    index: Index, totals: Sequence[float], square: float, language: str | None, against: Collection[int] = ()
) -> list[Evidence]:
    """Return the evidence for the entries most alike, best first, each in the language that suits it best.

    Profiles in `against` say the opposite of the question.
    """
    length = math.sqrt(square) or 1.0
    best: dict[str, tuple[float, int]] = {}
    for number, (total, profile) in enumerate(zip(totals, index.profiles, strict=True)):
        same = language is None or profile.language == language
        cosine = total / length * (1.0 if same else _OTHER_LANGUAGE)
        if number in against:
            cosine *= _OPPOSITE
        if cosine > best.get(profile.entry, (0.0, 0))[0]:
            best[profile.entry] = (cosine, number)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[: MOST_CANDIDATES + 1]
    first = ranked[0][1][0] if ranked else 0.0
    second = ranked[1][1][0] if len(ranked) > 1 else 0.0
    return [
        Evidence(entry, number, Signals(cosine, cosine - (first if at else second)))
        for at, (entry, (cosine, number)) in enumerate(ranked[:MOST_CANDIDATES])
    ]


def words_in(index: Index, found: Iterable[Piece]) -> set[int]:
    """Return the feature numbers of the words some phrasing uses."""
    words = {word for piece in found for word in words_of(piece)}
    return {index.features[word] for word in words if word in index.features}


def closest_phrasing(index: Index, words: Collection[int], profile_number: int) -> int:
    """Return the number of the profile's phrasing whose words are most alike, for showing why the entry was found."""
    profile = index.profiles[profile_number]

    def likeness(number: int) -> float:
        listed = index.phrasing_words[number]
        length = math.sqrt(sum(index.rarity[word] ** 2 for word in listed))
        return float(sum(index.rarity[word] ** 2 for word in listed if word in words) / (length or 1.0))

    return max(range(profile.first, profile.end), key=likeness)
