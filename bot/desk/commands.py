"""Staff words to what is meant: a command, a note, or words that may be for the requester."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.desk.rights import Level

NOTE_MARK = "//"
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_]*)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# Typed with a Japanese keyboard: a note must not go to a requester because its slashes are wide.
_WIDE = re.compile("^[/／]{1,2}")


class Verb(StrEnum):
    """What staff can ask for by a command, a slash command or a button."""

    TAKE = "take"
    RELEASE = "release"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    TEAM = "team"
    ACK = "ack"
    SHOW = "show"
    WAIT = "wait"
    HOLD = "hold"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    CANNED = "canned"
    NOTE = "note"
    REPLY = "reply"
    SEND = "send"
    KEEP = "keep"
    ANSWER = "answer"
    DELETE = "delete"
    AGAIN = "again"
    LEGAL_HOLD = "legal_hold"
    NEXT = "next"
    MINE = "mine"
    QUEUE = "queue"
    DUTY = "duty"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Command:
    """Who may use a command, and whether it needs a ticket; without one it works anywhere in the staff chat."""

    level: Level = Level.AGENT
    about_ticket: bool = True


COMMANDS: Mapping[Verb, Command] = {
    Verb.TAKE: Command(),
    Verb.RELEASE: Command(),
    Verb.ASSIGN: Command(),
    Verb.ESCALATE: Command(),
    Verb.TEAM: Command(),
    Verb.ACK: Command(),
    Verb.SHOW: Command(),
    Verb.WAIT: Command(),
    Verb.HOLD: Command(),
    Verb.RESUME: Command(),
    Verb.CLOSE: Command(),
    Verb.REOPEN: Command(),
    Verb.CANNED: Command(),
    Verb.NOTE: Command(),
    Verb.REPLY: Command(),
    Verb.DELETE: Command(),
    Verb.LEGAL_HOLD: Command(Level.LEAD),
    Verb.NEXT: Command(about_ticket=False),
    Verb.MINE: Command(about_ticket=False),
    Verb.QUEUE: Command(about_ticket=False),
    Verb.DUTY: Command(about_ticket=False),
    Verb.FREEZE: Command(Level.LEAD, about_ticket=False),
    Verb.UNFREEZE: Command(Level.LEAD, about_ticket=False),
}
"""Every command that can be typed at the desk."""

WORK = frozenset({Verb.NEXT, Verb.MINE, Verb.QUEUE, Verb.DUTY, Verb.FREEZE, Verb.UNFREEZE})
"""What is about the work at the desk: it is about many tickets or all, and takes the lock of none beforehand."""

READS = frozenset({Verb.SHOW})
"""What shows an agent more of somebody than the card does: written down, and only so much an hour."""

BUTTONS: Mapping[Verb, Command] = {
    Verb.TAKE: Command(),
    Verb.CLOSE: Command(),
    Verb.REOPEN: Command(),
    Verb.SEND: Command(),
    Verb.KEEP: Command(),
    Verb.ANSWER: Command(),
    Verb.AGAIN: Command(),
    Verb.ACK: Command(),
    Verb.SHOW: Command(),
}
"""Every button that can be pressed at the desk; whoever may press it is asked again when it is."""

PLAIN = Command()
"""Plain words, and words after a slash that are no command."""


@dataclass(frozen=True, slots=True)
class Request:
    """`argument` is the rest of a command, or the whole text; `value` the number a button carries."""

    verb: Verb
    argument: str = ""
    value: int = 0

    @property
    def command(self) -> Command:
        return COMMANDS.get(self.verb) or BUTTONS.get(self.verb) or PLAIN


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
