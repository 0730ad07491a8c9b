"""Builds the index from phrasings, then asks it its own phrasings to learn what its scores are worth."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.understanding.matching.confidence import USUAL, Rehearsal, learn
from bot.understanding.matching.contrasts import Contrast, folded
from bot.understanding.matching.evidence import Question, products, weigh_up
from bot.understanding.matching.index import Index, Phrasing, Rows, by_length, by_spelling, profiles_of, sides_of
from bot.understanding.normalize import Piece, fold, pieces, weigh, words_of

# Every so many-th phrasing is asked back: enough to learn five numbers from, and quick.
_REHEARSALS = 300
_NOTHING = 1e-9

_Weights = dict[int, float]


@dataclass(frozen=True, slots=True)
class _Draft:
    """An index that has not rehearsed yet, with what each phrasing adds to its profile, and each profile's sums."""

    index: Index
    parts: list[_Weights]
    sums: list[_Weights]


def build(phrasings: Iterable[Phrasing], contrasts: Iterable[Contrast] = ()) -> Index:
    """Return the index of these phrasings, the same in whatever order they come.

    `contrasts` are pairs of word lists that turn a question round, such as deposit and withdraw.
    ValueError, naming entry and text, when a phrasing has no words to compare.
    """
    draft = _draft(_distinct(phrasings), folded(contrasts))
    count = len(draft.parts)
    chosen = [at * count // min(count, _REHEARSALS) for at in range(min(count, _REHEARSALS))]
    rehearsals = [rehearsal for number in chosen for rehearsal in _rehearse(draft, number)]
    return replace(draft.index, confidence=learn(rehearsals))


def _distinct(phrasings: Iterable[Phrasing]) -> dict[Phrasing, str]:
    """Return the phrasings in order with their folded text; of those that fold alike for one entry the first."""
    kept: dict[tuple[str, str, str], Phrasing] = {}
    for phrasing in sorted(set(phrasings)):
        folded = fold(phrasing.text)
        if not pieces(folded):
            raise ValueError(f"A phrasing of {phrasing.entry} ({phrasing.language}) has no words: {phrasing.text!r}")
        kept.setdefault((phrasing.entry, phrasing.language, folded), phrasing)
    return {phrasing: folded for (_, _, folded), phrasing in kept.items()}


def _draft(kept: dict[Phrasing, str], contrasts: tuple[Contrast, ...]) -> _Draft:
    listed = tuple(kept)
    found = [pieces(folded) for folded in kept.values()]
    features: dict[str, int] = {}
    numbered = [
        {features.setdefault(feature, len(features)): weight for feature, weight in weigh(each).items()}
        for each in found
    ]
    profiles = tuple(profiles_of(listed))
    rarity, unknown_rarity = _rarity(listed, numbered, len(features))
    parts = [_part(weights, rarity) for weights in numbered]
    sums = [_sum(parts[profile.first : profile.end]) for profile in profiles]
    holders, shares = _postings(sums, len(features))
    index = Index(
        phrasings=listed,
        profiles=profiles,
        features=features,
        rarity=rarity,
        unknown_rarity=unknown_rarity,
        holders=holders,
        shares=shares,
        phrasing_words=_words(found, features),
        vocabulary=by_length(_by_use(found)),
        spellings=tuple(kept.values()),
        same_spelling=by_spelling(kept.values()),
        contrasts=contrasts,
        sides=sides_of(profiles, tuple(kept.values()), contrasts),
        confidence=USUAL,
    )
    return _Draft(index, parts, sums)


def _rarity(listed: tuple[Phrasing, ...], numbered: list[_Weights], size: int) -> tuple["array[float]", float]:
    """Return how much a feature tells, the more the fewer entries use it, and how much one tells that none uses."""
    used = {(phrasing.entry, feature) for phrasing, each in zip(listed, numbered, strict=True) for feature in each}
    entries = Counter(feature for _, feature in used)
    everything = len({phrasing.entry for phrasing in listed}) + 1
    rarity = (math.log(everything / (entries[feature] + 0.5)) for feature in range(size))
    return array("f", rarity), math.log(everything / 0.5)


def _part(weights: _Weights, rarity: "array[float]") -> _Weights:
    """Return what one phrasing adds to its profile: weight by rarity, together of length 1."""
    told = {feature: weight * rarity[feature] for feature, weight in weights.items()}
    length = math.sqrt(sum(weight * weight for weight in told.values())) or 1.0
    return {feature: weight / length for feature, weight in told.items()}


def _sum(parts: list[_Weights]) -> _Weights:
    total: _Weights = {}
    for part in parts:
        for feature, weight in part.items():
            total[feature] = total.get(feature, 0.0) + weight
    return total


def _postings(sums: list[_Weights], size: int) -> tuple[Rows, Rows]:
    """Return for each feature the profiles that use it and its share in each.

    The square root damps what every phrasing of an entry repeats; a profile's length is then the root of its sum.
    """
    holders: list[list[int]] = [[] for _ in range(size)]
    shares: list[list[float]] = [[] for _ in range(size)]
    for number, total in enumerate(sums):
        whole = sum(total.values()) or 1.0
        for feature, weight in total.items():
            holders[feature].append(number)
            shares[feature].append(math.sqrt(weight / whole))
    return Rows.of(holders, "H"), Rows.of(shares, "f")


def _words(found: list[list[Piece]], features: dict[str, int]) -> Rows:
    return Rows.of(
        (dict.fromkeys(features[word] for piece in each for word in words_of(piece)) for each in found), "I"
    )


def _by_use(found: list[list[Piece]]) -> list[str]:
    uses = Counter(piece.text for each in found for piece in each if not piece.dense)
    return sorted(uses, key=lambda word: (-uses[word], word))


def _rehearse(draft: _Draft, number: int) -> Iterator[Rehearsal]:
    """Ask the index a phrasing it is made to forget, then once more with the phrasing's whole entry forgotten."""
    index, part = draft.index, draft.parts[number]
    phrasing = index.phrasings[number]
    own = next(at for at, profile in enumerate(index.profiles) if number < profile.end)
    siblings = {at for at, profile in enumerate(index.profiles) if profile.entry == phrasing.entry}
    totals = products(index, Question(part, 1.0, 1.0))

    rest = {feature: draft.sums[own][feature] - weight for feature, weight in part.items()}
    mine = {feature for feature in part if rest[feature] < _NOTHING and len(index.holders[feature]) == 1}
    whole = sum(draft.sums[own].values()) - sum(part.values())
    shared = sum(part[feature] * math.sqrt(max(left, 0.0)) for feature, left in rest.items())
    without = [*totals[:own], shared / math.sqrt(whole) if whole > _NOTHING else 0.0, *totals[own + 1 :]]
    yield _outcome(
        index, without, _square(index, part, mine), phrasing, answerable=len(siblings) > 1 or whole > _NOTHING
    )

    ours = {feature for feature in part if siblings.issuperset(index.holders[feature])}
    without = [0.0 if at in siblings else total for at, total in enumerate(totals)]
    yield _outcome(index, without, _square(index, part, ours), phrasing, answerable=False)


def _square(index: Index, part: _Weights, forgotten: set[int]) -> float:
    """Return the squared length of a phrasing some of whose features nobody uses any more."""
    return sum(
        (weight * index.unknown_rarity / index.rarity[feature] if feature in forgotten else weight) ** 2
        for feature, weight in part.items()
    )


def _outcome(index: Index, totals: list[float], square: float, phrasing: Phrasing, *, answerable: bool) -> Rehearsal:
    found = weigh_up(index, totals, square, phrasing.language)
    right = next((at for at, evidence in enumerate(found) if evidence.entry == phrasing.entry), None)
    return Rehearsal(answerable, tuple(evidence.signals for evidence in found), right)
