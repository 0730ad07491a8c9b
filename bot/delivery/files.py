"""Carries a file from one platform to another through a temporary file; nothing of it is kept."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.model import Attachment, PlatformName
from bot.ports import FetchFile, NeverDelivered, Platform

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes; Telegram takes no more from a bot, and Discord less. https://core.telegram.org/bots/api#sending-files"""


def fetching(platforms: Mapping[PlatformName, Platform]) -> FetchFile:
    """How adapters get at each other's files without knowing each other."""

    @asynccontextmanager
    async def fetch(attachment: Attachment) -> AsyncIterator[Path]:
        source = platforms.get(attachment.platform)
        if source is None:
            raise NeverDelivered("chat_gone", f"{attachment.platform} is not running")
        if attachment.size > LARGEST_FILE:
            raise NeverDelivered("too_large")
        with TemporaryDirectory(prefix="support-bot-") as folder:
            path = Path(folder) / "file"
            await _save(source.open_file(attachment), path)
            yield path

    return fetch


async def _save(pieces: AsyncIterator[bytes], path: Path) -> None:
    size = 0
    try:
        with path.open("wb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > LARGEST_FILE:
                    raise NeverDelivered("too_large")
                file.write(piece)
    finally:
        if isinstance(pieces, AsyncGenerator):
            # Otherwise the rest of a file that is too large stays in a connection until somebody collects it.
            await pieces.aclose()
