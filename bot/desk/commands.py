"""Staff words to what is meant: a command, a note, or words that may be for the requester."""

import re
from dataclasses import dataclass
from enum import StrEnum

NOTE_MARK = "//"
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_]*)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# Typed with a Japanese keyboard: a note must not go to a requester because its slashes are wide.
_WIDE = re.compile("^[/／]{1,2}")


class Verb(StrEnum):
    """What staff can ask for by a command, a slash command or a button."""

    TAKE = "take"
    CLOSE = "close"
    REOPEN = "reopen"
    CANNED = "canned"
    NOTE = "note"
    REPLY = "reply"
    SEND = "send"
    KEEP = "keep"
    DELETE = "delete"
    AGAIN = "again"
    NEXT = "next"
    MINE = "mine"
    QUEUE = "queue"
    DUTY = "duty"
    LEGAL_HOLD = "legal_hold"
    TEXT = "text"
    UNKNOWN = "unknown"


WORK = frozenset({Verb.NEXT, Verb.MINE, Verb.QUEUE, Verb.DUTY})
"""What is about an agent's work and no ticket: it can be asked for anywhere in the staff chat."""
COMMANDS = WORK | {
    Verb.TAKE,
    Verb.CLOSE,
    Verb.REOPEN,
    Verb.CANNED,
    Verb.NOTE,
    Verb.REPLY,
    Verb.DELETE,
    Verb.LEGAL_HOLD,
}
BUTTONS = frozenset({Verb.TAKE, Verb.CLOSE, Verb.REOPEN, Verb.SEND, Verb.KEEP, Verb.AGAIN})


@dataclass(frozen=True, slots=True)
class Request:
    """`argument` is the rest of a command, or the whole text; `value` the number a button carries."""

    verb: Verb
    argument: str = ""
    value: int = 0


def read(text: str) -> Request:
    """What typed text asks for; a word after a slash that is no command is told so, never sent to anybody."""
    stripped = _WIDE.sub(lambda found: "/" * len(found[0]), text.strip())
    if stripped.startswith(NOTE_MARK):
        return Request(Verb.NOTE, stripped.removeprefix(NOTE_MARK).strip())
    if not (found := _COMMAND.fullmatch(stripped)):
        return Request(Verb.TEXT, stripped)
    name, argument = found[1].lower(), (found[2] or "").strip()
    return Request(Verb(name), argument) if name in COMMANDS else Request(Verb.UNKNOWN, name)


def pressed(verb: str, value: int) -> Request:
    """What a button of a ticket asks for."""
    return Request(Verb(verb), value=value) if verb in BUTTONS else Request(Verb.UNKNOWN, verb)
