"""The kinds of secret redaction removes, and where they were found. Holds no text, so no secret can rest here."""

from enum import StrEnum
from typing import NamedTuple


class SecretKind(StrEnum):
    """What was removed; the value names it inside the marker that takes its place."""

    SEED_PHRASE = "seed phrase"
    PRIVATE_KEY = "private key"
    PASSWORD = "password"
    CODE = "code"
    CARD = "card"
    API_SECRET = "api secret"


class Span(NamedTuple):
    """The characters `start` to `end` (not included) of one text are a secret."""

    start: int
    end: int
    kind: SecretKind


class Found(NamedTuple):
    """The secrets in the newest message, and how many earlier ones (newest first) hold their"
    " beginning."""

    spans: list[Span]
    reaches_back: int = 0


def marker(kind: SecretKind) -> str:
    """Return the language-neutral text that stands where a secret of this kind was."""
    return f"⟦{kind.value}⟧"
