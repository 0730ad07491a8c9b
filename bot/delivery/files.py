"""Brings a file of any platform, or one that the bot makes, to a temporary path; nothing of it is kept."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.model import Attachment, Made, PlatformName
from bot.ports import FetchFile, FileSource, NeverDelivered

MEGABYTE = 1024 * 1024


def fetching(
    platforms: Mapping[PlatformName, FileSource], largest: int, made: Mapping[Made, FileSource] | None = None
) -> FetchFile:
    """How files are got at: what its platform says is larger than `largest` bytes is not even begun."""

    @asynccontextmanager
    async def fetch(attachment: Attachment) -> AsyncIterator[Path]:
        by = attachment.platform
        source = (made or {}).get(by) if isinstance(by, Made) else platforms.get(by)
        if source is None:
            raise NeverDelivered("chat_gone", f"{attachment.platform} is not running")
        if attachment.size > largest:
            raise NeverDelivered("too_large", limit=largest)
        with TemporaryDirectory(prefix="support-bot-") as folder:
            path = Path(folder) / "file"
            await _save(source.open_file(attachment), path, largest)
            yield path

    return fetch


async def _save(pieces: AsyncIterator[bytes], path: Path, largest: int) -> None:
    size = 0
    try:
        with path.open("wb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > largest:
                    raise NeverDelivered("too_large", limit=largest)
                file.write(piece)
    finally:
        if isinstance(pieces, AsyncGenerator):
            # Otherwise the rest of a file that is too large stays in a connection until somebody collects it.
            await pieces.aclose()
