"""Files both ways: what the bot uploads, and what people sent it; within the sizes Telegram takes and gives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from telegram import Bot, InputFile
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.model import Attachment, AttachmentKind, PlatformName
from bot.platforms.telegram.errors import REFUSED, TOO_LARGE, outcome_of, says
from bot.ports import FetchFile, NeverDelivered

MEGABYTE = 1024 * 1024
DOWNLOAD_LIMIT = 20 * MEGABYTE
UPLOAD_LIMIT = 50 * MEGABYTE
PHOTO_LIMIT = 10 * MEGABYTE
_PIECE = 64 * 1024
_COPIED = "copy/"
"""Before the handle of a file; no id of Telegram's has a slash."""
# https://core.telegram.org/bots/api#sendvideo, #sendaudio and #sendvoice: anything else goes as a document.
_PLAYABLE = {
    AttachmentKind.VIDEO: ("video/mp4",),
    AttachmentKind.AUDIO: ("audio/mpeg", "audio/mp4"),
    AttachmentKind.VOICE: ("audio/ogg",),
}
_NOT_A_PHOTO = ("image_process_failed", "photo_invalid_dimensions", "photo_ext_invalid")


@dataclass(frozen=True, slots=True)
class Upload:
    """What a sending method takes: the handle of a file Telegram has, or one to upload."""

    source: str | InputFile
    kind: AttachmentKind


def attachment_of(file: Any, kind: AttachmentKind, suffix: str, content_type: str) -> Attachment:
    """What the library calls a file of any kind; only some kinds have a name and say what they hold."""
    return Attachment(
        platform=PlatformName.TELEGRAM,
        kind=kind,
        handle=file.file_id,
        name=getattr(file, "file_name", None) or (f"{file.file_unique_id}{suffix}" if suffix else "file"),
        size=file.file_size or 0,
        content_type=getattr(file, "mime_type", None) or content_type,
    )


def copied(attachment: Attachment) -> Attachment:
    """A round video or an animation: its handle cannot be sent as a video, so it is fetched and uploaded as one.

    https://core.telegram.org/bots/api#sending-files: a file's type cannot change when it is sent by its id.
    """
    return replace(attachment, handle=_COPIED + attachment.handle)


def has_handle(attachment: Attachment) -> bool:
    """Whether Telegram has the file, unchanged, and can send it again as what it is."""
    return attachment.platform is PlatformName.TELEGRAM and not (
        attachment.is_changed or attachment.handle.startswith(_COPIED)
    )


@asynccontextmanager
async def opened(attachment: Attachment, fetch: FetchFile) -> AsyncIterator[Upload]:
    """The file ready to be sent while the block runs; too large ones are refused before they are fetched."""
    if has_handle(attachment):
        yield Upload(attachment.handle, attachment.kind)
        return
    _check(attachment.size, UPLOAD_LIMIT)
    async with fetch(attachment) as path:
        size = (await asyncio.to_thread(path.stat)).st_size
        _check(size, UPLOAD_LIMIT)
        kind = _kind(attachment, size)
        async with _handle(path, attachment.name) as file:
            yield Upload(file, kind)


def _kind(attachment: Attachment, size: int) -> AttachmentKind:
    """As what a file from elsewhere can be shown; Telegram takes anything as a document."""
    if attachment.kind is AttachmentKind.PHOTO and size > PHOTO_LIMIT:
        return AttachmentKind.DOCUMENT
    wanted = _PLAYABLE.get(attachment.kind)
    return attachment.kind if wanted is None or attachment.content_type in wanted else AttachmentKind.DOCUMENT


@asynccontextmanager
async def _handle(path: Path, name: str) -> AsyncIterator[InputFile]:
    handle = await asyncio.to_thread(path.open, "rb")
    try:
        # Not read at once: the request reads it piece by piece while it is sent.
        yield InputFile(handle, filename=name or path.name, read_file_handle=False)
    finally:
        await asyncio.to_thread(handle.close)


def is_no_photo(error: BadRequest) -> bool:
    """Whether Telegram would not show the picture, but would take it as a file (a very long screenshot)."""
    return any(says(error, sentence) for sentence in _NOT_A_PHOTO)


async def download(bot: Bot, attachment: Attachment) -> AsyncIterator[bytes]:
    """The bytes in pieces; the library holds a whole file, at most 20 MB, since Telegram gives bots no more."""
    _check(attachment.size, DOWNLOAD_LIMIT)
    content = await _content(bot, attachment.handle.removeprefix(_COPIED))
    for start in range(0, len(content), _PIECE):
        yield bytes(content[start : start + _PIECE])


async def _content(bot: Bot, handle: str) -> bytearray:
    try:
        file = await bot.get_file(handle)
        _check(file.file_size or 0, DOWNLOAD_LIMIT)
        try:
            return await file.download_as_bytearray()
        except InvalidToken as error:
            # The library calls every 404 that; the token was good a moment ago, so the file is gone.
            raise NeverDelivered(REFUSED, "the file is no longer there") from error
    except TelegramError as error:
        raise outcome_of(error) from error


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise NeverDelivered(TOO_LARGE, f"{size} bytes where {limit} are allowed", limit=limit)
