"""Text with formatting as Telegram takes it: plain text plus spans, never tags, so nothing can be escaped wrongly.

Lengths are counted as the platform does, in UTF-16 units; spans count characters until they leave.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from telegram import MessageEntity, User

# Where a long text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]+[\"')\]»”’]*\s|[。！？｡]+[」』）]*"),
    re.compile(r"\s"),
)
# A cut earlier than this share of the room would leave a tiny part behind.
_EARLIEST = 0.4
_BLANK = " \n\t\r"


@dataclass(frozen=True, slots=True)
class Span:
    """What is special about `text[start:end]`; `kind` is a type of MessageEntity."""

    kind: str
    start: int
    end: int
    url: str | None = None
    language: str | None = None
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str
    spans: tuple[Span, ...] = ()

    @property
    def length(self) -> int:
        """The length the platform counts."""
        return len(self.text.encode("utf-16-le")) // 2

    def entities(self) -> list[MessageEntity]:
        """The spans as the platform wants them, counted in UTF-16 units."""
        found = [
            MessageEntity(
                span.kind, span.start, span.end - span.start, url=span.url, language=span.language, user=_user(span)
            )
            for span in self.spans
        ]
        return list(MessageEntity.adjust_message_entities_to_utf_16(self.text, found))

    def piece(self, start: int, end: int) -> "Formatted":
        """The part between two places without blanks at its ends, with what the spans say of it."""
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip(_BLANK))
        end = start + len(self.text[start:end].rstrip(_BLANK))
        inside = (s for s in self.spans if s.start < end and s.end > start)
        moved = (replace(s, start=max(s.start, start) - start, end=min(s.end, end) - start) for s in inside)
        return Formatted(self.text[start:end], tuple(moved))


def plain(text: str) -> Formatted:
    """A text exactly as typed; halves of characters, which some JSON lets through, become a replacement mark."""
    return Formatted(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def under(author: str, body: Formatted) -> Formatted:
    """The text below a heading in bold that stays one line, whatever the name holds."""
    name = plain(" ".join(author.split())).text
    if not name:
        return body
    by = len(name) + 1
    moved = (replace(span, start=span.start + by, end=span.end + by) for span in body.spans)
    return Formatted(f"{name}\n{body.text}", (Span(MessageEntity.BOLD, 0, len(name)), *moved))


def calling(body: Formatted, names: Sequence[tuple[str, str]]) -> Formatted:
    """The text above a line that mentions people, each given by id and name."""
    spans, text = list(body.spans), body.text
    for number, (user_id, name) in enumerate(names):
        text += " " if number else "\n" if text else ""
        shown = " ".join(plain(name).text.split()) or user_id
        spans.append(Span(MessageEntity.TEXT_MENTION, len(text), len(text) + len(shown), user_id=user_id))
        text += shown
    return Formatted(text, tuple(spans))


def _user(span: Span) -> User | None:
    """Telegram looks at the id alone."""
    return User(int(span.user_id), "", is_bot=False) if span.user_id else None


def split(whole: Formatted, limit: int) -> list[Formatted]:
    """The text in parts of at most `limit` units, cut where a reader would pause; nothing but blanks gets lost."""
    parts, start = [], 0
    while start < len(whole.text):
        end = _cut(whole.text, start, limit)
        part = whole.piece(start, end)
        parts += [part] if part.text else []
        start = end
    return parts


def _cut(text: str, start: int, limit: int) -> int:
    room = text[start : start + limit].encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")
    last = start + len(room)
    if last == len(text):
        return last
    earliest = int(len(room) * _EARLIEST)
    for pattern in _CUTS:
        ends = [found.end() for found in pattern.finditer(room) if found.end() > earliest]
        if ends:
            return start + ends[-1]
    return last
