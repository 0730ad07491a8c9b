"""Which entry of the knowledge base is meant: `match` is the one question everybody asks here.

Sees masked text only. Every entry keeps one profile a language, the sum of its phrasings' words and character
n-grams, weighted by how few entries use them; a question is compared with the profiles, and what that likeness is
worth was learned when the index was built.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.understanding.matching.building import build
from bot.understanding.matching.confidence import Signals
from bot.understanding.matching.evidence import (
    MOST_CANDIDATES,
    closest_phrasing,
    opposed,
    products,
    question_of,
    weigh_up,
    words_in,
)
from bot.understanding.matching.index import Index, Phrasing, dump, load
from bot.understanding.matching.repair import repair
from bot.understanding.normalize import Piece, fold, pieces

__all__ = ["Candidate", "Index", "Match", "Phrasing", "Seen", "Signals", "Verdict", "build", "dump", "load", "match"]

# A candidate this much less likely than the best is not worth a button.
_WORTH_SHOWING = 0.1
# Of a question mostly made of words that no phrasing has, too little was understood to answer, or even to ask back.
_KNOWN_TO_ANSWER, _KNOWN_TO_ASK = 0.35, 0.2
# Where even the best is this unlikely, naming four of them helps nobody.
_WORTH_ASKING = 0.15
# One that is not this many times as likely as the next is a choice for the requester.
_AHEAD = 3.0


class Verdict(StrEnum):
    """What to do: answer, ask "did you mean", or offer a person."""

    CLEAR = "clear"
    CLOSE = "close"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry, how likely it is the right one, and its phrasing that is most alike."""

    entry: str
    score: float
    phrasing: str
    language: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Why a match came out as it did: words compared, slips mended, words no phrasing uses, each candidate's signals.

    `known` is the share of the question, by weight, that some phrasing uses.
    """

    words: tuple[str, ...] = ()
    repairs: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    known: float = 0.0
    signals: tuple[Signals, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on a text and at most four candidates, best first; with NONE they only explain."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    seen: Seen


def match(index: Index, text: str, language: str | None = None) -> Match:
    """Return which entries the text may mean; phrasings in `language` are preferred, those in others not excluded.

    Scores are comparable between texts and together at most 1. Any text is accepted; only its first 1,000
    characters count.
    """
    folded = fold(text)
    typed = pieces(folded)
    same = _same_spelling(index, folded, typed, language)
    if same is not None:
        return same
    found, repairs, unknown = repair(index.vocabulary, typed)
    question = question_of(index, found)
    against = opposed(index, folded)
    evidence = weigh_up(index, products(index, question), question.square, language, against)
    signals = tuple(each.signals for each in evidence)
    words = words_in(index, found)
    candidates = [
        _candidate(index, closest_phrasing(index, words, each.profile), score)
        for each, score in zip(evidence, index.confidence.scores(signals), strict=True)
    ]
    shown = tuple(each for each in candidates if each.score >= _WORTH_SHOWING * candidates[0].score)
    known = question.known_square / question.square if question.square else 0.0
    seen = Seen(_texts(found), tuple(repairs), tuple(unknown), known, signals[: len(shown)])
    verdict = _verdict(index, shown, known)
    if verdict is Verdict.CLEAR and evidence[0].profile in against:
        verdict = Verdict.CLOSE
    return Match(verdict, shown, seen)


def _same_spelling(index: Index, folded: str, typed: list[Piece], language: str | None) -> Match | None:
    """Return the match of a text that is one of the phrasings; entries that share a phrasing share the score."""
    numbers = index.same_spelling.get(folded, [])
    preferred = [number for number in numbers if index.phrasings[number].language == language] or numbers
    by_entry = {index.phrasings[number].entry: number for number in reversed(preferred)}
    if not by_entry:
        return None
    shown = sorted(by_entry.items())[:MOST_CANDIDATES]
    candidates = tuple(_candidate(index, number, 1 / len(by_entry)) for _, number in shown)
    verdict = Verdict.CLEAR if len(by_entry) == 1 else Verdict.CLOSE
    return Match(verdict, candidates, Seen(_texts(typed), known=1.0, signals=(Signals(1.0, 0.0),) * len(shown)))


def _verdict(index: Index, candidates: tuple[Candidate, ...], known: float) -> Verdict:
    """Answer when one entry is likely enough by itself, ask when it is likely that one of those shown is right."""
    if not candidates or known < _KNOWN_TO_ASK or candidates[0].score < _WORTH_ASKING:
        return Verdict.NONE
    runner_up = candidates[1].score if len(candidates) > 1 else 0.0
    is_ahead = candidates[0].score >= max(index.confidence.clear, _AHEAD * runner_up)
    if is_ahead and known >= _KNOWN_TO_ANSWER:
        return Verdict.CLEAR
    together = sum(candidate.score for candidate in candidates)
    return Verdict.CLOSE if together >= index.confidence.close else Verdict.NONE


def _candidate(index: Index, number: int, score: float) -> Candidate:
    phrasing = index.phrasings[number]
    return Candidate(phrasing.entry, score, phrasing.text, phrasing.language)


def _texts(found: list[Piece]) -> tuple[str, ...]:
    return tuple(piece.text for piece in found)
