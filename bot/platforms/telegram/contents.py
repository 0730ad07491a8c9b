"""What one Telegram message says, apart from who says it and where: text, files, or a kind nobody here can read."""

import re
from dataclasses import dataclass

from telegram import Message

from bot.model import Attachment, AttachmentKind, PlatformName

# `venue` stands before `location`, since a venue carries a location too, and `animation` is left to be answered
# although it carries a document.
_UNREADABLE = (
    "animation", "audio", "checklist", "contact", "dice", "game", "giveaway", "giveaway_winners", "invoice",
    "paid_media", "poll", "sticker", "story", "venue", "location", "video", "video_note", "voice",
)  # fmt: skip
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


def _attachments(message: Message) -> tuple[Attachment, ...]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (
            Attachment(
                platform=PlatformName.TELEGRAM, kind=AttachmentKind.PHOTO, handle=largest.file_id,
                name=f"{largest.file_unique_id}.jpg", size=largest.file_size or 0, content_type="image/jpeg",
            ),
        )  # fmt: skip
    document = message.document
    if document:
        return (
            Attachment(
                platform=PlatformName.TELEGRAM, kind=AttachmentKind.DOCUMENT, handle=document.file_id,
                name=document.file_name or "file", size=document.file_size or 0,
                content_type=document.mime_type or "",
            ),
        )  # fmt: skip
    return ()
