"""Redaction of whole events: every string a stranger wrote, before anything else sees it.

What no database takes (NUL, half a character) is taken out here as well: an event that cannot be stored could not
even be set aside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.events import (
    BotBlocked,
    ChoicePicked,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlatformEvent,
    StaffDeleted,
    StaffEdited,
    StaffPicked,
    StaffWrote,
    TokenShared,
)
from bot.model import Agent, Attachment, Person
from bot.understanding.redaction import Masked, SecretKind, marker, mask

_UNSTORABLE = re.compile("[\\x00\ud800-\udfff]")
_WORD = re.compile(r"[一-鿿]|[^\W\d_]{2,}")
SOME_WORDS = 3
MARKER = marker(SecretKind.SEED_PHRASE)
_LOCALE = re.compile(r"[A-Za-z0-9_-]{0,35}")


@dataclass(frozen=True, slots=True)
class MaskedMessage:
    """`pieces` are earlier texts, harmless when they came, that turn out to be the beginning of a secret."""

    event: MessageReceived
    found: frozenset[SecretKind]
    pieces: frozenset[str]


def mask_text(text: str, before: Sequence[str] = ()) -> Masked:
    """The text without secrets; `before` are the last masked messages of the same chat."""
    return mask(_UNSTORABLE.sub("\ufffd", text), before)


def mask_message(event: MessageReceived, before: Sequence[str]) -> MaskedMessage:
    """The message without secrets; `before` are the last masked messages of the same chat, oldest first."""
    masked = mask_text(event.text, before)
    attachments = _attachments(event.attachments)
    message = replace(event, text=masked.text, attachments=attachments, sender=_person(event.sender))
    return MaskedMessage(message, masked.found, _pieces(event.text, masked, before))


def _pieces(text: str, masked: Masked, before: Sequence[str]) -> frozenset[str]:
    """The earlier messages that hold the beginning of a seed phrase. Before those without which there would be none,
    a word or two just happen to be on its list: "hello" and "/human" are."""
    reach = masked.reaches_back
    needed = next((n for n in range(reach) if mask_text(text, before[len(before) - n :]).text == masked.text), reach)
    pieces = {one for one in before[len(before) - needed :] if _WORD.search(one)}
    pieces |= {one for one in before[len(before) - reach :] if len(_WORD.findall(one)) >= SOME_WORDS}
    return frozenset(one for one in pieces if one != MARKER and not one.startswith("/"))


def mask_choice(event: ChoicePicked) -> ChoicePicked:
    return replace(event, sender=_person(event.sender))


def mask_staff(event: StaffWrote | StaffPicked) -> StaffWrote | StaffPicked:
    """What staff write is masked too: it is stored, and it is sent."""
    if isinstance(event, StaffPicked):
        return replace(event, agent=_agent(event.agent))
    return mask_staff_words(event)


def mask_staff_words(event: StaffWrote) -> StaffWrote:
    text, attachments = mask_text(event.text).text, _attachments(event.attachments)
    return replace(event, text=text, attachments=attachments, agent=_agent(event.agent))


def mask_event(event: PlatformEvent, before: Sequence[str] = ()) -> PlatformEvent:
    """Any event without secrets; `before` are the last masked messages of the same chat."""
    match event:
        case MessageReceived():
            return mask_message(event, before).event
        case MessageEdited():
            return replace(event, text=mask_text(event.text, before).text, sender=_person(event.sender))
        case ChoicePicked():
            return mask_choice(event)
        case BotBlocked():
            return replace(event, sender=_person(event.sender))
        case StaffWrote() | StaffPicked():
            return mask_staff(event)
        case StaffEdited():
            return mask_staff_edit(event)
        case MessageDeleted() | StaffDeleted() | TokenShared():
            return event
        case _:
            assert_never(event)


def mask_staff_edit(event: StaffEdited) -> StaffEdited:
    return replace(event, text=mask_text(event.text).text, agent=_agent(event.agent))


def _person(person: Person) -> Person:
    locale = person.locale if _LOCALE.fullmatch(person.locale) else ""
    return replace(person, name=mask_text(person.name).text, locale=locale)


def _agent(agent: Agent) -> Agent:
    return replace(agent, name=mask_text(agent.name).text)


def _attachments(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    return tuple(replace(attachment, name=mask_text(attachment.name).text) for attachment in attachments)
