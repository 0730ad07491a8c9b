"""Finds wallet seed phrases in a message, read together with the messages before it. Keeps and logs nothing.

A phrase is eleven or more words of one list in a row, one stranger among them forgiven (a mistyped word),
whether or not its checksum fits. Numbers, bullets, commas and line breaks between words do not matter.
"""

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import chain
from operator import or_
from typing import NamedTuple

from bot.understanding.chinese_phrases import find_chinese
from bot.understanding.secret_kinds import Found, SecretKind, Span, marker
from bot.understanding.secret_words import ALL_LISTS, EVERYDAY, LIST_BITS, PHRASE_LENGTHS, fold, lists_of

_ENOUGH = 11
# A phrase removed from an earlier message counts as this many words, so that what follows it is still seen.
_REMOVED_WORDS = 6
# An earlier message belongs to a phrase if at least this share of its words is of the list.
_PIECE_SHARE = 0.6
# Words that may stand between an earlier piece and the one in the newest message: "and then …".
_LEAD_STRANGERS = 2
# A longer lead is skipped only where this many list words in a row follow it.
_LEAD_WORDS = 10
_SOME_WORDS = 3
# Longer than any phrase with what may stand around it; words before these cannot touch the newest message.
_EARLIER_WORDS = 60
_EARLIER_CHARACTERS = 2_000
_MARKER = marker(SecretKind.SEED_PHRASE)
_TOKEN = re.compile(
    r"⟦[^⟦⟧]{1,20}⟧"
    r"|\d+(?:(?:st|nd|rd|th)(?![A-Za-z])|番目|つ目|번째|[番번ºª])?"
    r"|[A-Za-zＡ-Ｚａ-ｚÀ-ÖØ-öø-ɏḀ-ỿ\u0300-\u036f]+|[ぁ-ゖ]+|[가-힣]+|[Ѐ-ӿ]+|[一-鿿]+|[^\W\d_]+"
)
_HAN = re.compile("[一-鿿]")
_SEPARATES_NEIGHBOUR = re.compile(r"[:：=!?！？⟦⟧]")


class _Word(NamedTuple):
    lists: int
    weight: int
    everyday: int
    age: int
    start: int
    end: int


class _Step(NamedTuple):
    weight: int
    everyday: int


_STRANGER = _Step(0, 0)


def find_phrases(text: str, before: Sequence[str] = ()) -> Found:
    """Find every seed phrase of which a part is in `text`; earlier parts may be in `before`, oldest"
    " first."""
    found = _find_listed(text, before)
    if not found.spans and _HAN.search(text):
        return find_chinese(text, before)
    return found


def _find_listed(text: str, before: Sequence[str]) -> Found:
    tokens = [list(_TOKEN.finditer(message[-_EARLIER_CHARACTERS:])) for message in before]
    tokens.append(list(_TOKEN.finditer(text)))
    if sum(map(len, tokens)) + _REMOVED_WORDS * sum(_MARKER in message for message in before) < _ENOUGH:
        return Found([])
    messages = [_words(matches, len(before) - place) for place, matches in enumerate(tokens)]
    spans: list[Span] = []
    reach = 0
    for bit in _plausible_lists(messages):
        for row in _rows(messages, bit):
            for first, last in _runs([_step(word, bit) for word in row]):
                if row[last].age == 0:
                    spans.append(_span(text, row, first, last))
                    reach = max(reach, row[first].age)
    return Found(spans, reach)


def _plausible_lists(messages: Sequence[Sequence[_Word]]) -> list[int]:
    """Name the lists that have a word of the newest message and enough words of all."""
    own = reduce(or_, (word.lists for word in messages[-1]), 0)
    known = [word for words in messages for word in words if word.lists & own]
    if sum(word.weight for word in known) < _ENOUGH:
        return []
    return [bit for bit in LIST_BITS if bit & own and sum(w.weight for w in known if w.lists & bit) >= _ENOUGH]


