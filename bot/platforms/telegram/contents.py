"""What one Telegram message says, apart from who says it and where: words, files, or neither."""

import re
from dataclasses import dataclass
from typing import Any

from telegram import (
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    Venue,
)

from bot.model import Attachment, AttachmentKind
from bot.platforms.telegram.files import attachment_of, copied

_UNREADABLE = ("checklist", "game", "giveaway", "giveaway_winners", "invoice", "paid_media", "story")
_ADDRESSED = re.compile(r"(/\w{1,64})@(\w{3,64})(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Contents:
    """`unreadable` names what was sent instead of text and files; a text may still stand beside it."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    unreadable: str = ""


def contents_of(message: Message, own_name: str) -> Contents | None:
    """What somebody said; None for the platform's own lines and for commands meant for another bot."""
    text = _own_command(message.text or message.caption or "", own_name)
    if text is None:
        return None
    kind = next((name for name in _UNREADABLE if getattr(message, name, None)), "")
    attachments = () if kind else _attachments(message)
    text = _forwarded(message, text or ("" if attachments else _words(message)))
    if text or attachments or kind:
        return Contents(text, attachments, kind)
    # What is newer than the library is kept here by its name; everything else is a service message.
    newer = next(iter(message.api_kwargs), "")
    return Contents("", unreadable=newer) if newer else None


def _own_command(text: str, own_name: str) -> str | None:
    addressed = _ADDRESSED.match(text)
    if addressed is None:
        return text
    command, name = addressed.groups()
    return command + text[addressed.end() :] if name.lower() == own_name.lower() else None


def _words(message: Message) -> str:
    """What is neither text nor file, in signs and words that need no translation."""
    if message.venue:  # It carries a location, too.
        return _venue(message.venue)
    if message.location:
        return f"📍 {message.location.latitude}, {message.location.longitude}"
    if message.contact:
        contact = message.contact
        return " ".join(filter(None, ("👤", contact.first_name, contact.last_name, contact.phone_number)))
    if message.poll:
        return "\n".join((f"📊 {message.poll.question}", *(f"– {option.text}" for option in message.poll.options)))
    if message.dice:
        return f"{message.dice.emoji} {message.dice.value}"
    return (message.sticker.emoji or "🖼") if message.sticker else ""


def _venue(venue: Venue) -> str:
    return f"📍 {venue.title}, {venue.address} ({venue.location.latitude}, {venue.location.longitude})"


def _forwarded(message: Message, text: str) -> str:
    """Somebody else's words are shown as such, and are never taken for a command."""
    match message.forward_origin:
        case MessageOriginUser(sender_user=user):
            name = user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            pass
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            name = chat.title or chat.username or ""
        case _:
            return text
    return f"↪ {name}\n{text}".rstrip()


def _attachments(message: Message) -> tuple[Attachment, ...]:
    """The file of a message; an animation carries itself as a document, too, so it is looked for first."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (attachment_of(largest, AttachmentKind.PHOTO, ".jpg", "image/jpeg"),)
    kinds: tuple[tuple[Any, AttachmentKind, str, str], ...] = (
        (message.animation, AttachmentKind.VIDEO, ".mp4", "video/mp4"),
        (message.video, AttachmentKind.VIDEO, ".mp4", "video/mp4"),
        (message.video_note, AttachmentKind.VIDEO, ".mp4", "video/mp4"),
        (message.voice, AttachmentKind.VOICE, ".ogg", "audio/ogg"),
        (message.audio, AttachmentKind.AUDIO, ".mp3", "audio/mpeg"),
        (message.document, AttachmentKind.DOCUMENT, "", ""),
    )
    found = next((one for one in kinds if one[0]), None)
    if found is None:
        return ()
    attachment = attachment_of(*found)
    return (copied(attachment) if message.animation or message.video_note else attachment,)
