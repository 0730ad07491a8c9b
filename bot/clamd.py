"""Asks a ClamAV daemon about a file, by its INSTREAM command; a port of `bot.ports.Scan`.

https://docs.clamav.net/manual/Usage/Scanning.html#clamd and clamd(8): `zINSTREAM\\0`, then chunks behind their
length in four bytes of network order, then a length of zero; the answer ends with a NUL.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.ports import NeverDelivered, TryLater

PIECE = 64 * 1024
PATIENCE_SECONDS = 60.0
CONNECTING_SECONDS = 5.0
_FOUND = " FOUND"
_TOO_LARGE = "size limit exceeded"


class Clamd:
    """`address` is the path of a Unix socket, or host:port."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def scan(self, path: Path) -> str:
        """The name of what was found, empty when nothing; TryLater when nobody can tell."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._connected() as (reader, writer):
                answer = await _asked(path, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise TryLater(f"the virus scanner cannot be asked: {type(error).__name__}") from error
        return _read(answer)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with asyncio.timeout(CONNECTING_SECONDS):
            if self._address.startswith("/"):
                reader, writer = await asyncio.open_unix_connection(self._address)
            else:
                host, _, port = self._address.rpartition(":")
                reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        try:
            yield reader, writer
        finally:
            writer.close()


async def _asked(path: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """The answer, listened for from the first moment: one about the size comes before the end and cuts the line."""
    answer = asyncio.ensure_future(reader.readuntil(b"\0"))
    try:
        try:
            await _stream(path, writer, is_answered=answer.done)
        except ConnectionError:
            if not answer.done():
                raise
        return (await answer).decode(errors="replace")
    finally:
        answer.cancel()


async def _stream(path: Path, writer: asyncio.StreamWriter, is_answered: Callable[[], bool]) -> None:
    writer.write(b"zINSTREAM\0")
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            if is_answered():
                return
            writer.write(struct.pack(">I", len(piece)) + piece)
            await writer.drain()
    writer.write(struct.pack(">I", 0))
    await writer.drain()


def _read(answer: str) -> str:
    said = answer.rstrip("\0\n").removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(_FOUND):
        return said.removesuffix(_FOUND) or "?"
    if _TOO_LARGE in said:
        raise NeverDelivered("too_large", "the virus scanner takes no file of this size")
    raise TryLater(f"the virus scanner answered {said[:100]!r}")
