"""The scanner's daemon over real sockets: what it is sent, and what each of its answers means."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clamd import Clamd
from bot.ports import NeverDelivered, TryLater

Answer = Callable[[bytes], bytes]
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"


class FakeClamd:
    """Reads a stream as clamd does; beyond `most` bytes it answers at once and hangs up."""

    def __init__(self, answer: Answer, most: int = 1_000_000) -> None:
        self.seen: list[bytes] = []
        self._answer = answer
        self._most = most

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
            if len(content) > self._most:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                break
        else:
            self.seen.append(content)
            writer.write(self._answer(content))
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(fake: FakeClamd, socket: Path | None = None) -> AsyncIterator[str]:
    if socket:
        server = await asyncio.start_unix_server(fake.talk, str(socket))
    else:
        server = await asyncio.start_server(fake.talk, "127.0.0.1", 0)
    try:
        yield str(socket) if socket else f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def saying(answer: bytes) -> FakeClamd:
    return FakeClamd(lambda _: answer)


def honest(content: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


def holding(folder: Path, content: bytes = b"x") -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("unix", [True, False], ids=["socket", "port"])
async def test_a_file_is_sent_whole_and_judged(tmp_path: Path, unix: bool) -> None:
    fake = FakeClamd(honest)
    clean, bad = b"x" * 200_000, b"x" * 100_000 + EICAR
    async with serving(fake, tmp_path / "s" if unix else None) as address:
        assert await Clamd(address).scan(holding(tmp_path, clean)) == ""
        assert await Clamd(address).scan(holding(tmp_path, bad)) == "Eicar-Signature"

    assert fake.seen == [clean, bad]


async def test_a_file_beyond_the_daemons_limit_is_never_passed(tmp_path: Path) -> None:
    path = holding(tmp_path, b"x" * 1_000_000)
    async with serving(FakeClamd(honest, most=100_000)) as address:
        with pytest.raises(NeverDelivered) as refused:
            await Clamd(address).scan(path)

    assert refused.value.reason == "too_large"


@pytest.mark.parametrize("answer", [b"", b"stream: OK", b"stream: Can't allocate memory ERROR\0", b"PONG\0"])
async def test_anything_but_a_clear_answer_means_later(tmp_path: Path, answer: bytes) -> None:
    async with serving(saying(answer)) as address:
        with pytest.raises(TryLater):
            await Clamd(address).scan(holding(tmp_path))


async def test_nobody_there_means_later(tmp_path: Path) -> None:
    with pytest.raises(TryLater):
        await Clamd(str(tmp_path / "absent")).scan(holding(tmp_path))
