"""Which files of a message Telegram can show as one album, and how each is named in the request.

https://core.telegram.org/bots/api#sendmediagroup: two to ten photos and videos, or documents, or pieces of music.
"""

from collections.abc import Sequence
from typing import Any

from telegram import InputMediaAudio, InputMediaDocument, InputMediaPhoto, InputMediaVideo

from bot.model import AttachmentKind
from bot.platforms.telegram.files import has_handle
from bot.platforms.telegram.rendering import Part

MOST_PARTS = 10
_LOOKS = {AttachmentKind.PHOTO: "looks", AttachmentKind.VIDEO: "looks"}
_MEDIA: dict[AttachmentKind, Any] = {
    AttachmentKind.PHOTO: InputMediaPhoto,
    AttachmentKind.VIDEO: InputMediaVideo,
    AttachmentKind.AUDIO: InputMediaAudio,
    AttachmentKind.DOCUMENT: InputMediaDocument,
}

InputMedia = InputMediaAudio | InputMediaDocument | InputMediaPhoto | InputMediaVideo


def album_of(parts: Sequence[Part]) -> Sequence[Part]:
    """The leading parts that go together as one album; fewer than two are none."""
    together: list[Part] = []
    for part in parts[:MOST_PARTS]:
        if not _goes(part) or (together and _group(part) != _group(together[0])):
            break
        together.append(part)
    return together if len(together) > 1 else ()


def media_of(part: Part) -> InputMedia:
    """One part of an album; what Telegram has is named by its handle."""
    assert part.attachment is not None
    media: InputMedia = _MEDIA[part.attachment.kind](
        media=part.attachment.handle, caption=part.text.text or None, caption_entities=part.text.entities()
    )
    return media


def _goes(part: Part) -> bool:
    file = part.attachment
    return file is not None and has_handle(file) and file.kind in _MEDIA and part.keyboard is None


def _group(part: Part) -> str:
    assert part.attachment is not None
    return _LOOKS.get(part.attachment.kind, part.attachment.kind)
