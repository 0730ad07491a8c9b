"""Texts that are named, never written: a key of the knowledge base with its values, put into words by `wording`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model import ChatRef


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the knowledge base by key; a value may itself be a `Text`, other values are shown as typed."""

    key: str
    values: Mapping[str, "Value"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day to be named in the reader's language; `at` as everywhere, `timezone` an IANA name."""

    at: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Place:
    """A thread of the staff chat by the name that leads there; only the name where there is no thread."""

    chat: ChatRef
    name: str


Value = str | int | Text | Moment | Place


def literal(text: str) -> Text:
    """Words that are nobody's translation: a ticker, a name, what somebody typed."""
    return Text("literal", {"text": text})


@dataclass(frozen=True, slots=True)
class Option:
    """A button: `key` is what it means, kept with the prompt; the label is a text; `ticket_id` is for a button of the
    desk that speaks for another ticket than the words above it."""

    key: str
    label: Text
    ticket_id: int = 0
