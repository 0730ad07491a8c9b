"""Finds wallet seed phrases in a message, read together with the messages before it. Keeps and logs nothing.

A phrase is eleven or more words of one list in a row, one stranger among them forgiven (a mistyped word),
whether or not its checksum fits. Numbers, bullets, commas and line breaks between words do not matter.
"""

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from bot.understanding.chinese_phrases import find_chinese
from bot.understanding.secret_kinds import Found, SecretKind, Span, marker
from bot.understanding.secret_words import ALL_LISTS, LIST_BITS, PHRASE_LENGTHS, lists_of

_ENOUGH = 11
# A phrase removed from an earlier message counts as this many words, so that what follows it is still seen.
_REMOVED_WORDS = 6
# An earlier message belongs to a phrase if at least this share of its words is of the list.
_PIECE_SHARE = 0.6
# Words that may stand between an earlier piece and the one in the newest message: "and then …".
_LEAD_STRANGERS = 2
# Longer than any phrase with what may stand around it; words before these cannot touch the newest message.
_EARLIER_WORDS = 60
_EARLIER_CHARACTERS = 2_000
_MARKER = marker(SecretKind.SEED_PHRASE)
_TOKEN = re.compile(
    r"⟦[^⟦⟧]{1,20}⟧"
    r"|\d+(?:(?:st|nd|rd|th)(?![A-Za-z])|番目|つ目|번째|[番번ºª])?"
    r"|[A-Za-zＡ-Ｚａ-ｚÀ-ÖØ-öø-ɏḀ-ỿ]+|[ぁ-ゖ]+|[가-힣]+|[Ѐ-ӿ]+|[一-鿿]+|[^\W\d_]+"
)
_HAN = re.compile("[一-鿿]")
_SEPARATES_NEIGHBOUR = re.compile(r"[:：=!?！？⟦⟧]")


class _Word(NamedTuple):
    lists: int
    weight: int
    age: int
    start: int
    end: int


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
        row = _row(messages, bit)
        for first, last in _runs([word.weight if word.lists & bit else 0 for word in row]):
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
            words.append(_Word(known, _REMOVED_WORDS if known else 0, age, *match.span()))
        elif not token[0].isdecimal():
            known = 0 if len(token) > 1 and _HAN.match(token) else lists_of(token)
            words.append(_Word(known, 1 if known else 0, age, *match.span()))
    return words


def _row(messages: Sequence[list[_Word]], bit: int) -> list[_Word]:
    """Join the messages that can belong to one phrase of this list, without the chatter around them."""
    row: list[_Word] = []
    for words in messages[:-1]:
        places = [place for place, word in enumerate(words) if word.lists & bit]
        if places and len(places) >= _PIECE_SHARE * len(words):
            row += words[places[0] : places[-1] + 1]
    own = messages[-1]
    first = next((place for place, word in enumerate(own) if word.lists & bit), len(own))
    share = sum(1 for word in own if word.lists & bit) / len(own)
    return row + own[first if share >= _PIECE_SHARE else min(first, _LEAD_STRANGERS) :] if row else own


def _runs(weights: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of every stretch whose words all lie in a window heavy enough."""
    left = total = strangers = 0
    found: tuple[int, int] | None = None
    for right, weight in enumerate(weights):
        total += weight
        strangers += weight == 0
        while strangers > 1 or (left < right and weights[left] == 0):
            total -= weights[left]
            strangers -= weights[left] == 0
            left += 1
        if not weight or total < _ENOUGH:
            continue
        if found and left <= found[1] + 1:
            found = (found[0], right)
        else:
            if found:
                yield found
            found = (left, right)
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
