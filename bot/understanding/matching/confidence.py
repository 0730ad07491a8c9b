"""From signals to an honest score: how likely an entry is right, and from where on that is enough to answer.

Learned from rehearsals, in which the index was asked its own phrasings. Knows nothing of texts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

# A share of wrong answers above this among the clear ones is too many; a needless question costs half a useful one.
_WRONG_AT_MOST = 0.06
_NEEDLESS_QUESTION = 0.5
# What cannot be answered is rarer than what can; and nobody asks it in the words of the phrasings.
_UNANSWERABLE_WEIGHT = 0.5
# How firmly a knowledge base with few phrasings holds on to what is usual; a threshold hangs on few rehearsals in any
# case, so it goes half the way only.
_PRIOR = 2.0
_DOUBTS = 10.0
_ROUNDS = 12
_LONGEST_STEP = 3.0
_SETTLED = 0.02
# A phrasing left out is worded unlike its neighbours on purpose, and so harder than what people really type: on
# held-out questions a score in the middle is right as often as a rehearsed one near the top.
_REAL_CLEAR, _REAL_CLOSE = 0.56, 0.8
_LEAST_COSINE = 0.01
_LEAST_WEIGHT = 0.5


_Three = tuple[float, float, float]


class Signals(NamedTuple):
    """What speaks for one entry: how alike it is to the question, and by how much more so than the best other one."""

    cosine: float
    lead: float


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One phrasing asked back: the signals of the best entries in order, and which of them is right, if any is."""

    answerable: bool
    signals: tuple[Signals, ...]
    right: int | None


class _Row(NamedTuple):
    inputs: _Three
    right: float
    importance: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """How signals become a score, from which score an entry is clear, and from which sum of scores some are close."""

    bias: float
    cosine: float
    lead: float
    clear: float
    close: float

    def scores(self, signals: Sequence[Signals]) -> list[float]:
        """Return how likely each entry is right: each between 0 and 1, together at most 1."""
        weights = (self.bias, self.cosine, self.lead)
        scores = [_sigmoid(_total(weights, _inputs(each))) for each in signals]
        total = max(1.0, sum(scores))
        return [score / total for score in scores]

    def dump(self) -> list[float]:
        """Return what JSON can hold."""
        return [self.bias, self.cosine, self.lead, self.clear, self.close]

    @classmethod
    def load(cls, stored: list[Any]) -> "Confidence":
        """Return what `dump` stored."""
        return cls(*map(float, stored))


USUAL = Confidence(bias=1.0, cosine=1.5, lead=14.0, clear=0.45, close=0.32)


def learn(rehearsals: Sequence[Rehearsal]) -> Confidence:
    """Return the confidence these rehearsals support; with few of them it stays near the usual one."""
    bias, cosine, lead = _fit(rehearsals)
    # More likeness must never speak against an entry, whatever an odd knowledge base suggests.
    fitted = Confidence(bias, max(cosine, _LEAST_WEIGHT), max(lead, _LEAST_WEIGHT), USUAL.clear, USUAL.close)
    played = [(rehearsal, fitted.scores(rehearsal.signals)) for rehearsal in rehearsals if rehearsal.signals]
    clear = _clear_from(played)
    return Confidence(fitted.bias, fitted.cosine, fitted.lead, clear, min(_close_from(played), clear))


_Played = list[tuple[Rehearsal, list[float]]]


def _clear_from(played: _Played) -> float:
    """Return the lowest score above which few enough answers are wrong."""
    count, right, found = _DOUBTS, _DOUBTS * (1 - 1.5 * _WRONG_AT_MOST), 0.95
    for rehearsal, scores in sorted(played, key=lambda one: -one[1][0]):
        weight = 1.0 if rehearsal.answerable else _UNANSWERABLE_WEIGHT
        count += weight
        right += weight * (rehearsal.right == 0)
        if right / count >= 1 - _WRONG_AT_MOST:
            found = scores[0]
    return (USUAL.clear + _REAL_CLEAR * max(found, 0.7)) / 2


