"""Whether one entry takes questions away from another: every phrasing is asked against all entries together.

A check of one entry alone can never see that. Run over a whole knowledge base by its tests and `check --thorough`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.knowledge.schema import KnownPhrasing
from bot.understanding.matching import Index, Verdict, match
from bot.understanding.normalize import fold


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A phrasing of one entry, and what is answered instead; `rival` is the other entry's phrasing most like it."""

    phrasing: KnownPhrasing
    winner: str
    rival: str


def uncovered(phrasings: Iterable[KnownPhrasing], index: Index) -> Iterator[Uncovered]:
    """Yield each phrasing that another entry answers clearly, or claims in what counts as the same spelling."""
    for phrasing in phrasings:
        # A known spelling is found by itself; said twice it has to win by its words, as what people type must.
        for text in (phrasing.text, f"{phrasing.text}\n{phrasing.text}"):
            found = match(index, text, phrasing.language)
            other = next((one for one in found.candidates if one.entry != phrasing.entry), None)
            if other is None:
                continue
            is_shared = fold(other.phrasing) == fold(phrasing.text) and other.language == phrasing.language
            wins = found.verdict is Verdict.CLEAR and found.candidates[0] is other
            if is_shared or wins:
                yield Uncovered(phrasing, other.entry, other.phrasing)
                break
