"""Files of the page: kept in one folder under the SHA-256 of their content, typed by content, never by name.

A name chosen by a stranger is shown, but it never becomes a path.
"""

import asyncio
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from os import fsync
from pathlib import Path
from typing import BinaryIO

from bot.model import Attachment, AttachmentKind, PlatformName
from bot.ports import NeverDelivered
from bot.screening import SHOWN_PICTURES, Accepted, judge

LARGEST_FILE = 20 * 1024 * 1024
PIECE = 256 * 1024
PICTURES = SHOWN_PICTURES
"""The only types a browser is ever told: everything else is bytes to download."""
UNKNOWN_TYPE = "application/octet-stream"
LONGEST_NAME = 120

_HANDLE = re.compile(r"[0-9a-f]{64}")


class TooLarge(Exception):
    """More bytes came than a file may have; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Files:
    folder: Path

    async def add(self, name: str, pieces: AsyncIterable[bytes]) -> Attachment:
        """Keep a file while it streams in, whole or not at all; TooLarge as soon as it is."""
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        temporary, partial = await asyncio.to_thread(_new_file, self.folder)
        try:
            with temporary:
                digest, size = await _receive(temporary, pieces)
                await asyncio.to_thread(_settle, temporary)
            content_type = await asyncio.to_thread(_type_of, partial)
            await asyncio.to_thread(partial.replace, self.folder / digest)
        finally:
            await asyncio.to_thread(partial.unlink, missing_ok=True)
        kind = AttachmentKind.PHOTO if content_type in PICTURES else AttachmentKind.DOCUMENT
        return Attachment(
            platform=PlatformName.WEB, kind=kind, handle=digest, name=clean_name(name), size=size,
            content_type=content_type,
        )  # fmt: skip

    async def add_copy(self, name: str, path: Path) -> Attachment:
        """Keep a copy of a local file."""
        return await self.add(name, read_pieces(path))

    def path_of(self, handle: str) -> Path:
        """Where a file of ours is; NeverDelivered when the handle is not one."""
        path = self.folder / handle
        if not _HANDLE.fullmatch(handle) or not path.is_file():
            raise NeverDelivered("refused", "There is no such file.")
        return path


async def read_pieces(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, read off the event loop."""
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def clean_name(name: str) -> str:
    """A name that is safe to show: no path, no control or direction-changing characters, no endless length."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    shown = shown.strip()
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 20]}…{shown[-16:]}"


async def _receive(file: BinaryIO, pieces: AsyncIterable[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    write: Callable[[bytes], int] = file.write
    async for piece in pieces:
        size += len(piece)
        if size > LARGEST_FILE:
            raise TooLarge
        digest.update(piece)
        await asyncio.to_thread(write, piece)
    return digest.hexdigest(), size


def _new_file(folder: Path) -> tuple[BinaryIO, Path]:
    descriptor, name = tempfile.mkstemp(prefix="coming-", dir=folder)
    return open(descriptor, "wb"), Path(name)  # noqa: PTH123 -- a descriptor, closed by the caller.


def _settle(file: BinaryIO) -> None:
    file.flush()
    fsync(file.fileno())


def _type_of(path: Path) -> str:
    """What it is for sure, by the same judgement that later decides whether it goes on."""
    verdict = judge(path.read_bytes())
    return verdict.content_type if isinstance(verdict, Accepted) else UNKNOWN_TYPE
