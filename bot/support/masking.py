"""Redaction of whole events: every string a stranger wrote, before anything else sees it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bot.events import ChoicePicked, MessageReceived, StaffPicked, StaffWrote
from bot.model import Agent, Attachment, Person
from bot.understanding.redaction import SecretKind, mask

Named = TypeVar("Named", Person, Agent)


def mask_message(event: MessageReceived, before: Sequence[str]) -> tuple[MessageReceived, frozenset[SecretKind]]:
    """The message without secrets, and the kinds that were taken out; `before` are the last masked messages."""
    masked = mask(event.text, before)
    attachments = _attachments(event.attachments)
    return replace(event, text=masked.text, attachments=attachments, sender=_named(event.sender)), masked.found


def mask_choice(event: ChoicePicked) -> ChoicePicked:
    return replace(event, sender=_named(event.sender))


def mask_staff(event: StaffWrote | StaffPicked) -> StaffWrote | StaffPicked:
    """What staff write is masked too: it is stored, and it is sent."""
    if isinstance(event, StaffPicked):
        return replace(event, agent=_named(event.agent))
    attachments = _attachments(event.attachments)
    return replace(event, text=mask(event.text).text, attachments=attachments, agent=_named(event.agent))


def _named(person: Named) -> Named:
    name = mask(person.name).text
    return person if name == person.name else replace(person, name=name)


def _attachments(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    return tuple(replace(attachment, name=mask(attachment.name).text) for attachment in attachments)
