"""What a judgement of a file says, in the words that delivery and the pages need."""

from dataclasses import dataclass
from enum import StrEnum


class Hold(StrEnum):
    """Why a file is not passed on; each is the key of a phrase `held.*`."""

    ARCHIVE = "archive"
    PROGRAM = "program"
    MACRO = "macro"
    ACTIVE = "active"
    MIXED = "mixed"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    INFECTED = "infected"
    TOO_LARGE = "too_large"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Accepted:
    """May be passed on as `content`, which has no metadata of its maker any more; the type follows from the content.

    The first of `suffixes` is the usual one; a name that has another of them keeps it.
    """

    content_type: str
    suffixes: tuple[str, ...]
    content: bytes
    is_cleaned: bool = False

    @property
    def is_picture(self) -> bool:
        return self.content_type in SHOWN_PICTURES


@dataclass(frozen=True, slots=True)
class Held:
    """Is not passed on; `content_type` is what it seems to be, empty when nobody knows."""

    why: Hold
    content_type: str = ""


Verdict = Accepted | Held

SHOWN_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What browsers and both platforms show as a picture, and what can do nothing but be looked at."""


class Damaged(Exception):
    """A file is not built as its first bytes promise; whoever relies on its type must not get it."""
