"""Reads a transcript: acts of people, and everything that both sides see after each of them.

    language: en
    talk:
      - requester: my deposit has not arrived        # says it
      - bot: [checklist.deposit.intro, checklist.deposit.kind.ask]   # keys of texts, one message
        buttons: [checklist.deposit.kind.option.crypto, …]
      - press: checklist.deposit.kind.option.crypto
      - picture: a caption
      - archive: a caption                           # of a file statement.pdf that is a ZIP
      - desk: "#1 My deposit has not arrived …"      # a literal text; for cards, whole
        buttons: [button.take, button.close_ticket]
      - Mika: hello                                  # an agent writes
      - Mika presses: button.send
      - Mika sends: a caption                        # of a file that is too large where `settings` say 1 MB
      - passes: 3 hours 20 minutes                   # time, where `begins: "09:00"` says when the talk begins (UTC)
      - blocks: the bot                              # the requester, where platforms tell of that; then `unblocks`
      - reaction: ✅                                  # on the newest message of an agent that has no reaction yet
      - acknowledged: 👍                              # put by the bot on the requester's newest message
      - gone: the thread                              # but for its first message, whoever wrote in it
      - card: "…"                                    # the first message of the thread as it reads now
      - calls: [Mika]                                # whom the newest message of the thread mentions; else nobody
      - ticket: {number: 1, status: open, assignee: Mika}

A text is a literal string, a list of keys (each a key, or `{key: {value: …}}`, whose values may be such, too), or
`{author: key, text: literal}`. In an act, {code} proves the account 12345678 where the settings have the secret. In a
literal, {name} is the requester's name and {platform} that of their platform.
A value {day: 0, at: "13:05"} is a moment, so many days after the talk began.
Everything new in either chat must be listed, in its order; nothing may be left over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.yaml_lines import read

ACTS = (
    "requester",
    "press",
    "picture",
    "archive",
    "Mika",
    "Ken",
    "Mallory",
    "Mika presses",
    "Ken presses",
    "Mallory presses",
    "Mika sends",
    "blocks",
    "unblocks",
    "passes",
)
SIGHTS = ("bot", "desk", "gone", "reaction", "acknowledged", "card", "ticket", "calls")


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does."""

    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen then; `buttons` None means the message has none."""

    where: str
    what: Any
    buttons: tuple[str, ...] = ()
    files: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    act: Act
    sights: tuple[Sight, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    name: str
    language: str
    scenes: tuple[Scene, ...]
    settings: dict[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    """Of the desk; none named is any."""
    requesters: tuple[str, ...] = ()
    begins: str = ""
    """The time of day at which it begins; none is now."""
    exchange: dict[str, Any] | None = None
    """What the operator's server says of every account, where it is asked."""


def transcripts(folder: Path) -> Iterator[Transcript]:
    """Every transcript below the folder, named by its path."""
    for path in sorted(folder.rglob("*.yaml")):
        value: Any = read(path.read_text(encoding="utf-8"), str(path)).value
        name = str(path.relative_to(folder).with_suffix(""))
        yield Transcript(
            name, value["language"], tuple(_scenes(value["talk"])), value.get("settings", {}),
            tuple(value.get("platforms", ())), tuple(value.get("requesters", ())),
            value.get("begins", ""), value.get("exchange"),
        )  # fmt: skip


def _scenes(lines: list[dict[str, Any]]) -> Iterator[Scene]:
    act: Act | None = None
    sights: list[Sight] = []
    for line in lines:
        key = next(iter(line))
        if key in ACTS:
            if act:
                yield Scene(act, tuple(sights))
            act, sights = Act(key, str(line[key])), []
        elif key in SIGHTS:
            sights.append(Sight(key, line[key], tuple(line.get("buttons", ())), line.get("files", 0)))
        else:
            raise AssertionError(f"{key} is neither an act {ACTS} nor a sight {SIGHTS}")
    if act:
        yield Scene(act, tuple(sights))
