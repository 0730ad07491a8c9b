"""Files of the terminal: they stay where they are, and their path is their handle."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import puremagic

from bot.model import Attachment, AttachmentKind, PlatformName
from bot.ports import NeverDelivered

LARGEST_FILE = 20 * 1024 * 1024
PIECE = 256 * 1024


def describe(typed: str) -> Attachment | None:
    """The file at a typed path as an attachment, typed by its content; None when it cannot be read."""
    try:
        path = Path(typed).expanduser()
        if not path.is_file():
            return None
        with path.open("rb") as file:
            file.read(1)
        size = path.stat().st_size
        content_type = puremagic.from_file(path, mime=True)
    except (OSError, RuntimeError):  # The latter for the home of somebody unknown.
        return None
    except (puremagic.PureError, ValueError):  # Nothing known, or nothing in it.
        content_type = ""
    kind = AttachmentKind.PHOTO if content_type.startswith("image/") else AttachmentKind.DOCUMENT
    return Attachment(
        platform=PlatformName.CONSOLE, kind=kind, handle=str(path.resolve()), name=path.name, size=size,
        content_type=content_type,
    )  # fmt: skip


async def read_file(handle: str) -> AsyncIterator[bytes]:
    """The bytes of a file attached before; NeverDelivered when it has gone since."""
    try:
        file = await asyncio.to_thread(Path(handle).open, "rb")
    except OSError as error:
        raise NeverDelivered("refused", "The file is no longer there.") from error
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