def _words(matches: Sequence[re.Match[str]], age: int) -> list[_Word]:
    words = []
    for match in matches[-_EARLIER_WORDS:] if age else matches:
        token = match[0]
        if token[0] == "⟦":
            # A marker in the newest message itself ends a run, so that a masked text is left as it is.
            known = ALL_LISTS if age and token == _MARKER else 0
            words.append(_Word(known, _REMOVED_WORDS if known else 0, _REMOVED_WORDS // 2, age, *match.span()))
        elif not token[0].isdecimal():
            known = 0 if len(token) > 1 and _HAN.match(token) else lists_of(token)
            words.append(_Word(known, 1 if known else 0, int(fold(token) in EVERYDAY), age, *match.span()))
    return words


def _rows(messages: Sequence[list[_Word]], bit: int) -> Iterator[list[_Word]]:
    """Join what can belong to one phrase of this list: whole messages, or a sentence's end and what follows it."""
    *earlier, own = messages
    pieces = [_piece(words, bit) for words in earlier]
    if any(pieces):
        own = own[_opening(own, bit) :]
    yield [*chain(*pieces), *own]
    for place, words in enumerate(earlier):
        if not pieces[place] and len(tail := _tail(words, bit)) >= _SOME_WORDS:
            yield [*tail, *chain(*pieces[place + 1 :]), *messages[-1][_opening(messages[-1], bit) :]]


def _piece(words: Sequence[_Word], bit: int) -> Sequence[_Word]:
    places = [place for place, word in enumerate(words) if word.lists & bit]
    enough = places and len(places) >= _PIECE_SHARE * len(words)
    return words[places[0] : places[-1] + 1] if enough else []


def _tail(words: Sequence[_Word], bit: int) -> Sequence[_Word]:
    """Cut the list words off the end of a sentence: "my words are abandon ability able"."""
    start = len(words)
    while start and words[start - 1].lists & bit:
        start -= 1
    return words[start:]


def _opening(own: Sequence[_Word], bit: int) -> int:
    """Say where in the newest message an earlier piece may go on: behind "and the other words are", say."""
    known = [bool(word.lists & bit) for word in own]
    first = known.index(True) if any(known) else 0
    if sum(known) >= _PIECE_SHARE * len(own):
        return first
    runs = (place for place in range(min(_LEAD_WORDS, len(own))) if all(known[place : place + _SOME_WORDS]))
    return next(runs, min(first, _LEAD_STRANGERS))


def _step(word: _Word, bit: int) -> _Step:
    return _Step(word.weight, word.everyday) if word.lists & bit else _STRANGER


def _runs(steps: Sequence[_Step]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of every stretch whose words all lie in windows that look like a phrase.

    A window is as short as it can be, so that the words before a phrase have no say in what it looks like.
    """
    left = total = strangers = everyday = 0
    found: tuple[int, int] | None = None
    for right, step in enumerate(steps):
        total += step.weight
        strangers += step.weight == 0
        everyday += step.everyday
        while strangers > 1 or total - steps[left].weight > _ENOUGH or (left < right and not steps[left].weight):
            total -= steps[left].weight
            strangers -= steps[left].weight == 0
            everyday -= steps[left].everyday
            left += 1
        if not step.weight or total < _ENOUGH or everyday * 2 >= total:
            continue
        if found and left > found[1] + 1:
            yield found
            found = None
        found = (found[0] if found else left, right)
    if found:
        yield found


def _span(text: str, row: Sequence[_Word], first: int, last: int) -> Span:
    own = [place for place in range(first, last + 1) if row[place].age == 0 and row[place].lists]
    start, end = row[own[0]].start, row[own[-1]].end
    if sum(word.weight for word in row[first : last + 1]) + 1 in PHRASE_LENGTHS:
        # One word short of a phrase: the missing one is mistyped and stands at either end.
        if own[0] == first and first and row[first - 1].age == 0:
            start = _with_neighbour(text, row[first - 1], start)
        if last + 1 < len(row):
            end = _with_neighbour(text, row[last + 1], end)
    return Span(start, end, SecretKind.SEED_PHRASE)


def _with_neighbour(text: str, neighbour: _Word, edge: int) -> int:
    outer, inner = (neighbour.start, neighbour.end) if neighbour.start < edge else (neighbour.end, neighbour.start)
    between = text[min(inner, edge) : max(inner, edge)]
    fits = 3 <= neighbour.end - neighbour.start <= 10 and len(between) <= 8
    return outer if fits and not _SEPARATES_NEIGHBOUR.search(between) else edge