def _close_from(played: _Played) -> float:
    """Return the scores, taken together, from which asking "did you mean" helps more often than it is in vain."""
    helpful = 1 / max(1, sum(rehearsal.answerable for rehearsal, _ in played))
    needless = _NEEDLESS_QUESTION / max(1, sum(not rehearsal.answerable for rehearsal, _ in played))
    gain, best, found = 0.0, 0.0, USUAL.close / _REAL_CLOSE
    for rehearsal, scores in sorted(played, key=lambda one: -sum(one[1])):
        if not rehearsal.answerable:
            gain -= needless
        elif rehearsal.right is not None:
            gain += helpful
        if gain > best:
            best, found = gain, sum(scores)
    return (USUAL.close + _REAL_CLOSE * found) / 2


def _fit(rehearsals: Sequence[Rehearsal]) -> _Three:
    """Return bias and weights by logistic regression, drawn towards the usual ones (Newton's method, small steps)."""
    usual = weights = (USUAL.bias, USUAL.cosine, USUAL.lead)
    rows = [
        _Row(_inputs(signals), float(at == each.right), 1.0 if each.answerable else _UNANSWERABLE_WEIGHT)
        for each in rehearsals
        for at, signals in enumerate(each.signals)
    ]
    for _ in range(_ROUNDS):
        slope, bend = _slope_and_bend(rows, weights)
        for at in range(3):
            slope[at] += _PRIOR * (weights[at] - usual[at])
            bend[at][at] += _PRIOR
        step = _solve(bend, slope)
        widest = max(map(abs, step))
        shorter = min(1.0, _LONGEST_STEP / (widest or 1.0))
        weights = (weights[0] - shorter * step[0], weights[1] - shorter * step[1], weights[2] - shorter * step[2])
        if widest < _SETTLED:
            break
    return weights


def _slope_and_bend(rows: Sequence[_Row], weights: _Three) -> tuple[list[float], list[list[float]]]:
    """Return the first and second derivatives of how badly the weights explain the rows; written out for speed."""
    s0 = s1 = s2 = b00 = b01 = b02 = b11 = b12 = b22 = 0.0
    for (one, cosine, lead), right, importance in rows:
        likely = _sigmoid(_total(weights, (one, cosine, lead)))
        miss, doubt = importance * (likely - right), importance * likely * (1 - likely)
        s0, s1, s2 = s0 + miss, s1 + miss * cosine, s2 + miss * lead
        b00, b01, b02 = b00 + doubt, b01 + doubt * cosine, b02 + doubt * lead
        b11, b12, b22 = b11 + doubt * cosine**2, b12 + doubt * cosine * lead, b22 + doubt * lead**2
    return [s0, s1, s2], [[b00, b01, b02], [b01, b11, b12], [b02, b12, b22]]


def _inputs(signals: Signals) -> _Three:
    """Return what the score is made of; the logarithm, so that likeness near nothing means a score near nothing."""
    return 1.0, math.log(max(signals.cosine, _LEAST_COSINE)), signals.lead


def _total(weights: _Three, values: _Three) -> float:
    return weights[0] * values[0] + weights[1] * values[1] + weights[2] * values[2]


def _solve(matrix: list[list[float]], wanted: list[float]) -> list[float]:
    """Return x with matrix * x = wanted, for a matrix that is symmetric and positive (so no pivot is zero)."""
    rows = [[*row, value] for row, value in zip(matrix, wanted, strict=True)]
    for at, pivot in enumerate(rows):
        for other in rows:
            if other is not pivot:
                factor = other[at] / pivot[at]
                other[:] = [value - factor * base for value, base in zip(other, pivot, strict=True)]
    return [row[-1] / row[at] for at, row in enumerate(rows)]


def _sigmoid(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
