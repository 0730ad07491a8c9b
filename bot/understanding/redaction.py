"""The first step of every message: secrets out, before anything is stored, matched, logged or shown.

Pure and total: any text comes back, masked if need be. What it removes is never kept, measured or digested.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.labelled_secrets import find_labelled
from bot.understanding.secret_kinds import SecretKind, Span, marker
from bot.understanding.secret_shapes import find_shapes
from bot.understanding.seed_phrases import find_phrases

__all__ = ["Masked", "SecretKind", "marker", "mask"]

# One pass finds all in any natural text; taking a secret out can uncover another only in text made to do so.
_PASSES = 6
# Where two findings overlap, the graver kind names the marker.
_GRAVITY = tuple(SecretKind)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its secrets, and what kinds were removed.

    `reaches_back` counts the earlier messages, newest first, that hold the beginning of a seed phrase.
    """

    text: str
    found: frozenset[SecretKind]
    reaches_back: int = 0


def mask(text: str, before: Sequence[str] = ()) -> Masked:
    """Replace every secret in `text` by a marker; a text without secrets comes back identical.

    `before` holds up to three earlier, already masked messages of the same chat, oldest first.
    """
    composed, earlier = _composed(text), [_composed(message) for message in before]
    found: frozenset[SecretKind] = frozenset()
    reach = 0
    for _ in range(_PASSES):
        spans, reaches_back = _find(composed, earlier)
        if not spans:
            return Masked(composed, found, reach) if found else Masked(text, found)
        composed = _replace(composed, spans)
        found |= {span.kind for span in spans}
        reach = max(reach, reaches_back)
    # Still not clean: nobody writes like that by accident, and no part of it can be called safe.
    return Masked("".join(marker(kind) for kind in _GRAVITY if kind in found), found, reach)


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _find(text: str, before: Sequence[str]) -> tuple[list[Span], int]:
    phrases = find_phrases(text, before)
    spans = [*phrases.spans, *find_shapes(text), *find_labelled(text, before)]
    return list(_joined(spans)), phrases.reaches_back


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Yield the spans in order, overlapping ones as one."""
    current: Span | None = None
    for span in sorted(spans):
        if current is None:
            current = span
        elif span.start < current.end:
            kind = min(current.kind, span.kind, key=_GRAVITY.index)
            current = Span(current.start, max(current.end, span.end), kind)
        else:
            yield current
            current = span
    if current is not None:
        yield current


def _replace(text: str, spans: Sequence[Span]) -> str:
    pieces = []
    place = 0
    for span in spans:
        pieces += [text[place : span.start], marker(span.kind)]
        place = span.end
    return "".join([*pieces, text[place:]])
